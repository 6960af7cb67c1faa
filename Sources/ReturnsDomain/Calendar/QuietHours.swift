/// When nobody is written to: messages that fall due then wait until it is over. Clocks fire all the same.
public struct QuietHours: Hashable, Sendable {
    /// Minutes of the local day; from later than until means over midnight.
    public var fromMinute: Int32
    public var untilMinute: Int32
    /// Days off are quiet as a whole.
    public var includesDaysOff: Bool

    public init(fromMinute: Int32, untilMinute: Int32, includesDaysOff: Bool) {
        self.fromMinute = fromMinute
        self.untilMinute = untilMinute
        self.includesDaysOff = includesDaysOff
    }

    /// The first time at or after `instant` at which a message may go, in the calendar's zone.
    public func end(at instant: Instant, calendar: WorkingCalendar) -> Instant {
        var at = instant
        // Every step ends a night or a day, so this ends even where no day is worked.
        for _ in 0..<WorkingCalendar.searchDaysMax {
            let day = calendar.localDay(of: at)
            let minute = calendar.localMinute(of: at)
            let next: Instant
            if includesDaysOff && !calendar.isWorkingDay(day) {
                next = calendar.instant(day: day + 1, minute: 0)
            } else if fromMinute > untilMinute && minute >= fromMinute {
                next = calendar.instant(day: day + 1, minute: untilMinute)
            } else if minute < untilMinute && (fromMinute > untilMinute || minute >= fromMinute) {
                next = calendar.instant(day: day, minute: untilMinute)
            } else {
                return at
            }
            // A clock that is put back at the end of a quiet time must not make this go round.
            guard next > at else { return at }
            at = next
        }
        return at
    }
}
