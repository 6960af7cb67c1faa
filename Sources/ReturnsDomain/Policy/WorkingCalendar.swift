/// Working days and business hours, with holidays and make-up working days (调休), in a time zone of its own.
///
/// The calendar carries its table of UTC offsets, so a due time never moves with the machine's time-zone data and
/// no date library is needed. Days are counted from 1970-01-01 in local time (day 0 was a Thursday).
public struct WorkingCalendar: Hashable, Sendable {
    /// A UTC offset that holds from an instant on.
    public struct Offset: Hashable, Sendable {
        public var from: Instant
        public var seconds: Int32

        public init(from: Instant, seconds: Int32) {
            self.from = from
            self.seconds = seconds
        }
    }

    public var version: UInt64
    /// The zone the offsets were taken from, for people.
    public var timeZone: String
    /// Rising by `from`; the first also holds for all earlier time.
    public var offsets: [Offset]
    /// ISO weekdays that are worked, 1 Monday to 7 Sunday.
    public var workingWeekdays: Set<UInt8>
    public var holidays: Set<Int32>
    public var makeupDays: Set<Int32>
    /// Business hours in minutes of the local day; opens < closes ≤ 1440.
    public var opensMinute: Int32
    public var closesMinute: Int32

    public init(
        version: UInt64, timeZone: String, offsets: [Offset], workingWeekdays: Set<UInt8>,
        holidays: Set<Int32>,
        makeupDays: Set<Int32>, opensMinute: Int32, closesMinute: Int32
    ) {
        self.version = version
        self.timeZone = timeZone
        self.offsets = offsets
        self.workingWeekdays = workingWeekdays
        self.holidays = holidays
        self.makeupDays = makeupDays
        self.opensMinute = opensMinute
        self.closesMinute = closesMinute
    }

    /// No calculation looks further ahead than this many days; a calendar without a working day ends there.
    public static let searchDaysMax: Int32 = 3_660

    public func isWorkingDay(_ day: Int32) -> Bool {
        if makeupDays.contains(day) { return true }
        if holidays.contains(day) { return false }
        return workingWeekdays.contains(Self.isoWeekday(day))
    }

    /// The close of business of the `count`th working day after the day of `start` (R16: the day itself never counts).
    public func closeOfBusiness(workingDaysAfter start: Instant, count: Int) -> Instant {
        var day = localDay(of: start)
        let last = day + Self.searchDaysMax
        var remaining = count
        while remaining > 0 && day < last {
            day += 1
            if isWorkingDay(day) { remaining -= 1 }
        }
        return instant(day: day, minute: closesMinute)
    }

    /// Business time between two instants, in milliseconds; 0 when `end` is not after `start`.
    public func workingMilliseconds(from start: Instant, to end: Instant) -> Int64 {
        guard end > start else { return 0 }
        var total: Int64 = 0
        let firstDay = localDay(of: start)
        let lastDay = min(localDay(of: end), firstDay + Self.searchDaysMax)
        // A zone change just after midnight can take the local day back.
        guard lastDay >= firstDay else { return 0 }
        for day in firstDay...lastDay where isWorkingDay(day) {
            let opens = max(start, instant(day: day, minute: opensMinute))
            let closes = min(end, instant(day: day, minute: closesMinute))
            if closes > opens { total += closes - opens }
        }
        return total
    }

    /// The instant at which `duration` milliseconds of business time have passed since `start`.
    public func adding(workingMilliseconds duration: Int64, to start: Instant) -> Instant {
        var remaining = max(0, duration)
        let firstDay = localDay(of: start)
        for day in firstDay...(firstDay + Self.searchDaysMax) where isWorkingDay(day) {
            let opens = max(start, instant(day: day, minute: opensMinute))
            let closes = instant(day: day, minute: closesMinute)
            guard closes > opens else { continue }
            if remaining <= closes - opens { return opens.adding(remaining) }
            remaining -= closes - opens
        }
        return instant(day: firstDay + Self.searchDaysMax, minute: closesMinute)
    }

    // MARK: Days

    public func localDay(of instant: Instant) -> Int32 {
        let local = instant.milliseconds + Int64(offsetSeconds(at: instant)) * Milliseconds.second
        return Int32(truncatingIfNeeded: Self.floorDivide(local, Milliseconds.day))
    }

    /// The instant of a local day and minute. In the hour that a zone change skips, the time after it; in the hour
    /// that it repeats, the first.
    public func instant(day: Int32, minute: Int32) -> Instant {
        let local = Int64(day) * Milliseconds.day + Int64(minute) * Milliseconds.minute
        // The offset depends on the instant and the other way round: try the offset of either side.
        let guess = Instant(
            milliseconds: local - Int64(
                offsetSeconds(at: Instant(milliseconds: local - 14 * Milliseconds.hour)))
                * Milliseconds.second)
        let offset = offsetSeconds(at: guess)
        let refined = Instant(milliseconds: local - Int64(offset) * Milliseconds.second)
        return offsetSeconds(at: refined) == offset ? refined : max(guess, refined)
    }

    public func offsetSeconds(at instant: Instant) -> Int32 {
        var (low, high) = (0, offsets.count)
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle].from <= instant { low = middle + 1 } else { high = middle }
        }
        return offsets.isEmpty ? 0 : offsets[max(0, low - 1)].seconds
    }

    /// 1 Monday to 7 Sunday.
    public static func isoWeekday(_ day: Int32) -> UInt8 {
        UInt8((Int(day) % 7 + 7 + 3) % 7 + 1)
    }

    /// The day number of a date in the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    public static func day(year: Int, month: Int, dayOfMonth: Int) -> Int32 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Year, month and day of a day number: the inverse of `day(year:month:dayOfMonth:)`, from the same source.
    public static func date(ofDay day: Int32) -> (year: Int, month: Int, dayOfMonth: Int) {
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    /// "2026-03-02 18:00", in the calendar's zone.
    public func localText(_ instant: Instant) -> String {
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let local = instant.milliseconds + Int64(offsetSeconds(at: instant)) * Milliseconds.second
        let day = Self.floorDivide(local, Milliseconds.day)
        let date = Self.date(ofDay: Int32(truncatingIfNeeded: day))
        let minute = (local - day * Milliseconds.day) / Milliseconds.minute
        return "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-"
            + "\(padded(Int64(date.dayOfMonth), 2)) \(padded(minute / 60, 2)):\(padded(minute % 60, 2))"
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
