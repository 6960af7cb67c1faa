extension CommandRule {
    /// A refund that somebody else prepared starts (N10).
    static let confirmRefund = CommandRule(in: [.refunding], leadsToTheEnd: true, duty: .refund) {
        !$0.hasOpenLoss && $0.value.liveRefund?.status == .prepared
    }
}

extension CaseDraft {
    /// A large refund waits for a second person, who alone lets it be paid. So does the one that makes many small ones large.
    func needsSecondPerson(_ refund: Refund) -> Bool {
        guard keeps.contains(.refundDetails), let most = policy.secondPersonAboveMinor else { return false }
        let unconfirmed = value.refunds.sumClamped {
            $0.holdsMoney && $0.confirmedBy == nil ? $0.amountMinor : 0
        }
        return refund.amountMinor.addingClamped(unconfirmed) > most
    }

    mutating func confirmRefund(_ id: String) throws(CaseRejection) {
        let index = try refundIndex(id)
        let refund = value.refunds[index]
        guard refund.status == .prepared, let preparer = refund.preparedBy else {
            throw refusal(
                "REFUND_NOT_PREPARED",
                "refund \(id) is \(refund.status); only one that is prepared waits for a second person",
                field: "refund_id")
        }
        guard actor.persons.isDisjoint(with: preparer.persons) else {
            throw .notPermitted(
                "SECOND_PERSON_REQUIRED",
                "refund \(id) was prepared by you, or by whom you act for; somebody else with the role finance or supervisor has to confirm it"
            )
        }
        value.refunds[index].status = .inProgress
        value.refunds[index].confirmedBy = by
        value.refunds[index].startedAt = now
        record(
            .refundStarted,
            "\(text(refund.amountMinor)) to \(targetText(refund)) as \(refund.id), prepared by \(preparer.name)",
            detail(of: refund, attempt: 1))
    }

    func waitsForConfirmation(_ refund: Refund) -> CaseRejection {
        refusal(
            "REFUND_NOT_CONFIRMED",
            "refund \(refund.id) waits for a second person, and nobody is told to pay it: confirm it by confirm_refund, or give it up by abandon_refund; if it was paid all the same, give it up, and then somebody else than who prepared it records that by record_refund",
            field: "refund_id")
    }
}
