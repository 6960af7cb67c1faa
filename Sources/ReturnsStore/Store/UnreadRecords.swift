/// What cannot be read, by why: some is damaged, and some is whole and says more than this build knows. Each stands there once, in
/// the order in which it was met.
public struct UnreadRecords<Name: Hashable & Sendable>: Hashable, Sendable {
    public private(set) var damaged: [Name] = []
    /// A newer build wrote them: they are left to its servers, and no fault.
    public private(set) var newer: [Name] = []
    private var noted: Set<Name> = []

    public init() {}

    public var isEmpty: Bool { noted.isEmpty }
    public var count: Int { noted.count }

    public func contains(_ name: Name) -> Bool { noted.contains(name) }

    /// - Parameter error: Why it cannot be read.
    public mutating func note(_ name: Name, _ error: StoreError) { note(name, isNewer: error.isNewer) }

    public mutating func formUnion(_ others: UnreadRecords) {
        for name in others.damaged { note(name, isNewer: false) }
        for name in others.newer { note(name, isNewer: true) }
    }

    /// What was noted before stays as it was.
    mutating func note(_ name: Name, isNewer: Bool) {
        guard noted.insert(name).inserted else { return }
        if isNewer { newer.append(name) } else { damaged.append(name) }
    }
}
