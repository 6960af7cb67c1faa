import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Which plan a case runs under, who is told, and what recomputing moves (R6, R16, R21).
@Suite struct SLAPolicyTests {
    private static let hour = Milliseconds.hour

    private static func plan(_ name: String, _ condition: SLACondition, review hours: Int64) -> SLAPlan {
        SLAPlan(
            name: name, condition: condition, calendar: .standard,
            targets: [.review: ClockTarget(.wall(hours * Milliseconds.hour))])
    }

    /// In this order: a shop's own, a reason's, a class's, large orders, all others.
    private static let policy = SLAPolicy(
        version: 1,
        plans: [
            plan("store", SLACondition(saleChannels: ["store"]), review: 2),
            plan("damaged", SLACondition(saleChannels: ["online"], reasons: ["damaged"]), review: 4),
            plan("vip", SLACondition(customerClasses: ["vip", "staff"]), review: 6),
            plan(
                "large",
                SLACondition(
                    orderValue: .init(currency: CurrencyCode("EUR")!, fromMinor: 9_899, belowMinor: 20_000)),
                review: 8),
            plan("rest", SLACondition(), review: 24),
        ])

    private func desk(
        channel: String = "online", customerClass: String = "", currency: String = "GBP",
        reason: String = "unwanted"
    ) throws -> Desk {
        var order = Fixture.order()
        order.key.saleChannel = channel
        order.customerClass = customerClass
        order.currency = CurrencyCode(currency)!
        var desk = Desk(order: order, slaPolicies: [1: Self.policy])
        try desk.submit(Fixture.submission(reason: reason))
        return desk
    }

    @Test(arguments: [
        ("store", "vip", "EUR", "damaged", "store", 2), ("online", "vip", "EUR", "damaged", "damaged", 4),
        ("mall", "vip", "EUR", "damaged", "vip", 6), ("online", "staff", "EUR", "unwanted", "vip", 6),
        ("online", "", "EUR", "unwanted", "large", 8), ("online", "", "GBP", "unwanted", "rest", 24),
        ("online", "bronze", "GBP", "unwanted", "rest", 24),
    ])
    func theFirstPlanThatFitsCounts(
        _ channel: String, _ customerClass: String, _ currency: String, _ reason: String, _ plan: String,
        _ hours: Int64
    ) throws {
        let desk = try desk(
            channel: channel, customerClass: customerClass, currency: currency, reason: reason)
        #expect(desk.value.slaPlan == plan && desk.value.slaVersion == 1)
        #expect(desk.value.clocks[0].dueAt == desk.now.adding(hours * Self.hour))
    }

    /// The order in the fixture is worth 98.99.
    @Test(arguments: [(9_899, nil), (9_900, 24), (0, nil)] as [(Int64, Int64?)])
    func anOrdersValueCountsFromItsLimitOn(_ from: Int64, _ otherwise: Int64?) throws {
        var policy = Self.policy
        policy.plans[3].condition.orderValue = .init(currency: CurrencyCode("EUR")!, fromMinor: from)
        var desk = Desk(slaPolicies: [1: policy])
        try desk.submit()
        #expect(desk.value.clocks[0].dueAt == desk.now.adding((otherwise ?? 8) * Self.hour))
        policy.plans[3].condition.orderValue?.belowMinor = 9_899
        desk = Desk(slaPolicies: [1: policy])
        try desk.submit()
        #expect(desk.value.slaPlan == "rest")
    }

    @Test func eachWarningFiresOnceInItsTurn() throws {
        var sla = SLAPolicy.standard()
        let steps = [12 * Self.hour, 4 * Self.hour, Self.hour]
        sla.plans[0].targets[.review] = ClockTarget(.wall(24 * Self.hour), warnBefore: steps)
        var desk = Desk(slaPolicies: [1: sla])
        try desk.submit()
        let due = desk.value.clocks[0].dueAt
        for (index, step) in steps.enumerated() {
            #expect(try desk.sweep(at: due.adding(-step - 1)).isEmpty)
            let transition = try desk.sweep(at: due.adding(-step))
            #expect(transition.entries.map(\.kind) == [.clockWarned])
            #expect(transition.events[0].clock?.alert?.level == index + 1)
        }
        #expect(try desk.sweep(at: due).entries.map(\.kind) == [.clockBreached])
        #expect(desk.value.clocks[0].warnedAt.count == 3)
    }

