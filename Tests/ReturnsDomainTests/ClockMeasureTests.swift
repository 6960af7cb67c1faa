import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// What clocks of working time and of money go by.
@Suite struct ClockMeasureTests {
    private static let hour = Milliseconds.hour

    // MARK: Business time

    /// Due on Tuesday at 09:30: an hour of business before is Monday at 17:30. Due after lunch: most of it before lunch.
    @Test func aWorkingTimeClockWarnsInBusinessTime() throws {
        var sla = SLAPolicy.standard()
        sla.plans[0].calendar.week =
            Array(
                repeating: [
                    WorkingCalendar.Hours(opensMinute: 540, closesMinute: 720),
                    WorkingCalendar.Hours(opensMinute: 810, closesMinute: 1_080),
                ], count: 5) + [[], []]
        sla.plans[0].targets[.review] = ClockTarget(
            .working(3 * Self.hour), warnBefore: [Self.hour],
            escalations: [.init(afterMilliseconds: Self.hour, role: .service)])
        for (submitted, warned, due, escalated) in [
            // Monday 15:30, 17:30; Tuesday 09:30, 10:30.
            (
                Fixture.utc(2026, 3, 2, 7, 30), Fixture.utc(2026, 3, 2, 9, 30),
                Fixture.utc(2026, 3, 3, 1, 30), Fixture.utc(2026, 3, 3, 2, 30)
            ),
            // Monday 09:15, 11:15, 13:45, 14:45, with lunch from 12:00 to 13:30.
            (
                Fixture.utc(2026, 3, 2, 1, 15), Fixture.utc(2026, 3, 2, 3, 15),
                Fixture.utc(2026, 3, 2, 5, 45), Fixture.utc(2026, 3, 2, 6, 45)
            ),
        ] {
            var desk = Desk()
            desk.slaPolicies[1] = sla
            desk.now = submitted.adding(-Milliseconds.minute)
            try desk.submit()
            let clock = desk.value.clocks[0]
            #expect(clock.startedAt == submitted && clock.dueAt == due)
            #expect(clock.warnAt == [warned] && clock.escalateAt == [escalated])
        }
    }

