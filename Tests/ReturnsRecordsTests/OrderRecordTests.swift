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
