/// A version of the service-level policy: which deadlines a case runs under (R6, R11, R15, R16, R18, R21).
///
/// Versions are never changed or removed. A case keeps the version and the plan it started with, until someone recomputes
/// it under a newer one.
public struct SLAPolicy: Hashable, Sendable {
    public var version: UInt64
    /// The first whose condition holds counts; the last is for all.
    public var plans: [SLAPlan]
    public var createdAt: Instant
    public var createdBy: String

    public init(
        version: UInt64, plans: [SLAPlan], createdAt: Instant = Instant(milliseconds: 0),
        createdBy: String = ""
    ) {
        self.version = version
        self.plans = plans
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    func plan(for order: Order, reason: String) -> SLAPlan {
        plans.first { $0.condition.matches(order, reason: reason) } ?? plans[plans.count - 1]
    }

    /// The plan that a case of this version keeps.
    public func plan(named name: String) -> SLAPlan {
        plans.first { $0.name == name } ?? plans[plans.count - 1]
    }
}
