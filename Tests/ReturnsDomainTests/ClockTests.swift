import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Deadlines: warned, breached and escalated once each, paused and extended exactly.
@Suite struct ClockTests {
    private static let hour = Milliseconds.hour

    private func submitted() throws -> (desk: Desk, start: Instant) {
        var desk = Desk()
        try desk.submit()
        return (desk, desk.now)
    }

    private func kinds(_ transition: CaseTransition) -> [EventType] {
        transition.entries.map(\.kind)
    }

    @Test func anActInHourTwentyFiveRecordsTheBreachOfHourTwentyFour() throws {
        var (desk, start) = try submitted()
        desk.now = start.adding(25 * Self.hour)
        let transition = try desk.run(
            .reject(code: "late", reason: "r", alternative: "a"), as: Cast.sara, after: 0)
        #expect(kinds(transition) == [.clockWarned, .clockBreached, .rejected])
        #expect(transition.entries.map(\.actor.name) == ["system", "system", "sara"])
        let review = desk.value.clocks[0]
        #expect(review.kind == .review && review.end == .missed && review.breachedAt == desk.now)
        #expect(review.dueAt == start.adding(24 * Self.hour) && review.rawDueAt == review.dueAt)
        #expect(transition.events.contains { $0.kind == .clockBreached })
    }

    /// A millisecond decides: before the due time it is met, at the due time it is breached.
    @Test(arguments: [(-1, ClockEnd.met), (0, .missed), (1, .missed)] as [(Int64, ClockEnd)])
    func theDueTimeItselfIsLate(_ offset: Int64, _ end: ClockEnd) throws {
        var (desk, start) = try submitted()
        desk.now = start.adding(24 * Self.hour + offset)
        try desk.run(.reject(code: "late", reason: "r", alternative: "a"), as: Cast.sara, after: 0)
        #expect(desk.value.clocks[0].end == end)
        #expect((desk.value.clocks[0].breachedAt != nil) == (end == .missed))
    }

    @Test func warnsBreachesAndEscalatesOnceEachInTurn() throws {
        var (desk, start) = try submitted()
        let due = start.adding(24 * Self.hour)
        let firings: [(Instant, EventType)] = [
            (due.adding(-4 * Self.hour), .clockWarned), (due, .clockBreached),
            (due.adding(4 * Self.hour), .clockEscalated),
            (due.adding(24 * Self.hour), .clockEscalated), (due.adding(72 * Self.hour), .clockEscalated),
        ]
        for (at, kind) in firings {
            #expect(desk.value.nextFiringAt == at)
            #expect(try desk.sweep(at: at.adding(-1)).isEmpty)
            #expect(kinds(try desk.sweep(at: at)) == [kind])
            #expect(try desk.sweep(at: at).isEmpty)
        }
        #expect(desk.value.nextFiringAt == nil)
        #expect(desk.value.clocks[0].escalatedAt.count == 3)
        #expect(desk.value.state == .submitted && desk.value.clocks[0].isRunning)
    }

