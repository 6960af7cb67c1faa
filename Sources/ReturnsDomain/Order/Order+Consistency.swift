/// What has to hold in a stored order, as `Case.inconsistency` has it for a case.
extension Order {
    /// The first thing that does not add up, in words without personal data; nil when all does.
    public var inconsistency: String? {
        guard version <= Case.versionMax, placedAt.isRepresentable, updatedAt.isRepresentable,
            deliveredAt?.isRepresentable ?? true
        else {
            return "a time or a counter is out of range"
        }
        guard (1...CountLimits.orderLinesMax).contains(lines.count),
            payments.count <= CountLimits.orderPaymentsMax, cases.count <= CountLimits.orderCasesMax
        else { return "it holds too much" }
        guard Set(lines.map(\.lineID)).count == lines.count,
            Set(payments.map(\.reference)).count == payments.count
        else { return "a line or a payment stands twice" }
        if let found = lines.lazy.compactMap(\.inconsistency).first { return found }
        let amounts =
            [shippingPaidMinor, overpaidMinor] + payments.flatMap { [$0.amountMinor, $0.overpaidMinor] }
        guard amounts.allSatisfy({ (0...Money.amountMinorMax).contains($0) }),
            (0...shippingPaidMinor).contains(shippingCommittedMinor),
            (0...(paidMinor + overpaidMinor)).contains(otherMethodCommittedMinor),
            payments.allSatisfy({ (0...$0.amountMinor).contains($0.committedMinor) })
        else { return "a money ledger is out of balance" }
        let known = Set(cases.map(\.id))
        guard (0...CountLimits.orderEntriesMax).contains(entriesCount), untold.count <= entriesCount,
            untold.allSatisfy({ known.isSuperset(of: $0.cases) })
        else { return "its timeline does not fit" }
        return (0...paidMinor).contains(committedMinor) ? nil : "more was refunded than paid"
    }
}

extension OrderLine {
    fileprivate var inconsistency: String? {
        guard (1...CountLimits.unitsMax).contains(quantity), (0...quantity).contains(reservedUnits),
            (0...reservedUnits).contains(refundableUnits)
        else { return "a unit ledger is out of balance" }
        guard [unitPriceMinor, paidMinor].allSatisfy({ (0...Money.amountMinorMax).contains($0) }),
            (0...paidMinor).contains(committedMinor)
        else { return "a money ledger is out of balance" }
        return nil
    }
}