    /// Half an hour of business is left when a late clock is paused; it is left when it goes on, on another day.
    @Test func aPauseAfterTheBreachPutsEscalationsOffInBusinessTime() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        let due = try #require(desk.value.runningClock(.inspect)?.dueAt)
        // Wednesday 18:00; the first escalation is due after four hours of business, on Thursday at 13:00.
        #expect(desk.value.runningClock(.inspect)?.escalateAt[0] == due.adding(19 * Self.hour))
        desk.now = due.adding(18 * Self.hour)
        try desk.run(.pauseClock(.inspect, reason: "strike"), as: Cast.sue, after: 0)
        desk.now = due.adding(24 * Self.hour * 5 + 15 * Self.hour)
        try desk.run(.resumeClock(.inspect, reason: "over"), as: Cast.sue, after: 0)
        // Thursday 12:00 to Tuesday 09:00: an hour is left.
        #expect(desk.value.runningClock(.inspect)?.escalateAt[0] == desk.now.adding(Self.hour))
    }

    /// Recomputed, a late clock's escalations stay as far off as the pause has put them.
    @Test func recomputingKeepsWhatAPauseAfterTheBreachPutOff() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        let due = try #require(desk.value.runningClock(.inspect)?.dueAt)
        desk.now = due.adding(18 * Self.hour)
        try desk.run(.pauseClock(.inspect, reason: "strike"), as: Cast.sue, after: 0)
        desk.now = due.adding(24 * Self.hour * 5 + 15 * Self.hour)
        try desk.run(.resumeClock(.inspect, reason: "over"), as: Cast.sue, after: 0)
        let before = try #require(desk.value.runningClock(.inspect)?.escalateAt)
        var same = SLAPolicy.standard(version: 2)
        same.createdBy = "admin"
        try desk.run(.recompute(same), as: Cast.sue, after: 0)
        #expect(desk.value.slaVersion == 2 && desk.value.runningClock(.inspect)?.escalateAt == before)
    }

    /// The state holds a clock that a person had paused: when that pause is over, none of the time is the reviewer's.
    @Test func aPauseThatEndsWhileTheStateHoldsTheClockGoesOn() throws {
        var desk = Desk()
        try desk.submit()
        let end = desk.now.adding(2 * Milliseconds.day)
        let left = desk.value.clocks[0].dueAt - desk.now
        try desk.run(.pauseClock(.review, reason: "strike", until: end), as: Cast.sue, after: 0)
        try desk.run(.requestInfo(question: "q"), as: Cast.sara, after: 0)
        try desk.sweep(at: end.adding(20 * Milliseconds.day))
        #expect(desk.value.clocks[0].isPaused && desk.value.clocks[0].breachedAt == nil)
        try desk.run(.provideInfo(answer: "a"), as: Cast.shop, after: 0)
        #expect(desk.value.clocks[0].dueAt == desk.now.adding(left))
    }

    // MARK: Refunds by amount

    /// Two qualifications: the first's money is paid in time, and its clock is met; the second's runs on.
    @Test func aRefundClockEndsWhenItsOwnAmountIsPaid() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        desk.now = desk.now.adding(Milliseconds.day)
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        func refunds() -> [Clock] { desk.value.clocks.filter { $0.kind == .refund } }
        #expect(refunds().map(\.amountMinor) == [1_000, 1_000])
        try desk.run(.refund(RefundOrder(amountMinor: 1_000, shippingMinor: 200)), as: Cast.fei)
        #expect(refunds().map(\.amountMinor) == [1_000, 1_200])
        try desk.follow("record_refund")
        #expect(refunds().map(\.end) == [.met, nil] && refunds().map(\.amountMinor) == [0, 1_000])
        let firstDue = refunds()[0].dueAt
        try desk.sweep(at: firstDue)
        #expect(refunds()[1].breachedAt == nil)
        try desk.follow("refund record_refund")
        #expect(refunds().map(\.end) == [.met, .met])
    }

    /// Shipping that is given up is taken from the clock that waited for it, and that one is not met: nothing was paid.
    @Test func shippingThatIsGivenUpIsTakenFromItsOwnClock() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        func refunds() -> [Clock] { desk.value.clocks.filter { $0.kind == .refund } }
        // The goods' money of the first day, shipping of the second, and further goods' of the third.
        desk.now = desk.now.adding(Milliseconds.day)
        try desk.run(.refund(RefundOrder(amountMinor: 0, shippingMinor: 200)), as: Cast.fei)
        let shipping = desk.value.refunds[0].id
        desk.now = desk.now.adding(Milliseconds.day)
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        #expect(refunds().map(\.amountMinor) == [1_000, 200, 1_000])
        try desk.run(
            .recordRefund(RefundReport(refundID: shipping, result: .failed(reason: "card closed"))),
            as: Cast.fei)
        try desk.run(
            .abandonRefund(refundID: shipping, gatewayConfirmation: "dead"), as: Cast.fei)
        #expect(refunds().map(\.amountMinor) == [1_000, 0, 1_000])
        #expect(refunds().map(\.end) == [nil, .voided, nil])
        try desk.follow("refund record_refund")
        #expect(refunds().map(\.end) == [.met, .voided, .met])
        #expect(refunds().map(\.paidMinor) == [1_000, 0, 1_000])
    }

    /// What was paid of a clock stays paid, whatever was given up meanwhile.
    @Test func aClockKeepsWhatWasPaidOfIt() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        try desk.follow("record_refund")
        desk.now = desk.now.adding(Milliseconds.day)
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        try desk.run(.refund(RefundOrder(amountMinor: 600, shippingMinor: 0)), as: Cast.fei)
        try desk.follow("record_refund")
        try desk.run(.refund(RefundOrder(shippingMinor: 200)), as: Cast.fei)
        func last() -> Clock { desk.value.clocks.last { $0.kind == .refund }! }
        #expect(last().amountMinor == 600 && last().paidMinor == 600)
        let id = desk.value.refunds[2].id
        try desk.run(
            .recordRefund(RefundReport(refundID: id, result: .failed(reason: "card closed"))), as: Cast.fei)
        try desk.run(.abandonRefund(refundID: id, gatewayConfirmation: "dead"), as: Cast.fei)
        #expect(last().amountMinor == 400 && last().end == nil)
        try desk.follow("refund record_refund")
        #expect(last().amountMinor == 0 && last().paidMinor == 1_000 && last().end == .met)
    }

    /// Of a build in which all waited for all the money: the oldest waits for it, and another takes the place of the rest.
    @Test func refundClocksWithoutAmountsGoOn() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        desk.now = desk.now.adding(Milliseconds.day)
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        for index in desk.value.clocks.indices { desk.current!.clocks[index].amountMinor = 0 }
        desk.current!.adoptRefundClocks()
        #expect(desk.value.inconsistency == nil)
        try desk.follow("note")
        let refunds = desk.value.clocks.filter { $0.kind == .refund }
        #expect(refunds.map(\.amountMinor) == [2_000, 0] && refunds.map(\.end) == [nil, .superseded])
    }
}