    @Test func oneSweepMuchLaterFiresAllOfThemInOrder() throws {
        var (desk, start) = try submitted()
        let transition = try desk.sweep(at: start.adding(30 * Milliseconds.day))
        #expect(
            kinds(transition) == [
                .clockWarned, .clockBreached, .clockEscalated, .clockEscalated, .clockEscalated,
            ])
        #expect(desk.value.version == 2 && transition.entries.allSatisfy { $0.caseVersion == 2 })
        #expect(try desk.sweep(at: desk.now.adding(1)).isEmpty)
    }

    @Test func askingPausesReviewToTheMillisecond() throws {
        var (desk, start) = try submitted()
        desk.now = start.adding(10 * Self.hour)
        try desk.run(.requestInfo(question: "q"), as: Cast.sara, after: 0)
        #expect(desk.value.clocks[0].isPaused)
        try desk.run(.tell(Telling(channel: "phone")), as: Cast.sara, after: 0)
        #expect(desk.value.nextFiringAt == desk.now.adding(5 * Milliseconds.day))  // the customer's warning
        try desk.run(.provideInfo(answer: "a"), as: Cast.shop, after: 30 * Self.hour + 7)
        let review = desk.value.clocks[0]
        #expect(review.dueAt == start.adding(54 * Self.hour + 7))
        #expect(review.rawDueAt == start.adding(24 * Self.hour))
        #expect(review.pauses.map { $0.until! - $0.from } == [30 * Self.hour + 7])
    }

    /// What the clock shows is what it is judged by: 24 hours without the 48 in which the customer was asked. The raw due
    /// time stands beside it.
    @Test func reviewIsJudgedByTheDueTimeThatItShows() throws {
        var (desk, start) = try submitted()
        desk.now = start.adding(Self.hour)
        try desk.run(.requestInfo(question: "q"), as: Cast.sara, after: 0)
        try desk.run(.provideInfo(answer: "a"), as: Cast.shop, after: 48 * Self.hour)
        #expect(desk.value.clocks[0].dueAt == start.adding(72 * Self.hour))
        try desk.run(
            .verify(isCustomerVerified: true, isOrderVerified: true), as: Cast.sara, after: Self.hour)
        try desk.run(.reject(code: "C", reason: "r", alternative: "a"), as: Cast.sara, after: 0)
        let review = desk.value.clocks[0]
        #expect(review.end == .met && review.breachedAt == nil)
        #expect(review.rawDueAt == start.adding(24 * Self.hour))
    }

    @Test func aPauseOfAWorkingClockKeepsTheBusinessTimeThatWasLeft() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        // Monday 10:06 in Shanghai; inspection is due on Wednesday at 18:00.
        let monday = desk.now
        #expect(desk.value.runningClock(.inspect)?.dueAt == Fixture.utc(2026, 3, 4, 10))
        try desk.run(.pauseClock(.inspect, reason: "strike"), as: Cast.sue, after: 54 * Milliseconds.minute)
        #expect(desk.now == monday.adding(54 * Milliseconds.minute))
        // 11:00 to 18:00 on Monday, two whole days: 25 hours are left. Resumed on Friday at 10:00: eight hours that
        // day, nine on Monday, eight on Tuesday until 17:00.
        desk.now = Fixture.utc(2026, 3, 6, 2)
        try desk.run(.resumeClock(.inspect, reason: "over"), as: Cast.sue, after: 0)
        #expect(desk.value.runningClock(.inspect)?.dueAt == Fixture.utc(2026, 3, 10, 9))
    }

    @Test func pauseAndResumeFindTheClockThatTheySuit() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.run(.pauseClock(.inspect, reason: "strike"), as: Cast.sue)
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        #expect(desk.value.runningClocks.map(\.isPaused) == [true, false])
        try desk.run(.resumeClock(.inspect, reason: "over"), as: Cast.sue)
        #expect(desk.value.runningClocks.map(\.isPaused) == [false, false])
    }

    @Test func aPausedClockNeitherWarnsNorBreaches() throws {
        var (desk, start) = try submitted()
        let paused = desk.now.adding(Milliseconds.minute)
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue)
        #expect(desk.value.nextFiringAt == paused.adding(7 * Milliseconds.day))
        #expect(try desk.sweep(at: start.adding(6 * Milliseconds.day)).isEmpty)
    }

    /// A pause has an end. It is over when it was to be, however late the sweeper comes: what was left is left from then on.
    @Test func aPauseEndsByItself() throws {
        var (desk, start) = try submitted()
        desk.now = start.adding(10 * Self.hour)
        let end = start.adding(5 * Milliseconds.day)
        try desk.run(.pauseClock(.review, reason: "strike", until: end), as: Cast.sue, after: 0)
        let swept = try desk.sweep(at: end.adding(Self.hour))
        #expect(kinds(swept).contains(.clockResumed) && swept.entries[0].actor.role == .system)
        #expect(desk.value.clocks[0].pauses[0].until == end && !desk.value.clocks[0].isPaused)
        #expect(desk.value.clocks[0].dueAt == end.adding(14 * Self.hour))
        // Its whole time passed meanwhile: it goes on, warns and is breached in one.
        var late = try submitted().desk
        try late.run(.pauseClock(.review, reason: "strike", until: end), as: Cast.sue, after: 0)
        let all = try late.sweep(at: end.adding(30 * Milliseconds.day))
        #expect(
            kinds(all) == [
                .clockResumed, .clockWarned, .clockBreached, .clockEscalated, .clockEscalated,
                .clockEscalated,
            ])
    }

    /// Where the state holds the clock as well, nothing goes on when somebody's pause is over, and nothing else is said.
    @Test func aPauseThatEndsWhileTheStateHoldsTheClockResumesNothing() throws {
        var (desk, start) = try submitted()
        let end = start.adding(2 * Self.hour)
        try desk.run(.pauseClock(.review, reason: "strike", until: end), as: Cast.sue, after: 0)
        try desk.run(.requestInfo(question: "q"), as: Cast.sara, after: 0)
        let swept = try desk.sweep(at: end.adding(Self.hour))
        #expect(kinds(swept) == [.clockPaused])
        #expect(
            swept.entries[0].text
                == "review, the pause is over, and it stays paused while the case is in state info_needed")
        #expect(desk.value.clocks[0].isPaused && desk.value.clocks[0].pauses.map(\.until) == [end, nil])
    }

    @Test func aLateClockThatIsPausedStaysBreached() throws {
        var (desk, start) = try submitted()
        try desk.sweep(at: start.adding(24 * Self.hour))
        let due = desk.value.clocks[0].dueAt
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue)
        try desk.run(.resumeClock(.review, reason: "over"), as: Cast.sue, after: Milliseconds.day)
        #expect(
            desk.value.clocks[0].dueAt == due
                && desk.value.clocks[0].breachedAt == start.adding(24 * Self.hour))
        try desk.follow("reject")
        #expect(desk.value.clocks[0].end == .missed)
    }

    @Test func aResumeBeforeThePauseTakesNothingAway() throws {
        var (desk, start) = try submitted()
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue)
        try desk.run(.resumeClock(.review, reason: "over"), as: Cast.sue, after: -500)
        #expect(desk.value.clocks[0].dueAt == start.adding(24 * Self.hour))
    }

    /// An extension grants time, as far as attainment goes too: only pauses are left out of the raw due time.
    @Test func extensionMovesBothDueTimes() throws {
        var (desk, start) = try submitted()
        try desk.run(.extendClock(.review, byMilliseconds: 2 * Self.hour, reason: "storm"), as: Cast.sue)
        #expect(desk.value.clocks[0].dueAt == start.adding(26 * Self.hour))
        #expect(desk.value.clocks[0].rawDueAt == start.adding(26 * Self.hour))
        #expect(desk.value.nextFiringAt == start.adding(22 * Self.hour))
        desk.now = start.adding(25 * Self.hour)
        try desk.run(.reject(code: "c", reason: "r", alternative: "a"), as: Cast.sara, after: 0)
        #expect(desk.value.clocks[0].end == .met)
    }

    /// One hour late when paused, one hour late when resumed: six days of pause escalate nothing.
    @Test func escalationsWaitWhileALateClockIsPaused() throws {
        var (desk, start) = try submitted()
        let due = start.adding(24 * Self.hour)
        desk.now = due.adding(Self.hour)
        try desk.run(.requestInfo(question: "q"), as: Cast.sara, after: 0)
        try desk.run(.provideInfo(answer: "a"), as: Cast.shop, after: 6 * Milliseconds.day)
        let resumed = desk.now
        #expect(desk.value.clocks[0].dueAt == due && desk.value.clocks[0].breachedAt != nil)
        #expect(desk.value.nextFiringAt == resumed.adding(3 * Self.hour))
        #expect(try desk.sweep(at: resumed.adding(3 * Self.hour - 1)).isEmpty)
        #expect(kinds(try desk.sweep(at: resumed.adding(3 * Self.hour))) == [.clockEscalated])
    }

    @Test func aBreachedClockWhoseWorkFallsAwayIsMissed() throws {
        var (desk, start) = try submitted()
        desk.now = start.adding(30 * Self.hour)
        try desk.run(.cancel(reason: ""), as: Cast.shop, after: 0)
        #expect(desk.value.clocks.map(\.end) == [.missed])
        var other = Desk()
        try other.follow("submit verify approve tell schedule_pickup wait:2d schedule_pickup")
        #expect(other.value.clocks.filter { $0.kind == .pickup }.map(\.end) == [.missed, nil])
    }

    /// Monday's ten are inspected on Wednesday at noon, Tuesday's five are not: Monday's clock is met all the same.
    @Test func eachReceiptIsInspectedInItsOwnTime() throws {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 5)]))
        try desk.follow("verify approve tell ship")
        try desk.run(Scenarios.receipt(3), as: Cast.wang)
        try desk.follow("wait:1d")
        try desk.run(Scenarios.receipt(2), as: Cast.wang)
        func inspections() -> [Clock] { desk.value.clocks.filter { $0.kind == .inspect } }
        #expect(inspections().map(\.units) == [3, 2])
        try desk.run(Scenarios.inspection(accepted: 2, refused: 0), as: Cast.wang)
        #expect(inspections().map(\.end) == [nil, nil])
        try desk.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        #expect(inspections().map(\.end) == [.met, nil] && inspections().map(\.units) == [0, 2])
        let monday = try #require(inspections().first?.dueAt)
        #expect(!kinds(try desk.sweep(at: monday)).contains(.clockBreached))
        try desk.run(Scenarios.inspection(accepted: 2, refused: 0), as: Cast.wang)
        #expect(inspections().map(\.end) == [.met, .met])
    }

    /// The customer's window begins with the telling, and is whole whenever that is.
    @Test(arguments: [0, 13, 20]) func theAppealWindowBeginsWhenTheCustomerIsTold(_ days: Int64) throws {
        var (desk, _) = try submitted()
        try desk.follow("reject wait:\(days)d sweep")
        #expect(desk.value.state == .rejected && desk.value.runningClocks.map(\.kind) == [.notify])
        let told = try desk.run(.tell(Telling(channel: "sms")), as: Cast.sara)
        #expect(desk.value.state == .rejected && kinds(told) == [.customerTold])
        let end = desk.now.adding(14 * Milliseconds.day)
        #expect(desk.value.runningClocks.map(\.kind) == [.appeal])
        #expect(desk.value.runningClock(.appeal)?.dueAt == end)
        var appealing = desk
        try appealing.follow("wait:13d appeal")
        #expect(appealing.value.state == .submitted)
        try desk.sweep(at: end.adding(-1))
        #expect(desk.value.state == .rejected)
        try desk.sweep(at: end)
        #expect(desk.value.state == .closed)
    }

    /// Who knows of a refusal before anybody recorded that they were told may appeal.
    @Test func anUntoldCustomerMayAppeal() throws {
        var desk = Desk()
        try desk.follow("submit reject wait:30d appeal")
        #expect(desk.value.state == .submitted)
        #expect(desk.value.notices.map(\.state) == [.voided])
    }

    /// Tuesday: two days are left on the clock anyway. A fortnight later: two working days, to Thursday's close.
    @Test func aMissedPickupLeavesAtLeastTwoWorkingDays() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        let due = try #require(desk.value.runningClock(.customerShip)?.dueAt)
        desk.now = due.adding(-Self.hour)
        try desk.follow("schedule_pickup wait:30h record_pickup:1")
        // Monday 16 March 09:05 in Shanghai less the hour; the pickup is missed on Tuesday 17 March.
        #expect(desk.value.runningClock(.customerShip)?.dueAt == Fixture.utc(2026, 3, 19, 10))

        var early = Desk()
        try early.follow("submit verify approve tell schedule_pickup wait:30h record_pickup:1")
        let held = try #require(early.value.runningClock(.customerShip)?.pauses.first)
        #expect(early.value.runningClock(.customerShip)?.dueAt == due.adding(held.until! - held.from))
    }

    /// A state holds a clock no longer than it lasts, whichever step ends it.
    @Test func aPickupThatGoodsByHandOvertakeHoldsNoClock() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        let due = try #require(desk.value.runningClock(.customerShip)?.dueAt)
        try desk.follow("schedule_pickup wait:3h")
        try desk.run(Scenarios.receipt(1, isByHand: true), as: Cast.wang)
        let clock = try #require(desk.value.runningClock(.customerShip))
        let held = try #require(clock.pauses.first)
        #expect(!clock.isPaused && clock.pauses.count == 1)
        #expect(try clock.dueAt == due.adding(#require(held.until) - held.from))
    }

    /// R16: qualified on Monday, due on Thursday at 18:00 in Shanghai, whatever else is accepted later.
    @Test func refundIsDueAtTheCloseOfTheThirdWorkingDay() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.follow("inspect")
        #expect(desk.value.runningClock(.refund)?.dueAt == Fixture.utc(2026, 3, 5, 10))
        try desk.follow("wait:1d receive inspect")
        #expect(
            desk.value.runningClocks.filter { $0.kind == .refund }.map(\.dueAt) == [
                Fixture.utc(2026, 3, 5, 10), Fixture.utc(2026, 3, 6, 10),
            ])
        try desk.follow("refund record_refund")
        #expect(desk.value.clocks.filter { $0.kind == .refund }.map(\.end) == [.met, .met])
    }

    @Test func choosingStartsAnewWhenMoreIsRefused() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.follow("inspect:1 tell receive inspect:1")
        #expect(desk.value.clocks.last { $0.kind == .customerChoice }?.end == .superseded)
        try desk.follow("tell")
        #expect(desk.value.runningClock(.customerChoice)?.ordinal == 2)
    }

    @Test func anAppealBeforeTellingVoidsTheNotice() throws {
        var desk = Desk()
        try desk.follow("submit reject appeal")
        #expect(desk.value.clocks.first { $0.kind == .notify }?.end == .voided)
    }

    /// The customer who was never told of the approval is not late: the time to ship starts with the telling.
    @Test func anUntoldCustomersCaseDoesNotExpire() throws {
        var desk = Desk()
        try desk.follow("submit verify approve wait:20d sweep")
        #expect(desk.value.state == .approved && desk.value.customerTold == .due)
        #expect(desk.value.runningClock(.customerShip) == nil)
        try desk.follow("tell")
        let clocks = desk.value.clocks.filter { $0.kind == .customerShip }
        #expect(clocks.map(\.end) == [nil])
        #expect(clocks.last?.dueAt == desk.now.adding(14 * Milliseconds.day))
        try desk.follow("wait:13d sweep")
        #expect(desk.value.state == .approved)
        try desk.follow("wait:1d sweep")
        #expect(desk.value.state == .expired)

        var held = Desk()
        try held.follow("submit verify approve wait:20d schedule_pickup tell wait:30h record_pickup:1")
        #expect(held.value.runningClock(.customerShip)?.breachedAt == nil)
    }

    @Test func textsTellTimesInTheZoneOfTheCalendar() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        let due = try #require(desk.value.runningClock(.inspect))
        let transition = try desk.sweep(at: due.dueAt)
        #expect(transition.entries.last?.text == "inspect #1, was due at 2026-03-04 18:00 +08:00")
    }

    @Test func expiryReleasesAndCannotBeActedUpon() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell wait:15d")
        let refusal = try desk.refusal(.ship(carrier: "SF", trackingNumber: "T", waybill: nil), as: Cast.shop)
        #expect(refusal.code == "NOT_ALLOWED_IN_STATE" && refusal.text.contains("expired"))
        #expect(refusal.allowed == [.receive, .reopen, .note, .attachDocument])
        let transition = try desk.sweep(at: desk.now)
        #expect(kinds(transition) == [.clockWarned, .clockBreached, .expired])
        #expect(desk.order.lines[0].reservedUnits == 0 && desk.value.stateBefore == .approved)
    }

    @Test func reopeningTakesBackExactlyWhatWasReleased() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell wait:15d sweep")
        var other = Desk(order: desk.order, now: desk.now)
        let form = Fixture.submission(id: Fixture.caseID(9), lines: [RequestedLine(lineID: "1", quantity: 4)])
        try other.submit(form)
        desk.order = other.order
        #expect(try desk.refusal(.reopen(reason: "r"), as: Cast.sue).code == "QUANTITY_EXCEEDED")
        try other.follow("cancel")
        desk.order = other.order
        try desk.follow("reopen")
        #expect(desk.value.state == .approved && desk.order.lines[0].reservedUnits == 2)
        #expect(desk.value.runningClocks.map(\.kind) == [.customerShip])
    }

    /// The same decision twice, from equal values, is equal: no order of a set or dictionary shows.
    @Test func decisionsAreTheSameEveryTime() throws {
        var desk = Desk()
        try desk.follow("submit verify")
        let first = desk.decide(
            .approve(returnAddress: "", instructions: "", overrideReason: ""), as: Cast.sara)
        guard case .success(let transition) = first else { return #expect(Bool(false), "not approved") }
        #expect(transition.caseAfter.runningClocks.map(\.kind) == [.notify])
    }
}
