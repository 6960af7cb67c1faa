/// The header's flags (SPEC.md §3.3).
public struct RCPFrameFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The sender's last frame of this call.
    public static let end = RCPFrameFlags(rawValue: 0x01)
    /// The message goes on in a MESSAGE frame of this stream.
    public static let more = RCPFrameFlags(rawValue: 0x02)
    /// The message bytes are compressed (SPEC.md §6.7).
    public static let compressed = RCPFrameFlags(rawValue: 0x04)
    /// Message bytes follow, perhaps none.
    public static let hasMessage = RCPFrameFlags(rawValue: 0x08)
    /// The receiver skips the frame if it does not know its type.
    public static let ignorable = RCPFrameFlags(rawValue: 0x80)

    /// Those of the frame that begins a message, beside END and MORE.
    static func message(isCompressed: Bool) -> RCPFrameFlags {
        isCompressed ? [.hasMessage, .compressed] : .hasMessage
    }

    static let aboutMessages: RCPFrameFlags = [.end, .more, .compressed, .hasMessage]
}

/// Features that both peers must name before either uses them (SPEC.md §8.2).
public struct RCPFeatures: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Messages may come in fragments (SPEC.md §6.4).
    public static let fragments = RCPFeatures(rawValue: 0x0000_0001)
    /// Messages may be compressed (SPEC.md §6.7).
    public static let compression = RCPFeatures(rawValue: 0x0000_0002)
    /// Calls may stream messages.
    public static let streaming = RCPFeatures(rawValue: 0x0000_0004)

    /// What this release implements: a server grants all of it.
    public static let implemented: RCPFeatures = [.fragments, .compression, .streaming]
    /// What a client offers unless it is told otherwise: compression costs time, and saves some on slow networks alone.
    public static let offered: RCPFeatures = [.fragments, .streaming]
}
