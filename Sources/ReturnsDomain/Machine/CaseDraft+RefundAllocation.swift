/// Which lines and payments a refund's money is of, and what the case and its order have committed for it.
extension CaseDraft {
    func allocateLines(_ amount: Int64) -> [RefundShare] {
        var left = amount
        var shares: [RefundShare] = []
        for line in value.lines where left > 0 && line.balanceMinor > 0 {
            let share = min(left, line.balanceMinor)
            shares.append(RefundShare(reference: line.lineID, amountMinor: share))
            left -= share
        }
        return shares
    }

    /// - Parameter last: Payments that come behind all others, where nobody names any.
    func allocate(
        _ total: Int64, _ wish: RefundOrder, last: Set<String>
    ) throws(CaseRejection) -> [RefundShare] {
        guard order.paidMinor - order.committedMinor >= total else {
            throw refusal(
                "PAYMENT_EXCEEDED",
                "\(text(order.paidMinor - order.committedMinor)) of the order's payments are left")
        }
        guard wish.otherMethod.isEmpty else {
            try Require.text(wish.otherMethod, "other_method", max: TextLimits.identifierBytesMax)
            try Require.text(wish.otherMethodReason, "other_method_reason", max: TextLimits.shortTextBytesMax)
            guard wish.payments.isEmpty else {
                throw .invalid(
                    "PAYMENTS_CONFLICT", "payments", "name original payments or another method, not both")
            }
            return []
        }
        guard wish.payments.isEmpty else { return try checkedPayments(wish.payments, total: total) }
        let (shares, left) = order.split(total, last: last)
        guard left == 0 else {
            // The customer may have the money already, by another case of the order.
            let beyond =
                order.overpaidMinor > 0
                ? "; before that look at the order: \(text(order.overpaidMinor)) went out on it beyond what its cases owed"
                : ""
            throw refusal(
                "PAYMENT_EXCEEDED",
                "the original payments have \(text(total - left)) left; a supervisor can refund by another method\(beyond)"
            )
        }
        return shares
    }

    private func checkedPayments(_ shares: [RefundShare], total: Int64) throws(CaseRejection) -> [RefundShare]
    {
        try Require.count(shares.count, "payments", 1...CountLimits.orderPaymentsMax)
        var sum: Int64 = 0
        for (index, share) in shares.enumerated() {
            try Require.amount(share.amountMinor, "payments[\(index)].amount_minor", value.currency)
            try Require.identifier(share.reference, "payments[\(index)].reference")
            guard let payment = order.payments.first(where: { $0.reference == share.reference }) else {
                throw .invalid(
                    "PAYMENT_UNKNOWN", "payments[\(index)].reference",
                    "the order has no payment \(share.reference)")
            }
            guard shares.count(where: { $0.reference == share.reference }) == 1 else {
                throw .invalid("DUPLICATE_PAYMENT", "payments[\(index)].reference", "name each payment once")
            }
            guard share.amountMinor > 0, share.amountMinor <= payment.leftMinor else {
                throw refusal(
                    "PAYMENT_EXCEEDED", "payment \(share.reference) has \(text(payment.leftMinor)) left",
                    field: "payments[\(index)].amount_minor")
            }
            sum += share.amountMinor
        }
        guard sum == total else {
            throw .invalid(
                "PAYMENTS_MISMATCH", "payments",
                "the payments add up to \(text(sum)), the refund to \(text(total))")
        }
        return shares
    }

    /// Moves the refund's amounts into (+1) or out of (−1) what is committed.
    mutating func commit(_ refund: Refund, sign: Int64) {
        for share in refund.lines {
            commit(sign * share.amountMinor, line: value.lineIndex(share.reference)!)
        }
        owe(shippingMinor: -sign * refund.shippingRepaidMinor)
        order.shippingCommittedMinor += sign * refund.shippingMinor
        send(refund, sign: sign)
    }

    /// Shipping is due again, or (below 0) no longer: to the case, and kept for it on its order.
    mutating func owe(shippingMinor: Int64) {
        value.shippingDueMinor += shippingMinor
        order.shippingDueMinor += shippingMinor
    }

    /// What the case owes for a line, and the order with it, is paid.
    mutating func commit(_ amountMinor: Int64, line index: Int) {
        value.lines[index].committedMinor += amountMinor
        order.lines[orderLineIndex(value.lines[index].lineID)].committedMinor += amountMinor
    }

    /// What goes out (+1), or never arrived (−1), at the refund's own payments: no change of the order's takes them from it.
    mutating func send(_ refund: Refund, sign: Int64) {
        for share in refund.payments {
            let index = order.payments.firstIndex { $0.reference == share.reference }!
            order.payments[index].send(sign * share.amountMinor)
        }
        if refund.payments.isEmpty { order.otherMethodCommittedMinor += sign * refund.amountMinor }
    }
}
