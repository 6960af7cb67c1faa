import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Until when goods can be returned, worked out by hand (N4): calendar days from the day after delivery, in the order's zone.
@Suite struct ReturnWindowTests {
    private static let shanghai = TimeZoneTable(
        name: "Asia/Shanghai", offsets: [.init(from: Instant(milliseconds: 0), seconds: 8 * 3_600)])
    private static let london = Calendars.london2026.zone
    /// Pacific summer time from 8 March to 1 November 2026.
    private static let losAngeles = TimeZoneTable(
        name: "America/Los_Angeles",
        offsets: [
            .init(from: Fixture.utc(2026, 3, 8, 10), seconds: -7 * 3_600),
            .init(from: Fixture.utc(2026, 11, 1, 9), seconds: -8 * 3_600),
        ])

    /// A case that is asked for at a time, on an order that was delivered at another.
    private static func desk(
        _ zone: TimeZoneTable?, delivered: Instant?, asked: Instant, days: Int64 = 7,
        calendar: WorkingCalendar? = nil, form: Submission = Fixture.submission(),
        _ change: (inout Desk) -> Void = { _ in }
    ) throws -> Desk {
        var order = Fixture.order(placedAt: Fixture.utc(2026, 1, 20))
        order.zone = zone
        order.deliveredAt = delivered
        var desk = Desk(order: order, now: asked)
        desk.policy.returnWindowDays = days
        if let calendar { desk.slaPolicies[1]?.plans[0].calendar = calendar }
        change(&desk)
        var form = form
        form.requestedAt = asked
        try desk.submit(form)
        return desk
    }

    private static func check(_ kind: CheckKind, of desk: Desk) throws -> Check {
        try #require(desk.value.checks.first { $0.kind == kind })
    }

    /// Zone, delivery, days, when it was asked for, the result and the last day. Times are UTC; what they are there stands behind.
    private static let windows: [(TimeZoneTable?, Instant, Int64, Instant, CheckResult, String)] = [
        // 1 November 09:00, asked on the 8th 23:30 and on the 9th 00:10.
        (shanghai, Fixture.utc(2026, 11, 1, 1), 7, Fixture.utc(2026, 11, 8, 15, 30), .passed, "2026-11-08"),
        (shanghai, Fixture.utc(2026, 11, 1, 1), 7, Fixture.utc(2026, 11, 8, 16, 10), .failed, "2026-11-08"),
        // Delivered at 23:59 on the 1st, and at midnight.
        (shanghai, Fixture.utc(2026, 3, 1, 15, 59), 7, Fixture.utc(2026, 3, 8, 16), .failed, "2026-03-08"),
        (shanghai, Fixture.utc(2026, 3, 1, 16), 7, Fixture.utc(2026, 3, 8, 16), .passed, "2026-03-09"),
        // Delivered at 23:30 on 1 June there, the 2nd in Shanghai and in UTC; asked at 23:59 on the 8th, and at midnight.
        (
            losAngeles, Fixture.utc(2026, 6, 2, 6, 30), 7, Fixture.utc(2026, 6, 9, 6, 59), .passed,
            "2026-06-08"
        ),
        (losAngeles, Fixture.utc(2026, 6, 2, 6, 30), 7, Fixture.utc(2026, 6, 9, 7), .failed, "2026-06-08"),
        // Without a zone of its own the same order goes by the desk's calendar, in Shanghai: the 9th is its last day.
        (nil, Fixture.utc(2026, 6, 2, 6, 30), 7, Fixture.utc(2026, 6, 9, 15, 59), .passed, "2026-06-09"),
        (nil, Fixture.utc(2026, 6, 2, 6, 30), 7, Fixture.utc(2026, 6, 9, 16), .failed, "2026-06-09"),
        // Summer time begins on 29 March: asked at 23:30 on the 31st, and at 00:10, which in UTC is still the 31st.
        (london, Fixture.utc(2026, 3, 28, 12), 3, Fixture.utc(2026, 3, 31, 22, 30), .passed, "2026-03-31"),
        (london, Fixture.utc(2026, 3, 28, 12), 3, Fixture.utc(2026, 3, 31, 23, 10), .failed, "2026-03-31"),
        // It ends on 25 October: delivered on the 25th at 00:30, which in UTC is the 24th.
        (
            london, Fixture.utc(2026, 10, 24, 23, 30), 3, Fixture.utc(2026, 10, 28, 23, 59), .passed,
            "2026-10-28"
        ),
        (london, Fixture.utc(2026, 10, 24, 23, 30), 3, Fixture.utc(2026, 10, 29), .failed, "2026-10-28"),
        // Asked for before the goods came.
        (shanghai, Fixture.utc(2026, 3, 5), 7, Fixture.utc(2026, 3, 4), .passed, "2026-03-12"),
    ]

