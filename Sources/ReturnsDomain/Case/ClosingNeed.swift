import MoneyFormat

/// What stands between a case and closing.
public enum ClosingNeed: Hashable, Sendable {
    /// Received, reported lost, or released.
    case awaitedUnits(Int64)
    case uninspectedUnits(Int64)
    /// Refused units that nobody decided over.
    case undecidedUnits(Int64)
    case lostUnits(Int64)
    case refund(amountMinor: Int64)
    case refundResult
    case failedRefund
    case goodsOut
    case customerTold
    case followUp
    /// The refund is that of a voucher; empty for other papers.
    case document(DocumentType, refundID: String = "")

    public var kind: ClosingNeedKind {
        switch self {
        case .awaitedUnits: .awaitedUnits
        case .uninspectedUnits: .uninspectedUnits
        case .undecidedUnits: .undecidedUnits
        case .lostUnits: .lostUnits
        case .refund: .refund
        case .refundResult: .refundResult
        case .failedRefund: .failedRefund
        case .goodsOut: .goodsOut
        case .customerTold: .customerTold
        case .followUp: .followUp
        case .document: .document
        }
    }

    /// For the refusal to close; clients have words of their own.
    func text(_ currency: CurrencyCode) -> String {
        switch self {
        case .awaitedUnits(let units):
            "\(counted(units, "awaited unit")): receive, report lost, or release by resolve"
        case .uninspectedUnits(let units): "inspect \(counted(units, "received unit"))"
        case .undecidedUnits(let units): "resolve \(counted(units, "refused unit"))"
        case .lostUnits(let units): "resolve \(counted(units, "lost unit"))"
        case .refund(let amountMinor): "refund \(MoneyFormat.text(amountMinor, currency.description))"
        case .refundResult: "record the result of the refund in progress"
        case .failedRefund: "retry or abandon the failed refund"
        case .goodsOut: "ship the goods that are owed"
        case .customerTold: "tell the customer"
        case .followUp: "follow up with the customer"
        case .document(let type, let refundID):
            "attach a document of type \(type)" + (refundID.isEmpty ? "" : " of refund \(refundID)")
        }
    }
}
