import MoneyFormat

/// Money back (R16, R17). An amount is committed on case and order when its refund starts, so that no second refund
/// can take it; only a refund the gateway confirms dead gives it back.
extension CaseDraft {
    /// A refund as it can start now. Nothing is committed for it yet.
    func newRefund(_ wish: RefundOrder, isLost: Bool = false) throws(CaseRejection) -> Refund {
        let id = try newRefundID(wish.refundID, isLost: isLost)
        let shipping = shippingToRefund(wish)
        let amount = try refundAmount(wish, shipping: shipping)
        guard shipping >= 0, shipping <= shippingRefundableMinor else {
            throw refusal(
                "AMOUNT_EXCEEDED",
                "\(text(shippingRefundableMinor)) of shipping are left to refund",
                field: "shipping_minor")
        }
        try requireRoom(value.refunds.count, "refunds")
        // A lost one went out before whatever is known to have come back since.
        let payments = try allocate(amount + shipping, wish, last: isLost ? [] : value.paymentsThatSentBack)
        var refund = Refund(
            id: id, status: .inProgress, lines: allocateLines(amount), shippingMinor: shipping,
            payments: payments, otherMethod: wish.otherMethod, otherMethodReason: wish.otherMethodReason,
            attempts: 1, failureReason: "", voucher: "", startedAt: now, endedAt: nil)
        if keeps.contains(.refundDetails) { refund.method = wish.method ?? .original }
        refund.shippingRepaidMinor = min(shipping, value.shippingDueMinor)
        return refund
    }

    /// All that is due holds the shipping that came back; an amount for goods leaves it to be named.
    private func shippingToRefund(_ wish: RefundOrder) -> Int64 {
        wish.amountMinor == nil ? max(wish.shippingMinor, value.shippingDueMinor) : wish.shippingMinor
    }

    /// What the case itself owes of the shipping, and what nobody owes.
    var shippingRefundableMinor: Int64 { order.shippingLeftMinor + value.shippingDueMinor }

    mutating func open(_ refund: Refund) {
        value.refunds.append(refund)
        commit(refund, sign: 1)
        // A refund can start before everything has arrived; from then on the state follows what is owed.
        value.state = .refunding
    }

    /// Lets what is owed, and in no other refund, be paid by what went out beyond it: whenever more comes to be owed, that counts
    /// first.
    ///
    /// - Returns: How much that was of each refund.
    mutating func settleOverpayments() -> [RefundShare] {
        var settled: [RefundShare] = []
        for index in value.refunds.indices where value.refunds[index].overpaidMinor > 0 {
            let before = value.refunds[index].overpaidMinor
            settleOverpayment(index)
            let minor = before - value.refunds[index].overpaidMinor
            order.overpaidMinor -= minor
            if minor > 0 {
                settled.append(RefundShare(reference: value.refunds[index].id, amountMinor: minor))
            }
        }
        return settled
    }

    private mutating func settleOverpayment(_ index: Int) {
        for share in value.refunds[index].overpaidLines.indices {
            let overpaid = value.refunds[index].overpaidLines[share]
            let line = value.lineIndex(overpaid.reference)!
            let part = min(overpaid.amountMinor, value.lines[line].balanceMinor)
            commit(part, line: line)
            value.refunds[index].overpaidLines[share].amountMinor -= part
        }
        value.refunds[index].overpaidLines.removeAll { $0.amountMinor == 0 }
        // Shipping is refunded beside goods: where none are to be refunded any more, no more of it counts than came back.
        let refundable = value.hasRefundableGoods ? shippingRefundableMinor : value.shippingDueMinor
        let shipping = min(value.refunds[index].overpaidShippingMinor, refundable)
        owe(shippingMinor: -min(shipping, value.shippingDueMinor))
        value.refunds[index].overpaidShippingMinor -= shipping
        order.shippingCommittedMinor += shipping
    }