    @Test(arguments: windows.indices) func windowsCountCalendarDays(_ index: Int) throws {
        let (zone, delivered, days, asked, result, lastDay) = Self.windows[index]
        let desk = try Self.desk(zone, delivered: delivered, asked: asked, days: days)
        let check = try Self.check(.returnWindow, of: desk)
        #expect(check.result == result, "\(check.detail)")
        #expect(check.detail.contains("last day \(lastDay), \(days) days from the day after delivery"))
        #expect(check.detail.contains("(\(zone?.name ?? "Asia/Shanghai"))"))
    }

    @Test func theTextNamesTheLastDayAndTheZone() throws {
        let desk = try Self.desk(
            Self.shanghai, delivered: Fixture.utc(2026, 11, 1, 1), asked: Fixture.utc(2026, 11, 8, 16, 10))
        #expect(
            try Self.check(.returnWindow, of: desk).detail
                == "last day 2026-11-08, 7 days from the day after delivery on 2026-11-01; asked 2026-11-09 00:10 +08:00 (Asia/Shanghai)"
        )
    }

    /// Spring Festival 2026 is off from 15 to 23 February: its days count as any other.
    @Test func holidaysCount() throws {
        let delivered = Fixture.utc(2026, 2, 13, 10)
        for (asked, result) in [
            (Fixture.utc(2026, 2, 20, 15, 59), CheckResult.passed), (Fixture.utc(2026, 2, 20, 16), .failed),
        ] {
            let desk = try Self.desk(nil, delivered: delivered, asked: asked, calendar: Calendars.china2026)
            let check = try Self.check(.returnWindow, of: desk)
            #expect(check.result == result && check.detail.contains("last day 2026-02-20"))
        }
    }

    /// The order's own zone counts first, then that of its sale channel, then the calendar's.
    @Test func aSaleChannelHasAZone() throws {
        let (delivered, asked) = (Fixture.utc(2026, 6, 2, 6, 30), Fixture.utc(2026, 6, 9, 15, 59))
        func window(_ zone: TimeZoneTable?, _ channels: [String]) throws -> Check {
            let desk = try Self.desk(zone, delivered: delivered, asked: asked) { desk in
                desk.policy.channelZones = [
                    ChannelZone(saleChannels: ["store"], zone: Self.shanghai),
                    ChannelZone(saleChannels: channels, zone: Self.losAngeles),
                ]
            }
            return try Self.check(.returnWindow, of: desk)
        }
        #expect(try window(nil, ["outlet", "online"]).result == .failed)
        #expect(try window(nil, ["outlet"]).result == .passed)
        #expect(try window(Self.london, ["online"]).detail.contains("(Europe/London)"))
    }

    // MARK: Delivery

    @Test func whatWasNotDeliveredIsNotReturned() throws {
        let desk = try Self.desk(nil, delivered: nil, asked: Fixture.utc(2026, 2, 1)) {
            $0.order.status = .placed
        }
        let status = try Self.check(.orderStatus, of: desk)
        #expect(status.result == .failed && status.detail == "the order was not delivered yet")
        let window = try Self.check(.returnWindow, of: desk)
        #expect(window.result == .open && window.detail.contains("was not delivered yet"))
        // Both stand in the way of approval.
        var verified = desk
        try verified.follow("verify")
        let refused = try verified.refusal(
            .approve(returnAddress: "", instructions: "", overrideReason: ""), as: Cast.sara)
        #expect(
            refused.code == "CHECKS_FAILED"
                && refused.text.contains("checks not passed: order_status, return_window"))
        // It arrives, and the review judges anew.
        verified.order.deliveredAt = Fixture.utc(2026, 2, 2)
        try verified.follow("approve")
        #expect(verified.value.checks.allSatisfy { $0.result == .passed })
    }

    /// Bought on 20 January: what is in time from then on is in time whenever it came, and nothing else is certain.
    @Test func aDeliveryWithoutItsTime() throws {
        for (asked, result, words) in [
            (
                Fixture.utc(2026, 1, 27, 15), CheckResult.passed,
                "from the day after the purchase on 2026-01-20"
            ),
            (Fixture.utc(2026, 1, 27, 16), .open, "does not say when it was delivered"),
        ] {
            let check = try Self.check(
                .returnWindow, of: try Self.desk(nil, delivered: nil, asked: asked))
            #expect(check.result == result && check.detail.contains(words))
        }
    }

    @Test func aRequestIsNotOlderThanItsOrder() throws {
        let order = Fixture.order(placedAt: Fixture.utc(2026, 2, 25, 2))
        func refusal(_ milliseconds: Int64) throws -> CaseRejection {
            var form = Fixture.submission()
            form.requestedAt = Instant(milliseconds: milliseconds)
            return try Desk(order: order).refusal(.submit(form), as: Cast.shop)
        }
        // 2 March 2026, ten o'clock in Shanghai, in seconds.
        let seconds = try refusal(1_772_416_800)
        #expect(seconds.code == "TIME_OUT_OF_RANGE" && seconds.field == "requested_at_ms")
        #expect(
            seconds.text
                == "1772416800 is 1970-01-21 20:20 +08:00, before the order was placed on 2026-02-25 10:00 +08:00; give milliseconds since 1970 UTC, from 1771984800000 on, or leave it out for now"
        )
        #expect(try refusal(1_771_984_799_999).code == "TIME_OUT_OF_RANGE")
        var form = Fixture.submission()
        form.requestedAt = Instant(milliseconds: 1_771_984_800_000)
        var desk = Desk(order: order)
        try desk.submit(form)
    }

    // MARK: By goods

    private static let rules = [
        ReturnRule(skus: ["PLATE"], returnDays: 0, reason: "made to order"),
        ReturnRule(skus: ["MUG"], categories: ["fresh"], returnDays: 2, reason: "fresh goods"),
        ReturnRule(categories: ["fresh"], returnDays: 60, reason: "never reached"),
    ]

    private static let allLines = Fixture.submission(
        lines: ["1", "2", "3"].map { RequestedLine(lineID: $0, quantity: 1) })

    /// Delivered on 1 March, asked for on the 9th: each line is judged by itself.
    @Test func eachLineIsJudgedByItself() throws {
        let desk = try Self.desk(
            Self.shanghai, delivered: Fixture.utc(2026, 3, 1, 1), asked: Fixture.utc(2026, 3, 9, 1),
            days: 30, form: Self.allLines
        ) { $0.policy.returnRules = Self.rules }
        let exclusions = try Self.check(.exclusions, of: desk)
        #expect(exclusions.result == .failed && exclusions.detail == "not returnable: line 2: made to order")
        let window = try Self.check(.returnWindow, of: desk)
        #expect(window.result == .failed)
        #expect(window.detail.hasPrefix("line 1: last day 2026-03-03, 2 days from the day after delivery"))
    }

    @Test func aPromiseOfTheLineCountsFirst() throws {
        let desk = try Self.desk(
            Self.shanghai, delivered: Fixture.utc(2026, 3, 1, 1), asked: Fixture.utc(2026, 3, 9, 1),
            days: 7, form: Self.allLines
        ) { desk in
            desk.policy.returnRules = Self.rules
            desk.order.lines[0].returnDays = 14
            desk.order.lines[1].returnDays = 8
            desk.order.lines[2].returnDays = 0
            desk.order.lines[2].category = "fresh"
        }
        #expect(
            try Self.check(.exclusions, of: desk).detail
                == "not returnable: line 3: as promised at the purchase")
        let window = try Self.check(.returnWindow, of: desk)
        #expect(window.result == .passed)
        #expect(
            window.detail.hasPrefix(
                "line 1: last day 2026-03-15, 14 days; line 2: last day 2026-03-09, 8 days from the day after"
            ))
    }

    /// The purchase was under another version: its windows, rules and zones count, and all else is the case's policy's.
    @Test func windowsStandAsAtThePurchase() throws {
        let desk = try Self.desk(
            nil, delivered: Fixture.utc(2026, 3, 1, 1), asked: Fixture.utc(2026, 3, 9, 1), days: 7,
            form: Self.allLines
        ) { desk in
            desk.policy.version = 5
            desk.policy.returnRules = [ReturnRule(skus: ["MUG"], returnDays: 0, reason: "no more")]
            desk.policy.requiredConditions = ["sealed"]
            var purchase = desk.policy
            purchase.version = 2
            purchase.returnWindowDays = 8
            purchase.returnRules = [ReturnRule(skus: ["BOWL"], returnDays: 0, reason: "hygiene")]
            purchase.requiredConditions = []
            desk.purchasePolicy = .version(purchase)
        }
        let versions = desk.value.checks.map { ($0.kind, $0.policyVersion) }
        #expect(versions.filter { $0.1 == 2 }.map(\.0) == [.returnWindow, .exclusions])
        #expect(try Self.check(.returnWindow, of: desk).result == .passed)
        #expect(try Self.check(.exclusions, of: desk).detail == "not returnable: line 3: hygiene")
        #expect(try Self.check(.conditions, of: desk).detail == "not declared: sealed")
        #expect(desk.value.policyVersion == 5)
    }

    @Test func aTextNamesSomeLinesAndCountsTheOthers() throws {
        let numbers = (10..<23).map(String.init)
        let form = Fixture.submission(lines: numbers.map { RequestedLine(lineID: $0, quantity: 1) })
        let desk = try Self.desk(
            nil, delivered: Fixture.utc(2026, 2, 1), asked: Fixture.utc(2026, 2, 2), form: form
        ) { desk in
            for number in numbers {
                var line = OrderLine(lineID: number, sku: "S\(number)", quantity: 1, unitPriceMinor: 0)
                line.returnDays = 0
                desk.order.lines.append(line)
            }
        }
        #expect(
            try Self.check(.exclusions, of: desk).detail
                == "not returnable: lines 10, 11, 12, 13, 14, 15, 16, 17, 18, 19: as promised at the purchase; and 3 more lines"
        )
        #expect(try Self.check(.returnWindow, of: desk).result == .passed)
    }

    // MARK: What an order keeps

    /// Nobody knows what was promised: no line passes by itself, and none fails.
    @Test func aPromiseThatCannotBeReadIsTheReviewersToJudge() throws {
        var desk = Desk()
        desk.purchasePolicy = .unreadable(version: 3)
        try desk.submit()
        let checks = desk.value.checks.filter { $0.result == .open }
        #expect(checks.map(\.kind) == [.returnWindow, .exclusions])
        #expect(checks.allSatisfy { $0.policyVersion == 3 && $0.detail.contains("version 3 of the policy") })
    }

    /// The zone's offsets from the purchase until a year behind the last day; the version that was in force then.
    @Test func anOrderKeepsWhatItsWindowsNeed() throws {
        var pushed = Fixture.order(placedAt: Fixture.utc(2026, 2, 25))
        var years = Self.london
        for year in 2027...2040 {
            years.offsets.append(.init(from: Fixture.utc(year, 3, 28, 1), seconds: 3_600))
            years.offsets.append(.init(from: Fixture.utc(year, 10, 28, 1), seconds: 0))
        }
        pushed.zone = years
        func put(_ order: Order, over known: Order?, version: UInt64?) throws -> OrderUpdate {
            try Order.put(
                order, over: known, purchasePolicyVersion: version, longestWindowDays: 30,
                actor: Cast.shop, now: Fixture.monday
            ).get()
        }
        guard case .created(let order) = try put(pushed, over: nil, version: 3) else {
            return #expect(Bool(false), "not created")
        }
        // Delivered on 27 February 2026: 396 days later it is 30 March 2027.
        #expect(
            order.zone?.offsets.map(\.from) == [
                Fixture.utc(2025, 10, 26, 1), Fixture.utc(2026, 3, 29, 1), Fixture.utc(2026, 10, 25, 1),
                Fixture.utc(2027, 3, 28, 1),
            ])
        #expect(order.purchasePolicyVersion == 3)
        #expect(try put(pushed, over: order, version: 9) == .unchanged(order))
        // What was promised longer needs more of them.
        pushed.lines[0].returnDays = 730
        guard case .updated(let longer) = try put(pushed, over: order, version: 9) else {
            return #expect(Bool(false), "not updated")
        }
        #expect(longer.zone?.offsets.count == 7 && longer.purchasePolicyVersion == 3)
    }

    @Test func aPromiseKeepsAnOrder() {
        var order = Fixture.order(placedAt: Fixture.utc(2026, 1, 1))
        #expect(order.quietSince == Fixture.utc(2026, 1, 3))
        order.lines[1].returnDays = 365
        #expect(order.promisedDays == 365 && order.quietSince == Fixture.utc(2027, 1, 3))
        var policy = Fixture.policy()
        policy.returnRules = [ReturnRule(skus: ["OAK"], returnDays: 1_000, reason: "guaranteed")]
        #expect(policy.longestWindowDays == 1_000)
        #expect(OrderRetention(days: 400).covering(windowDays: 1_000).days == 1_001)
        #expect(OrderRetention.forever.covering(windowDays: 1_000).days == nil)
    }

    /// An order keeps no more offsets than are read back: one that would is refused at the push.
    @Test func aZoneOfTooManyOffsetsIsRefusedAtThePush() throws {
        let changes = (0...CountLimits.orderOffsetsMax).map { number in
            TimeZoneTable.Offset(
                from: Fixture.utc(2026, 1, 1).adding(Int64(number) * Milliseconds.day),
                seconds: Int32(number % 2) * 3_600)
        }
        func put(_ count: Int) -> Result<OrderUpdate, CaseRejection> {
            var order = Fixture.order(placedAt: Fixture.utc(2026, 1, 1))
            order.zone = TimeZoneTable(name: "X/Y", offsets: Array(changes.prefix(count)))
            return Order.put(
                order, over: nil, longestWindowDays: 30, actor: Cast.shop, now: Fixture.utc(2026, 9, 1))
        }
        guard case .success(.created(let kept)) = put(CountLimits.orderOffsetsMax) else {
            return #expect(Bool(false), "refused")
        }
        #expect(kept.inconsistency == nil)
        guard case .failure(let refusal) = put(CountLimits.orderOffsetsMax + 1) else {
            return #expect(Bool(false), "taken")
        }
        #expect(refusal.code == "TIME_ZONE_TOO_LONG" && refusal.field == "order.time_zone")
    }
}
