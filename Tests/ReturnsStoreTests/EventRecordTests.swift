import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

/// What a follower is told of each detail, field by field.
@Suite struct EventRecordTests {
    private static let time = Instant(milliseconds: 1_772_416_800_000)
    private static let euro = CurrencyCode("EUR")!

    private static let rows: [(CaseEventDetail, Returns_V1_Event.OneOf_Detail)] = [
        (
            .submission(intakeChannel: .hotline, reasonCode: "damaged"),
            .submitted(
                .with {
                    $0.intakeChannel = .hotline
                    $0.reasonCode = "damaged"
                })
        ),
        (.rejection(code: "worn"), .rejected(.with { $0.code = "worn" })),
        (
            .pickupWindow(from: time, until: time.adding(1)),
            .pickup(
                .with {
                    $0.windowFromMs = 1_772_416_800_000
                    $0.windowUntilMs = 1_772_416_800_001
                })
        ),
        (.pickupArrival(at: time), .pickup(.with { $0.arrivedAtMs = 1_772_416_800_000 })),
        (
            .shipment(carrier: "SF", trackingNumber: "SF1"),
            .shipment(
                .with {
                    $0.carrier = "SF"
                    $0.trackingNo = "SF1"
                })
        ),
        (.exception(.refused), .exception(.with { $0.kind = .refused })),
        (.units(3), .units(.with { $0.units = 3 })),
        (
            .inspection(acceptedUnits: 2, refusedUnits: 1),
            .inspected(
                .with {
                    $0.acceptedUnits = 2
                    $0.refusedUnits = 1
                })
        ),
        (
            .customerTold(channel: .sms, occasions: [.refunded]),
            .told(
                .with {
                    $0.channel = "sms"
                    $0.occasions = [.refunded]
                })
        ),
        (
            .refund(
                .init(
                    id: "R", amountMinor: 1_234, currency: euro, attempt: nil, lines: [], payments: [],
                    otherMethod: "cash")),
            .refund(
                .with {
                    $0.refundID = "R"
                    $0.amountMinor = 1_234
                    $0.currency = "EUR"
                    $0.goodsMinor = 1_234
                    $0.otherMethod = "cash"
                })
        ),
        (
            .refund(
                .init(
                    id: "R", amountMinor: 1_234, currency: euro, attempt: 2, shippingMinor: 234,
                    lines: [RefundShare(reference: "1", amountMinor: 1_000)],
                    payments: [RefundShare(reference: "card-1", amountMinor: 1_234)])),
            .refund(
                .with {
                    $0.refundID = "R"
                    $0.amountMinor = 1_234
                    $0.currency = "EUR"
                    $0.attempt = 2
                    $0.goodsMinor = 1_000
                    $0.shippingMinor = 234
                    $0.lines = [
                        .with {
                            $0.lineID = "1"
                            $0.amountMinor = 1_000
                        }
                    ]
                    $0.payments = [
                        .with {
                            $0.reference = "card-1"
                            $0.amountMinor = 1_234
                        }
                    ]
                })
        ),
        (
            .overpayment(refundID: "R", amountMinor: 5, currency: euro),
            .overpaid(
                .with {
                    $0.refundID = "R"
                    $0.amountMinor = 5
                    $0.currency = "EUR"
                })
        ),
        (
            .adjustment(lineID: "1", amountMinor: 300, currency: euro, code: .restocking, units: 0),
            .adjustment(
                .with {
                    $0.lineID = "1"
                    $0.amountMinor = 300
                    $0.currency = "EUR"
                    $0.code = .restocking
                })
        ),
        (
            .adjustment(lineID: "1", amountMinor: 300, currency: euro, code: nil, units: 2),
            .adjustment(
                .with {
                    $0.lineID = "1"
                    $0.amountMinor = 300
                    $0.currency = "EUR"
                    $0.units = 2
                })
        ),
        (.followUp(wasReached: true, score: nil), .followedUp(.with { $0.reached = true })),
        (
            .followUp(wasReached: true, score: 5),
            .followedUp(
                .with {
                    $0.reached = true
                    $0.score = 5
                })
        ),
        (.document(.waybill), .document(.with { $0.type = .waybill })),
        (
            .clock(.init(kind: .refund, ordinal: 2, dueAt: time, dueBefore: time.adding(-1))),
            .clock(
                .with {
                    $0.kind = .refund
                    $0.ordinal = 2
                    $0.dueAtMs = 1_772_416_800_000
                    $0.dueBeforeMs = 1_772_416_799_999
                })
        ),
        (
            .clock(
                .init(
                    kind: .review, ordinal: 1, dueAt: time,
                    alert: .init(level: 1, role: .supervisor, target: "nights", from: time))),
            .clock(
                .with {
                    $0.kind = .review
                    $0.ordinal = 1
                    $0.dueAtMs = 1_772_416_800_000
                    $0.alert = .with {
                        $0.level = 1
                        $0.role = .supervisor
                        $0.target = "nights"
                        $0.fromMs = 1_772_416_800_000
                    }
                })
        ),
        (
            .notification(occasion: .refunded, from: time),
            .notification(
                .with {
                    $0.occasion = .refunded
                    $0.fromMs = 1_772_416_800_000
                })
        ),
        (
            .recomputation(slaVersion: 3, plan: "vip", movedClocks: 2),
            .recomputed(
                .with {
                    $0.slaVersion = 3
                    $0.plan = "vip"
                    $0.movedClocks = 2
                })
        ),
        (
            .assignment(role: .warehouse, person: "wim", team: "day"),
            .assigned(
                .with {
                    $0.role = .warehouse
                    $0.person = "wim"
                    $0.team = "day"
                })
        ),
        (.payments(orderVersion: 4), .payments(.with { $0.orderVersion = 4 })),
    ]

    @Test(arguments: rows.indices) func aDetailIsReadBackAsTheMessageItIs(_ index: Int) throws {
        let (detail, message) = Self.rows[index]
        var desk = Desk()
        try desk.submit()
        // Which kind tells which detail is the domain's to hold; here any goes with any.
        let event = CaseEvent(kind: .noted, state: .submitted, detail: detail)
        let read = try #require(EventRecord.decode(EventRecord.encode(event, of: desk.value)))
        #expect(read.detail == message)
        #expect(read.type == .noted && read.state == .submitted && read.caseVersion == desk.value.version)
        #expect(read.atMs == desk.value.updatedAt.milliseconds && read.id.isEmpty)
    }

    @Test(arguments: EventType.allCases) func everyKindIsReadBack(_ kind: EventType) throws {
        var desk = Desk()
        try desk.submit()
        let event = CaseEvent(kind: kind, state: .closed)
        let read = try #require(EventRecord.decode(EventRecord.encode(event, of: desk.value)))
        #expect(read.type.rawValue == Int(kind.rawValue) && read.detail == nil)
        #expect(read.caseID == "\(desk.value.id)" && read.order.orderNo == desk.value.order.orderNumber)
    }
}
