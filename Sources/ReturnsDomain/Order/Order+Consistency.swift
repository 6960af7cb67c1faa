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
        guard lines.areDistinct(by: \.lineID), payments.areDistinct(by: \.reference) else {
            return "a line or a payment stands twice"
        }
        for line in lines { if let found = line.inconsistency { return found } }
        let amounts = 0...Money.amountMinorMax
        // What went out beyond is bounded by no price: a late success is recorded whatever it comes to.
        let overpaid = 0...Money.overpaidMinorMax
        guard amounts.contains(shippingPaidMinor), overpaid.contains(overpaidMinor),
            amounts.contains(outstandingMinor),
            payments.allSatisfy({ amounts.contains($0.amountMinor) && overpaid.contains($0.overpaidMinor) }),
            (0...shippingPaidMinor).contains(shippingCommittedMinor),
            (0...(shippingPaidMinor - shippingCommittedMinor)).contains(shippingDueMinor),
            (0...(paidMinor + overpaidMinor)).contains(otherMethodCommittedMinor),
            payments.allSatisfy({ (0...$0.amountMinor).contains($0.committedMinor) })
        else { return "a money ledger is out of balance" }
        guard (0...CountLimits.orderEntriesMax).contains(entriesCount), untold.count <= entriesCount,
            paymentsChangers.count <= CountLimits.orderPaymentsChangersMax,
            untold.isEmpty || areKnown(untold)
        else { return "its timeline does not fit" }
        guard zone.map({ $0.isInOrder && $0.offsets.count <= CountLimits.orderOffsetsMax }) ?? true else {
            return "its time zone is out of range"
        }
        guard refusals.isEmpty || areKnown(refusals) else { return "its refusals do not fit" }
        return (0...paidMinor).contains(committedMinor) ? nil : "more was refunded than paid"
    }

    private func areKnown(_ refusals: [OrderRefusal]) -> Bool {
        let known = Set(cases.map(\.id))
        return refusals.areDistinct(by: \.caseID)
            && refusals.allSatisfy {
                known.contains($0.caseID) && $0.at.isRepresentable
                    && $0.appealUntil?.isRepresentable ?? true
            }
    }

    private func areKnown(_ untold: [UntoldEntry]) -> Bool {
        let known = Set(cases.map(\.id))
        return untold.allSatisfy { known.isSuperset(of: $0.cases) }
    }
}

extension OrderLine {
    fileprivate var inconsistency: String? {
        guard returnDays.map({ (0...100_000).contains($0) }) ?? true else {
            return "what was promised for a line is out of range"
        }
        guard (1...CountLimits.unitsMax).contains(quantity), (0...quantity).contains(reservedUnits),
            (0...reservedUnits).contains(refundableUnits)
        else { return "a unit ledger is out of balance" }
        let amounts = 0...Money.amountMinorMax
        guard amounts.contains(unitPriceMinor), amounts.contains(paidMinor),
            (0...paidMinor).contains(committedMinor), (-paidMinor...paidMinor).contains(roundingMinor),
            (-Money.amountMinorMax...Money.amountMinorMax).contains(exchangeDifferencesMinor),
            (0...paidMinor).contains(worthMinor + roundingMinor)
        else { return "a money ledger is out of balance" }
        return nil
    }
}
