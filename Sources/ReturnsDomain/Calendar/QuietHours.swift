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

    /// The first time at or after `instant` at which a message may go, by the clock on the wall in the calendar's zone.
    public func end(at instant: Instant, calendar: WorkingCalendar) -> Instant {
        var at = instant
        // Every step ends a night or a day, or comes to a change of the zone, so this ends even where no day is worked.
        for _ in 0..<Int(WorkingCalendar.searchDaysMax) + calendar.offsets.count {
            let left = quietMilliseconds(at: at, calendar: calendar)
            guard left > 0 else { return at }
            let end = at.adding(left)
            // A change of the zone in between can end it sooner, or begin it anew.
            at = calendar.offsets.first { $0.from > at }.map { min($0.from, end) } ?? end
        }
        return at
    }

    /// How long it is quiet from here on, as long as the zone does not change; 0 when it is not.
    private func quietMilliseconds(at instant: Instant, calendar: WorkingCalendar) -> Int64 {
        let local = calendar.localMilliseconds(of: instant)
        let minute = Int32(local / Milliseconds.minute)
        let until: Int32
        if includesDaysOff && !calendar.isWorkingDay(calendar.localDay(of: instant)) {
            until = WorkingCalendar.dayMinutes
        } else if fromMinute > untilMinute && minute >= fromMinute {
            until = WorkingCalendar.dayMinutes + untilMinute
        } else if minute < untilMinute && (fromMinute > untilMinute || minute >= fromMinute) {
            until = untilMinute
        } else {
            return 0
        }
        return Int64(until) * Milliseconds.minute - local
    }
}
