import MoneyFormat

/// Money back (R16, R17). An amount is committed on case and order when its refund starts, so that no second refund
/// can take it; only a refund the gateway confirms dead gives it back.
extension CaseDraft {
    mutating func startRefund(_ wish: RefundOrder) throws(CaseRejection) {
        if let live = value.liveRefund { return try retry(live, wish) }
        let payer =
            wish.otherMethod.isEmpty
            ? try acting(as: [.finance], "a refund is started by finance")
            : try acting(as: [.supervisor], Self.otherMethodText, code: "SUPERVISOR_REQUIRED")
        let refund = try newRefund(wish)
        open(refund)
        record(
            .refundStarted,
            "\(text(refund.amountMinor)) to \(targetText(refund)) as \(refund.id)",
            detail(of: refund, attempt: 1), by: payer)
    }

    /// A refund as it can start now. Nothing is committed for it yet.
    private func newRefund(_ wish: RefundOrder, isLost: Bool = false) throws(CaseRejection) -> Refund {
        let id = try newRefundID(wish.refundID, isLost: isLost)
        let amount = try refundAmount(wish)
        guard wish.shippingMinor >= 0,
            wish.shippingMinor <= order.shippingLeftMinor
        else {
            throw refusal(
                "AMOUNT_EXCEEDED",
                "\(text(order.shippingLeftMinor)) of shipping are left to refund",
                field: "shipping_minor")
        }
        try requireRoom(value.refunds.count, "refunds")
        let payments = try allocate(amount + wish.shippingMinor, wish)
        return Refund(
            id: id, status: .inProgress, lines: allocateLines(amount), shippingMinor: wish.shippingMinor,
            payments: payments, otherMethod: wish.otherMethod, otherMethodReason: wish.otherMethodReason,
            attempts: 1, failureReason: "", voucher: "", startedAt: now, endedAt: nil)
    }

    private mutating func open(_ refund: Refund) {
        value.refunds.append(refund)
        commit(refund, sign: 1)
        // A refund can start before everything has arrived; from then on the state follows what is owed.
        value.state = .refunding
    }

    private mutating func retry(_ live: Refund, _ wish: RefundOrder) throws(CaseRejection) {
        let index = value.refunds.lastIndex { $0.id == live.id }!
        guard live.status == .failed else {
            throw refusal(
                "REFUND_IN_PROGRESS", "refund \(live.id) is \(live.status); record its result first",
                field: "refund_id")
        }
        guard wish.refundID.isEmpty || wish.refundID == live.id else {
            throw refusal(
                "REFUND_OPEN",
                "refund \(live.id) failed and is still open; retry it under its id or abandon it",
                field: "refund_id")
        }
        guard wish.amountMinor == 0 || wish.amountMinor == live.linesMinor,
            wish.shippingMinor == 0 || wish.shippingMinor == live.shippingMinor,
            wish.payments.isEmpty || wish.payments == live.payments,
            wish.otherMethod.isEmpty || wish.otherMethod == live.otherMethod
        else {
            throw refusal(
                "REFUND_MISMATCH", "a retry repeats refund \(live.id) as it was; leave the amounts out",
                field: "amount_minor")
        }
        // A retry repeats what was decided at the start, so the system may do it; whoever may start it may, too.
        let isOther = !live.otherMethod.isEmpty
        let payer = try acting(
            as: isOther ? [.finance, .system, .supervisor] : [.finance, .system],
            "a refund is retried by finance or the system")
        value.refunds[index].attempts += 1
        value.refunds[index].status = .inProgress
        value.refunds[index].failureReason = ""
        value.state = .refunding
        record(
            .refundStarted,
            "\(text(live.amountMinor)) to \(targetText(live)) as \(live.id), attempt \(live.attempts + 1)",
            detail(of: live, attempt: live.attempts + 1), by: payer)
    }

