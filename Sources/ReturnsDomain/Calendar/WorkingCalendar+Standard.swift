extension WorkingCalendar {
    /// Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991; Monday to Friday, nine to six.
    /// Holidays differ from year to year and are the administrator's to add (deploy/calendars).
    public static let standard = WorkingCalendar(
        name: "standard", version: 1, timeZone: "Asia/Shanghai",
        offsets: [Offset(from: Instant(milliseconds: 0), seconds: 8 * 3_600)],
        workingWeekdays: [1, 2, 3, 4, 5], hours: [Hours(opensMinute: 9 * 60, closesMinute: 18 * 60)])
}