    /// Whoever recovers the money hears that it counts for what is owed now.
    mutating func tell(settled: [RefundShare]) {
        guard keeps.contains(.refundDetails) else { return }
        for share in settled {
            record(
                .overpaymentSettled,
                "\(text(share.amountMinor)) of \(share.reference) that had gone out beyond what was owed count for what is owed now",
                .overpayment(
                    refundID: share.reference, amountMinor: share.amountMinor, currency: value.currency),
                by: .system)
        }
    }

    mutating func settleOverpaymentsAndTell() {
        guard keeps.contains(.refundDetails) else { return }
        tell(settled: settleOverpayments())
    }

    func refundIndex(_ id: String) throws(CaseRejection) -> Int {
        try Require.identifier(id, "refund_id")
        guard let index = value.refunds.lastIndex(where: { $0.id == id }) else {
            throw refusal("REFUND_NOT_FOUND", "the case has no refund \(id)", field: "refund_id")
        }
        return index
    }

    /// Ids begin with the case's id, so that one is unique for ever without a table of all refunds. A lost one may be of a case that
    /// is gone, in whose place this one was opened: whether it is, and that no other case records it, the store has to tell.
    func newRefundID(_ wished: String, isLost: Bool) throws(CaseRejection) -> String {
        let prefix = "\(value.id)-"
        guard !wished.isEmpty else {
            var number = value.refunds.count + 1
            while value.refunds.contains(where: { $0.id == "\(prefix)\(number)" }) { number += 1 }
            return "\(prefix)\(number)"
        }
        try Require.identifier(wished, "refund_id")
        guard let of = RefundOrder.caseID(of: wished), isLost || of == value.id else {
            throw .malformedRefundID(of: value.id, number: value.refunds.count + 1)
        }
        guard !value.refunds.contains(where: { $0.id == wished }) else {
            throw refusal(
                "REFUND_ID_USED", "refund \(wished) has ended; a new refund needs a new id",
                field: "refund_id")
        }
        return wished
    }

    private func refundAmount(_ wish: RefundOrder, shipping: Int64) throws(CaseRejection) -> Int64 {
        try Require.amount(wish.amountMinor ?? 0, "amount_minor", value.currency)
        try Require.amount(wish.shippingMinor, "shipping_minor", value.currency)
        let balance = value.goodsBalanceMinor
        // Shipping alone can follow goods that were refunded before, or that cost nothing.
        guard value.balanceMinor > 0 || (shipping > 0 && value.hasRefundableGoods) else {
            let left =
                value.hasRefundableGoods && shippingRefundableMinor > 0
                ? "; \(text(shippingRefundableMinor)) of shipping are left, and are refunded where they are named (shipping_minor)"
                : ""
            throw refusal("NOTHING_DUE", "no money is due on this case\(left)")
        }
        let amount = wish.amountMinor ?? balance
        guard amount <= balance else {
            throw refusal(
                "AMOUNT_EXCEEDED", "\(text(balance)) are due for goods", field: "amount_minor")
        }
        guard amount + shipping > 0 else {
            throw .invalid(
                "AMOUNT_OUT_OF_RANGE", "amount_minor",
                "a refund of nothing is none: give an amount, or leave it out to refund the \(text(value.balanceMinor)) that are due"
            )
        }
        return amount
    }

    /// An amount as people read it.
    func text(_ amountMinor: Int64) -> String {
        MoneyFormat.text(amountMinor, value.currency.description)
    }

    /// Where a refund goes: "card-1 20.00 EUR and gift-1 5.00 EUR", or by which other method.
    func targetText(_ refund: Refund) -> String {
        guard !refund.payments.isEmpty else { return "the customer by \(refund.otherMethod)" }
        guard refund.payments.count > 1 else { return "payment \(refund.payments[0].reference)" }
        return "payments "
            + refund.payments.map { "\($0.reference) \(text($0.amountMinor))" }.joined(separator: " and ")
    }
}

extension CaseRejection {
    public static func malformedRefundID(of id: CaseID, number: Int = 1) -> CaseRejection {
        .invalid(
            "REFUND_ID_MALFORMED", "refund_id",
            "a refund id is the case id in capital letters, '-' and a number from 1 to \(CountLimits.refundNumberMax) without zeros before it, or a name of your own, such as \(id)-\(number); write it as the gateway has it"
        )
    }
}
