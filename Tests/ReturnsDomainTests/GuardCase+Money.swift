import ReturnsDomain
import ReturnsTestSupport

/// Refunds and clocks.
extension GuardCase {
    /// Who inspected the goods, with the role that refunds them.
    private static let inspector = Actor(name: Cast.wang.name, roles: [.finance])

    /// Lost goods are conceded by a supervisor, who could pay for them by another method.
    private static let conceded = lost + " tell resolve"
    private static let conceder = Actor(name: Cast.sue.name, roles: [.finance])

    private static let refused = arrived + " inspect:1 tell"

    private static func deduct(
        _ amount: Int64, line: String = "1", reason: String = "used"
    ) -> Command {
        .deduct(DeductionOrder(lineID: line, amountMinor: amount, code: .damage, reason: reason))
    }

    private static func concede(_ units: Int64, _ amount: Int64) -> Command {
        .concedeAmount(LineUnits(lineID: "1", units: units), amountMinor: amount, reason: "keeps it")
    }

    private static let returned: @Sendable (Case) -> Move = {
        Move(.recordReturnedRefund(refundID: "\($0.id)-1", reason: "account frozen"), Cast.fei)
    }

    /// Two units are worth 20.00; a fifth of it may be deducted without a supervisor.
    static let deductions: [GuardCase] = [
        GuardCase("LINE_UNKNOWN", .invalid, "line_id", after: qualified, deduct(1, line: "9"), by: Cast.sue),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "reason", after: qualified, deduct(1, reason: ""), by: Cast.sue),
        GuardCase("AMOUNT_OUT_OF_RANGE", .invalid, "amount_minor", after: qualified, deduct(0), by: Cast.sue),
        GuardCase(
            "AMOUNT_OUT_OF_RANGE", .invalid, "amount_minor", after: qualified, deduct(.min), by: Cast.sue),
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "amount_minor", after: qualified, deduct(2_001), by: Cast.sue),
        GuardCase("SUPERVISOR_REQUIRED", .notPermitted, "", after: qualified, deduct(401), by: Cast.sara),
        // What was deducted before counts.
        GuardCase(
            "SUPERVISOR_REQUIRED", .notPermitted, "", after: qualified + " deduct", deduct(400),
            by: Cast.sara),
        GuardCase(
            "NOTHING_DUE", .notAllowedNow, "line_id", after: refunding, deduct(1), by: Cast.sue),
        GuardCase(
            "NOTHING_DUE", .notAllowedNow, "line_id", after: refused, deduct(1), by: Cast.sue),
        GuardCase(
            "DEDUCTION_UNKNOWN", .notAllowedNow, "deduction", after: qualified,
            .takeBackDeduction(lineID: "1", number: nil, reason: "r"), by: Cast.sara),
        GuardCase(
            "DEDUCTION_UNKNOWN", .notAllowedNow, "deduction", after: qualified + " deduct",
            .takeBackDeduction(lineID: "1", number: 2, reason: "r"), by: Cast.sara),
        GuardCase(
            "DEDUCTION_REQUIRED", .notAllowedNow, "deduction", after: qualified + " deduct deduct",
            .takeBackDeduction(lineID: "1", number: nil, reason: "r"), by: Cast.sara),
        GuardCase("QUANTITY_EXCEEDED", .notAllowedNow, "units", after: refused, concede(3, 1), by: Cast.sue),
        GuardCase("QUANTITY_OUT_OF_RANGE", .invalid, "units", after: refused, concede(0, 1), by: Cast.sue),
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "amount_minor", after: refused, concede(1, 1_001), by: Cast.sue
        ),
        GuardCase(
            "AMOUNT_OUT_OF_RANGE", .invalid, "amount_minor", after: refused, concede(1, 0), by: Cast.sue),
        GuardCase(
            "TELL_FIRST", .notAllowedNow, "", after: "submit verify approve tell ship receive inspect:1",
            concede(1, 1), by: Cast.sue),
        GuardCase(
            "INSPECTOR_REFUNDS", .notPermitted, "", after: qualified + " deduct", .refund(RefundOrder()),
            by: Actor(name: "sue", roles: [.finance])),
    ]

    static let money: [GuardCase] = [
        GuardCase(
            "ROLE_REQUIRED", .notPermitted, "", after: qualified, .refund(RefundOrder()), by: Cast.sue),
        GuardCase("ROLE_REQUIRED", .notPermitted, "", after: qualified, .refund(RefundOrder()), by: .system),
        GuardCase("ROLE_REQUIRED", .notPermitted, "", after: failed, .refund(RefundOrder()), by: Cast.sue),
        GuardCase(
            "INSPECTOR_REFUNDS", .notPermitted, "", after: qualified, .refund(RefundOrder()),
            by: Actor(name: "wang", roles: [.finance])),
        GuardCase(
            "INSPECTOR_REFUNDS", .notPermitted, "", after: qualified, .refund(RefundOrder()),
            by: Actor(name: "erp", roles: [.finance], onBehalfOf: "wang")),
        GuardCase(
            "INSPECTOR_REFUNDS", .notPermitted, "", after: failed, .refund(RefundOrder()), by: inspector),
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: refunding) {
            Move(result(1, .succeeded(voucher: "V", document: nil))($0).command, inspector)
        },
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: refunding) {
            Move(result(1, .failed(reason: "r"))($0).command, inspector)
        },
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: refunding) {
            Move(result(1, .unknown)($0).command, inspector)
        },
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: failed) {
            Move(.abandonRefund(refundID: "\($0.id)-1", gatewayConfirmation: "void"), inspector)
        },
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: failed + " abandon_refund") {
            Move(result(1, .succeeded(voucher: "V", document: nil))($0).command, inspector)
        },
        GuardCase(
            "INSPECTOR_REFUNDS", .notPermitted, "", after: conceded, .refund(RefundOrder()), by: conceder),
        GuardCase(
            "INSPECTOR_REFUNDS", .notPermitted, "", after: conceded,
            .refund(RefundOrder(otherMethod: "cash", otherMethodReason: "r")), by: Cast.sue),
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: conceded + " refund") {
            Move(result(1, .succeeded(voucher: "V", document: nil))($0).command, conceder)
        },
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: conceded + " refund record_refund:1") {
            Move(.abandonRefund(refundID: "\($0.id)-1", gatewayConfirmation: "void"), conceder)
        },
        GuardCase(
            "NOTHING_DUE", .notAllowedNow, "", after: approved + " ship", .refund(RefundOrder()), by: Cast.fei
        ),
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "amount_minor", after: qualified,
            .refund(RefundOrder(amountMinor: 2_001)),
            by: Cast.fei),
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "shipping_minor", after: qualified,
            .refund(RefundOrder(shippingMinor: 501)), by: Cast.fei),
        GuardCase(
            "AMOUNT_OUT_OF_RANGE", .invalid, "amount_minor", after: qualified,
            .refund(RefundOrder(amountMinor: -1)),
            by: Cast.fei),
        GuardCase(
            "AMOUNT_OUT_OF_RANGE", .invalid, "amount_minor", after: qualified,
            .refund(RefundOrder(amountMinor: 0)),
            by: Cast.fei),
        GuardCase(
            "AMOUNT_OUT_OF_RANGE", .invalid, "shipping_minor", after: qualified,
            .refund(RefundOrder(shippingMinor: .min)), by: Cast.fei),
        GuardCase(
            "SUPERVISOR_REQUIRED", .notPermitted, "", after: qualified,
            .refund(RefundOrder(otherMethod: "cash", otherMethodReason: "r")), by: Cast.fei),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "other_method_reason", after: qualified,
            .refund(RefundOrder(otherMethod: "cash")), by: Cast.sue),
        GuardCase(
            "PAYMENTS_CONFLICT", .invalid, "payments", after: qualified,
            .refund(
                RefundOrder(
                    payments: [RefundShare(reference: "card-1", amountMinor: 2_000)], otherMethod: "cash",
                    otherMethodReason: "r")), by: Cast.sue),
        GuardCase(
            "PAYMENT_UNKNOWN", .invalid, "payments[0].reference", after: qualified,
            payments(("card-9", 2_000)),
            by: Cast.fei),
        GuardCase(
            "DUPLICATE_PAYMENT", .invalid, "payments[0].reference", after: qualified,
            payments(("card-1", 1_000), ("card-1", 1_000)), by: Cast.fei),
        GuardCase(
            "PAYMENT_EXCEEDED", .notAllowedNow, "payments[0].amount_minor", after: qualified,
            payments(("gift-1", 3_900)),
            by: Cast.fei),
        GuardCase(
            "PAYMENTS_MISMATCH", .invalid, "payments", after: qualified, payments(("card-1", 1_999)),
            by: Cast.fei),
        GuardCase(
            "REFUND_ID_MALFORMED", .invalid, "refund_id", after: qualified,
            .refund(RefundOrder(refundID: "R-1")),
            by: Cast.fei),
        GuardCase("REFUND_ID_USED", .notAllowedNow, "refund_id", after: failed + " abandon_refund") {
            Move(.refund(RefundOrder(refundID: "\($0.id)-1")), Cast.fei)
        },
        GuardCase("REFUND_IN_PROGRESS", .notAllowedNow, "refund_id", after: refunding) {
            Move(.refund(RefundOrder(refundID: "\($0.id)-2")), Cast.fei)
        },
        GuardCase("REFUND_OPEN", .notAllowedNow, "refund_id", after: failed) {
            Move(.refund(RefundOrder(refundID: "\($0.id)-2")), Cast.fei)
        },
        GuardCase(
            "REFUND_MISMATCH", .notAllowedNow, "amount_minor", after: failed,
            .refund(RefundOrder(amountMinor: 1)),
            by: Cast.fei),
        GuardCase(
            "REFUND_NOT_FOUND", .notAllowedNow, "refund_id", after: refunding,
            .recordRefund(RefundReport(refundID: "R", result: .unknown)), by: Cast.fei),
        GuardCase(
            "REFUND_NOT_PENDING", .notAllowedNow, "refund_id", after: failed,
            move: result(1, .failed(reason: "r"))),
        GuardCase(
            "REFUND_NOT_PENDING", .notAllowedNow, "refund_id", after: failed, move: result(1, .unknown)),
        // What the gateway has to confirm dead is not a supervisor's to give up.
        GuardCase("ROLE_REQUIRED", .notPermitted, "", after: failed) {
            Move(.abandonRefund(refundID: "\($0.id)-1", gatewayConfirmation: "void"), Cast.only(.supervisor))
        },
        GuardCase("REFUND_NOT_FAILED", .notAllowedNow, "refund_id", after: refunding) {
            Move(.abandonRefund(refundID: "\($0.id)-1", gatewayConfirmation: "void"), Cast.fei)
        },
        GuardCase(
            "REFUND_SUCCEEDED", .notAllowedNow, "refund_id", after: refunding + " record_refund",
            move: result(1, .succeeded(voucher: "V", document: nil))),
        GuardCase(
            "REFUND_NOT_PENDING", .notAllowedNow, "refund_id", after: failed + " abandon_refund refund",
            move: result(1, .failed(reason: "r"))),
        GuardCase("REFUND_NOT_SUCCEEDED", .notAllowedNow, "refund_id", after: refunding, move: returned),
        GuardCase(
            "REFUND_NOT_FOUND", .notAllowedNow, "refund_id", after: refunding,
            .recordReturnedRefund(refundID: "R", reason: "r"), by: Cast.fei),
        GuardCase(
            "REFUND_RETURNED", .notAllowedNow, "refund_id",
            after: refunding + " record_refund record_returned_refund", move: returned),
        GuardCase(
            "REFUND_RETURNED", .notAllowedNow, "refund_id",
            after: refunding + " record_refund record_returned_refund",
            move: result(1, .succeeded(voucher: "V2", document: nil))),
        GuardCase(
            "REFUND_RETURNED", .notAllowedNow, "refund_id",
            after: refunding + " record_refund record_returned_refund", move: lost(2_000)),
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: refunding + " record_refund") {
            Move(returned($0).command, inspector)
        },
        GuardCase("REFUND_NOT_PAID", .invalid, "lost", after: qualified, move: lost(2_000, .unknown)),
        GuardCase("REFUND_NOT_LOST", .notAllowedNow, "refund_id", after: refunding, move: lost(2_000)),
        // The same result again is told as recorded, and not to be typed in another way.
        GuardCase(
            "REFUND_SUCCEEDED", .notAllowedNow, "refund_id", after: refunding + " record_refund",
            move: lost(2_000)),
        // The same voucher again is the same payment, as far as the case can tell.
        GuardCase("REFUND_MAY_BE_RECORDED", .notAllowedNow, "refund_id", after: refunding + " record_refund")
        {
            let voucher = $0.refunds[0].voucher
            return lost(2_000, .succeeded(voucher: voucher, document: nil), number: 2)($0)
        },
        GuardCase("REFUND_OPEN", .notAllowedNow, "refund_id", after: refunding, move: lost(2_000, number: 2)),
        GuardCase("REFUND_OPEN", .notAllowedNow, "refund_id", after: failed, move: lost(2_000, number: 2)),
        GuardCase("ROLE_REQUIRED", .notPermitted, "", after: qualified) {
            Move(lost(2_000)($0).command, .system)
        },
        GuardCase("INSPECTOR_REFUNDS", .notPermitted, "", after: qualified) {
            Move(lost(2_000)($0).command, inspector)
        },
        GuardCase("FIELD_REQUIRED", .invalid, "lost.amount_minor", after: qualified, move: lost(0)),
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "lost.amount_minor", after: qualified, move: lost(2_001)),
        GuardCase(
            "PAYMENT_UNKNOWN", .invalid, "lost.payments[0].reference", after: qualified,
            move: lost(2_000, payments: [RefundShare(reference: "card-9", amountMinor: 2_000)])),
        GuardCase("NOTHING_DUE", .notAllowedNow, "", after: approved + " ship", move: lost(1)),
        GuardCase(
            "NOT_ALLOWED_IN_STATE", .notAllowedNow, "",
            after: refunding + " record_refund tell follow_up close",
            move: lost(1, number: 2)),
        GuardCase(
            "REFUND_ATTEMPT_OVER", .notAllowedNow, "attempt", after: failed + " refund",
            move: result(1, .unknown, attempt: 1)),
        GuardCase(
            "REFUND_ATTEMPT_REQUIRED", .notAllowedNow, "attempt", after: failed + " refund",
            move: result(1, .failed(reason: "r"))),
        GuardCase(
            "REFUND_ATTEMPT_REQUIRED", .notAllowedNow, "attempt", after: failed + " refund",
            move: result(1, .unknown)),
        GuardCase(
            "REFUND_ATTEMPT_UNKNOWN", .notAllowedNow, "attempt", after: failed + " refund",
            move: result(1, .succeeded(voucher: "V", document: nil), attempt: 3)),
        GuardCase(
            "REFUND_ATTEMPT_UNKNOWN", .notAllowedNow, "attempt", after: refunding,
            move: result(1, .failed(reason: "r"), attempt: 0)),
    ]

    static let clocks: [GuardCase] = [
        GuardCase(
            "CLOCK_NOT_RUNNING", .notAllowedNow, "kind", after: "submit", .pauseClock(.refund, reason: "r"),
            by: Cast.sue),
        GuardCase(
            "CLOCK_PAUSED", .notAllowedNow, "", after: "submit pause_clock",
            .pauseClock(.review, reason: "r"),
            by: Cast.sue),
        GuardCase(
            "CLOCK_NOT_PAUSED", .notAllowedNow, "", after: "submit", .resumeClock(.review, reason: "over"),
            by: Cast.sue),
        GuardCase(
            "CLOCK_HELD", .notAllowedNow, "", after: "submit request_info",
            .resumeClock(.review, reason: "over"),
            by: Cast.sue),
        GuardCase(
            "CLOCK_HELD", .notAllowedNow, "", after: approved + " schedule_pickup",
            .resumeClock(.customerShip, reason: "over"),
            by: Cast.sue),
        GuardCase(
            "CLOCK_BREACHED", .notAllowedNow, "", after: "submit wait:2d",
            .extendClock(.review, byMilliseconds: 1, reason: "r"), by: Cast.sue),
        GuardCase(
            "OUT_OF_RANGE", .invalid, "by_ms", after: "submit",
            .extendClock(.review, byMilliseconds: 0, reason: "r"),
            by: Cast.sue),
        GuardCase(
            "OUT_OF_RANGE", .invalid, "by_ms", after: "submit",
            .extendClock(.review, byMilliseconds: .max, reason: "r"),
            by: Cast.sue),
    ]
}
