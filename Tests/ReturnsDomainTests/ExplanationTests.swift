import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Why a case owes what it owes and when its clocks fall due, worked out by hand.
@Suite struct ExplanationTests {
    private static let toInspected = "verify approve tell ship receive inspect"

    private static func explain(_ desk: Desk, sla: SLAPolicy = Fixture.slaPolicies[1]!) -> Explanation {
        Explanation(of: desk.value, order: desk.order, sla: sla)
    }

    /// 49.99 for five units. The first two are 20.00 (19.996); four are 39.99 (39.992), so the next two get 19.99.
    @Test func theSecondCaseGetsWhatRoundingLeaves() throws {
        var first = Desk()
        try first.submit()
        try first.follow(Self.toInspected)
        var second = Desk(order: first.order, now: first.now)
        try second.submit(Fixture.submission(id: Fixture.caseID(2)))
        try second.follow(Self.toInspected)
        let line = try #require(Self.explain(second).lines.first)
        #expect(line.paidMinor == 4_999 && line.boughtUnits == 5)
        #expect(line.units.accepted == 2 && line.refundableUnits == 2)
        #expect(line.orderRefundableUnits == 4 && line.orderWorthMinor == 3_999)
        #expect(line.exactShareMinor == 2_000 && line.roundingMinor == -1)
        #expect(line.parts == [OwedPart(.share, 1_999)])
        #expect(line.owedMinor == 1_999 && line.dueMinor == 1_999)
    }

    @Test func whatIsPaidAndOnItsWayIsToldApart() throws {
        var desk = Desk()
        try desk.submit()
        try desk.follow(Self.toInspected)
        try desk.run(.refund(RefundOrder(amountMinor: 700)), as: Cast.fei)
        try desk.follow("record_refund")
        try desk.run(.refund(RefundOrder(amountMinor: 500, shippingMinor: 300)), as: Cast.fei)
        let explanation = Self.explain(desk)
        let line = explanation.lines[0]
        #expect(line.owedMinor == 2_000 && line.refundedMinor == 700 && line.inFlightMinor == 500)
        #expect(line.dueMinor == 800)
        let money = explanation.money
        #expect(money.owedMinor == 2_000 && money.refundedMinor == 700 && money.inFlightMinor == 500)
        #expect(money.dueMinor == 800 && money.overpaidMinor == 0)
        #expect(money.shippingPaidMinor == 500 && money.shippingHereMinor == 300)
        #expect(money.shippingElsewhereMinor == 0 && money.shippingLeftMinor == 200)
        #expect(money.refunds.map(\.amountMinor) == [700, 800])
    }

