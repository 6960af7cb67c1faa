import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Worked examples, each counted by hand on a paper calendar.
@Suite struct WorkingCalendarTests {
    private typealias At = (month: Int, day: Int, hour: Int, minute: Int)

    private static func china(_ at: At) -> Instant {
        Fixture.utc(2026, at.month, at.day, at.hour, at.minute).adding(-8 * Milliseconds.hour)
    }

    /// The third close of business, all times in Shanghai, 2026.
    @Test(arguments: [
        // An ordinary week: Monday's goods are paid by Thursday, whatever the hour.
        (start: (3, 2, 10, 0), due: (3, 5, 18, 0)),
        (start: (3, 2, 0, 0), due: (3, 5, 18, 0)),
        (start: (3, 2, 23, 59), due: (3, 5, 18, 0)),
        // Over a weekend, and from within it.
        (start: (3, 6, 9, 0), due: (3, 11, 18, 0)),
        (start: (3, 7, 12, 0), due: (3, 11, 18, 0)),
        // Spring Festival: Friday 13 Feb; Saturday the 14th is made up, then nine days off; 24 and 25 Feb.
        (start: (2, 13, 15, 0), due: (2, 25, 18, 0)),
        // From within the holiday: 24, 25, 26 Feb.
        (start: (2, 18, 15, 0), due: (2, 26, 18, 0)),
        // Thursday 26 Feb: the 27th, Saturday the 28th made up, Monday 2 March.
        (start: (2, 26, 10, 0), due: (3, 2, 18, 0)),
        // National Day: Wednesday 30 Sep; Thursday 8, Friday 9, Saturday 10 October made up.
        (start: (9, 30, 10, 0), due: (10, 10, 18, 0)),
        // Friday 18 Sep: Sunday the 20th is made up, then 21 and 22 Sep.
        (start: (9, 18, 10, 0), due: (9, 22, 18, 0)),
        // Saturday 14 Feb, made up, is a day like any other: 24, 25, 26 Feb. So is Saturday 28 Feb: 2, 3, 4 March.
        (start: (2, 14, 10, 0), due: (2, 26, 18, 0)),
        (start: (2, 28, 10, 0), due: (3, 4, 18, 0)),
        // The last day of the holiday, Monday 23 Feb: 24, 25, 26 Feb; and Wednesday 25 Feb: 26, 27, Saturday 28.
        (start: (2, 23, 12, 0), due: (2, 26, 18, 0)),
        (start: (2, 25, 10, 0), due: (2, 28, 18, 0)),
        // Before Mid-Autumn, Thursday 24 Sep: off from Friday 25 to Sunday 27; 28, 29, 30 Sep.
        (start: (9, 24, 10, 0), due: (9, 30, 18, 0)),
        // Tuesday 29 Sep: the 30th, then off until 7 October; 8 and 9 October. From within: 8, 9 and Saturday 10.
        (start: (9, 29, 10, 0), due: (10, 9, 18, 0)),
        (start: (10, 3, 10, 0), due: (10, 10, 18, 0)),
        // Friday 9 Oct: Saturday the 10th made up, Monday 12, Tuesday 13.
        (start: (10, 9, 17, 0), due: (10, 13, 18, 0)),
        // New Year's Day: off until the 3rd, Sunday 4 made up, 5 and 6 January.
        (start: (1, 1, 0, 0), due: (1, 6, 18, 0)),
    ])
    private func thirdWorkingDay(_ example: (start: At, due: At)) {
        let due = Calendars.china2026.closeOfBusiness(workingDaysAfter: Self.china(example.start), count: 3)
        #expect(due == Self.china(example.due))
    }

    @Test func theDayIsTheZonesNotGreenwich() {
        // 16:30 UTC on Monday is half past midnight on Tuesday in Shanghai: due Friday, not Thursday.
        let due = Calendars.china2026.closeOfBusiness(
            workingDaysAfter: Fixture.utc(2026, 3, 2, 16, 30), count: 3)
        #expect(due == Fixture.utc(2026, 3, 6, 10))
    }

