extension CommandRule {
    /// The bank sent a refund back that had succeeded.
    ///
    /// That can be long after the case was closed: it opens again, since its money is due.
    static let recordReturnedRefund = CommandRule(
        in: [.inTransit, .closed] + .afterArrival, leadsToTheEnd: true, duty: .refund
    ) {
        $0.value.refunds.contains { $0.status == .succeeded }
    }
}

extension CaseDraft {
    mutating func recordReturnedRefund(_ id: String, reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try refundIndex(id)
        let refund = value.refunds[index]
        guard refund.status != .returned else {
            // Told again by the same words, it is recorded already.
            if reason == refund.failureReason { return }
            throw hasReturned(refund)
        }
        guard refund.status == .succeeded else {
            throw refusal(
                "REFUND_NOT_SUCCEEDED",
                "refund \(id) is \(refund.status); only one that has succeeded can come back: record what the gateway says with record_refund",
                field: "refund_id")
        }
        let balance = value.balanceMinor
        takeBack(index)
        value.refunds[index].status = .returned
        value.refunds[index].returnedAt = now
        value.refunds[index].failureReason = reason
        let settled = settleOverpayments()
        // What the customer had got beyond what was owed, and has given back, is due to nobody.
        let isDue = value.balanceMinor > balance
        // One that waits for goods to be out is closed as well, and its state follows from what is owed.
        let closed =
            value.state == .closed ? value.stateBefore : value.endToComeBackTo == .closed ? value.state : nil
        let before = isDue ? closed : nil
        if let before { openAgain(in: before) }
        // Who was not told of the refund need not hear of it first.
        voidNotices(of: [.refunded], refundID: id)
        record(
            .refundReturned,
            "\(text(refund.amountMinor)) of \(id) came back: \(reason)"
                + (settled == 0
                    ? ""
                    : "; \(text(settled)) that had gone out beyond what was owed count in its place, so they are not due again")
                + (isDue || settled > 0
                    ? "" : "; it had gone out beyond what was owed, so nothing is due again"),
            detail(of: refund, attempt: nil))
        if isDue { owe(.refundReturned, refundID: id) }
        if let before { record(.reopened, "to \(before), since a refund came back") }
    }

    func hasReturned(_ refund: Refund) -> CaseRejection {
        refusal(
            "REFUND_RETURNED",
            "refund \(refund.id) was paid and came back, which is recorded; a new refund pays its \(text(refund.amountMinor)) again",
            field: "refund_id")
    }

    /// The money is not out any more: what the refund paid of what was owed is due again, and what it paid beyond is not overpaid.
    private mutating func takeBack(_ index: Int) {
        let refund = value.refunds[index]
        for share in refund.lines {
            let over = refund.overpaidLines.first { $0.reference == share.reference }?.amountMinor ?? 0
            commit(over - share.amountMinor, line: value.lineIndex(share.reference)!)
        }
        let shipping = refund.shippingMinor - refund.overpaidShippingMinor
        order.shippingCommittedMinor -= shipping
        owe(shippingMinor: shipping)
        order.overpaidMinor -= refund.overpaidMinor
        send(refund, sign: -1)
        value.refunds[index].overpaidLines = []
        value.refunds[index].overpaidShippingMinor = 0
        value.refunds[index].shippingRepaidMinor = 0
    }

    /// A closed case goes on, for money alone: units that its end released stay released.
    private mutating func openAgain(in state: CaseState) {
        for index in value.lines.indices {
            value.lines[index].releasedAwaited = 0
            value.lines[index].releasedSentBack = 0
        }
        value.stateBefore = nil
        value.reopenedAt = now
        value.state = state
    }
}
