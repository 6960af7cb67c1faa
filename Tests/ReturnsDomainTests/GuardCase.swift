import ReturnsDomain
import ReturnsTestSupport

/// One refusal: how the case got there, the command, and the code, field and kind it has to get.
struct GuardCase: Sendable {
    var code: String
    var kind: CaseRejection.Kind
    var field: String
    var path: String
    var move: @Sendable (Case) -> Move
    /// What the policy is like when it is refused.
    var change: @Sendable (inout ReturnPolicy) -> Void = { _ in }

    init(
        _ code: String, _ kind: CaseRejection.Kind, _ field: String, after path: String,
        _ command: @escaping @autoclosure @Sendable () -> Command, by actor: Actor
    ) {
        self.init(code, kind, field, after: path) { _ in Move(command(), actor) }
    }

    init(
        _ code: String, _ kind: CaseRejection.Kind, _ field: String, after path: String,
        move: @escaping @Sendable (Case) -> Move
    ) {
        self.code = code
        self.kind = kind
        self.field = field
        self.path = path
        self.move = move
    }

    /// The same under a policy that differs.
    func under(_ change: @escaping @Sendable (inout ReturnPolicy) -> Void) -> GuardCase {
        var example = self
        example.change = change
        return example
    }

    static let approved = "submit verify approve tell"
    static let arrived = approved + " ship receive"
    static let qualified = arrived + " inspect"
    static let refunding = qualified + " refund"
    static let failed = refunding + " record_refund:1"
    static let nonconforming = arrived + " inspect:1"
    static let lost = approved + " ship report_exception"

    static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    static func window(_ from: Int64, _ until: Int64) -> @Sendable (Case) -> Move {
        { value in
            let now = value.updatedAt
            let command = Command.schedulePickup(
                from: now.adding(from), until: now.adding(until), address: "1 Way")
            return Move(command, Cast.sara)
        }
    }

    static func inspection(_ accepted: Int64, _ refused: Int64, isGood: Bool, line: String = "1")
        -> Command
    {
        .inspect(
            lines: [
                LineInspection(
                    lineID: line, isAppearanceOK: isGood, isQuantityOK: true, isPackagingOK: true,
                    isUnusedOK: true,
                    acceptedUnits: accepted, refusedUnits: refused)
            ], report: nil)
    }

    static func result(_ number: Int, _ result: RefundReport.Result, attempt: UInt32? = nil)
        -> @Sendable (Case) -> Move
    {
        {
            Move(
                .recordRefund(
                    RefundReport(refundID: "\($0.id)-\(number)", attempt: attempt, result: result)), Cast.fei)
        }
    }

    static func lost(
        _ amount: Int64, _ result: RefundReport.Result = .succeeded(voucher: "V", document: nil),
        number: Int = 1, payments: [RefundShare] = []
    ) -> @Sendable (Case) -> Move {
        {
            let paid = LostRefund(amountMinor: amount, payments: payments)
            let report = RefundReport(refundID: "\($0.id)-\(number)", result: result, lost: paid)
            return Move(.recordRefund(report), Cast.fei)
        }
    }

    static func payments(_ shares: (String, Int64)...) -> Command {
        .refund(RefundOrder(payments: shares.map { RefundShare(reference: $0.0, amountMinor: $0.1) }))
    }

    static let review: [GuardCase] = [
        GuardCase("ROLE_REQUIRED", .notPermitted, "", after: "submit", .close, by: Cast.wang),
        GuardCase("NOT_ALLOWED_IN_STATE", .notAllowedNow, "", after: "submit", .close, by: Cast.sara),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "question", after: "submit", .requestInfo(question: ""), by: Cast.sara
        ),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "question", after: "submit", .requestInfo(question: " \n"),
            by: Cast.sara),
        GuardCase(
            "TEXT_TOO_LONG", .invalid, "question", after: "submit", .requestInfo(question: text(4_001)),
            by: Cast.sara),
        GuardCase(
            "CONTROL_CHARACTER", .invalid, "question", after: "submit", .requestInfo(question: "a\u{1B}[2J"),
            by: Cast.sara),
        GuardCase(
            "VERIFY_FIRST", .notAllowedNow, "", after: "submit",
            .approve(returnAddress: "", instructions: "", overrideReason: ""), by: Cast.sara),
        GuardCase(
            "RETURN_ADDRESS_REQUIRED", .notAllowedNow, "return_address", after: "submit verify",
            .approve(returnAddress: "", instructions: "", overrideReason: ""), by: Cast.sara
        ).under { $0.returnAddress = "" },
        GuardCase(
            "IDENTIFIER_MALFORMED", .invalid, "code", after: "submit",
            .reject(code: "a b", reason: "r", alternative: "a"),
            by: Cast.sara),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "alternative", after: "submit",
            .reject(code: "c", reason: "r", alternative: ""),
            by: Cast.sara),
        GuardCase(
            "OTHER_REVIEWER_REQUIRED", .notPermitted, "", after: "submit reject appeal",
            .reject(code: "c", reason: "r", alternative: "a"), by: Cast.sara),
        GuardCase(
            "APPEALS_EXHAUSTED", .notAllowedNow, "", after: "submit reject appeal reject",
            .appeal(reason: "again"),
            by: Cast.shop),
        GuardCase(
            "NOT_ALLOWED_IN_STATE", .notAllowedNow, "", after: "submit reject tell wait:15d",
            .appeal(reason: "late"),
            by: Cast.shop),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "goods[0].quantity", after: "submit reject",
            .acceptAlternative(goods: [GoodsUnits(sku: "VASE", units: 0)]), by: Cast.shop),
        GuardCase(
            "NOTHING_TO_TELL", .notAllowedNow, "", after: approved, .tell(Telling(channel: "sms")),
            by: Cast.sara),
        GuardCase(
            "NOTHING_TO_TELL", .notAllowedNow, "occasions", after: "submit verify approve",
            .tell(Telling(occasions: [.refunded], channel: "sms")), by: Cast.sara),
        GuardCase(
            "CHANNEL_UNKNOWN", .invalid, "channel", after: "submit verify approve",
            .tell(Telling(channel: "pigeon")), by: Cast.sara),
        GuardCase(
            "RETURNLESS_OFF", .notAllowedNow, "", after: approved, .grantReturnless(reason: "r"), by: Cast.sue
        ),
        GuardCase(
            "SHA256_MALFORMED", .invalid, "document.sha256", after: "submit",
            .attachDocument(
                Document(type: .other, reference: "r", sha256: [1], addedAt: Fixture.monday, addedBy: "")),
            by: Cast.sara),
    ]

    static let all =
        review + logistics + unexpected + corrections + exchanges + warehouse + money + deductions + clocks
}