    /// Eight hours of business from Monday 10:00: until 18:00; asked from 11:00 on Monday to Tuesday 9:30, seven are left.
    @Test func aTargetInBusinessTimeIsPausedInBusinessTime() throws {
        var sla = Fixture.slaPolicies[2]!
        sla.version = 1
        var desk = Desk(slaPolicies: [1: sla])
        desk.now = Fixture.utc(2026, 3, 2, 2).adding(-Milliseconds.minute)
        try desk.submit()
        #expect(desk.value.clocks[0].dueAt == Fixture.utc(2026, 3, 2, 10))
        desk.now = Fixture.utc(2026, 3, 2, 3)
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue, after: 0)
        desk.now = Fixture.utc(2026, 3, 3, 1, 30)
        try desk.run(.resumeClock(.review, reason: "over"), as: Cast.sue, after: 0)
        let review = desk.value.clocks[0]
        #expect(review.dueAt == Fixture.utc(2026, 3, 3, 8, 30))
        #expect(review.pausedMilliseconds(until: desk.now) == 22 * Self.hour + 30 * Milliseconds.minute)
        #expect(review.pauses[0].by.name == "sue" && review.pauses[0].resumedBy?.role == .supervisor)
        #expect(review.pauses[0].resumeReason == "over")
    }

    @Test func firingsSayWhoIsToldAndWhen() throws {
        var sla = SLAPolicy.standard()
        sla.plans[0].quietHours = QuietHours(fromMinute: 20 * 60, untilMinute: 8 * 60, includesDaysOff: true)
        sla.plans[0].targets[.review] = ClockTarget(
            .wall(24 * Self.hour),
            escalations: [
                .init(afterMilliseconds: Self.hour, role: .supervisor, target: "night-team"),
                .init(afterMilliseconds: 2 * Self.hour, role: .admin),
            ])
        // Friday 6 March, 21:00 in Shanghai; due on Saturday evening, told on Monday at eight.
        var desk = Desk(slaPolicies: [1: sla], now: Fixture.utc(2026, 3, 6, 13))
        try desk.submit()
        let monday = Fixture.utc(2026, 3, 9)
        let fired = try desk.sweep(at: desk.now.adding(27 * Self.hour)).events
        #expect(fired.map { $0.clock?.alert?.role } == [.service, .supervisor, .admin])
        #expect(fired.map { $0.clock?.alert?.target } == ["", "night-team", ""])
        #expect(fired.allSatisfy { $0.clock?.alert?.from == monday })
        // The clock itself knows no night.
        #expect(desk.value.clocks[0].breachedAt == desk.now)
    }

    @Test func eventsTellHowEveryClockEndsAndMoves() throws {
        var desk = Desk()
        try desk.submit()
        let due = desk.value.clocks[0].dueAt
        let extended = try desk.run(
            .extendClock(.review, byMilliseconds: Self.hour, reason: "storm"), as: Cast.sue)
        let moved = try #require(extended.events.first { $0.kind == .clockMoved })
        #expect(
            moved.detail
                == .clock(
                    .init(kind: .review, ordinal: 1, dueAt: due.adding(Self.hour), dueBefore: due)))
        let rejected = try desk.run(.reject(code: "c", reason: "r", alternative: "a"), as: Cast.sara)
        #expect(rejected.events.filter { $0.kind == .clockMet }.map { $0.clock?.kind } == [.review])
        let appealed = try desk.run(.appeal(reason: "no"), as: Cast.shop)
        #expect(
            Set(
                appealed.events.compactMap { event in
                    event.clock.map { "\(event.kind) \($0.kind)" }
                })
                == ["clock_voided notify"])
        desk.now = desk.now.adding(30 * Self.hour)
        let cancelled = try desk.run(.cancel(reason: "late"), as: Cast.shop, after: 0)
        #expect(cancelled.events.filter { $0.kind == .clockMissed }.map { $0.clock?.ordinal } == [2])
    }

    // MARK: Recomputing

    /// Review goes from 24 hours of the wall clock to 8 of business; what was paused and granted counts as before.
    @Test func recomputingKeepsWhatWasConsumedPausedAndGranted() throws {
        var desk = Desk()
        // Monday 10:00 in Shanghai.
        desk.now = Fixture.utc(2026, 3, 2, 2).adding(-Milliseconds.minute)
        try desk.submit()
        desk.now = Fixture.utc(2026, 3, 2, 3)
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue, after: 0)
        desk.now = Fixture.utc(2026, 3, 2, 5)
        try desk.run(.resumeClock(.review, reason: "over"), as: Cast.sue, after: 0)
        try desk.run(
            .extendClock(.review, byMilliseconds: Self.hour, reason: "storm"), as: Cast.sue, after: 0)
        #expect(desk.value.clocks[0].dueAt == Fixture.utc(2026, 3, 3, 5))
        let transition = try desk.run(.recompute(Fixture.slaPolicies[2]!), as: Cast.sue, after: 0)
        // Until 18:00; seven hours were left at 11:00, which from 13:00 on take until Tuesday 11:00; and one was granted.
        let review = desk.value.clocks[0]
        #expect(review.rawDueAt == Fixture.utc(2026, 3, 2, 11))
        #expect(review.dueAt == Fixture.utc(2026, 3, 3, 4))
        #expect(desk.value.slaVersion == 2 && review.slaVersion == 2)
        #expect(review.warnBeforeMilliseconds == [2 * Self.hour, Self.hour])
        #expect(transition.entries.map(\.kind) == [.slaRecomputed])
        #expect(
            transition.events.map(\.kind) == [.slaRecomputed, .clockMoved]
                && transition.events[0].detail
                    == .recomputation(slaVersion: 2, plan: desk.value.slaPlan, movedClocks: 1)
        )
        // Again it changes nothing.
        #expect(try desk.run(.recompute(Fixture.slaPolicies[2]!), as: Cast.sue, after: 0).isEmpty)
    }

    @Test func recomputingErasesNoBreachAndFiresNothingTwice() throws {
        var desk = Desk()
        try desk.submit()
        let start = desk.now
        try desk.sweep(at: start.adding(20 * Self.hour))
        #expect(desk.value.clocks[0].warnedAt.count == 1)
        var longer = SLAPolicy.standard(version: 2)
        longer.plans[0].targets[.review] = ClockTarget(
            .wall(48 * Self.hour), warnBefore: [4 * Self.hour])
        desk.slaPolicies[2] = longer
        var warned = desk
        try warned.run(.recompute(longer), as: Cast.sue, after: 0)
        // The one warning has fired; the breach comes at the new time.
        #expect(warned.value.nextFiringAt == start.adding(48 * Self.hour))

        try desk.sweep(at: start.adding(24 * Self.hour))
        let before = desk.value.clocks[0]
        try desk.run(.recompute(longer), as: Cast.sue, after: 0)
        let after = desk.value.clocks[0]
        #expect(after.dueAt == before.dueAt && after.breachedAt == before.breachedAt)
        #expect(after.slaVersion == 2 && after.escalateAfterMilliseconds.isEmpty)
        try desk.follow("reject")
        #expect(desk.value.clocks[0].end == .missed)
    }

    /// A due time that recomputing puts into the past is breached by the next sweep, at the time it is noticed.
    @Test func aDeadlineMovedIntoThePastIsMissedFromNowOn() throws {
        var desk = Desk()
        try desk.submit()
        let start = desk.now
        var shorter = SLAPolicy.standard(version: 2)
        shorter.plans[0].targets[.review] = ClockTarget(.wall(Self.hour))
        desk.slaPolicies[2] = shorter
        desk.now = start.adding(10 * Self.hour)
        try desk.run(.recompute(shorter), as: Cast.sue, after: 0)
        #expect(desk.value.nextFiringAt == start.adding(Self.hour))
        let swept = try desk.sweep(at: desk.now)
        #expect(swept.entries.map(\.kind) == [.clockBreached])
        #expect(desk.value.clocks[0].breachedAt == desk.now)
    }

    /// Fourteen days to send the goods were promised: seven instead would expire the case at once.
    @Test func recomputingTakesNothingFromTheCustomer() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell wait:10d")
        let promised = try #require(desk.value.runningClock(.customerShip)?.dueAt)
        for (days, moved) in [(7, 0), (21, 7)] as [(Int64, Int64)] {
            var sla = SLAPolicy.standard(version: 2)
            sla.plans[0].targets[.customerShip] = ClockTarget(.wall(days * Milliseconds.day))
            desk.slaPolicies[2] = sla
            try desk.run(.recompute(sla), as: Cast.sue, after: 0)
            #expect(
                desk.value.runningClock(.customerShip)?.dueAt == promised.adding(moved * Milliseconds.day))
        }
        #expect(desk.value.state == .approved)
    }

    /// Due on Thursday at 18:00, a day granted; paused in the evening, outside business, and resumed: the rest of it is left.
    @Test func whatWasGrantedBeyondBusinessOutlivesAPause() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        #expect(desk.value.runningClock(.refund)?.dueAt == Fixture.utc(2026, 3, 5, 10))
        try desk.run(
            .extendClock(.refund, byMilliseconds: 5 * Self.hour, reason: "storm"), as: Cast.sue)
        var early = desk
        desk.now = Fixture.utc(2026, 3, 5, 11)
        try desk.run(.pauseClock(.refund, reason: "strike"), as: Cast.sue, after: 0)
        desk.now = Fixture.utc(2026, 3, 6, 1)
        try desk.run(.resumeClock(.refund, reason: "over"), as: Cast.sue, after: 0)
        #expect(desk.value.runningClock(.refund)?.dueAt == Fixture.utc(2026, 3, 6, 5))
        // Paused an hour before the close until Friday at nine: that hour, and the five beyond it.
        early.now = Fixture.utc(2026, 3, 5, 9)
        try early.run(.pauseClock(.refund, reason: "strike"), as: Cast.sue, after: 0)
        early.now = Fixture.utc(2026, 3, 6, 1)
        try early.run(.resumeClock(.refund, reason: "over"), as: Cast.sue, after: 0)
        #expect(early.value.runningClock(.refund)?.dueAt == Fixture.utc(2026, 3, 6, 7))
    }

    /// The customer's answer lets go on what asking had held, and not what a supervisor has paused.
    @Test func theStateEndsNoPauseOfASupervisors() throws {
        var desk = Desk()
        try desk.submit()
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue)
        try desk.follow("request_info provide_info")
        #expect(desk.value.clocks[0].isPaused && desk.value.clocks[0].pauses.count == 1)
        try desk.run(.resumeClock(.review, reason: "over"), as: Cast.sue)
        try desk.follow("request_info")
        #expect(desk.value.clocks[0].pauses.last?.isByState == true)
        try desk.follow("provide_info")
        #expect(!desk.value.clocks[0].isPaused)
    }

    /// Whatever the customer is told waits for the morning, a question as well as a decision.
    @Test(arguments: ["request_info", "verify approve", "reject", "verify approve schedule_pickup"])
    func everyMessageWaitsForTheMorning(_ steps: String) throws {
        var sla = SLAPolicy.standard()
        sla.plans[0].quietHours = QuietHours(fromMinute: 20 * 60, untilMinute: 8 * 60, includesDaysOff: false)
        // Monday, nine in the evening in Shanghai.
        var desk = Desk(slaPolicies: [1: sla], now: Fixture.utc(2026, 3, 2, 13))
        try desk.follow("submit \(steps)")
        let messages = desk.transitions.flatMap(\.events).filter { $0.kind == .notificationRequested }
        #expect(!messages.isEmpty)
        #expect(
            messages.allSatisfy {
                if case .notification(_, Fixture.utc(2026, 3, 3)) = $0.detail { true } else { false }
            })
    }

    @Test func recomputingChoosesThePlanByTheOrderAsItIsNow() throws {
        var desk = try desk()
        #expect(desk.value.slaPlan == "rest")
        desk.order.customerClass = "vip"
        try desk.run(.recompute(Self.policy), as: Cast.sue)
        #expect(desk.value.slaPlan == "vip")
        #expect(desk.value.clocks[0].dueAt == desk.value.clocks[0].startedAt.adding(6 * Self.hour))
    }

    @Test func theWindowOfAPickupIsNotRecomputed() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell schedule_pickup")
        let pickup = try #require(desk.value.runningClock(.pickup))
        try desk.run(.recompute(Fixture.slaPolicies[2]!), as: Cast.sue)
        #expect(desk.value.runningClock(.pickup)?.dueAt == pickup.dueAt)
        let held = try #require(desk.value.runningClock(.customerShip))
        #expect(held.isPaused && held.dueAt == held.startedAt.adding(21 * Milliseconds.day))
    }

    // MARK: Validation

    @Test func policiesThatCannotBeRunAreRefused() throws {
        let late = ClockTarget.Escalation(afterMilliseconds: 2, role: .supervisor)
        let changes: [(code: String, change: (inout SLAPolicy) -> Void)] = [
            ("COUNT_OUT_OF_RANGE", { $0.plans = [] }),
            ("OUT_OF_RANGE", { $0.plans[0].targets[.refund] = ClockTarget(.workingDays(0)) }),
            ("OUT_OF_RANGE", { $0.plans[0].targets[.refund] = ClockTarget(.working(0)) }),
            ("OUT_OF_RANGE", { $0.plans[0].targets[.refund] = ClockTarget(.wall(-1)) }),
            ("OUT_OF_RANGE", { $0.plans[0].targets[.refund] = ClockTarget(.wall(1), warnBefore: [1, 2]) }),
            (
                "OUT_OF_RANGE",
                { $0.plans[0].targets[.refund] = ClockTarget(.wall(1), warnBefore: [4, 3, 2, 1]) }
            ),
            (
                "OUT_OF_RANGE",
                { $0.plans[0].targets[.refund] = ClockTarget(.wall(1), escalations: [late, late]) }
            ),
            (
                "DUPLICATE_PLAN",
                { $0.plans.insert(Self.plan("standard", SLACondition(reasons: ["x"]), review: 1), at: 0) }
            ),
            ("PLAN_ORDER", { $0.plans.append(Self.plan("x", SLACondition(reasons: ["x"]), review: 1)) }),
            ("PLAN_ORDER", { $0.plans.append(Self.plan("x", SLACondition(), review: 1)) }),
            (
                "OUT_OF_RANGE",
                { $0.plans[0].quietHours = QuietHours(fromMinute: 5, untilMinute: 5, includesDaysOff: false) }
            ),
            (
                "OUT_OF_RANGE",
                {
                    let value = SLACondition.OrderValue(
                        currency: CurrencyCode("EUR")!, fromMinor: 5, belowMinor: 5)
                    $0.plans.insert(Self.plan("x", SLACondition(orderValue: value), review: 1), at: 0)
                }
            ),
            ("IDENTIFIER_MALFORMED", { $0.plans[0].name = "two words" }),
            (
                "OUT_OF_RANGE",
                {
                    // Three hours a week: a thousand days of them are nineteen years.
                    $0.plans[0].calendar.week =
                        [[.init(opensMinute: 540, closesMinute: 720)]]
                        + [[WorkingCalendar.Hours]](repeating: [], count: 6)
                    $0.plans[0].targets[.refund] = ClockTarget(.workingDays(1_000))
                }
            ),
        ]
        try SLAPolicy.standard().validate(now: Fixture.monday)
        try Self.policy.validate(now: Fixture.monday)
        for (code, change) in changes {
            var policy = SLAPolicy.standard()
            change(&policy)
            let refused = #expect(throws: CaseRejection.self) { try policy.validate(now: Fixture.monday) }
            #expect(refused?.code == code && refused?.kind == .invalid)
        }
    }
}

extension CaseEvent {
    var clock: CaseEventDetail.ClockFacts? {
        if case .clock(let clock) = detail { clock } else { nil }
    }
}
