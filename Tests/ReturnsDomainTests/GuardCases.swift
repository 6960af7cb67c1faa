import ReturnsDomain
import ReturnsTestSupport

/// One refusal: how the case got there, the command, and the code, field and kind it has to get.
struct GuardCase: Sendable {
    var code: String
    var kind: CaseRejection.Kind
    var field: String
    var path: String
    var move: @Sendable (Case) -> Move

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

    private static let approved = "submit verify approve tell"
    private static let arrived = approved + " ship receive"
    private static let qualified = arrived + " inspect"
    private static let refunding = qualified + " refund"
    private static let failed = refunding + " record_refund:1"
    private static let nonconforming = arrived + " inspect:1"
    private static let lost = approved + " ship report_exception"

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    private static func window(_ from: Int64, _ until: Int64) -> @Sendable (Case) -> Move {
        { value in
            let now = value.updatedAt
            let command = Command.schedulePickup(
                from: now.adding(from), until: now.adding(until), address: "1 Way")
            return Move(command, Cast.sara)
        }
    }

    private static func inspection(_ accepted: Int64, _ refused: Int64, isGood: Bool, line: String = "1")
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

    private static func result(_ number: Int, _ result: RefundReport.Result) -> @Sendable (Case) -> Move {
        { Move(.recordRefund(RefundReport(refundID: "\($0.id)-\(number)", result: result)), Cast.fei) }
    }

