/// Local days and texts of a calendar are those of its zone.
extension WorkingCalendar {
    public typealias Offset = TimeZoneTable.Offset

    static let dayMinutes = TimeZoneTable.dayMinutes

    /// The name of its zone, for people.
    public var timeZone: String {
        get { zone.name }
        set { zone.name = newValue }
    }

    /// Of its zone: rising by `from`; the first also holds for all earlier time.
    public var offsets: [Offset] {
        get { zone.offsets }
        set { zone.offsets = newValue }
    }

    public func localDay(of instant: Instant) -> Int32 { zone.localDay(of: instant) }

    func localMilliseconds(of instant: Instant) -> Int64 { zone.localMilliseconds(of: instant) }

    public func instant(day: Int32, minute: Int32) -> Instant { zone.instant(day: day, minute: minute) }

    /// "2026-03-02 18:00 +08:00", in the calendar's zone.
    public func localText(_ instant: Instant) -> String { zone.localText(instant) }

    /// 1 Monday to 7 Sunday.
    public static func isoWeekday(_ day: Int32) -> UInt8 { TimeZoneTable.isoWeekday(day) }

    public static func day(year: Int, month: Int, dayOfMonth: Int) -> Int32 {
        TimeZoneTable.day(year: year, month: month, dayOfMonth: dayOfMonth)
    }

    public static func date(ofDay day: Int32) -> (year: Int, month: Int, dayOfMonth: Int) {
        TimeZoneTable.date(ofDay: day)
    }

    /// "2026-03-02".
    public static func dateText(ofDay day: Int32) -> String { TimeZoneTable.dateText(ofDay: day) }

    /// The day number of a date like 2026-03-02; nil for anything else.
    public static func day(ofDate text: String) -> Int32? { TimeZoneTable.day(ofDate: text) }
}
