/// One part of what a case owes for a line. `CaseLine.owedMinor` is what its parts add up to, and `MoneyProof` proves the parts.
public struct OwedPart: Hashable, Sendable {
    public var kind: OwedPartKind
    /// Less than 0 where it lowers what is owed.
    public var amountMinor: Int64

    public init(_ kind: OwedPartKind, _ amountMinor: Int64) {
        self.kind = kind
        self.amountMinor = amountMinor
    }
}

extension CaseLine {
    /// What the line's money is owed for. The share of the goods is what no other part has.
    public var owedParts: [OwedPart] { [OwedPart(.share, owedMinor)] }

    /// The case's share of what the order line's refundable units are worth.
    public var shareMinor: Int64 {
        owedParts.reduce(0) { $0 + ($1.kind == .share ? $1.amountMinor : 0) }
    }
}

extension OrderLine {
    /// What its refundable units are worth: the shares of all cases add up to this and `roundingMinor`.
    public var worthMinor: Int64 {
        Money.share(ofPaidMinor: paidMinor, units: refundableUnits, bought: quantity)
    }
}

extension Refund {
    /// Whether its amount went out or is on its way, so that it is taken from what can be refunded.
    public var holdsMoney: Bool {
        switch status {
        case .inProgress, .failed, .unknown, .succeeded: true
        case .abandoned: false
        }
    }
}