    mutating func recordRefund(_ report: RefundReport) throws(CaseRejection) {
        if let lost = report.lost { try openLost(lost, report) }
        let index = try refundIndex(report.refundID)
        let refund = value.refunds[index]
        let attempt = try attempt(of: report, refund)
        switch report.result {
        case .succeeded(let voucher, let document):
            try Require.text(voucher, "voucher", max: TextLimits.referenceBytesMax)
            guard refund.status != .succeeded else {
                throw refusal(
                    "REFUND_SUCCEEDED", "refund \(refund.id) succeeded already", field: "refund_id")
            }
            // First, since a succeeded refund is what makes the voucher needed.
            value.refunds[index].status = .succeeded
            try attach(document, as: .refundVoucher, field: "voucher_document")
            value.refunds[index].voucher = voucher
            value.refunds[index].failureReason = ""
            value.refunds[index].endedAt = now
            let isLate = refund.status == .abandoned
            if isLate { takeLateSuccess(index) }
            record(
                .refundSucceeded,
                "\(text(refund.amountMinor)) to \(targetText(refund)), voucher \(voucher)"
                    + (isLate ? "; it came after the refund was given up" : "")
                    + Self.earlierText(attempt, of: refund)
                    + (report.lost == nil ? "" : "; its start was lost, with other changes"),
                detail(of: refund, attempt: attempt))
            if isLate { recordOverpayment(value.refunds[index]) }
            // A case that has come to its end owes nothing more, so no track opens; the message goes out all the same.
            if value.state.isTerminal { requestNotification("refunded") } else { notifyCustomer("refunded") }
        case .failed(let reason):
            try Require.text(reason, "failure_reason", max: TextLimits.shortTextBytesMax)
            try requirePending(refund)
            try requireLatest(attempt, of: refund)
            value.refunds[index].status = .failed
            value.refunds[index].failureReason = reason
            record(.refundFailed, reason, detail(of: refund, attempt: refund.attempts))
        case .unknown:
            guard refund.status == .inProgress else {
                throw refusal(
                    "REFUND_NOT_PENDING", "refund \(refund.id) is \(refund.status), not in progress",
                    field: "refund_id")
            }
            try requireLatest(attempt, of: refund)
            value.refunds[index].status = .unknown
            record(
                .refundUnknown, "the gateway cannot say; no new attempt until it can",
                detail(of: refund, attempt: refund.attempts))
        }
    }

    /// Starts a refund that the gateway has paid already. No event says that it started, since who hears one pays.
    private mutating func openLost(_ lost: LostRefund, _ report: RefundReport) throws(CaseRejection) {
        guard case .succeeded(let voucher, _) = report.result else {
            throw .invalid(
                "REFUND_NOT_PAID", "lost",
                "only a refund that the gateway paid is recorded as lost; leave lost out"
            )
        }
        _ = try acting(as: [.finance], "a refund whose start was lost is recorded by finance")
        try Require.identifier(report.refundID, "refund_id")
        if let known = value.refunds.first(where: { $0.id == report.refundID }) {
            guard known.status != .succeeded else {
                throw refusal(
                    "REFUND_SUCCEEDED",
                    "refund \(known.id) is recorded already: \(text(known.amountMinor)) were paid",
                    field: "refund_id")
            }
            throw refusal(
                "REFUND_NOT_LOST",
                "the case knows refund \(known.id), which is \(known.status); record its result, and leave lost out",
                field: "refund_id")
        }
        if !lost.isAnother,
            let same = value.refunds.first(where: { !voucher.isEmpty && $0.voucher == voucher })
        {
            throw refusal(
                CaseRejection.mayBeRecorded,
                "refund \(same.id) with the same voucher is recorded already: \(text(same.amountMinor)) were paid; if the gateway paid \(report.refundID) besides, record it with lost.another (--another)",
                field: "refund_id")
        }
        if let live = value.liveRefund {
            throw refusal(
                "REFUND_OPEN", "refund \(live.id) is \(live.status); record its result or abandon it first",
                field: "refund_id")
        }
        guard CommandKind.refund.isPossible(in: value.state) else {
            throw refusal(
                "NOT_ALLOWED_IN_STATE",
                "no refund starts in state \(value.state); bring the case to where this one was started, then record it"
            )
        }
        guard lost.amountMinor > 0 || (lost.amountMinor == 0 && value.balanceMinor == 0) else {
            throw .invalid("FIELD_REQUIRED", "lost.amount_minor", "say how much the gateway paid for goods")
        }
        let wish = RefundOrder(
            refundID: report.refundID, amountMinor: lost.amountMinor, shippingMinor: lost.shippingMinor,
            payments: lost.payments)
        do throws(CaseRejection) {
            var refund = try newRefund(wish, isLost: true)
            refund.attempts = max(1, report.attempt ?? 1)
            open(refund)
        } catch {
            var rejection = error
            if !rejection.field.isEmpty, rejection.field != "refund_id" {
                rejection.field = "lost.\(rejection.field)"
            }
            throw rejection
        }
    }

