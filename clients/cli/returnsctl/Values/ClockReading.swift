/// What a written time says, before a zone makes an instant of it: "2010-12-01 08:26:00", "2026-11-23T13:56+08:00".
struct ClockReading: Equatable {
    /// Days since 1970-01-01.
    var day: Int64
    /// Of the local day.
    var second: Int64
    var millisecond: Int64
    /// Nil when none is written.
    var offsetSeconds: Int64?

    init?(_ text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.take("-"), let month = scanner.number(digits: 2),
            scanner.take("-"), let monthDay = scanner.number(digits: 2)
        else { return nil }
        day = TimeFormat.day(year: year, month: month, day: monthDay)
        let back = TimeFormat.civil(day: day)
        guard back == (year, month, monthDay) else { return nil }
        second = 0
        millisecond = 0
        if scanner.isAtEnd { return }
        guard scanner.take("T") || scanner.take(" "), let hour = scanner.number(digits: 2), hour < 24,
            scanner.take(":"), let minute = scanner.number(digits: 2), minute < 60
        else { return nil }
        second = hour * 3_600 + minute * 60
        if scanner.take(":") {
            guard let seconds = scanner.number(digits: 2), seconds < 60 else { return nil }
            second += seconds
            if scanner.take(".") {
                guard let fraction = scanner.fractionMilliseconds() else { return nil }
                millisecond = fraction
            }
        }
        if scanner.isAtEnd { return }
        _ = scanner.take(" ")
        if scanner.take("Z") {
            offsetSeconds = 0
        } else {
            let sign: Int64
            if scanner.take("+") {
                sign = 1
            } else if scanner.take("-") {
                sign = -1
            } else {
                return nil
            }
            guard let hours = scanner.number(digits: 2), hours <= 18 else { return nil }
            _ = scanner.take(":")
            guard let minutes = scanner.number(digits: 2), minutes < 60 else { return nil }
            offsetSeconds = sign * (hours * 3_600 + minutes * 60)
        }
        guard scanner.isAtEnd else { return nil }
    }
}

/// Takes fixed-width numbers and single characters from a text's front.
private struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Character) -> Bool {
        guard let byte = rest.first, byte == character.asciiValue else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var value: Int64 = 0
        for byte in rest.prefix(digits) {
            guard let digit = digitValue(byte) else { return nil }
            value = value * 10 + digit
        }
        rest = rest.dropFirst(digits)
        return value
    }

    /// The first three digits count, the others are read over.
    mutating func fractionMilliseconds() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let byte = rest.first, let digit = digitValue(byte) {
            if count < 3 { value = value * 10 + digit }
            count += 1
            rest = rest.dropFirst()
        }
        guard (1...9).contains(count) else { return nil }
        for _ in count..<max(3, count) { value *= 10 }
        return value
    }

    private func digitValue(_ byte: UInt8) -> Int64? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int64(byte - UInt8(ascii: "0")) : nil
    }
}
