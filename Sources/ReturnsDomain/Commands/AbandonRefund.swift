extension CommandRule {
    /// A refund is given up that the gateway confirms dead; its amount is due again. So is one that waits for a second person: who
    /// may confirm it may decline it.
    static let abandonRefund = CommandRule(
        in: [.refunding, .refundFailed], leadsToTheEnd: true, duty: .refund
    ) {
        $0.value.liveRefund.map { $0.status != .inProgress } ?? false
    }
}

extension CaseDraft {
    mutating func abandonRefund(_ id: String, gatewayConfirmation: String) throws(CaseRejection) {
        try Require.text(gatewayConfirmation, "gateway_confirmation", max: TextLimits.shortTextBytesMax)
        let index = try refundIndex(id)
        let refund = value.refunds[index]
        guard [.failed, .unknown, .prepared].contains(refund.status) else {
            throw refusal(
                "REFUND_NOT_FAILED",
                "refund \(id) is \(refund.status); only a failed or unknown one, or one that is not confirmed, can be abandoned",
                field: "refund_id")
        }
        if refund.status != .prepared {
            _ = try acting(
                as: [.finance, .system],
                "refund \(id) is \(refund.status); finance gives up what the gateway confirms dead, and a supervisor only what waits for confirmation"
            )
        }
        giveUp(index)
        let shares = settleOverpayments()
        let settled = shares.reduce(0) { $0 + $1.amountMinor }
        record(
            .refundAbandoned,
            (refund.status == .prepared ? "it was not confirmed: " : "the gateway confirms it dead: ")
                + gatewayConfirmation
                + (settled == 0
                    ? ""
                    : "; \(text(settled)) that had gone out beyond what was owed count in its place, so they are not due again"),
            detail(of: refund, attempt: refund.attempts))
        tell(settled: shares)
    }

    /// Its amount is due again, and no second refund is barred by it.
    mutating func giveUp(_ index: Int) {
        commit(value.refunds[index], sign: -1)
        value.refunds[index].shippingRepaidMinor = 0
        value.refunds[index].status = .abandoned
        value.refunds[index].endedAt = now
    }
}