    /// The attempt that a report speaks of, the only one where there was one; nil where it leaves that open.
    private func attempt(of report: RefundReport, _ refund: Refund) throws(CaseRejection) -> UInt32? {
        guard let attempt = report.attempt else { return refund.attempts == 1 ? 1 : nil }
        guard (1...refund.attempts).contains(attempt) else {
            throw refusal(
                "REFUND_ATTEMPT_UNKNOWN",
                "refund \(refund.id) has had \(Self.attemptsText(refund)), so no attempt \(attempt); look at the number again, or leave it out of a success",
                field: "attempt")
        }
        return attempt
    }

    /// A failure says nothing of any attempt but its own, so an earlier one's does not end the attempt under way. A success
    /// needs no such check: whichever attempt paid, the money went out, once, under the refund's id.
    private func requireLatest(_ attempt: UInt32?, of refund: Refund) throws(CaseRejection) {
        guard let attempt else {
            throw refusal(
                "REFUND_ATTEMPT_REQUIRED",
                "refund \(refund.id) has had \(Self.attemptsText(refund)); say which of them the gateway means",
                field: "attempt")
        }
        guard attempt == refund.attempts else {
            throw refusal(
                "REFUND_ATTEMPT_OVER",
                "attempt \(attempt) of refund \(refund.id) was over before attempt \(refund.attempts) began, so nothing was changed; record what attempt \(refund.attempts) comes to",
                field: "attempt")
        }
    }

    private static func attemptsText(_ refund: Refund) -> String {
        refund.attempts == 1 ? "one attempt" : "\(refund.attempts) attempts"
    }

    private static func earlierText(_ attempt: UInt32?, of refund: Refund) -> String {
        guard let attempt, attempt < refund.attempts else { return "" }
        return "; it was attempt \(attempt) of \(refund.attempts) that paid"
    }

    mutating func abandonRefund(_ id: String, gatewayConfirmation: String) throws(CaseRejection) {
        try Require.text(gatewayConfirmation, "gateway_confirmation", max: TextLimits.shortTextBytesMax)
        let index = try refundIndex(id)
        let refund = value.refunds[index]
        guard refund.status == .failed || refund.status == .unknown else {
            throw refusal(
                "REFUND_NOT_FAILED",
                "refund \(id) is \(refund.status); only a failed or unknown one can be abandoned",
                field: "refund_id")
        }
        commit(refund, sign: -1)
        value.refunds[index].status = .abandoned
        value.refunds[index].endedAt = now
        let settled = settleOverpayments()
        record(
            .refundAbandoned,
            "the gateway confirms it dead: \(gatewayConfirmation)"
                + (settled == 0
                    ? ""
                    : "; \(text(settled)) that went out twice count in its place, so they are not due again"),
            detail(of: refund, attempt: refund.attempts))
    }

    // MARK: Late success

    /// The money of a refund that was given up went out all the same. All of it counts as overpaid, until what is still
    /// owed takes its part.
    private mutating func takeLateSuccess(_ index: Int) {
        let refund = value.refunds[index]
        send(refund, sign: 1)
        value.refunds[index].overpaidLines = refund.lines
        value.refunds[index].overpaidShippingMinor = refund.shippingMinor
        order.overpaidMinor += refund.amountMinor
        _ = settleOverpayments()
    }

