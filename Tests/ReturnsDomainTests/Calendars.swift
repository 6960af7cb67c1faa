import ReturnsDomain
import ReturnsTestSupport

/// Calendars of real years.
enum Calendars {
    /// China 2026, from the State Council's notice of 4 November 2025: Spring Festival and National Day.
    static let china2026: WorkingCalendar = {
        var calendar = WorkingCalendar.shanghai
        calendar.holidays = Set(days(2, 15...23) + days(10, 1...7))
        calendar.makeupDays = Set(days(2, 14...14) + days(2, 28...28) + days(9, 20...20) + days(10, 10...10))
        return calendar
    }()

    /// London: summer time from 29 March to 25 October 2026, each at 01:00 UTC.
    static let london2026 = WorkingCalendar(
        version: 1, timeZone: "Europe/London",
        offsets: [
            WorkingCalendar.Offset(from: Fixture.utc(2025, 10, 26, 1), seconds: 0),
            WorkingCalendar.Offset(from: Fixture.utc(2026, 3, 29, 1), seconds: 3_600),
            WorkingCalendar.Offset(from: Fixture.utc(2026, 10, 25, 1), seconds: 0),
        ],
        workingWeekdays: [1, 2, 3, 4, 5], holidays: [], makeupDays: [], opensMinute: 9 * 60,
        closesMinute: 17 * 60 + 30)

    private static func days(_ month: Int, _ range: ClosedRange<Int>) -> [Int32] {
        range.map { WorkingCalendar.day(year: 2026, month: month, dayOfMonth: $0) }
    }
}
