import Foundation
import ReturnsDomain
import ReturnsTestSupport
import Testing

/// The calendar's arithmetic against a slow and obvious one that walks minute by minute.
@Suite struct WorkingCalendarPropertyTests {
    private static let isLong = ProcessInfo.processInfo.environment["RETURNS_LONG"] != nil
    /// Ten days each, in the years 2000 to 2040.
    private static let seeds: Range<UInt64> = 0..<(isLong ? 5_000 : 200)
    /// Fourteen months each.
    private static let longSeeds: Range<UInt64> = 0..<(isLong ? 100 : 4)

    /// Walks over minutes of UTC; every offset, opening and closing here is a whole minute. A day's hours begin and end when
    /// the clock on the wall first shows their time; a time that is skipped comes when it had come without the change.
    private struct MinuteWalker {
        let calendar: WorkingCalendar
        /// Which of the minutes walked are business, from `first` on.
        private var open: [Bool]
        private let first: Int64
        /// When the wall clock first came to each of its minutes.
        private var reached: [Int64: Int64] = [:]

        init(_ calendar: WorkingCalendar, from start: Int64, to end: Int64) {
            self.calendar = calendar
            first = start
            open = [Bool](repeating: false, count: Int(end - start))
            var last = Int64.min
            for minute in (start - 4_320)..<(end + 4_320) {
                let at = local(minute)
                let reading = at.day * 1_440 + at.minute
                if last == .min { last = reading - 1 }
                if last < reading { reached[reading] = minute }
                for (later, skipped) in (last + 1..<max(last + 1, reading)).enumerated() {
                    reached[skipped] = minute + Int64(later)
                }
                last = max(last, reading)
            }
            for day in (local(start).day - 1)...(local(end).day + 1) {
                for hours in hours(day) {
                    let opens = instant(day, hours.opensMinute)
                    let closes = instant(day, hours.closesMinute)
                    for minute in max(opens, start)..<max(max(opens, start), min(closes, end)) {
                        open[Int(minute - start)] = true
                    }
                }
            }
        }

        func instant(_ day: Int64, _ minute: Int32) -> Int64 { reached[day * 1_440 + Int64(minute)]! }

        func local(_ minute: Int64) -> (day: Int64, minute: Int64) {
            var offset = Int64(calendar.offsets[0].seconds)
            for entry in calendar.offsets where entry.from.milliseconds <= minute * 60_000 {
                offset = Int64(entry.seconds)
            }
            let local = minute + offset / 60
            let day = local >= 0 ? local / 1_440 : (local - 1_439) / 1_440
            return (day, local - day * 1_440)
        }

        /// 1 January 1970 was a Thursday, the fourth day of the week.
        func hours(_ day: Int64) -> [WorkingCalendar.Hours] {
            for (special, what) in calendar.specialDays where Int64(special) == day { return what.hours }
            return calendar.week[Int((day + 3) % 7)]
        }

        func works(_ day: Int64) -> Bool { !hours(day).isEmpty }

        /// Whether business is done in the minute that begins here.
        func isOpen(_ minute: Int64) -> Bool { open[Int(minute - first)] }
    }

    private static func randomHours(_ random: inout SeededGenerator) -> [WorkingCalendar.Hours] {
        let opens = Int32.random(in: 0...600, using: &random)
        let closes = Int32.random(in: 780...1_440, using: &random)
        guard random.chance(40) else {
            return [WorkingCalendar.Hours(opensMinute: opens, closesMinute: closes)]
        }
        // With a break.
        let pause = Int32.random(in: 610...700, using: &random)
        return [
            WorkingCalendar.Hours(opensMinute: opens, closesMinute: pause),
            WorkingCalendar.Hours(
                opensMinute: pause + Int32.random(in: 1...60, using: &random), closesMinute: closes),
        ]
    }

