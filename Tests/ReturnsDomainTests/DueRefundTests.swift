import ReturnsDomain
import ReturnsTestSupport
import Testing

/// What finance has to do with a case: what is on its way, and what is to be made.
@Suite struct DueRefundTests {
    private static let inspected = "submit verify approve tell ship receive inspect"

    private static func desk(_ path: String) throws -> Desk {
        var desk = Desk()
        try desk.follow(path)
        return desk
    }

    /// Two of five units of line 1, for which 49.99 were paid: 20.00.
    @Test func whatIsOwedIsToBeMade() throws {
        let desk = try Self.desk(Self.inspected)
        let due = try #require(desk.value.dueRefunds.first)
        #expect(desk.value.dueRefunds.count == 1)
        #expect(due.standing == .toMake && due.refund == nil && due.amountMinor == 2_000)
        #expect(due.dueAt == desk.value.runningClock(.refund)?.dueAt && !due.isPaused)
        let split = desk.order.split(due.amountMinor, last: [])
        #expect(split.shares == [RefundShare(reference: "card-1", amountMinor: 2_000)])
        #expect(split.leftMinor == 0)
    }

    /// A part on its way, with shipping, and the rest.
    @Test func aPartOnItsWayAndTheRestAreTwo() throws {
        var desk = try Self.desk(Self.inspected)
        try desk.run(.refund(RefundOrder(amountMinor: 1_200, shippingMinor: 500)), as: Cast.fei)
        #expect(desk.value.dueRefunds.map(\.standing) == [.inProgress, .toMake])
        #expect(desk.value.dueRefunds.map(\.amountMinor) == [1_700, 800])
        #expect(desk.value.dueRefunds.map(\.shippingMinor) == [500, 0])
        #expect(desk.value.dueRefunds[0].refund?.id == "\(desk.value.id)-1")
        // Sent back, the shipping of it is due again beside the goods.
        let id = desk.value.refunds[0].id
        try desk.follow("record_refund tell")
        try desk.run(.recordReturnedRefund(refundID: id, reason: "closed", payments: []), as: Cast.fei)
        #expect(desk.value.dueRefunds.map(\.amountMinor) == [2_500])
        #expect(desk.value.dueRefunds.map(\.shippingMinor) == [500])
    }

    @Test(arguments: [
        ("refund", RefundStanding.inProgress), ("refund record_refund:1", .failed),
        ("refund record_refund:2", .unknown),
    ])
    func aRefundStandsWhereTheGatewayLeftIt(_ path: String, _ standing: RefundStanding) throws {
        let desk = try Self.desk("\(Self.inspected) \(path)")
        #expect(desk.value.dueRefunds.map(\.standing) == [standing])
        #expect(desk.value.dueRefunds.map(\.amountMinor) == [2_000])
    }

    @Test(arguments: [
        "submit", "submit verify approve tell ship", "\(inspected) refund record_refund",
        "\(inspected) refund record_refund tell follow_up close", "submit cancel",
    ])
    func nothingIsDue(_ path: String) throws {
        #expect(try Self.desk(path).value.dueRefunds == [])
    }

    /// What is paid goes to the oldest clock first, so the rest is due when the next one is.
    @Test func theRestIsDueWithItsOwnClock() throws {
        var desk = Desk()
        try desk.submit(
            Fixture.submission(lines: [
                RequestedLine(lineID: "1", quantity: 2), RequestedLine(lineID: "2", quantity: 3),
            ]))
        try desk.follow("verify approve tell ship")
        try desk.run(.receive(Receipt(lines: [LineUnits(lineID: "1", units: 2)])), as: Cast.wang)
        try desk.follow("inspect wait:2d")
        try desk.run(.receive(Receipt(lines: [LineUnits(lineID: "2", units: 3)])), as: Cast.wang)
        try desk.follow("inspect")
        let clocks = desk.value.runningClocks.filter { $0.kind == .refund }
        #expect(clocks.map(\.amountMinor) == [2_000, 3_000])
        // All of it is one refund to make, due with the oldest.
        #expect(desk.value.dueRefunds.map(\.dueAt) == [clocks[0].dueAt])
        try desk.run(.refund(RefundOrder(amountMinor: 2_000)), as: Cast.fei)
        #expect(desk.value.dueRefunds.map(\.dueAt) == [clocks[0].dueAt, clocks[1].dueAt])
        #expect(desk.value.dueRefunds.map(\.amountMinor) == [2_000, 3_000])
    }

    @Test func aPausedClockSaysSo() throws {
        var desk = try Self.desk(Self.inspected)
        try desk.run(
            .pauseClock(.refund, reason: "the bank is closed"), as: Cast.sue)
        #expect(desk.value.dueRefunds.map(\.isPaused) == [true])
    }

    /// 60.00 were paid by card and 38.99 by gift card: what neither has room for takes another method.
    @Test func whatHasNoRoomIsSaid() {
        let order = Fixture.order()
        let split = order.split(10_000, last: [])
        #expect(split.shares.map(\.amountMinor) == [6_000, 3_899] && split.leftMinor == 101)
        // The one that sent a refund back comes last.
        let other = order.split(5_000, last: ["card-1"])
        #expect(other.shares.map(\.amountMinor) == [3_899, 1_101] && other.leftMinor == 0)
    }
}
