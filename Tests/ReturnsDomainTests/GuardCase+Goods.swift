import ReturnsDomain
import ReturnsTestSupport

/// The goods: on their way, and in the warehouse.
extension GuardCase {
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
            "COUNT_OUT_OF_RANGE", .invalid, "undeclared", after: approved + " ship",
            .receive(
                Receipt(
                    lines: [],
                    undeclared: [Receipt.Undeclared](repeating: .init(sku: "HAT", units: 1), count: 201))),
            by: Cast.wang),
        GuardCase(
            "COUNT_OUT_OF_RANGE", .invalid, "enclosures", after: approved + " ship",
            .receive(
                Receipt(
                    lines: [LineUnits(lineID: "1", units: 1)], enclosures: [String](repeating: "e", count: 33)
                )),
            by: Cast.wang),
    ]

    static let unexpected: [GuardCase] = [
        GuardCase(
            "APPEAL_WINDOW_OVER", .notAllowedNow, "", after: "submit reject tell receive wait:15d sweep",
            .appeal(reason: "r"), by: Cast.shop),
        GuardCase(
            "GOODS_NOT_EXPECTED", .notAllowedNow, "lines[0].units", after: "submit", Scenarios.receipt(1),
            by: Cast.wang),
        GuardCase(
            "GOODS_NOT_EXPECTED", .notAllowedNow, "lines[0].units", after: "submit reject",
            Scenarios.receipt(1), by: Cast.wang),
        GuardCase(
            "GOODS_NOT_EXPECTED", .notAllowedNow, "undeclared[0].add_as_line_id", after: "submit cancel",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "MUG", units: 1, addAsLineID: "1")])),
            by: Cast.wang),
        GuardCase(
            "GOODS_NOT_EXPECTED", .notAllowedNow, "undeclared[0].add_as_line_id",
            after: "submit cancel receive",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "MUG", units: 1, addAsLineID: "1")])),
            by: Cast.wang),
        GuardCase(
            "CASE_ENDED", .notAllowedNow, "", after: "submit cancel receive",
            Scenarios.resolution(.concede, 1), by: Cast.sue),
        GuardCase(
            "CASE_ENDED", .notAllowedNow, "", after: "submit cancel receive", .close, by: Cast.sara),
    ]

    static let exchanges: [GuardCase] = [
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "difference_minor", after: qualified,
            .agreeExchange(
                ExchangeAgreement(lineID: "1", units: 1, differenceMinor: -1_001, settlement: .paidBack)),
            by: Cast.sara),
        GuardCase(
            "MONEY_DEDUCTED", .notAllowedNow, "units", after: qualified + " deduct",
            .agreeExchange(ExchangeAgreement(lineID: "1", units: 2)), by: Cast.sara),
        GuardCase(
            "LINE_UNKNOWN", .invalid, "line_id", after: qualified,
            .agreeExchange(ExchangeAgreement(lineID: "9", units: 1)), by: Cast.sara),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "units", after: qualified,
            .agreeExchange(ExchangeAgreement(lineID: "1", units: 0)), by: Cast.sara),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "units", after: qualified,
            .agreeExchange(ExchangeAgreement(lineID: "1", units: 3)), by: Cast.sara),
        GuardCase(
            "MONEY_PAID", .notAllowedNow, "units", after: refunding,
            .agreeExchange(ExchangeAgreement(lineID: "1", units: 1)), by: Cast.sara),
        GuardCase(
            "SETTLEMENT_CONTRADICTS", .invalid, "settlement", after: qualified,
            .agreeExchange(ExchangeAgreement(lineID: "1", units: 1, differenceMinor: 5)), by: Cast.sara),
        GuardCase(
            "SETTLEMENT_CONTRADICTS", .invalid, "settlement", after: qualified,
            .agreeExchange(ExchangeAgreement(lineID: "1", units: 1, settlement: .waived)), by: Cast.sara),
        GuardCase(
            "SETTLEMENT_CONTRADICTS", .invalid, "settlement", after: qualified,
            .agreeExchange(
                ExchangeAgreement(lineID: "1", units: 1, differenceMinor: -5, settlement: .paidByCustomer)),
            by: Cast.sara),
        GuardCase(
            "SUPERVISOR_REQUIRED", .notPermitted, "", after: qualified,
            .agreeExchange(
                ExchangeAgreement(lineID: "1", units: 1, differenceMinor: 5, settlement: .waived)),
            by: Cast.sara),
        GuardCase(
            "AMOUNT_OUT_OF_RANGE", .invalid, "difference_minor", after: qualified,
            .agreeExchange(
                ExchangeAgreement(
                    lineID: "1", units: 1, differenceMinor: .min, settlement: .paidBack)),
            by: Cast.sara),
        GuardCase(
            "AMOUNT_EXCEEDED", .notAllowedNow, "difference_minor", after: qualified + " agree_exchange:1",
            .agreeExchange(
                ExchangeAgreement(
                    lineID: "1", units: 1, differenceMinor: Money.amountMinorMax, settlement: .paidByCustomer)
            ),
            by: Cast.sara),
        GuardCase(
            "EXCHANGE_UNKNOWN", .notAllowedNow, "exchange", after: qualified + " agree_exchange",
            .cancelExchange(number: 2, reason: "r"), by: Cast.sara),
        GuardCase(
            "EXCHANGE_SHIPPED", .notAllowedNow, "exchange", after: qualified + " agree_exchange exchange",
            .cancelExchange(number: 1, reason: "r"), by: Cast.sara),
        GuardCase(
            "UNITS_DECIDED", .notAllowedNow, "lines[0].accepted_units", after: qualified + " agree_exchange",
            correctedInspection(0, 2), by: Cast.wang),
    ]

    static let corrections: [GuardCase] = [
        GuardCase(
            "NOTHING_TO_CORRECT", .notAllowedNow, "lines[0].units", after: arrived, correctedReceipt(2),
            by: Cast.wang),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "lines[0].units", after: arrived, correctedReceipt(-1),
            by: Cast.wang),
        GuardCase(
            "LINE_UNKNOWN", .invalid, "lines[0].line_id", after: arrived, correctedReceipt(1, line: "9"),
            by: Cast.wang),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "reason", after: arrived,
            .correctReceipt(ReceiptCorrection(lines: [LineUnits(lineID: "1", units: 1)], reason: "")),
            by: Cast.wang),
        GuardCase(
            "FIELD_REQUIRED", .invalid, "lines", after: arrived,
            .correctReceipt(ReceiptCorrection(lines: [], reason: "r")), by: Cast.wang),
        GuardCase(
            "DUPLICATE_LINE", .invalid, "lines[1].line_id", after: arrived,
            .correctReceipt(
                ReceiptCorrection(
                    lines: [1, 0].map { LineUnits(lineID: "1", units: $0) }, reason: "r")), by: Cast.wang),
        GuardCase(
            "DUPLICATE_LINE", .invalid, "undeclared[1].sku", after: arrived,
            move: { _ in
                Move(
                    .correctReceipt(
                        ReceiptCorrection(
                            lines: [], undeclared: [1, 0].map { GoodsUnits(sku: "HAT", units: $0) },
                            reason: "r")), Cast.wang)
            }),
        GuardCase(
            "NOTHING_TO_CORRECT", .notAllowedNow, "undeclared[0].units", after: arrived,
            .correctReceipt(
                ReceiptCorrection(
                    lines: [], undeclared: [GoodsUnits(sku: "HAT", units: 0)], reason: "r")), by: Cast.wang),
        GuardCase(
            "UNITS_INSPECTED", .notAllowedNow, "lines[0].units", after: qualified, correctedReceipt(1),
            by: Cast.wang),
        GuardCase(
            "ROLE_REQUIRED", .notPermitted, "", after: arrived, correctedReceipt(1), by: Cast.sara),
        GuardCase(
            "NOTHING_TO_CORRECT", .notAllowedNow, "lines[0].line_id", after: arrived,
            correctedInspection(0, 0), by: Cast.wang),
        GuardCase(
            "NOTHING_TO_CORRECT", .notAllowedNow, "lines[0]", after: qualified, correctedInspection(2, 0),
            by: Cast.wang),
        GuardCase(
            "QUANTITY_EXCEEDED", .notAllowedNow, "lines[0].accepted_units", after: qualified,
            correctedInspection(2, 1), by: Cast.wang),
        GuardCase(
            "QUANTITY_OUT_OF_RANGE", .invalid, "lines[0].accepted_units", after: qualified,
            correctedInspection(-1, 1), by: Cast.wang),
        GuardCase(
            "UNITS_DECIDED", .notAllowedNow, "lines[0].refused_units",
            after: nonconforming + " tell resolve:3", correctedInspection(2, 0), by: Cast.wang),
        GuardCase(
            "MONEY_PAID", .notAllowedNow, "lines[0].accepted_units", after: refunding,
            correctedInspection(1, 1), by: Cast.wang),
        GuardCase(
            "INSPECTION_CONTRADICTS", .invalid, "lines[0].note", after: qualified,
            move: { _ in
                Move(
                    .correctInspection(
                        lines: [
                            LineInspection(
                                lineID: "1", isAppearanceOK: true, isQuantityOK: true, isPackagingOK: true,
                                isUnusedOK: true, acceptedUnits: 1, refusedUnits: 1)
                        ], report: nil, reason: "r"), Cast.wang)
            }),
    ]

    private static func correctedReceipt(_ units: Int64, line: String = "1") -> Command {
        .correctReceipt(ReceiptCorrection(lines: [LineUnits(lineID: line, units: units)], reason: "r"))
    }

    private static func correctedInspection(_ accepted: Int64, _ refused: Int64) -> Command {
        .correctInspection(
            lines: [
                LineInspection(
                    lineID: "1", isAppearanceOK: refused == 0, isQuantityOK: true, isPackagingOK: true,
                    isUnusedOK: true, acceptedUnits: accepted, refusedUnits: refused)
            ], report: nil, reason: "r")
    }

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
}
