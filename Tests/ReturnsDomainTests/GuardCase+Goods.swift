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
