import ReturnsStore

/// The versions of one policy or calendar, as far as they can be read. Nothing is decided by one that cannot be, and none
/// stands in for it.
public struct RuleVersions<Value: Sendable>: Sendable {
    /// One that was read once stays here, whatever becomes of its record: versions never change.
    private var readable: [UInt64: Value] = [:]
    /// Those whose stored record cannot be read, and why.
    private var unreadable: [UInt64: StoreError] = [:]

    /// The current version, be it readable or not; 0 where there is none.
    ///
    /// Versions are numbered without a gap. So a record that cannot be read counts only where a version leads up to it: nothing
    /// else proves that its name is a version's, and one far ahead would be the current one for ever.
    public private(set) var highest: UInt64 = 0

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

    /// What a new version replaces. Nil where there is none, or one whose record is damaged, be its content still known here or not:
    /// the new one stands in for it.
    ///
    /// - Throws: for one of a newer build, since a new version would be without what this build does not know of it.
    public func replaced() throws(StoreError) -> Value? {
        let number = highest
        guard let error = unreadable[number] else { return readable[number] }
        guard !error.isNewer else { throw error }
        return nil
    }

    /// The number of the version to be added.
    ///
    /// - Throws: where an unreadable record is there under the number behind it. That one would be the current version from then on.
    public func next() throws(StoreError) -> UInt64 {
        let next = highest + 1
        if let error = unreadable[next + 1] { throw error }
        return next
    }

    /// Those that are known, in no order.
    var known: some Collection<Value> { readable.values }

    /// Whether there is a version that is not known.
    var hasUnreadable: Bool { unreadable.keys.contains { readable[$0] == nil && $0 <= highest } }

    /// Whether a version is known from before its record was damaged.
    func isRemembered(_ number: UInt64) -> Bool { readable[number] != nil && unreadable[number] != nil }

    mutating func add(_ value: Value, _ number: UInt64) {
        readable[number] = value
        findHighest(from: max(highest, number))
    }

    mutating func setUnreadable(_ found: [UInt64: StoreError]) {
        unreadable = found
        findHighest(from: readable.keys.max() ?? 0)
    }

    /// Every command asks for it, and versions are added rarely.
    private mutating func findHighest(from number: UInt64) {
        var number = number
        while unreadable[number + 1] != nil { number += 1 }
        highest = number
    }
}