    @Test func closingHourKeepsItsPlaceWhenLondonChangesItsClocks() {
        let london = Calendars.london2026
        // Friday 27 March, winter time; Tuesday 31 March, 17:30 in summer time is 16:30 UTC.
        #expect(
            london.closeOfBusiness(workingDaysAfter: Fixture.utc(2026, 3, 27, 12), count: 2)
                == Fixture.utc(2026, 3, 31, 16, 30))
        // Friday 23 October, summer time; Monday 26 October is winter time again.
        #expect(
            london.closeOfBusiness(workingDaysAfter: Fixture.utc(2026, 10, 23, 12), count: 1)
                == Fixture.utc(2026, 10, 26, 17, 30))
    }

    @Test func aSkippedHourIsTheTimeAfterItAndARepeatedOneTheFirst() {
        let london = Calendars.london2026
        let spring = WorkingCalendar.day(year: 2026, month: 3, dayOfMonth: 29)
        let autumn = WorkingCalendar.day(year: 2026, month: 10, dayOfMonth: 25)
        #expect(london.instant(day: spring, minute: 59) == Fixture.utc(2026, 3, 29, 0, 59))
        #expect(london.instant(day: spring, minute: 90) == Fixture.utc(2026, 3, 29, 1, 30))
        #expect(london.instant(day: spring, minute: 120) == Fixture.utc(2026, 3, 29, 1))
        #expect(london.instant(day: autumn, minute: 90) == Fixture.utc(2026, 10, 25, 0, 30))
        #expect(london.instant(day: autumn, minute: 120) == Fixture.utc(2026, 10, 25, 2))
    }

    @Test(arguments: [
        (1970, 1, 1, 0, 4), (1970, 1, 5, 4, 1), (2000, 2, 29, 11_016, 2), (2026, 2, 14, 20_498, 6),
        (2026, 10, 10, 20_736, 6), (2100, 3, 1, 47_541, 1), (1969, 12, 31, -1, 3),
    ])
    func daysAndWeekdays(_ year: Int, _ month: Int, _ day: Int, _ number: Int32, _ weekday: UInt8) {
        #expect(WorkingCalendar.day(year: year, month: month, dayOfMonth: day) == number)
        #expect(WorkingCalendar.isoWeekday(number) == weekday)
    }

    @Test func workingTimeBetweenAndAfter() {
        let china = Calendars.china2026
        // Friday 13 Feb 17:00 to Tuesday 24 Feb 10:00: one hour, nine made-up hours on Saturday, one hour.
        let (from, to) = (Self.china((2, 13, 17, 0)), Self.china((2, 24, 10, 0)))
        #expect(china.workingMilliseconds(from: from, to: to) == 11 * Milliseconds.hour)
        #expect(china.adding(workingMilliseconds: 11 * Milliseconds.hour, to: from) == to)
        #expect(china.workingMilliseconds(from: to, to: from) == 0)
        // A full day ends at its close, not at the next opening.
        #expect(
            china.adding(workingMilliseconds: 9 * Milliseconds.hour, to: Self.china((3, 2, 8, 0)))
                == Self.china((3, 2, 18, 0)))
        #expect(
            china.adding(workingMilliseconds: 0, to: Self.china((3, 1, 12, 0))) == Self.china((3, 2, 9, 0)))
    }

    /// Spring Festival and National Day in business time, each sum by hand.
    @Test(arguments: [
        // Friday 13 Feb 16:00: two hours, nine on the made-up Saturday, nine on Tuesday 24, then an hour.
        (start: (2, 13, 16, 0), hours: 21, due: (2, 25, 10, 0)),
        // Within the holiday: it begins on Tuesday 24 at nine.
        (start: (2, 18, 12, 0), hours: 8, due: (2, 24, 17, 0)),
        // Friday 27 Feb 17:00: one hour, nine on Saturday 28, and two on Monday.
        (start: (2, 27, 17, 0), hours: 12, due: (3, 2, 11, 0)),
        // Wednesday 30 Sep 13:00: five hours; Thursday 8 and Friday 9 October nine each; Saturday 10 from nine to one.
        (start: (9, 30, 13, 0), hours: 27, due: (10, 10, 13, 0)),
        // Saturday 19 Sep is off, Sunday 20 is not.
        (start: (9, 19, 10, 0), hours: 9, due: (9, 20, 18, 0)),
    ])
    private func businessTimeOverTheFestivals(_ example: (start: At, hours: Int64, due: At)) {
        let china = Calendars.china2026
        let (start, due) = (Self.china(example.start), Self.china(example.due))
        let duration = example.hours * Milliseconds.hour
        #expect(china.adding(workingMilliseconds: duration, to: start) == due)
        #expect(china.workingMilliseconds(from: start, to: due) == duration)
    }

    /// Christmas Eve until noon, a lunch break, and Saturdays in the morning: all times in Shanghai, 2026.
    @Test func halfDaysAndBreaks() {
        var calendar = WorkingCalendar.standard
        let morning = WorkingCalendar.Hours(opensMinute: 9 * 60, closesMinute: 12 * 60)
        let afternoon = WorkingCalendar.Hours(opensMinute: 13 * 60, closesMinute: 18 * 60)
        for day in 0..<5 { calendar.week[day] = [morning, afternoon] }
        calendar.week[5] = [morning]
        calendar.add(.halfDay, on: Calendars.days(12, 24...24), hours: [morning])
        calendar.add(.holiday, on: Calendars.days(12, 25...25))
        // Tuesday 22 December: Wednesday, Thursday, which counts and closes at noon; then Saturday.
        let tuesday = Self.china((12, 22, 10, 0))
        #expect(calendar.closeOfBusiness(workingDaysAfter: tuesday, count: 2) == Self.china((12, 24, 12, 0)))
        #expect(calendar.closeOfBusiness(workingDaysAfter: tuesday, count: 3) == Self.china((12, 26, 12, 0)))
        // Wednesday 11:00: one hour, five after lunch, three on Thursday, three on Saturday, and one on Monday.
        let wednesday = Self.china((12, 23, 11, 0))
        #expect(
            calendar.adding(workingMilliseconds: 13 * Milliseconds.hour, to: wednesday)
                == Self.china((12, 28, 10, 0)))
        #expect(
            calendar.workingMilliseconds(from: wednesday, to: Self.china((12, 23, 14, 0)))
                == 2 * Milliseconds.hour)
    }

    @Test func aCalendarWithoutWorkingDaysEnds() {
        var never = Calendars.china2026
        never.specialDays = [:]
        never.week = [[WorkingCalendar.Hours]](repeating: [], count: 7)
        let start = Fixture.monday
        let last = never.localDay(of: start) + WorkingCalendar.searchDaysMax
        #expect(
            never.closeOfBusiness(workingDaysAfter: start, count: 1)
                == never.instant(day: last, minute: 1_440))
        #expect(
            never.adding(workingMilliseconds: 1, to: start)
                == never.instant(day: last - 1, minute: 1_440))
        #expect(never.workingMilliseconds(from: start, to: start.adding(400 * Milliseconds.day)) == 0)
    }

    @Test func localTextIsReadInTheCalendarsZone() {
        let shanghai = WorkingCalendar.standard
        #expect(shanghai.localText(Fixture.utc(2026, 3, 2, 10)) == "2026-03-02 18:00 +08:00")
        #expect(shanghai.localText(Fixture.utc(2024, 2, 28, 16, 5)) == "2024-02-29 00:05 +08:00")
        #expect(shanghai.localText(Instant(milliseconds: 0)) == "1970-01-01 08:00 +08:00")
        #expect(shanghai.localText(Instant(milliseconds: -1)) == "1970-01-01 07:59 +08:00")
        let newfoundland = WorkingCalendar(
            name: "nl", version: 1, timeZone: "America/St_Johns",
            offsets: [WorkingCalendar.Offset(from: Instant(milliseconds: 0), seconds: -12_600)],
            workingWeekdays: [1], hours: [])
        #expect(newfoundland.localText(Fixture.utc(2026, 3, 2, 10)) == "2026-03-02 06:30 -03:30")
    }

    /// The two directions agree on every day of eight centuries, leap years and centuries included.
    @Test func datesOfDaysAndDaysOfDatesAgree() {
        for day in Int32(-100_000)...Int32(200_000) {
            let date = WorkingCalendar.date(ofDay: day)
            let back = WorkingCalendar.day(year: date.year, month: date.month, dayOfMonth: date.dayOfMonth)
            if back != day || !(1...12).contains(date.month) || !(1...31).contains(date.dayOfMonth) {
                #expect(Bool(false), "day \(day) is \(date)")
                return
            }
        }
    }

    /// London, 29 March: one o'clock to two is skipped, so a morning until 1:50 ends at 2:50, when the afternoon has begun
    /// at 2:10. From 0:30 to 4:00 UTC it is three and a half hours, and what the two share counts once.
    @Test func noTimeCountsTwiceWhereAClosingTimeIsSkipped() {
        var london = Calendars.london2026
        london.week[6] = [
            .init(opensMinute: 30, closesMinute: 110), .init(opensMinute: 130, closesMinute: 300),
        ]
        let (from, to) = (Fixture.utc(2026, 3, 29), Fixture.utc(2026, 3, 29, 12))
        let open = 3 * Milliseconds.hour + 30 * Milliseconds.minute
        #expect(london.workingMilliseconds(from: from, to: to) == open)
        #expect(london.adding(workingMilliseconds: open, to: from) == Fixture.utc(2026, 3, 29, 4))
    }

    /// A zone that goes back just after midnight takes the later instant to the day before.
    @Test func aDayThatGoesBackCountsNothing() {
        var calendar = WorkingCalendar.standard
        let midnight = Fixture.utc(2026, 3, 2)
        calendar.offsets = [
            .init(from: Instant(milliseconds: 0), seconds: 60), .init(from: midnight, seconds: -3_600),
        ]
        #expect(calendar.workingMilliseconds(from: midnight.adding(-1), to: midnight.adding(1)) == 0)
    }

    @Test func calendarsThatCannotBeRunAreRefused() throws {
        let morning = WorkingCalendar.Hours(opensMinute: 540, closesMinute: 720)
        let changes: [(code: String, change: (inout WorkingCalendar) -> Void)] = [
            ("OUT_OF_RANGE", { $0.week = [] }),
            ("FIELD_REQUIRED", { $0.week = [[WorkingCalendar.Hours]](repeating: [], count: 7) }),
            ("OUT_OF_RANGE", { $0.week[0] = [.init(opensMinute: 600, closesMinute: 600)] }),
            ("OUT_OF_RANGE", { $0.week[0] = [.init(opensMinute: 600, closesMinute: 1_441)] }),
            ("OUT_OF_RANGE", { $0.week[0] = [morning, morning] }),
            ("OUT_OF_RANGE", { $0.offsets = [] }),
            ("OUT_OF_RANGE", { $0.offsets[0].seconds = .min }),
            (
                "OUT_OF_RANGE",
                {
                    $0.offsets = (0...CountLimits.calendarOffsetsMax).map {
                        .init(from: Instant(milliseconds: Int64($0)), seconds: 0)
                    }
                }
            ),
            ("CONTROL_CHARACTER", { $0.timeZone = "\u{7}" }),
            ("HOURS_MISMATCH", { $0.add(.holiday, on: [20_000], hours: [morning]) }),
            ("HOURS_MISMATCH", { $0.add(.halfDay, on: [20_000]) }),
            ("HOURS_MISMATCH", { $0.add(.makeupDay, on: [20_000]) }),
            ("OUT_OF_RANGE", { $0.add(.holiday, on: [-1]) }),
            ("FIELD_REQUIRED", { $0.name = "" }),
        ]
        try WorkingCalendar.standard.validate()
        for (code, change) in changes {
            var calendar = WorkingCalendar.standard
            change(&calendar)
            let refused = #expect(throws: CaseRejection.self) { try calendar.validate() }
            #expect(refused?.code == code && refused?.kind == .invalid)
        }
    }
}