    /// 20.00 for two units: 3.00 of it deducted, and one unit, 10.00, exchanged.
    @Test func whatIsDeductedOrExchangedIsTold() throws {
        var desk = Desk()
        try desk.submit()
        try desk.follow(Self.toInspected)
        try desk.run(
            .deduct(DeductionOrder(lineID: "1", amountMinor: 300, code: .restocking, reason: "opened")),
            as: Cast.sue)
        try desk.run(.agreeExchange(ExchangeAgreement(lineID: "1", units: 1)), as: Cast.sue)
        let line = Self.explain(desk).lines[0]
        #expect(line.refundableUnits == 1 && line.exactShareMinor == 1_000 && line.roundingMinor == 0)
        #expect(line.parts == [OwedPart(.share, 1_000), OwedPart(.deduction, -300, .restocking)])
        #expect(line.owedMinor == 700 && line.dueMinor == 700)
        // Each by itself, with its code; one that was taken back is none.
        for code in [DeductionCode.damage, .label] {
            let wish = DeductionOrder(lineID: "1", amountMinor: 100, code: code, reason: "seen")
            try desk.run(.deduct(wish), as: Cast.sue)
        }
        try desk.run(.takeBackDeduction(lineID: "1", number: 2, reason: "not seen"), as: Cast.sue)
        #expect(
            Self.explain(desk).lines[0].parts == [
                OwedPart(.share, 1_000), OwedPart(.deduction, -300, .restocking),
                OwedPart(.deduction, -100, .label),
            ])
    }

    private static func steps(_ explanation: Explanation, _ kind: ClockKind) -> [ClockExplanation.Step] {
        explanation.clocks.last { $0.clock.kind == kind }?.steps ?? []
    }

    /// Goods that qualify on Friday 13 February 2026 are paid by the close of business of Wednesday the 25th: Saturday the 14th is
    /// made up, then nine days are off.
    @Test func aRefundOverSpringFestival() throws {
        var sla = SLAPolicy.standard()
        sla.plans[0].calendar = Calendars.china2026
        let friday = Fixture.utc(2026, 2, 13, 6)
        var desk = Desk(
            order: Fixture.order(placedAt: Fixture.utc(2026, 2, 5)), slaPolicies: [1: sla], now: friday)
        try desk.submit()
        try desk.follow(Self.toInspected)
        let started = desk.now
        let due = Fixture.utc(2026, 2, 25, 10)
        let makeup = WorkingCalendar.day(year: 2026, month: 2, dayOfMonth: 14)
        let passed =
            [ClockExplanation.PassedDay(makeup, kind: .makeupDay)]
            + (makeup + 1...makeup + 9).map { ClockExplanation.PassedDay($0, kind: .holiday) }
        #expect(
            Self.steps(Self.explain(desk, sla: sla), .refund) == [
                .started(at: started),
                .length(.workingDays(3), from: started, passed: passed, due: due),
            ])
        #expect(desk.value.runningClock(.refund)?.dueAt == due)
    }

    /// The customer's clock starts with the telling, and days off by the weekday count on the wall clock.
    @Test func theCustomersClockStartsWithTheTelling() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        let told = desk.now
        let due = try #require(desk.value.runningClock(.customerShip)).dueAt
        let length = try #require(desk.value.runningClock(.customerShip)).length
        #expect(
            Self.steps(Self.explain(desk), .customerShip) == [
                .told(.approval, at: told), .length(length, from: told, passed: [], due: due),
            ])
        guard case .wall(let milliseconds) = length else { return #expect(Bool(false)) }
        #expect(due == told.adding(milliseconds))
    }

    /// Two hours of pause and one day more, on the wall clock.
    @Test func pausesAndExtensionsMoveIt() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        let started = desk.now
        let first = try #require(desk.value.runningClock(.customerShip)).dueAt
        try desk.run(.pauseClock(.customerShip, reason: "asked for"), as: Cast.sue, after: Milliseconds.hour)
        try desk.run(
            .resumeClock(.customerShip, reason: "goes on"), as: Cast.sue, after: 2 * Milliseconds.hour)
        try desk.run(
            .extendClock(.customerShip, byMilliseconds: Milliseconds.day, reason: "goodwill"), as: Cast.sue,
            after: Milliseconds.hour)
        let steps = Self.steps(Self.explain(desk), .customerShip)
        let paused = started.adding(Milliseconds.hour)
        let pause = try #require(desk.value.runningClock(.customerShip)?.pauses.first)
        #expect(pause.from == paused && pause.reason == "asked for" && pause.resumeReason == "goes on")
        #expect(
            Array(steps.dropFirst(2)) == [
                .paused(pause),
                .resumed(
                    pause, at: paused.adding(2 * Milliseconds.hour), due: first.adding(2 * Milliseconds.hour)),
                .extended(
                    byMilliseconds: Milliseconds.day, at: paused.adding(3 * Milliseconds.hour),
                    due: first.adding(26 * Milliseconds.hour)),
            ])
        #expect(desk.value.runningClock(.customerShip)?.dueAt == first.adding(26 * Milliseconds.hour))
    }

    /// More time that is granted while it is paused stands behind the start of the pause and before its end.
    @Test func theStepsAreInTheOrderOfTime() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        let first = try #require(desk.value.runningClock(.customerShip)).dueAt
        try desk.run(.pauseClock(.customerShip, reason: "strike"), as: Cast.sue)
        let paused = desk.now
        let grant = Command.extendClock(
            .customerShip, byMilliseconds: Milliseconds.day, reason: "goodwill")
        try desk.run(grant, as: Cast.sue, after: Milliseconds.hour)
        var pause = try #require(desk.value.runningClock(.customerShip)?.pauses.first)
        let extended = ClockExplanation.Step.extended(
            byMilliseconds: Milliseconds.day, at: desk.now, due: first.adding(Milliseconds.day))
        #expect(
            Array(Self.steps(Self.explain(desk), .customerShip).dropFirst(2)) == [.paused(pause), extended])
        #expect(pause.endsAt == paused.adding(7 * Milliseconds.day))
        try desk.run(
            .resumeClock(.customerShip, reason: "over"), as: Cast.sue, after: Milliseconds.hour)
        pause = try #require(desk.value.runningClock(.customerShip)?.pauses.first)
        let due = first.adding(Milliseconds.day + 2 * Milliseconds.hour)
        #expect(
            Array(Self.steps(Self.explain(desk), .customerShip).dropFirst(2)) == [
                .paused(pause), extended, .resumed(pause, at: desk.now, due: due),
            ])
        #expect(desk.value.runningClock(.customerShip)?.dueAt == due)
    }

    /// Money that is owed on Saturday 5 December 2026 is paid by Wednesday the 9th: three working days behind that day, so of the days
    /// that do not count only the Sunday is on the way.
    @Test func theDayOfTheStartIsNotOnTheWay() throws {
        let saturday = Fixture.utc(2026, 12, 5, 6)
        var desk = Desk(order: Fixture.order(placedAt: Fixture.utc(2026, 12, 1)), now: saturday)
        try desk.submit()
        try desk.follow(Self.toInspected)
        let sunday = WorkingCalendar.day(year: 2026, month: 12, dayOfMonth: 6)
        let due = Fixture.utc(2026, 12, 9, 10)
        #expect(
            Self.steps(Self.explain(desk), .refund).last
                == .length(
                    .workingDays(3), from: desk.now, passed: [ClockExplanation.PassedDay(sunday)], due: due))
    }

    /// Behind a new calendar and a recomputation ended clocks are told by what they ran by; where that is not known, nothing is
    /// derived.
    @Test func whatRanByAnEarlierVersionIsToldByIt() throws {
        var desk = Desk()
        try desk.submit()
        try desk.follow(Self.toInspected)
        var sla = SLAPolicy.standard(version: 2)
        sla.plans[0].calendar.version = 2
        let tuesday = WorkingCalendar.day(year: 2026, month: 3, dayOfMonth: 3)
        sla.plans[0].calendar.add(.holiday, on: [tuesday])
        desk.slaPolicies[2] = sla
        let before = try #require(desk.value.clocks.last { $0.kind == .inspect })
        #expect(before.end == .met && before.dueAt == Fixture.utc(2026, 3, 4, 10))
        try desk.run(.recompute(sla), as: Cast.sue)
        let known = Explanation(
            of: desk.value, order: desk.order, sla: sla, others: [1: Fixture.slaPolicies[1]!])
        let inspect = try #require(known.clocks.last { $0.clock.kind == .inspect })
        #expect(inspect.rules?.slaVersion == 1 && inspect.rules?.calendar.version == 1)
        #expect(
            inspect.steps == [
                .started(at: before.startedAt),
                .length(.workingDays(2), from: before.startedAt, passed: [], due: before.dueAt),
                .ended(.met, at: before.endedAt!),
            ])
        let refund = try #require(known.clocks.last { $0.clock.kind == .refund })
        #expect(refund.rules?.slaVersion == 2 && refund.rules?.calendar.version == 2)
        let unknown = Explanation(of: desk.value, order: desk.order, sla: sla)
        let underivable = try #require(unknown.clocks.last { $0.clock.kind == .inspect })
        #expect(underivable.rules == nil)
        #expect(
            underivable.steps == [
                .started(at: before.startedAt), .kept(due: before.dueAt), .ended(.met, at: before.endedAt!),
            ])
    }

    /// In every scenario the steps come to the due time that the clock shows, and the parts to what is owed.
    @Test func theStepsComeToWhatIsShown() throws {
        var clocks = 0
        for desk in try Scenarios.desks.get().values.joined() {
            let explanation = Self.explain(desk, sla: Fixture.sla(of: desk.value))
            for line in explanation.lines {
                #expect(line.parts.reduce(0) { $0 + $1.amountMinor } == line.owedMinor)
                #expect(line.exactShareMinor + line.roundingMinor == line.parts[0].amountMinor)
                #expect(line.refundedMinor + line.inFlightMinor + line.dueMinor == line.owedMinor)
            }
            for clock in explanation.clocks {
                clocks += 1
                let isKept = clock.steps.contains { if case .kept = $0 { true } else { false } }
                #expect(!isKept, "\(clock.clock.kind) in \(desk.value.state): \(clock.steps)")
            }
        }
        #expect(clocks > 100)
    }
}
