import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords

@Suite struct OrderRecordTests {
    @Test(arguments: [
        "submit", "submit verify approve tell ship receive inspect refund record_refund",
        "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund record_refund record_refund",
    ]) func aRecordIsReadBackAsItWasWritten(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        let payments = desk.order.payments + [Payment(reference: "new", method: .cash, amountMinor: 0)]
        let order = try Order.changePayments(
            PaymentsChange(payments: payments, reason: "r"), of: desk.order,
            owedDeciders: OrderOwedDeciders(), actor: Cast.sue, now: desk.now
        ).get().orderAfter
        let read = try OrderRecord(order).value()
        #expect(read == order && !read.untold.isEmpty && read.paymentsChangers == ["sue"])
        let outline = try OrderRecord(order).outline()
        #expect(outline == OrderOutline(order) && outline.untoldCases == order.untoldCases)
        #expect(outline.quietSince == order.quietSince && outline.hasCases)
    }

    /// What windows and reviews go by. A store at the first level keeps what the server made itself for another day, and refuses
    /// what a push gives.
    @Test func whatReturnsGoByIsReadBack() throws {
        var desk = Desk()
        try desk.follow("submit reject tell")
        desk.order.purchasePolicyVersion = 7
        let kept = OrderRecord(desk.order, level: .first)
        let read = try kept.value()
        #expect(kept.neededLevel == .first && read.refusals.isEmpty && read.purchasePolicyVersion == nil)
        var order = desk.order
        order.refusals.append(
            OrderRefusal(
                caseID: Fixture.caseID(9), at: Fixture.monday,
                by: ActorRecord(name: "erp", role: .service, onBehalfOf: "sara"), appealUntil: nil, lines: [])
        )
        order.cases.append(OrderCase(id: Fixture.caseID(9), channelRef: ""))
        order.zone = TimeZoneTable(
            name: "America/St_Johns",
            offsets: [
                .init(from: Fixture.utc(2025, 11, 2), seconds: -12_600),
                .init(from: Fixture.utc(2026, 3, 8), seconds: -9_000),
            ])
        order.lines[0].category = "fresh"
        order.lines[1].returnDays = 0
        order.lines[2].returnDays = 90
        order.outstandingMinor = 4_000
        #expect(order.refusals.count == 2 && order.refusals[0].appealUntil != nil)
        #expect(try OrderRecord(order).value() == order)
        let outline = try OrderRecord(order).outline()
        #expect(outline.promisedDays == 90 && outline.quietSince == order.quietSince)
        for change in [
            { (order: inout Order) in order.lines[0].category = "fresh" }, { $0.lines[1].returnDays = 0 },
            { $0.zone = TimeZoneTable(name: "UTC", offsets: [.init(from: Fixture.monday, seconds: 0)]) },
            { $0.outstandingMinor = 1 },
        ] as [(inout Order) -> Void] {
            var given = desk.order
            change(&given)
            #expect(OrderRecord(given, level: .first).neededLevel.number == 2)
        }
    }

    /// A field, a value of each enumeration, on each level of nesting: nothing is decided on the order, and it is read as before.
    @Test func whatANewerBuildAddsHidesNothingFromReads() throws {
        var desk = Desk()
        try desk.follow("submit")
        let order = try Order.changePayments(
            PaymentsChange(
                payments: desk.order.payments + [Payment(reference: "new", method: .cash, amountMinor: 0)],
                reason: "r"),
            of: desk.order, owedDeciders: OrderOwedDeciders(), actor: Cast.sue, now: desk.now
        ).get().orderAfter
        let changes: [(inout Returns_V1_Order) throws -> Void] = [
            { $0.status = .UNRECOGNIZED(99) },
            { $0.payments[0].method = .UNRECOGNIZED(99) },
            { $0.engine.untold[0].entry.kind = .UNRECOGNIZED(99) },
            { $0.engine.untold[0].entry.actor.role = .UNRECOGNIZED(99) },
            { try RCPMessageCodec.merge(Self.unknownField, into: &$0) },
            { try RCPMessageCodec.merge(Self.unknownField, into: &$0.lines[0]) },
            { try RCPMessageCodec.merge(Self.unknownField, into: &$0.engine.cases[0]) },
            { try RCPMessageCodec.merge(Self.unknownField, into: &$0.engine.untold[0]) },
        ]
        for (number, change) in changes.enumerated() {
            let whole = OrderRecord(order)
            var everybody = try RCPMessageCodec.decode(
                Returns_V1_Order.self, from: whole.everybody, role: .server)
            everybody.engine = try RCPMessageCodec.decode(
                Returns_V1_Order.self, from: whole.engine, role: .server
            ).engine
            try change(&everybody)
            let engine = everybody.engine
            everybody.clearEngine()
            let record = OrderRecord(
                everybody: try RCPMessageCodec.encode(everybody),
                engine: try RCPMessageCodec.encode(Returns_V1_Order.with { $0.engine = engine }))
            let error = #expect(throws: RecordError.self) { try record.value() }
            #expect(error?.isNewer == true, "\(number)")
            #expect(try record.outline() == OrderOutline(order), "\(number)")
        }
    }

    @Test func whatIsNoMessageIsDamagedForReadsToo() {
        let record = OrderRecord(everybody: ByteBuffer(bytes: [0x0A, 9, 1]), engine: ByteBuffer())
        let error = #expect(throws: RecordError.self) { try record.outline() }
        #expect(error?.isNewer == false)
    }

    /// Number 1,000.
    private static let unknownField: ByteBuffer = {
        var writer = RCPMessageWriter()
        writer.append(RCPField<Int64>(1_000), 7)
        return writer.buffer
    }()
}