    /// - Parameter first: The first day that matters; special days and changes of the zone lie in the `days` after it.
    private static func randomCalendar(
        _ random: inout SeededGenerator, first: Int32, days: Int32
    ) -> WorkingCalendar {
        let base = Int32.random(in: -44...52, using: &random) * 900
        var offsets = [WorkingCalendar.Offset(from: Instant(milliseconds: 0), seconds: base)]
        // The zone changes at any hour, also at midnight and within business hours.
        for part in 0..<Int32.random(in: 0...4, using: &random) {
            let day = Int64(first) + Int64(days) * Int64(part + 1) / 5
            let from = Instant(
                milliseconds: day * Milliseconds.day + Int64.random(in: 0...23, using: &random)
                    * Milliseconds.hour)
            offsets.append(
                .init(from: from, seconds: base + random.pick([-7_200, -3_600, -1_800, 0, 3_600])))
        }
        let usual = randomHours(&random)
        var week = (0..<7).map { _ in
            random.chance(70) ? (random.chance(80) ? usual : randomHours(&random)) : []
        }
        week[2] = usual
        var calendar = WorkingCalendar(
            name: "random", version: 1, timeZone: "random", offsets: offsets, week: week)
        for _ in 0..<(6 + days / 20) {
            let day = first + Int32.random(in: 0...days, using: &random)
            switch random.pick([SpecialDayKind.holiday, .holiday, .makeupDay, .halfDay]) {
            case .holiday: calendar.add(.holiday, on: [day])
            case .makeupDay: calendar.add(.makeupDay, on: [day], hours: usual)
            case .halfDay: calendar.add(.halfDay, on: [day], hours: [usual[0]])
            }
        }
        return calendar
    }

    @Test(arguments: seeds)
    func agreesWithWalkingMinuteByMinute(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // 2000-01-01 and forty years.
        let first = 10_957 + Int32.random(in: 0...14_600, using: &random)
        let calendar = Self.randomCalendar(&random, first: first, days: 30)
        try calendar.validate()
        let start = Int64(first) * 1_440 + Int64.random(in: 0...14_400, using: &random)
        let end = start + Int64.random(in: 0...14_400, using: &random)
        compare(calendar, from: start, to: end)

        let walker = MinuteWalker(calendar, from: start, to: start + 20 * 1_440)
        let count = Int.random(in: 1...5, using: &random)
        var day = walker.local(start).day
        var remaining = count
        while remaining > 0 {
            day += 1
            if walker.works(day) { remaining -= 1 }
        }
        let close = walker.instant(day, walker.hours(day).last!.closesMinute)
        let due = calendar.closeOfBusiness(
            workingDaysAfter: Instant(milliseconds: start * 60_000), count: count)
        #expect(due.milliseconds == close * 60_000)
    }

    @Test(arguments: longSeeds)
    func agreesOverMoreThanAYear(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 1_000_000)
        let first = 10_957 + Int32.random(in: 0...14_600, using: &random)
        let calendar = Self.randomCalendar(&random, first: first, days: 420)
        compare(calendar, from: Int64(first) * 1_440, to: Int64(first + 420) * 1_440)
    }

    /// Business time between two minutes, and going as much business time forward.
    private func compare(_ calendar: WorkingCalendar, from start: Int64, to end: Int64) {
        let walker = MinuteWalker(calendar, from: start, to: end)
        let (from, to) = (Instant(milliseconds: start * 60_000), Instant(milliseconds: end * 60_000))
        var open: Int64 = 0
        var last = start
        for minute in start..<end where walker.isOpen(minute) {
            open += 1
            last = minute + 1
        }
        #expect(calendar.workingMilliseconds(from: from, to: to) == open * 60_000, "of \(calendar.offsets)")
        guard open > 0 else { return }
        // It ends where that much has been worked, and not a minute later.
        #expect(
            calendar.adding(workingMilliseconds: open * 60_000, to: from).milliseconds == last * 60_000)
    }

    /// A message waits to the first minute that is neither night nor, where those are quiet, a day off.
    @Test(arguments: seeds)
    func quietHoursEndWhereWalkingEndsThem(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed &+ 2_000_000)
        let first = 10_957 + Int32.random(in: 0...14_600, using: &random)
        let calendar = Self.randomCalendar(&random, first: first, days: 30)
        let from = Int32.random(in: 0...1_439, using: &random)
        let until = (from + Int32.random(in: 1...1_439, using: &random)) % 1_440
        let quiet = QuietHours(fromMinute: from, untilMinute: until, includesDaysOff: random.chance(50))
        let start = Int64(first) * 1_440 + Int64.random(in: 0...20_000, using: &random)
        let walker = MinuteWalker(calendar, from: start, to: start)
        func isQuiet(_ minute: Int64) -> Bool {
            let at = walker.local(minute)
            if quiet.includesDaysOff && !walker.works(at.day) { return true }
            return from < until
                ? at.minute >= Int64(from) && at.minute < Int64(until)
                : at.minute >= Int64(from) || at.minute < Int64(until)
        }
        var minute = start
        while isQuiet(minute) { minute += 1 }
        let end = quiet.end(at: Instant(milliseconds: start * 60_000), calendar: calendar)
        #expect(end.milliseconds == minute * 60_000)
    }
}