    /// Lets what is owed, and in no other refund, be paid by what went out beyond it.
    ///
    /// - Returns: How much that was.
    private mutating func settleOverpayments() -> Int64 {
        let before = order.overpaidMinor
        for index in value.refunds.indices where value.refunds[index].overpaidMinor > 0 {
            for share in value.refunds[index].overpaidLines.indices {
                let overpaid = value.refunds[index].overpaidLines[share]
                let line = value.lineIndex(overpaid.reference)!
                let part = min(overpaid.amountMinor, value.lines[line].balanceMinor)
                commit(part, line: line)
                value.refunds[index].overpaidLines[share].amountMinor -= part
                order.overpaidMinor -= part
            }
            value.refunds[index].overpaidLines.removeAll { $0.amountMinor == 0 }
            let shipping = min(value.refunds[index].overpaidShippingMinor, order.shippingLeftMinor)
            value.refunds[index].overpaidShippingMinor -= shipping
            order.shippingCommittedMinor += shipping
            order.overpaidMinor -= shipping
        }
        return before - order.overpaidMinor
    }

    /// Says loudly that the customer got more than was owed.
    private mutating func recordOverpayment(_ refund: Refund) {
        guard refund.overpaidMinor > 0 else { return }
        let inFlight =
            value.liveRefund.map { "; refund \($0.id) is still open: if it fails, abandon it" } ?? ""
        record(
            .refundOverpaid,
            "the customer got \(text(refund.overpaidMinor)) more than was owed, by \(refund.id), since the amount had gone out again; recover it\(inFlight)",
            .overpayment(
                refundID: refund.id, amountMinor: refund.overpaidMinor, currency: value.currency))
    }

    // MARK: Guards

    private static let otherMethodText =
        "only a supervisor can refund by another method than the original payments"

    private func refundIndex(_ id: String) throws(CaseRejection) -> Int {
        try Require.identifier(id, "refund_id")
        guard let index = value.refunds.lastIndex(where: { $0.id == id }) else {
            throw refusal("REFUND_NOT_FOUND", "the case has no refund \(id)", field: "refund_id")
        }
        return index
    }

    private func requirePending(_ refund: Refund) throws(CaseRejection) {
        guard refund.status == .inProgress || refund.status == .unknown else {
            throw refusal(
                "REFUND_NOT_PENDING", "refund \(refund.id) is \(refund.status), not in progress",
                field: "refund_id")
        }
    }

    /// Ids begin with the case's id, so that one is unique for ever without a table of all refunds. A lost one may be of a case that
    /// is gone, in whose place this one was opened: whether it is, and that no other case records it, the store has to tell.
    private func newRefundID(_ wished: String, isLost: Bool) throws(CaseRejection) -> String {
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

    private func refundAmount(_ wish: RefundOrder) throws(CaseRejection) -> Int64 {
        try Require.amount(wish.amountMinor, "amount_minor", value.currency)
        try Require.amount(wish.shippingMinor, "shipping_minor", value.currency)
        let balance = value.balanceMinor
        // Shipping alone can follow goods that were refunded before, or that cost nothing.
        guard balance > 0 || (wish.shippingMinor > 0 && value.hasRefundableGoods) else {
            throw refusal("NOTHING_DUE", "no money is due on this case")
        }
        guard wish.amountMinor <= balance else {
            throw refusal(
                "AMOUNT_EXCEEDED", "\(text(balance)) are due", field: "amount_minor")
        }
        return wish.amountMinor == 0 ? balance : wish.amountMinor
    }

    /// An amount as people read it.
    func text(_ amountMinor: Int64) -> String {
        MoneyFormat.text(amountMinor, value.currency.description)
    }

    /// Where a refund goes: "card-1 20.00 EUR and gift-1 5.00 EUR", or by which other method.
    private func targetText(_ refund: Refund) -> String {
        guard !refund.payments.isEmpty else { return "the customer by \(refund.otherMethod)" }
        guard refund.payments.count > 1 else { return "payment \(refund.payments[0].reference)" }
        return "payments "
            + refund.payments.map { "\($0.reference) \(text($0.amountMinor))" }.joined(separator: " and ")
    }
}

extension CaseRejection {
    /// A lost refund that looks like one that is recorded already.
    public static let mayBeRecorded = "REFUND_MAY_BE_RECORDED"

    public static func malformedRefundID(of id: CaseID, number: Int = 1) -> CaseRejection {
        .invalid(
            "REFUND_ID_MALFORMED", "refund_id",
            "a refund id is the case id in capital letters, '-' and a number from 1 to \(CountLimits.refundNumberMax) without zeros before it, or a name of your own, such as \(id)-\(number); write it as the gateway has it"
        )
    }
}
