/// Working days and business hours, with holidays, half days and make-up working days (调休), in a time zone of its own.
///
/// Versions are never changed or removed.
public struct WorkingCalendar: Hashable, Sendable {
    /// A stretch of business within one local day, in its minutes; opens < closes ≤ 1440.
    public struct Hours: Hashable, Sendable {
        public var opensMinute: Int32
        public var closesMinute: Int32

        public init(opensMinute: Int32, closesMinute: Int32) {
            self.opensMinute = opensMinute
            self.closesMinute = closesMinute
        }
    }

    /// A day that is not what its weekday makes it.
    public struct SpecialDay: Hashable, Sendable {
        public var kind: SpecialDayKind
        /// None on a holiday. Rising.
        public var hours: [Hours]
        /// What people call it.
        public var title: String

        public init(kind: SpecialDayKind, hours: [Hours] = [], title: String = "") {
            self.kind = kind
            self.hours = hours
            self.title = title
        }
    }

    /// What SLA plans call it.
    public var name: String
    public var version: UInt64
    public var zone: TimeZoneTable
    /// Business hours of an ordinary week, Monday first; seven entries, each rising, none for days that are not worked.
    public var week: [[Hours]]
    public var specialDays: [Int32: SpecialDay]
    public var createdAt = Instant(milliseconds: 0)
    public var createdBy = ""

    public init(
        name: String, version: UInt64, timeZone: String, offsets: [Offset], week: [[Hours]],
        specialDays: [Int32: SpecialDay] = [:]
    ) {
        self.name = name
        self.version = version
        zone = TimeZoneTable(name: timeZone, offsets: offsets)
        self.week = week
        self.specialDays = specialDays
    }

    /// The same hours on every day that is worked.
    ///
    /// - Parameter workingWeekdays: ISO weekdays, 1 Monday to 7 Sunday.
    public init(
        name: String, version: UInt64, timeZone: String, offsets: [Offset], workingWeekdays: Set<Int>,
        hours: [Hours]
    ) {
        self.init(
            name: name, version: version, timeZone: timeZone, offsets: offsets,
            week: (1...7).map { workingWeekdays.contains($0) ? hours : [] })
    }

    /// No calculation looks further ahead than this many days; a calendar without a working day ends there.
    public static let searchDaysMax: Int32 = 3_660

    public var reference: Reference { Reference(name: name, version: version) }

    /// Names one version of one calendar.
    public struct Reference: Hashable, Sendable, CustomStringConvertible {
        public var name: String
        public var version: UInt64

        public init(name: String, version: UInt64) {
            self.name = name
            self.version = version
        }

        public var description: String { "\(name) \(version)" }
    }

    // MARK: Days and hours

    /// Business hours of a local day, rising; none on a day off.
    public func hours(on day: Int32) -> [Hours] {
        if let special = specialDays[day] { return special.hours }
        let weekday = Int(Self.isoWeekday(day)) - 1
        return weekday < week.count ? week[weekday] : []
    }

    public func isWorkingDay(_ day: Int32) -> Bool { !hours(on: day).isEmpty }

    // MARK: Working time

    /// The close of business of the `count`th working day after the day of `start` (R16: the day itself never counts).
    public func closeOfBusiness(workingDaysAfter start: Instant, count: Int) -> Instant {
        var day = localDay(of: start)
        let last = day + Self.searchDaysMax
        var remaining = count
        while remaining > 0 && day < last {
            day += 1
            if isWorkingDay(day) { remaining -= 1 }
        }
        return instant(day: day, minute: hours(on: day).last?.closesMinute ?? Self.dayMinutes)
    }

    /// Business time between two instants, in milliseconds; 0 when `end` is not after `start`.
    public func workingMilliseconds(from start: Instant, to end: Instant) -> Int64 {
        guard end > start else { return 0 }
        var total: Int64 = 0
        // Where a zone goes back at midnight, the day of a clock's reading and the day whose business is done can differ by one.
        let firstDay = localDay(of: start) - 1
        let lastDay = min(localDay(of: end) + 1, firstDay + Self.searchDaysMax)
        // Where a zone goes forward, a closing time that it skips can come after the next opening: no time counts twice.
        var counted = start
        for day in firstDay...lastDay {
            for hours in hours(on: day) {
                let opens = max(counted, instant(day: day, minute: hours.opensMinute))
                let closes = min(end, instant(day: day, minute: hours.closesMinute))
                guard closes > opens else { continue }
                total += closes - opens
                counted = closes
            }
        }
        return total
    }

    /// The instant at which `duration` milliseconds of business time have passed since `start`.
    public func adding(workingMilliseconds duration: Int64, to start: Instant) -> Instant {
        var remaining = max(0, duration)
        let firstDay = localDay(of: start) - 1
        var counted = start
        for day in firstDay...(firstDay + Self.searchDaysMax) {
            for hours in hours(on: day) {
                let opens = max(counted, instant(day: day, minute: hours.opensMinute))
                let closes = instant(day: day, minute: hours.closesMinute)
                guard closes > opens else { continue }
                if remaining <= closes - opens { return opens.adding(remaining) }
                remaining -= closes - opens
                counted = closes
            }
        }
        return instant(day: firstDay + Self.searchDaysMax, minute: Self.dayMinutes)
    }

    /// The last instant from which `duration` milliseconds of business time pass until `end`.
    public func subtracting(workingMilliseconds duration: Int64, from end: Instant) -> Instant {
        var remaining = max(0, duration)
        guard remaining > 0 else { return end }
        let lastDay = localDay(of: end) + 1
        var counted = end
        for day in stride(from: lastDay, through: lastDay - Self.searchDaysMax, by: -1) {
            for hours in hours(on: day).reversed() {
                let opens = instant(day: day, minute: hours.opensMinute)
                let closes = min(counted, instant(day: day, minute: hours.closesMinute))
                guard closes > opens else { continue }
                if remaining <= closes - opens { return closes.adding(-remaining) }
                remaining -= closes - opens
                counted = opens
            }
        }
        return instant(day: lastDay - Self.searchDaysMax, minute: 0)
    }
}
