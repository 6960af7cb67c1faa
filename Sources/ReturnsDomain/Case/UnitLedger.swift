/// Counts a case line's whole units; its sums are checked on every transition.
///
/// requested = awaited + received + lost + kept + released, received = uninspected + accepted + refused and
/// refused = undecided + conceded + sentBack + exchanged + disposed + keptRefused. The three totals are computed, so only the
/// first equation can be broken; `isBalanced` tells.
public struct UnitLedger: Hashable, Sendable {
    public var requested: Int64
    public var awaited: Int64
    public var uninspected: Int64 = 0
    public var accepted: Int64 = 0
    /// Part of `accepted`: exchanged for goods, so no money is owed for them.
    public var acceptedExchanged: Int64 = 0
    public var undecided: Int64 = 0
    public var conceded: Int64 = 0
    public var sentBack: Int64 = 0
    public var exchanged: Int64 = 0
    public var disposed: Int64 = 0
    /// The customer takes them back and keeps them, for an amount (`Concession`).
    public var keptRefused: Int64 = 0
    public var lost: Int64 = 0
    /// Part of `lost`: refunded by a concession.
    public var lostConceded: Int64 = 0
    /// Refunded without coming back, by a returnless grant.
    public var kept: Int64 = 0
    public var released: Int64 = 0

    public init(requested: Int64) {
        self.requested = requested
        awaited = requested
    }

    public var refused: Int64 { undecided + conceded + sentBack + exchanged + disposed + keptRefused }
    public var received: Int64 { uninspected + accepted + refused }
    public var lostUndecided: Int64 { lost - lostConceded }
    /// What can still turn up: awaited, lost, or paid for without the goods.
    public var outstanding: Int64 { awaited + lost + kept }

    /// Paid for, and ours if they turn up.
    var paidWithoutGoods: Int64 { lostConceded + kept }

    public var isBalanced: Bool {
        requested == awaited + received + lost + kept + released
            && [awaited, uninspected, accepted, undecided, conceded, sentBack, exchanged, disposed].allSatisfy
            { $0 >= 0 }
            && [lost, lostConceded, lostUndecided, kept, released, keptRefused].allSatisfy { $0 >= 0 }
            && acceptedExchanged >= 0 && accepted >= acceptedExchanged
    }
}
