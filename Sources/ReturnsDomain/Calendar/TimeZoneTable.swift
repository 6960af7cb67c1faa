/// A time zone as a table of UTC offsets, with the arithmetic of its local days.
///
/// What is stored carries its own table, so a due time and a last day never move with a machine's time-zone data, and no date
/// library is needed. Days are counted from 1970-01-01 in local time (day 0 was a Thursday).
public struct TimeZoneTable: Hashable, Sendable {
    /// A UTC offset that holds from an instant on.
    public struct Offset: Hashable, Sendable {
        public var from: Instant
        public var seconds: Int32

        public init(from: Instant, seconds: Int32) {
            self.from = from
            self.seconds = seconds
        }
    }

    /// The name the offsets were taken from, such as Asia/Shanghai; for people.
    public var name: String
    /// Rising by `from`; the first also holds for all earlier time. Empty: nobody has found the zone of that name.
    public var offsets: [Offset]

    public init(name: String, offsets: [Offset] = []) {
        self.name = name
        self.offsets = offsets
    }

    public static let dayMinutes: Int32 = 1_440
    /// East and west of UTC.
    public static let offsetSecondsMax: UInt32 = 14 * 3_600

    /// Whether the offsets are in range, and rise.
    var isInOrder: Bool {
        offsets.allSatisfy { $0.seconds.magnitude <= Self.offsetSecondsMax }
            && zip(offsets, offsets.dropFirst()).allSatisfy { $0.from < $1.from }
    }

    /// The same zone without the offsets that do not matter between two instants.
    public func covering(from: Instant, until: Instant) -> TimeZoneTable {
        let first = offsets.lastIndex { $0.from <= from } ?? offsets.startIndex
        return TimeZoneTable(name: name, offsets: Array(offsets[first...].prefix { $0.from <= until }))
    }

    // MARK: Local days

    public func localDay(of instant: Instant) -> Int32 {
        let local = instant.milliseconds + Int64(offsetSeconds(at: instant)) * Milliseconds.second
        return Int32(truncatingIfNeeded: Self.floorDivide(local, Milliseconds.day))
    }

    /// Milliseconds since the local day began, by the clock on the wall.
    func localMilliseconds(of instant: Instant) -> Int64 {
        let local = instant.milliseconds + Int64(offsetSeconds(at: instant)) * Milliseconds.second
        return local - Self.floorDivide(local, Milliseconds.day) * Milliseconds.day
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

    // MARK: Dates

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

    /// The day number of a date like 2026-03-02; nil for anything else.
    public static func day(ofDate text: String) -> Int32? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let dayOfMonth = Int(parts[2])
        else { return nil }
        let day = day(year: year, month: month, dayOfMonth: dayOfMonth)
        return dateText(ofDay: day) == text ? day : nil
    }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }
}
