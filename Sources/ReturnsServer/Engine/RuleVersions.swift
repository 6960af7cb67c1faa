import ReturnsStore

/// The versions of one policy or calendar, as far as they can be read. Nothing is decided by one that cannot be, and none
/// stands in for it.
public struct RuleVersions<Value: Sendable>: Sendable {
    private var readable: [UInt64: Value] = [:]
    /// Why nothing can be decided by them.
    private var unreadable: [UInt64: StoreError] = [:]

    /// The current version, be it readable or not; 0 where there is none.
    public var highest: UInt64 { max(readable.keys.max() ?? 0, unreadable.keys.max() ?? 0) }

    /// Nil where there is none.
    ///
    /// - Throws: for one that cannot be read.
    public func version(_ number: UInt64) throws(StoreError) -> Value? {
        if let value = readable[number] { return value }
        if let error = unreadable[number] { throw error }
        return nil
    }

    /// Nil where there is none at all.
    ///
    /// - Throws: where the current one cannot be read.
    public func current() throws(StoreError) -> Value? { try version(highest) }

    /// What a new version replaces. Nil where there is none, or one that is damaged: the new one stands in for it.
    ///
    /// - Throws: for one of a newer build, since a new version would be without what this build does not know of it.
    public func replaced() throws(StoreError) -> Value? {
        do throws(StoreError) { return try current() } catch {
            guard !error.isNewer else { throw error }
            return nil
        }
    }

    mutating func add(_ value: Value, _ number: UInt64) { readable[number] = value }

    /// A version that was read once stays known: what is stored of it may be damaged since.
    mutating func setUnreadable(_ found: [UInt64: StoreError]) { unreadable = found }
}
