import Foundation

/// Times in a zone, written with its offset; calendar arithmetic of its own, so that output is the same everywhere.
struct TimeFormat: Sendable {
    var zone: TimeZone

    /// Of the screen (`ScreenZone`).
    static let screen = TimeFormat(zone: ScreenZone.current)
    static let utc = TimeFormat(zone: TimeZone(secondsFromGMT: 0)!)
    static let secondsPerDay: Int64 = 86_400
    /// Years 1970 to 9999, as the server takes them.
    static let secondsRange: ClosedRange<Int64> = 0...253_402_300_799

    // MARK: Writing

    /// "2026-11-23 13:56 +08:00"
    func text(milliseconds: Int64) -> String {
        let fields = fields(milliseconds: milliseconds)
        return "\(fields.date) \(fields.time.prefix(5)) \(fields.offset)"
    }

    /// "2026-11-23", "13:56:02" and "+08:00".
    func fields(milliseconds: Int64) -> (date: String, time: String, offset: String, weekday: String) {
        let seconds = milliseconds.floored(by: 1_000)
        let offset = offsetSeconds(at: seconds)
        let local = seconds + offset
        let day = local.floored(by: Self.secondsPerDay)
        let second = local - day * Self.secondsPerDay
        let (year, month, monthDay) = Self.civil(day: day)
        let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(monthDay, 2))"
        let time = "\(pad(second / 3_600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int(((day % 7) + 7) % 7)]
        return (date, time, Self.offsetText(offset), weekday)
    }

    /// A text in which the server has written times, such as "due 2026-03-02 18:00 +08:00": with each of them in this zone, but for
    /// those that name a zone behind them, "(Asia/Shanghai)": they belong to days that are counted there.
    func restated(_ text: String) -> String {
        text.replacing(Self.writtenTime) { match in
            parse(String(match.output)).map { self.text(milliseconds: $0) } ?? String(match.output)
        }
    }

    /// As `text` writes them.
    private static var writtenTime: Regex<Substring> {
        /\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} [+-][0-9]{2}:[0-9]{2}\b(?! \((?:UTC|[A-Z][A-Za-z_+-]*\/))/
    }

    static func offsetText(_ seconds: Int64) -> String {
        let minutes = seconds.magnitude / 60
        return "\(seconds < 0 ? "-" : "+")\(pad(Int64(minutes / 60), 2)):\(pad(Int64(minutes % 60), 2))"
    }

    // MARK: Reading

    /// Milliseconds of "2026-11-23 13:56", "2026-11-23T13:56:02+08:00", "2026-11-23", "now", "+4h" or "-2d".
    func parse(_ text: String, nowMilliseconds: Int64) -> Int64? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if text == "now" { return nowMilliseconds }
        if let sign = text.first, sign == "+" || sign == "-" {
            guard let distance = DurationFormat.parse(String(text.dropFirst())) else { return nil }
            return sign == "+" ? nowMilliseconds + distance : nowMilliseconds - distance
        }
        return parse(text)
    }

    /// A time that stands by itself. Without an offset it is wall-clock time in this zone: of two equal readings when
    /// clocks go back the first counts, and one that clocks skip is taken as if they had not yet gone forward.
    func parse(_ text: String) -> Int64? {
        guard let reading = ClockReading(text) else { return nil }
        let wall = reading.day * Self.secondsPerDay + reading.second
        let seconds: Int64
        if let offset = reading.offsetSeconds {
            seconds = wall - offset
        } else {
            let (fits, before) = instants(ofWall: wall)
            seconds = fits.min() ?? wall - before
        }
        guard Self.secondsRange.contains(seconds) else { return nil }
        return seconds * 1_000 + reading.millisecond
    }

    /// The last millisecond of the day that begins then, which may be an hour longer or shorter than others.
    func endOfDay(_ beginning: Int64) -> Int64 {
        let noonAfter = beginning + 36 * 3_600_000
        return (parse(String(text(milliseconds: noonAfter).prefix("2026-11-30".count))) ?? noonAfter) - 1
    }

    /// Whether it is a time of an hour that clocks skip in this zone, so that it is taken as a later one.
    func skips(_ text: String) -> Bool {
        guard let reading = ClockReading(text.trimmingCharacters(in: .whitespaces)),
            reading.offsetSeconds == nil
        else { return false }
        return instants(ofWall: reading.day * Self.secondsPerDay + reading.second).fits.isEmpty
    }

    /// The instants at which a clock here shows a reading, and the offset of the day before. The larger offset gives the earlier
    /// instant. Both neighbours are tried, since a change may lie near.
    private func instants(ofWall wall: Int64) -> (fits: [Int64], offsetBefore: Int64) {
        let offsets = [wall - Self.secondsPerDay, wall + Self.secondsPerDay].map(offsetSeconds(at:))
        return (offsets.map { wall - $0 }.filter { $0 + offsetSeconds(at: $0) == wall }, offsets[0])
    }

    func offsetSeconds(at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }

    // MARK: Calendar

    /// Days since 1970-01-01 of a date of the Gregorian calendar, counted from March so that the leap day comes last.
    static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted.floored(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

private func pad(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    /// Division that rounds down, also below zero.
    func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
