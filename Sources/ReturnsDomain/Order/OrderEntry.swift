/// One entry of an order's own timeline: what no single case decided.
public struct OrderEntry: Hashable, Sendable {
    public var at: Instant
    public var kind: OrderEntryKind
    public var actor: ActorRecord
    /// What was changed, in words that hold no personal data.
    public var text: String
    /// Personal data: why, as a person wrote it.
    public var reason: String
    /// The order's version that it led to.
    public var orderVersion: UInt64

    public init(
        at: Instant, kind: OrderEntryKind, actor: ActorRecord, text: String, reason: String,
        orderVersion: UInt64
    ) {
        self.at = at
        self.kind = kind
        self.actor = actor
        self.text = text
        self.reason = reason
        self.orderVersion = orderVersion
    }
}

/// An entry that the stories of some of the order's cases do not tell yet.
///
/// Order and case lie in one partition, so the commit that tells a case takes the case out of here: each case is told
/// once, whoever tells it and however often that was interrupted.
public struct UntoldEntry: Hashable, Sendable {
    public var entry: OrderEntry
    /// The cases to tell; never empty.
    public var cases: [CaseID]

    public init(entry: OrderEntry, cases: [CaseID]) {
        self.entry = entry
        self.cases = cases
    }
}

extension Order {
    /// The cases whose stories lag behind the order's timeline.
    public var untoldCases: Set<CaseID> { untold.reduce(into: []) { $0.formUnion($1.cases) } }
}
