import ReturnsDomain
import ReturnsTestSupport

/// Calendars of real years.
enum Calendars {
    /// China 2026, from the State Council's notice of 4 November 2025: all its holidays and make-up days.
    static let china2026: WorkingCalendar = {
        var calendar = WorkingCalendar.standard
        let holidays =
            days(1, 1...3) + days(2, 15...23) + days(4, 4...6) + days(5, 1...5) + days(6, 19...21)
            + days(9, 25...27) + days(10, 1...7)
        let makeupDays =
            days(1, 4...4) + days(2, 14...14) + days(2, 28...28) + days(5, 9...9) + days(9, 20...20)
            + days(10, 10...10)
        calendar.add(.holiday, on: holidays)
        calendar.add(.makeupDay, on: makeupDays, hours: [nineToSix])
        return calendar
    }()

    static let nineToSix = WorkingCalendar.Hours(opensMinute: 9 * 60, closesMinute: 18 * 60)

    /// London: summer time from 29 March to 25 October 2026, each at 01:00 UTC.
    static let london2026 = WorkingCalendar(
        name: "london", version: 1, timeZone: "Europe/London",
        offsets: [
            WorkingCalendar.Offset(from: Fixture.utc(2025, 10, 26, 1), seconds: 0),
            WorkingCalendar.Offset(from: Fixture.utc(2026, 3, 29, 1), seconds: 3_600),
            WorkingCalendar.Offset(from: Fixture.utc(2026, 10, 25, 1), seconds: 0),
        ],
        workingWeekdays: [1, 2, 3, 4, 5],
        hours: [WorkingCalendar.Hours(opensMinute: 9 * 60, closesMinute: 17 * 60 + 30)])

    static func days(_ month: Int, _ range: ClosedRange<Int>) -> [Int32] {
        range.map { WorkingCalendar.day(year: 2026, month: month, dayOfMonth: $0) }
    }
}

extension WorkingCalendar {
    mutating func add(_ kind: SpecialDayKind, on days: [Int32], hours: [Hours] = []) {
        for day in days { specialDays[day] = SpecialDay(kind: kind, hours: hours) }
    }
}