    private static func payments(_ shares: (String, Int64)...) -> Command {
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
            "APPEAL_WINDOW_OVER", .notAllowedNow, "", after: "submit reject wait:15d",
            .appeal(reason: "late"),
            by: Cast.shop),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "goods[0].quantity", after: "submit reject",
            .acceptAlternative(goods: [GoodsUnits(sku: "VASE", units: 0)]), by: Cast.shop),
        GuardCase(
            "NOTHING_TO_TELL", .notAllowedNow, "", after: approved, .tell(channel: "sms", reference: ""),
            by: Cast.sara),
        GuardCase(
            "RETURNLESS_OFF", .notAllowedNow, "", after: approved, .grantReturnless(reason: "r"), by: Cast.sue
        ),
        GuardCase(
            "SHA256_MALFORMED", .invalid, "document.sha256", after: "submit",
            .attachDocument(
                Document(type: .other, reference: "r", sha256: [1], addedAt: Fixture.monday, addedBy: "")),
            by: Cast.sara),
    ]

    static let logistics: [GuardCase] = [
        GuardCase("WINDOW_MALFORMED", .invalid, "window_from_ms", after: approved, move: window(-1, 1_000)),
        GuardCase(
            "WINDOW_MALFORMED", .invalid, "window_from_ms", after: approved, move: window(2_000, 2_000)),
        GuardCase(
            "WINDOW_MALFORMED", .invalid, "window_until_ms", after: approved,
            move: window(1_000, 1_001 + Milliseconds.day)),
        GuardCase(
            "TIME_OUT_OF_RANGE", .invalid, "arrived_at_ms", after: approved + " schedule_pickup",
            .recordPickup(
                PickupReport(
                    result: .collected, arrivedAt: Fixture.utc(2027, 1, 1), carrier: "SF", trackingNumber: "T"
                )),
            by: Cast.leo),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "carrier", after: approved + " schedule_pickup",
            .recordPickup(PickupReport(result: .collected)), by: Cast.leo),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "reason", after: approved + " schedule_pickup",
            .recordPickup(PickupReport(result: .missed)), by: Cast.leo),
        GuardCase(
            "SHIPMENT_UNKNOWN", .notAllowedNow, "tracking_no", after: approved + " ship",
            .track(trackingNumber: "T9", event: .init(at: Fixture.monday, status: "s", place: "")),
            by: Cast.leo),
        GuardCase(
            "TIME_OUT_OF_RANGE", .invalid, "event.at_ms", after: approved + " ship",
            .track(trackingNumber: "", event: .init(at: Fixture.utc(2027, 1, 1), status: "s", place: "")),
            by: Cast.leo),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[0].units", after: approved + " ship",
            .reportException(kind: .lost, reason: "r", lines: [LineUnits(lineID: "1", units: 3)]),
            by: Cast.leo),
        GuardCase(
            "NOTHING_LOST", .notAllowedNow, "", after: lost + " tell resolve:4", .found(note: ""),
            by: Cast.leo),
        GuardCase(
            "ROLE_REQUIRED", .notPermitted, "", after: approved + " schedule_pickup",
            .recordPickup(PickupReport(result: .collected, carrier: "SF", trackingNumber: "T")),
            by: Cast.sara),
        GuardCase(
            "NOTHING_AWAITED", .notAllowedNow, "", after: arrived,
            .ship(carrier: "SF", trackingNumber: "T2", waybill: nil), by: Cast.leo),
        GuardCase(
            "NOTHING_AWAITED", .notAllowedNow, "", after: arrived,
            .reportException(kind: .lost, reason: "r", lines: []), by: Cast.leo),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[0].units", after: lost + " tell",
            Scenarios.resolution(.release, 3), by: Cast.sara),
        GuardCase(
            "GOODS_AWAITED", .notAllowedNow, "undeclared[0].add_as_line_id", after: approved + " ship",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "MUG", units: 1, addAsLineID: "1")])),
            by: Cast.wang),
        GuardCase(
            "IDENTIFIER_MALFORMED", .invalid, "lines[0].line_id", after: approved + " ship",
            Scenarios.receipt(1, line: "a b"), by: Cast.wang),
        GuardCase(
            "WITHDRAWN", .notAllowedNow, "", after: approved + " ship withdraw", .withdraw(reason: ""),
            by: Cast.shop),
        GuardCase(
            "SHIPMENT_UNKNOWN", .notAllowedNow, "by_hand", after: approved, Scenarios.receipt(1),
            by: Cast.wang),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "lines", after: approved + " ship", .receive(Receipt(lines: [])),
            by: Cast.wang),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[0].units", after: approved + " ship",
            Scenarios.receipt(3),
            by: Cast.wang),
        GuardCase(
            "LINE_UNKNOWN", .invalid, "lines[0].line_id", after: approved + " ship",
            Scenarios.receipt(1, line: "9"),
            by: Cast.wang),
        GuardCase(
            "DUPLICATE_LINE", .invalid, "lines[1].line_id", after: approved + " ship",
            .receive(Receipt(lines: [LineUnits(lineID: "1", units: 1), LineUnits(lineID: "1", units: 1)])),
            by: Cast.wang),
        GuardCase(
            "LINE_UNKNOWN", .invalid, "undeclared[0].add_as_line_id", after: approved + " ship",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "HAT", units: 1, addAsLineID: "9")])),
            by: Cast.wang),
        GuardCase(
            "LINE_MISMATCH", .invalid, "undeclared[0].sku", after: approved + " ship",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "HAT", units: 1, addAsLineID: "2")])),
            by: Cast.wang),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "undeclared[0].units", after: approved + " ship",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "PLATE", units: 4, addAsLineID: "2")])),
            by: Cast.wang),
        GuardCase(
            "COUNT_OUT_OF_RANGE", .invalid, "enclosures", after: approved + " ship",
            .receive(
                Receipt(
                    lines: [LineUnits(lineID: "1", units: 1)], enclosures: [String](repeating: "e", count: 33)
                )),
            by: Cast.wang),
    ]

    static let warehouse: [GuardCase] = [
        GuardCase(
            "NOTHING_TO_INSPECT", .notAllowedNow, "", after: qualified + " refund",
            inspection(1, 0, isGood: true),
            by: Cast.wang),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "lines[0].accepted_units", after: arrived,
            inspection(0, 0, isGood: true),
            by: Cast.wang),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "lines[0].accepted_units", after: arrived,
            inspection(-1, .max, isGood: true), by: Cast.wang),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[0].accepted_units", after: arrived,
            inspection(2, 1, isGood: false),
            by: Cast.wang),
        GuardCase(
            "LINE_UNKNOWN", .invalid, "lines[0].line_id", after: arrived,
            inspection(1, 0, isGood: true, line: "2"),
            by: Cast.wang),
        GuardCase(
            "INSPECTION_CONTRADICTS", .invalid, "lines[0].refused_units", after: arrived,
            inspection(1, 0, isGood: false),
            by: Cast.wang),
        GuardCase(
            "INSPECTION_CONTRADICTS", .invalid, "lines[0].note", after: arrived,
            inspection(0, 1, isGood: true),
            by: Cast.wang),
        GuardCase(
            "TELL_FIRST", .notAllowedNow, "", after: nonconforming, Scenarios.resolution(.dispose, 1),
            by: Cast.sara),
        GuardCase(
            "SUPERVISOR_REQUIRED", .notPermitted, "", after: nonconforming + " tell",
            Scenarios.resolution(.concede, 1),
            by: Cast.sara),
        GuardCase(
            "NOTHING_THERE", .notAllowedNow, "lines[0].resolution", after: lost + " tell",
            Scenarios.resolution(.sendBack, 1), by: Cast.sara),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[1].units", after: nonconforming + " tell",
            .resolve(
                lines: [
                    LineResolution(lineID: "1", resolution: .dispose, units: 1),
                    LineResolution(lineID: "1", resolution: .dispose, units: 2),
                ], reason: "r"), by: Cast.sara),
        GuardCase(
            "LINE_UNKNOWN", .invalid, "lines[1].line_id", after: nonconforming + " tell",
            .resolve(
                lines: [
                    LineResolution(lineID: "1", resolution: .dispose, units: 1),
                    LineResolution(lineID: "7", resolution: .dispose, units: 1),
                ], reason: "r"), by: Cast.sara),
        GuardCase(
            "NOTHING_TO_SHIP", .notAllowedNow, "", after: arrived,
            .shipBack(carrier: "SF", trackingNumber: "B"),
            by: Cast.wang),
        GuardCase(
            "NOT_COMPLETE", .notAllowedNow, "", after: qualified + " refund record_refund", .close,
            by: Cast.sara),
        GuardCase(
            "FOLLOW_UP_NOT_DUE", .notAllowedNow, "", after: qualified,
            .followUp(wasReached: true, score: 5, comments: ""), by: Cast.sara),
        GuardCase(
            "OUT_OF_RANGE", .invalid, "score", after: qualified,
            .followUp(wasReached: true, score: 6, comments: ""),
            by: Cast.sara),
        GuardCase(
            "OUT_OF_RANGE", .invalid, "score", after: qualified,
            .followUp(wasReached: false, score: 3, comments: ""),
            by: Cast.sara),
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
        GuardCase("REFUND_NOT_FAILED", .notAllowedNow, "refund_id", after: refunding) {
            Move(.abandonRefund(refundID: "\($0.id)-1", gatewayConfirmation: "void"), Cast.fei)
        },
        GuardCase(
            "REFUND_SUCCEEDED", .notAllowedNow, "refund_id", after: refunding + " record_refund",
            move: result(1, .succeeded(voucher: "V", document: nil))),
        GuardCase(
            "REFUND_ABANDONED", .notAllowedNow, "refund_id", after: failed + " abandon_refund refund",
            move: result(1, .succeeded(voucher: "V", document: nil))),
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
            "CLOCK_NOT_PAUSED", .notAllowedNow, "", after: "submit", .resumeClock(.review), by: Cast.sue),
        GuardCase(
            "CLOCK_HELD", .notAllowedNow, "", after: "submit request_info", .resumeClock(.review),
            by: Cast.sue),
        GuardCase(
            "CLOCK_HELD", .notAllowedNow, "", after: approved + " schedule_pickup",
            .resumeClock(.customerShip),
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

    static let all = review + logistics + warehouse + money + clocks
}
