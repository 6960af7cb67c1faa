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
    mutating func recordReturnedRefund(
        _ id: String, reason: String, _ payments: [RefundShare]
    ) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let whole = try refundIndex(id)
        // Told again by the same words, a part is recorded already.
        if !payments.isEmpty,
            value.refunds.contains(where: {
                $0.partOf == id && Set($0.payments) == Set(payments) && $0.failureReason == reason
            })
        {
            return
        }
        guard value.refunds[whole].status != .returned else {
            let refund = value.refunds[whole]
            // Told again by the same words, it is recorded already.
            if reason == refund.failureReason { return }
            throw hasReturned(refund)
        }
        guard value.refunds[whole].status == .succeeded else {
            throw refusal(
                "REFUND_NOT_SUCCEEDED",
                "refund \(id) is \(value.refunds[whole].status); only one that has succeeded can come back: record what the gateway says with record_refund",
                field: "refund_id")
        }
        let index = try returnedPart(of: whole, payments)
        let refund = value.refunds[index]
        let balance = value.balanceMinor
        takeBack(index)
        value.refunds[index].status = .returned
        value.refunds[index].returnedAt = now
        value.refunds[index].failureReason = reason
        let shares = settleOverpayments()
        let settled = shares.reduce(0) { $0 + $1.amountMinor }
        // What the customer had got beyond what was owed, and has given back, is due to nobody.
        let isDue = value.balanceMinor > balance
        // One that waits for goods to be out is closed as well, and its state follows from what is owed.
        let closed =
            value.state == .closed ? value.stateBefore : value.endToComeBackTo == .closed ? value.state : nil
        let before = isDue ? closed : nil
        if let before { openAgain(in: before) }
        // Who was not told of the refund need not hear of it first.
        if index == whole { voidNotices(of: [.refunded], refundID: id) }
        let from = index == whole ? "" : " from \(targetText(refund))"
        var told = refund
        told.id = id
        record(
            .refundReturned,
            "\(text(refund.amountMinor)) of \(id) came back\(from): \(reason)"
                + (settled == 0
                    ? ""
                    : "; \(text(settled)) that had gone out beyond what was owed count in its place, so they are not due again")
                + beyondText(of: refund, isDue: isDue, settled: settled),
            detail(of: told, attempt: nil))
        tell(settled: shares)
        if isDue { owe(.refundReturned, refundID: refund.id) }
        if before != nil { record(.reopened, "since a refund came back") }
    }

    /// What came back of what had gone out beyond what was owed, which is due to nobody.
    private func beyondText(of refund: Refund, isDue: Bool, settled: Int64) -> String {
        if !isDue, settled == 0 { return "; it had gone out beyond what was owed, so nothing is due again" }
        guard refund.overpaidMinor > 0 else { return "" }
        return "; \(text(refund.overpaidMinor)) of it had gone out beyond what was owed and are due to nobody"
    }

    func hasReturned(_ refund: Refund) -> CaseRejection {
        refusal(
            "REFUND_RETURNED",
            "refund \(refund.id) was paid and came back, which is recorded; a new refund pays its \(text(refund.amountMinor)) again",
            field: "refund_id")
    }

    /// Where the bank sent back a part alone, as of a gift card that is void beside a card that is not: parts the refund in two, one
    /// that stays paid and one that came back.
    ///
    /// - Returns: The place of what came back.
    private mutating func returnedPart(
        of whole: Int, _ payments: [RefundShare]
    ) throws(CaseRejection) -> Int {
        let refund = value.refunds[whole]
        try checkReturned(payments, of: refund)
        guard !payments.isEmpty, payments.reduce(0, { $0 + $1.amountMinor }) < refund.amountMinor else {
            return whole
        }
        try requireRoom(value.refunds.count, "refunds")
        // Somebody may have named a refund of their own so.
        var number = 1
        func id(_ number: Int) -> String { Refund.idOfPart(number, of: refund.id) }
        while value.refunds.contains(where: { $0.id == id(number) }) { number += 1 }
        let (rest, part) = refund.parted(payments)
        value.refunds[whole] = rest
        value.refunds.append(part)
        let index = value.refunds.count - 1
        value.refunds[index].id = id(number)
        value.refunds[index].partOf = refund.id
        return index
    }

    private func checkReturned(_ payments: [RefundShare], of refund: Refund) throws(CaseRejection) {
        guard !payments.isEmpty else { return }
        try Require.count(payments.count, "payments", 1...CountLimits.orderPaymentsMax)
        guard !refund.payments.isEmpty else {
            throw .invalid(
                "PAYMENTS_CONFLICT", "payments",
                "refund \(refund.id) went by \(refund.otherMethod), not to payments; leave payments out, which records that all of it came back"
            )
        }
        for (index, share) in payments.enumerated() {
            try Require.amount(share.amountMinor, "payments[\(index)].amount_minor", value.currency)
            try Require.identifier(share.reference, "payments[\(index)].reference")
            guard let paid = refund.payments.first(where: { $0.reference == share.reference }) else {
                guard !hasCameBack(refund, from: share.reference) else {
                    throw refusal(
                        "REFUND_RETURNED",
                        "all that refund \(refund.id) paid to \(share.reference) came back, which is recorded; what stays paid went to \(targetText(refund))",
                        field: "payments[\(index)].reference")
                }
                throw .invalid(
                    "PAYMENT_UNKNOWN", "payments[\(index)].reference",
                    "refund \(refund.id) did not go to payment \(share.reference); it went to \(targetText(refund))"
                )
            }
            guard payments.count(where: { $0.reference == share.reference }) == 1 else {
                throw .invalid("DUPLICATE_PAYMENT", "payments[\(index)].reference", "name each payment once")
            }
            guard (1...paid.amountMinor).contains(share.amountMinor) else {
                throw refusal(
                    "AMOUNT_EXCEEDED",
                    "refund \(refund.id) paid \(text(paid.amountMinor)) to \(share.reference); give what of it came back, at most that",
                    field: "payments[\(index)].amount_minor")
            }
        }
    }

    /// Whether a part of the refund that went to this payment came back before.
    private func hasCameBack(_ refund: Refund, from reference: String) -> Bool {
        value.refunds.contains { part in
            part.partOf == refund.id && part.payments.contains { $0.reference == reference }
        }
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

extension Refund {
    /// For people, who see what it is a part of; what tells it is `partOf`. An id that fills its limit is cut for it.
    static func idOfPart(_ number: Int, of id: String) -> String {
        let ending = "-returned-\(number)"
        return id.prefix(TextLimits.identifierBytesMax - ending.utf8.count) + ending
    }

    /// The same refund as what stays paid and what came back. Back comes first what had gone out beyond what was owed, then what was
    /// for goods, from the last line on, then what was for shipping.
    fileprivate func parted(_ payments: [RefundShare]) -> (rest: Refund, part: Refund) {
        var (rest, part) = (self, self)
        part.payments = payments
        part.lines = []
        part.overpaidLines = []
        (part.shippingMinor, part.overpaidShippingMinor, part.shippingRepaidMinor) = (0, 0, 0)
        var left = payments.reduce(0) { $0 + $1.amountMinor }
        for over in overpaidLines.reversed() {
            let minor = min(left, over.amountMinor)
            left -= minor
            rest.overpaidLines.move(minor, of: over.reference, to: &part.overpaidLines)
            rest.lines.move(minor, of: over.reference, to: &part.lines)
        }
        part.overpaidShippingMinor = min(left, overpaidShippingMinor)
        left -= part.overpaidShippingMinor
        for share in rest.lines.reversed() {
            let over = rest.overpaidLines.first { $0.reference == share.reference }?.amountMinor ?? 0
            let minor = min(left, share.amountMinor - over)
            left -= minor
            rest.lines.move(minor, of: share.reference, to: &part.lines)
        }
        part.shippingMinor = part.overpaidShippingMinor + left
        rest.shippingMinor -= part.shippingMinor
        rest.overpaidShippingMinor -= part.overpaidShippingMinor
        rest.shippingRepaidMinor = min(rest.shippingRepaidMinor, rest.shippingMinor)
        var back: [RefundShare] = []
        for share in payments { rest.payments.move(share.amountMinor, of: share.reference, to: &back) }
        return (rest, part)
    }
}

extension [RefundShare] {
    /// Takes an amount of what the reference has here to what it has there; nothing is left standing at 0.
    fileprivate mutating func move(_ minor: Int64, of reference: String, to other: inout [RefundShare]) {
        guard minor > 0, let place = firstIndex(where: { $0.reference == reference }) else { return }
        self[place].amountMinor -= minor
        if self[place].amountMinor == 0 { remove(at: place) }
        if let known = other.firstIndex(where: { $0.reference == reference }) {
            other[known].amountMinor += minor
        } else {
            other.append(RefundShare(reference: reference, amountMinor: minor))
        }
    }
}
