extension CommandRule {
    /// What the gateway said of a refund (R16, R17).
    ///
    /// A refund that was given up can succeed late, after the case was closed too.
    static let recordRefund = CommandRule(
        in: [.inTransit, .closed] + .afterArrival, leadsToTheEnd: true, duty: .refund
    ) {
        $0.value.hasRefundWithOpenResult
            || ($0.hasOpenLoss && $0.value.takes(.refund) && $0.owesRefund)
    }
}

extension CaseDraft {
    mutating func recordRefund(_ report: RefundReport) throws(CaseRejection) {
        if try isRecorded(report) { return }
        if let lost = report.lost { try openLost(lost, report) }
        let index = try refundIndex(report.refundID)
        let refund = value.refunds[index]
        guard refund.status != .prepared else { throw waitsForConfirmation(refund) }
        let attempt = try attempt(of: report, refund)
        if try attachLateVoucher(report, to: refund) { return }
        switch report.result {
        case .succeeded(let voucher, let document):
            try Require.text(voucher, "voucher", max: TextLimits.referenceBytesMax)
            guard refund.status != .returned else { throw hasReturned(refund) }
            guard refund.status != .succeeded else {
                throw refusal(
                    "REFUND_SUCCEEDED",
                    "refund \(refund.id) succeeded already, with voucher \(refund.voucher); \(voucher) was not recorded",
                    field: "refund_id")
            }
            let sameVoucher = value.refunds.first { $0.id != refund.id && $0.voucher == voucher }
            // First, since a succeeded refund is what makes the voucher needed.
            value.refunds[index].status = .succeeded
            try attach(document, as: .refundVoucher, refundID: refund.id, field: "voucher_document")
            value.refunds[index].voucher = voucher
            try take(report.creditNote, index)
            value.refunds[index].failureReason = ""
            value.refunds[index].endedAt = now
            let isLate = refund.status == .abandoned
            let isUnconfirmed = try takeUnconfirmed(index)
            let overtaken = isLate ? takeLateSuccess(index) : nil
            record(
                .refundSucceeded,
                "\(text(refund.amountMinor)) to \(targetText(refund)), voucher \(voucher)"
                    + papersText(report, of: refund)
                    + (isLate ? "; it came after the refund was given up" : "")
                    + (isUnconfirmed ? ", and nobody had confirmed that it may be paid" : "")
                    + Self.earlierText(attempt, of: refund)
                    + (report.lost == nil ? "" : "; its start was lost, with other changes")
                    + (sameVoucher.map {
                        "; refund \($0.id) has the same voucher: check which of them it is of"
                    } ?? ""),
                detail(of: refund, attempt: attempt))
            if let overtaken {
                record(
                    .refundAbandoned,
                    "it was not confirmed, and \(refund.id) has paid what it was for",
                    detail(of: overtaken, attempt: nil), by: .system)
            }
            if isLate { recordOverpayment(value.refunds[index]) }
            // A case that has come to its end owes nothing more, so no track opens; the message goes out all the same.
            if value.state.isTerminal || value.endToComeBackTo != nil {
                requestNotification(.refunded)
            } else {
                owe(.refunded, refundID: refund.id)
            }
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

    /// Whether the very result is recorded already: a gateway that repeats it is answered as the first time, and nothing changes.
    ///
    /// What differs in anything is told apart: another voucher, another reason, a paper that is not there. That an earlier attempt
    /// failed is recorded, since the next one began by it; in which words, the refund does not keep.
    private func isRecorded(_ report: RefundReport) throws(CaseRejection) -> Bool {
        guard report.lost == nil, let refund = value.refunds.last(where: { $0.id == report.refundID }) else {
            return false
        }
        switch (report.result, refund.status) {
        case (.succeeded(let voucher, let document), .succeeded):
            _ = try attempt(of: report, refund)
            return voucher == refund.voucher && document.map { hasVoucher($0, of: refund) } ?? true
                && (report.creditNote.isEmpty || report.creditNote == refund.creditNote)
        case (.failed(let reason), _) where refund.status != .prepared:
            guard let attempt = try attempt(of: report, refund) else { return false }
            try Require.text(reason, "failure_reason", max: TextLimits.shortTextBytesMax)
            return attempt < refund.attempts || refund.status == .failed && reason == refund.failureReason
        case (.unknown, .unknown):
            return try attempt(of: report, refund) == refund.attempts
        default: return false
        }
    }

    /// The same success with a paper, or the number of one, that came later: it is added, and nothing else changes.
    private mutating func attachLateVoucher(
        _ report: RefundReport, to refund: Refund
    ) throws(CaseRejection) -> Bool {
        guard case .succeeded(let voucher, let document) = report.result, refund.status == .succeeded,
            voucher == refund.voucher, report.lost == nil
        else { return false }
        if let document, !hasVoucher(document, of: refund) {
            let known = sameFileText(document.sha256, in: vouchers)
            try attach(document, as: .refundVoucher, refundID: refund.id, field: "voucher_document")
            record(
                .documentAttached, "\(DocumentType.refundVoucher) of refund \(refund.id)\(known)",
                .document(.refundVoucher))
        }
        if !report.creditNote.isEmpty, report.creditNote != refund.creditNote {
            guard refund.creditNote.isEmpty else {
                throw refusal(
                    "CREDIT_NOTE_EXISTS",
                    "refund \(refund.id) has credit note \(refund.creditNote); \(report.creditNote) was not recorded; if \(refund.creditNote) is wrong, write it down with note",
                    field: "credit_note")
            }
            try take(report.creditNote, try refundIndex(refund.id))
            record(
                .documentAttached,
                "credit note \(report.creditNote) of refund \(refund.id)"
                    + sameCreditNoteText(report.creditNote, of: refund),
                .document(.other))
        }
        return true
    }

    /// Whether the file is there as the refund's own voucher: one file can be that of several. One that names no refund, as a
    /// store of the first level keeps them, is of whichever has one.
    private func hasVoucher(_ paper: Document, of refund: Refund) -> Bool {
        let isUnnamedEnough =
            !keeps.contains(.voucherRefunds) || !value.refundsWithoutVoucher.contains { $0.id == refund.id }
        return vouchers.contains {
            $0.sha256 == paper.sha256
                && ($0.refundID == refund.id || $0.refundID.isEmpty && isUnnamedEnough)
        }
    }

    /// What came with a success, behind its voucher: the credit note's number, and of which refund the file that was just attached is the
    /// voucher too.
    private func papersText(_ report: RefundReport, of refund: Refund) -> String {
        let number = report.creditNote
        let note = number.isEmpty ? "" : ", credit note \(number)\(sameCreditNoteText(number, of: refund))"
        guard case .succeeded(_, let document?) = report.result else { return note }
        return note + sameFileText(document.sha256, in: vouchers.dropLast())
    }

    private var vouchers: [Document] { value.documents.filter { $0.type == .refundVoucher } }

    /// A number that another refund of the case has is one of the two refunds' alone, mostly.
    private func sameCreditNoteText(_ number: String, of refund: Refund) -> String {
        guard let other = value.refunds.first(where: { $0.id != refund.id && $0.creditNote == number }) else {
            return ""
        }
        return "; refund \(other.id) has the same credit note: check which of them it is of"
    }

    private mutating func take(_ creditNote: String, _ index: Int) throws(CaseRejection) {
        guard !creditNote.isEmpty else { return }
        try Require.text(creditNote, "credit_note", max: TextLimits.identifierBytesMax)
        value.refunds[index].creditNote = creditNote
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
            guard known.status != .returned else { throw hasReturned(known) }
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
        guard value.takes(.refund) else {
            let end = value.endToComeBackTo
            throw refusal(
                end == nil ? "NOT_ALLOWED_IN_STATE" : "CASE_ENDED",
                "no refund starts in \(end.map { "a case that is \($0) and open only until the goods that came to it are out" } ?? "state \(value.state)"); bring the case to where this one was started, then record it"
            )
        }
        guard lost.amountMinor != 0 || lost.shippingMinor != 0 else {
            throw .invalid("FIELD_REQUIRED", "lost.amount_minor", "say how much the gateway paid")
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

    /// A refund that somebody prepared and nobody confirmed was paid all the same. That is recorded as it is, by somebody else than
    /// who prepared it: they are its second person, if late.
    ///
    /// - Returns: Whether it is one.
    private mutating func takeUnconfirmed(_ index: Int) throws(CaseRejection) -> Bool {
        guard let preparer = value.refunds[index].preparedBy, value.refunds[index].confirmedBy == nil else {
            return false
        }
        guard actor.persons.isDisjoint(with: preparer.persons) else {
            throw .notPermitted(
                "SECOND_PERSON_REQUIRED",
                "refund \(value.refunds[index].id) was prepared by you, or by whom you act for, and nobody confirmed it; if it was paid all the same, somebody else with the role finance has to record that"
            )
        }
        value.refunds[index].confirmedBy = by
        return true
    }

    /// The money of a refund that was given up went out all the same. All of it counts as overpaid, until what is still
    /// owed takes its part. A refund that is prepared gives way to it: nobody has paid that.
    ///
    /// - Returns: The prepared refund that gave way.
    private mutating func takeLateSuccess(_ index: Int) -> Refund? {
        let refund = value.refunds[index]
        let overtaken = value.liveRefund.flatMap { $0.status == .prepared ? $0 : nil }
        if let overtaken { giveUp(value.refunds.lastIndex { $0.id == overtaken.id }!) }
        send(refund, sign: 1)
        value.refunds[index].overpaidLines = refund.lines
        value.refunds[index].overpaidShippingMinor = refund.shippingMinor
        order.overpaidMinor += refund.amountMinor
        // What it paid of what is owed its own event tells.
        tell(settled: settleOverpayments().filter { $0.reference != refund.id })
        return overtaken
    }

    /// Says loudly that the customer got more than was owed.
    private mutating func recordOverpayment(_ refund: Refund) {
        guard refund.overpaidMinor > 0 else { return }
        let inFlight =
            value.liveRefund.map { "; refund \($0.id) is still open: if it fails, abandon it" } ?? ""
        record(
            .refundOverpaid,
            "the customer got \(text(refund.overpaidMinor)) more than was owed and in no other refund, by \(refund.id); recover it\(inFlight)",
            .overpayment(
                refundID: refund.id, amountMinor: refund.overpaidMinor, currency: value.currency))
    }

    private func requirePending(_ refund: Refund) throws(CaseRejection) {
        guard refund.status == .inProgress || refund.status == .unknown else {
            let sentBack =
                refund.status == .succeeded
                ? "; where the bank sent the money back, record that with record_returned_refund" : ""
            throw refusal(
                "REFUND_NOT_PENDING", "refund \(refund.id) is \(refund.status), not in progress\(sentBack)",
                field: "refund_id")
        }
    }
}

/// What the gateway said of a refund.
public struct RefundReport: Hashable, Sendable {
    public enum Result: Hashable, Sendable {
        case succeeded(voucher: String, document: Document?)
        case failed(reason: String)
        case unknown
    }

    public var refundID: String
    /// The attempt that the gateway speaks of, counted from 1; nil where that was not said.
    public var attempt: UInt32?
    public var result: Result
    /// What was paid of a refund that the case does not know, since its start was lost; nil for one that it knows.
    public var lost: LostRefund?
    /// Of a success: the credit note's number; may be empty.
    public var creditNote: String

    public init(
        refundID: String, attempt: UInt32? = nil, result: Result, lost: LostRefund? = nil,
        creditNote: String = ""
    ) {
        self.creditNote = creditNote
        self.refundID = refundID
        self.attempt = attempt
        self.result = result
        self.lost = lost
    }
}

/// What the gateway paid of a refund whose start was lost.
public struct LostRefund: Hashable, Sendable {
    /// For goods; 0 where shipping alone was paid.
    public var amountMinor: Int64
    public var shippingMinor: Int64
    /// Empty takes the original payments in their order.
    public var payments: [RefundShare]
    /// It was looked at beside those that are recorded, and is none of them.
    public var isAnother: Bool

    public init(
        amountMinor: Int64, shippingMinor: Int64 = 0, payments: [RefundShare] = [], isAnother: Bool = false
    ) {
        self.amountMinor = amountMinor
        self.shippingMinor = shippingMinor
        self.payments = payments
        self.isAnother = isAnother
    }
}

extension Case {
    /// Whether a result can be recorded of a refund that the case knows.
    var hasRefundWithOpenResult: Bool {
        liveRefund.map { $0.status != .prepared } ?? false || refunds.contains { $0.status == .abandoned }
    }
}

extension CaseRejection {
    /// A lost refund that looks like one that is recorded already.
    public static let mayBeRecorded = "REFUND_MAY_BE_RECORDED"
}
