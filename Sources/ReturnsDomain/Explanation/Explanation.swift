/// Why a case owes what it owes and when its clocks fall due (N14): each number with the steps that it comes from.
///
/// A pure value, made by the functions that decisions go by; it has no rules of its own.
public struct Explanation: Hashable, Sendable {
    public var lines: [LineExplanation]
    public var money: MoneyExplanation
    public var clocks: [ClockExplanation]

    /// - Parameters:
    ///   - order: Of the case, as they were together.
    ///   - sla: That the case goes by.
    ///   - others: Other versions, by number: a clock may have run by one of them.
    public init(of value: Case, order: Order, sla: SLAPolicy, others: [UInt64: SLAPolicy] = [:]) {
        lines = value.lines.compactMap { line in
            order.lineIndex(line.lineID).map {
                LineExplanation(line, order.lines[$0], refunds: value.refunds)
            }
        }
        money = MoneyExplanation(value, order, lines)
        let plans = PlansOfThePast(of: value, order: order, sla: sla, others: others)
        clocks = value.clocks.map { plans.explanation(of: $0) }
    }
}

/// What a case owes for a line.
public struct LineExplanation: Hashable, Sendable {
    public var lineID: String
    public var sku: String
    public var paidMinor: Int64
    public var boughtUnits: Int64
    public var units: UnitLedger
    public var refundableUnits: Int64
    public var orderRefundableUnits: Int64
    public var orderWorthMinor: Int64
    /// Of the case's units by themselves.
    public var exactShareMinor: Int64
    /// What the share is beside that: whose units came to be refundable in between decides who gets what rounding leaves over.
    public var roundingMinor: Int64
    public var parts: [OwedPart]
    public var owedMinor: Int64
    public var refundedMinor: Int64
    public var inFlightMinor: Int64
    public var dueMinor: Int64

    init(_ line: CaseLine, _ order: OrderLine, refunds: [Refund]) {
        lineID = line.lineID
        sku = line.sku
        paidMinor = order.paidMinor
        boughtUnits = order.quantity
        units = line.units
        refundableUnits = line.units.sharing
        orderRefundableUnits = order.refundableUnits
        orderWorthMinor = order.worthMinor
        exactShareMinor = Money.share(
            ofPaidMinor: order.paidMinor, units: min(line.units.sharing, order.quantity),
            bought: order.quantity)
        roundingMinor = line.shareMinor - exactShareMinor
        parts = line.owedParts
        owedMinor = line.owedMinor
        inFlightMinor = refunds.sumClamped { $0.isLive ? $0.lines.amount(of: line.lineID) : 0 }
        refundedMinor = line.committedMinor - inFlightMinor
        dueMinor = line.balanceMinor
    }
}

extension [RefundShare] {
    fileprivate func amount(of reference: String) -> Int64 {
        sumClamped { $0.reference == reference ? $0.amountMinor : 0 }
    }
}

/// What a case owes and has paid altogether.
public struct MoneyExplanation: Hashable, Sendable {
    public var owedMinor: Int64
    public var refundedMinor: Int64
    public var inFlightMinor: Int64
    public var dueMinor: Int64
    public var shippingPaidMinor: Int64
    /// Refunded or on its way by this case, and by others of the order.
    public var shippingHereMinor: Int64
    public var shippingElsewhereMinor: Int64
    public var shippingLeftMinor: Int64
    /// Due again by this case, since a refund of it came back.
    public var shippingDueMinor: Int64
    public var overpaidMinor: Int64
    /// What the customer still owes for the order; no part of the rest.
    public var outstandingMinor: Int64
    public var refunds: [Refund]

    init(_ value: Case, _ order: Order, _ lines: [LineExplanation]) {
        owedMinor = lines.sumClamped(\.owedMinor)
        refundedMinor = lines.sumClamped(\.refundedMinor)
        inFlightMinor = lines.sumClamped(\.inFlightMinor)
        dueMinor = value.goodsBalanceMinor
        let holding = value.refunds.filter(\.holdsMoney)
        shippingPaidMinor = order.shippingPaidMinor
        shippingHereMinor = holding.sumClamped { $0.shippingMinor - $0.overpaidShippingMinor }
        shippingDueMinor = value.shippingDueMinor
        shippingElsewhereMinor =
            order.shippingCommittedMinor + order.shippingDueMinor - shippingHereMinor - shippingDueMinor
        shippingLeftMinor = order.shippingLeftMinor
        overpaidMinor = holding.sumClamped(\.overpaidMinor)
        outstandingMinor = order.outstandingMinor
        refunds = value.refunds
    }
}
