/// What one connection has of a budget of bytes that it shares with others.
///
/// Invariant: what is used lies within `freeBytes` and what is taken, unless `cover` has refused it. The budget is asked in
/// steps and for large messages alone: as long as a connection uses little, it is never asked.
public struct RCPByteLease: Sendable {
    /// What each connection may use without asking.
    public static let freeBytes = 16_384
    private static let stepBytes = 16_384

    private var share: (any RCPByteShare)?
    /// Bytes that are taken now.
    public private(set) var takenBytes = 0

    /// - Parameter share: nil where nothing is limited.
    public init(_ share: (any RCPByteShare)? = nil) { self.share = share }

    /// Takes what `usedBytes` need.
    ///
    /// - Returns: whose limit forbids it; then nothing has changed.
    @inline(__always)
    public mutating func cover(_ usedBytes: Int) -> RCPByteLimit? {
        if usedBytes <= Self.freeBytes + takenBytes { return nil }
        return takeMore(usedBytes)
    }

    private mutating func takeMore(_ usedBytes: Int) -> RCPByteLimit? {
        guard let share else { return nil }
        let needed = Self.needed(for: usedBytes)
        if let limit = share.take(needed - takenBytes) { return limit }
        takenBytes = needed
        return nil
    }

    /// Gives back what `usedBytes` no longer need.
    @inline(__always)
    public mutating func release(to usedBytes: Int) {
        if takenBytes > 0 { giveBack(usedBytes) }
    }

    private mutating func giveBack(_ usedBytes: Int) {
        let needed = Self.needed(for: usedBytes)
        guard needed < takenBytes, let share else { return }
        share.giveBack(takenBytes - needed)
        takenBytes = needed
    }

    private static func needed(for usedBytes: Int) -> Int {
        let steps = (max(0, usedBytes - freeBytes) + stepBytes - 1) / stepBytes
        return steps * stepBytes
    }
}
