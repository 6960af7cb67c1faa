extension CommandRule {
    /// Money back (R16): a refund is started, or the failed one tried again.
    ///
    /// While a refund runs, its own refusal tells which result is awaited. Goods found again can put a case back in
    /// transit that owes money for other units.
    static let refund = CommandRule(in: [.inTransit] + .afterArrival, leadsToTheEnd: true, duty: .refund) {
        !$0.hasOpenLoss && ($0.value.liveRefund?.status == .failed || $0.owesRefund)
    }
}

extension CaseDraft {
    mutating func startRefund(_ wish: RefundOrder) throws(CaseRejection) {
        let wish = try wish.withMethod()
        if let live = value.liveRefund { return try retry(live, wish) }
        // What has gone out already is not paid once more: another case may have freed shipping since, or an older build decided.
        settleOverpaymentsAndTell()
        let payer =
            wish.otherMethod.isEmpty
            ? try acting(as: [.finance], "a refund is started by finance")
            : try acting(as: [.supervisor], Self.otherMethodText, code: "SUPERVISOR_REQUIRED")
        var refund = try newRefund(wish)
        if needsSecondPerson(refund) {
            refund.status = .prepared
            refund.preparedBy = payer
        }
        open(refund)
        guard refund.status != .prepared else {
            return record(
                .refundPrepared,
                "\(text(refund.amountMinor)) to \(targetText(refund)) as \(refund.id); somebody else has to confirm it",
                detail(of: refund, attempt: nil), by: payer)
        }
        record(
            .refundStarted,
            "\(text(refund.amountMinor)) to \(targetText(refund)) as \(refund.id)",
            detail(of: refund, attempt: 1), by: payer)
    }

    private mutating func retry(_ live: Refund, _ wish: RefundOrder) throws(CaseRejection) {
        let index = value.refunds.lastIndex { $0.id == live.id }!
        guard live.status != .prepared else { throw waitsForConfirmation(live) }
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
        guard wish.amountMinor == nil || wish.amountMinor == live.linesMinor,
            wish.shippingMinor == 0 || wish.shippingMinor == live.shippingMinor,
            wish.payments.isEmpty || wish.payments == live.payments,
            wish.otherMethod.isEmpty || wish.otherMethod == live.otherMethod,
            wish.method == nil || live.method == nil || wish.method == live.method
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

    private static let otherMethodText =
        "only a supervisor can refund by another method than the original payments"
}

/// What finance wants refunded (R16).
public struct RefundOrder: Hashable, Sendable {
    /// Empty lets the case choose the next; a retry names the failed one.
    public var refundID: String
    /// For goods; nil means all that is due, or the same again on a retry. 0 leaves shipping alone.
    public var amountMinor: Int64?
    public var shippingMinor: Int64
    /// Empty takes the original payments in their order.
    public var payments: [RefundShare]
    public var otherMethod: String
    public var otherMethodReason: String
    /// Nil means other where `otherMethod` says which, else the original payments.
    public var method: RefundMethod?

    /// Not to the original payments: a supervisor's to decide.
    var isByOtherMethod: Bool { !otherMethod.isEmpty || method.map { $0 != .original } ?? false }

    /// The same, with the method by its word wherever it is one of the list.
    func withMethod() throws(CaseRejection) -> RefundOrder {
        var wish = self
        switch method {
        case nil:
            // By its word in the list, a method is that of the list.
            wish.method = otherMethod.isEmpty ? nil : RefundMethod(name: otherMethod) ?? .other
            if wish.method == .original { wish.method = .other }
        case .original:
            guard otherMethod.isEmpty else {
                throw .invalid(
                    "METHOD_CONFLICT", "other_method",
                    "the original payments are no other method; leave other_method out, or name another method"
                )
            }
        case .other:
            guard !otherMethod.isEmpty else {
                throw .invalid("FIELD_REQUIRED", "other_method", "say by which other method")
            }
        case .bankTransfer, .cash, .storeCredit, .voucher:
            if otherMethod.isEmpty { wish.otherMethod = "\(method!)" }
        }
        return wish
    }

    /// The case that a refund's id begins with, which is followed by '-' and a number or a name; nil where the id is malformed.
    ///
    /// Each refund has one spelling: its case's id as the case writes it, and a number without zeros before it.
    public static func caseID(of refundID: String) -> CaseID? {
        guard let end = refundID.firstIndex(of: "-"), let id = CaseID(refundID[..<end]),
            id.description == refundID[..<end], isPart(refundID[refundID.index(after: end)...])
        else { return nil }
        return id
    }

    /// What may follow the case's id: what is all digits is a number, and written as cases count their refunds.
    private static func isPart(_ text: Substring) -> Bool {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return true
        }
        guard let number = Int(text), number.description == text else { return false }
        return (1...CountLimits.refundNumberMax).contains(number)
    }

    public init(
        refundID: String = "", amountMinor: Int64? = nil, shippingMinor: Int64 = 0,
        payments: [RefundShare] = [],
        otherMethod: String = "", otherMethodReason: String = "", method: RefundMethod? = nil
    ) {
        self.method = method
        self.refundID = refundID
        self.amountMinor = amountMinor
        self.shippingMinor = shippingMinor
        self.payments = payments
        self.otherMethod = otherMethod
        self.otherMethodReason = otherMethodReason
    }
}

extension CommandOffer {
    /// Whether a refund beside those that there are could start.
    var owesRefund: Bool {
        value.liveRefund == nil
            && (value.balanceMinor > 0 || (value.hasRefundableGoods && order?.shippingLeftMinor ?? 0 > 0))
    }
}
