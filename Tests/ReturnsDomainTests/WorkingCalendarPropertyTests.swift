import ReturnsDomain
import ReturnsTestSupport
import Testing

/// The calendar's arithmetic against a slow and obvious one that walks minute by minute.
@Suite struct WorkingCalendarPropertyTests {
    /// Walks over minutes of UTC; every offset, opening and closing here is a whole minute.
    private struct MinuteWalker {
        let calendar: WorkingCalendar

        func local(_ minute: Int64) -> (day: Int64, minute: Int64) {
            var offset = Int64(calendar.offsets[0].seconds)
            for entry in calendar.offsets where entry.from.milliseconds <= minute * 60_000 {
                offset = Int64(entry.seconds)
            }
            let local = minute + offset / 60
            let day = local >= 0 ? local / 1_440 : (local - 1_439) / 1_440
            return (day, local - day * 1_440)
        }

        /// 1 January 1970 was a Thursday, ISO weekday 4.
        func works(_ day: Int64) -> Bool {
            if calendar.makeupDays.contains(Int32(day)) { return true }
            if calendar.holidays.contains(Int32(day)) { return false }
            return calendar.workingWeekdays.contains(UInt8((day + 3) % 7 + 1))
        }

        /// Whether business is done in the minute that begins here.
        func isOpen(_ minute: Int64) -> Bool {
            let at = local(minute)
            return works(at.day) && at.minute >= Int64(calendar.opensMinute)
                && at.minute < Int64(calendar.closesMinute)
        }
    }

    private static func randomCalendar(_ random: inout SeededGenerator) -> WorkingCalendar {
        let first = WorkingCalendar.day(year: 2026, month: 2, dayOfMonth: 20)
        var holidays = Set<Int32>()
        var makeupDays = Set<Int32>()
        for _ in 0..<8 { holidays.insert(first + Int32.random(in: 0...60, using: &random)) }
        for _ in 0..<4 { makeupDays.insert(first + Int32.random(in: 0...60, using: &random)) }
        let base = Int32.random(in: -44...52, using: &random) * 900
        // The clocks change at noon UTC, so that business hours of far zones meet it too.
        let change = Fixture.utc(2026, 3, 10 + Int.random(in: 0...9, using: &random), 12)
        return WorkingCalendar(
            version: 1, timeZone: "random",
            offsets: [
                .init(from: Instant(milliseconds: 0), seconds: base),
                .init(from: change, seconds: base + random.pick([-3_600, 0, 3_600])),
            ],
            workingWeekdays: Set((1...7).filter { _ in random.chance(70) } + [3]),
            holidays: holidays.subtracting(makeupDays), makeupDays: makeupDays,
            opensMinute: Int32.random(in: 0...600, using: &random),
            closesMinute: Int32.random(in: 660...1_440, using: &random))
    }

    @Test(arguments: 0..<60)
    func agreesWithWalkingMinuteByMinute(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let calendar = Self.randomCalendar(&random)
        let walker = MinuteWalker(calendar: calendar)
        let start =
            Fixture.utc(2026, 3, 5).milliseconds / 60_000 + Int64.random(in: 0...14_400, using: &random)
        let end = start + Int64.random(in: 0...12_000, using: &random)

        let open = (start..<end).count { walker.isOpen($0) }
        let (from, to) = (Instant(milliseconds: start * 60_000), Instant(milliseconds: end * 60_000))
        #expect(calendar.workingMilliseconds(from: from, to: to) == Int64(open) * 60_000)

        // Going the same business time forward ends where that much has been worked, and not a minute later.
        var (minute, left) = (start, Int64(open))
        while left > 0 {
            if walker.isOpen(minute) { left -= 1 }
            minute += 1
        }
        if open > 0 {
            #expect(
                calendar.adding(workingMilliseconds: Int64(open) * 60_000, to: from).milliseconds == minute
                    * 60_000)
        }

        let count = Int.random(in: 1...5, using: &random)
        var day = walker.local(start).day
        var remaining = count
        while remaining > 0 {
            day += 1
            if walker.works(day) { remaining -= 1 }
        }
        // The last minute before the close is the last on that local day that is business.
        let due = calendar.closeOfBusiness(workingDaysAfter: from, count: count).milliseconds / 60_000
        #expect(walker.local(due - 1).day == day && walker.isOpen(due - 1) && !walker.isOpen(due))
    }
}
