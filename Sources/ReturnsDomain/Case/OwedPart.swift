/// One part of what a case owes for a line. `CaseLine.owedMinor` is what its parts add up to; `MoneyProof` proves the shares by the order.
public struct OwedPart: Hashable, Sendable {
    public var kind: OwedPartKind
    /// Less than 0 where it lowers what is owed.
    public var amountMinor: Int64
    /// Why, of a deduction.
    public var deductionCode: DeductionCode?

    public init(_ kind: OwedPartKind, _ amountMinor: Int64, _ code: DeductionCode? = nil) {
        self.kind = kind
        self.amountMinor = amountMinor
        deductionCode = code
    }
}

extension CaseLine {
    /// What the line's money is owed for: always the share of the goods, and what there is besides.
    public var owedParts: [OwedPart] {
        var parts = [OwedPart(.share, shareMinor)]
        if concededMinor != 0 { parts.append(OwedPart(.concession, concededMinor)) }
        return parts
            + deductions.filter(\.stands).map { OwedPart(.deduction, -$0.amountMinor, $0.code) }
    }
}

extension OrderLine {
    /// What its refundable units are worth: the shares of all cases add up to this and `roundingMinor`.
    public var worthMinor: Int64 {
        Money.share(ofPaidMinor: paidMinor, units: refundableUnits, bought: quantity)
    }
}
