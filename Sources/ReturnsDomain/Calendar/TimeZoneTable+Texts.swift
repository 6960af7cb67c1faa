/// Days and times as people read them. The checks of every form tell several, so each is written in one piece.
extension TimeZoneTable {
    /// "2026-03-02 18:00 +08:00". Readers are elsewhere, so a time never stands without its offset.
    public func localText(_ instant: Instant) -> String {
        let seconds = offsetSeconds(at: instant)
        let local = instant.milliseconds + Int64(seconds) * Milliseconds.second
        let day = Self.floorDivide(local, Milliseconds.day)
        let minute = Int((local - day * Milliseconds.day) / Milliseconds.minute)
        let date = Self.date(ofDay: Int32(truncatingIfNeeded: day))
        guard Self.yearsOfFourDigits.contains(date.year) else {
            return "\(Self.longText(date)) \(Self.clockText(minute)) \(Self.offsetText(seconds))"
        }
        return String(unsafeUninitializedCapacity: 23) { text in
            Self.write(date, to: text)
            text[10] = UInt8(ascii: " ")
            Self.writeClock(minute, to: text, at: 11)
            text[16] = UInt8(ascii: " ")
            Self.writeOffset(seconds, to: text, at: 17)
            return 23
        }
    }

    /// "Asia/Shanghai"; of a zone without a name its offset then.
    func title(at instant: Instant) -> String {
        name.isEmpty ? Self.offsetText(offsetSeconds(at: instant)) : name
    }

    /// "2026-03-02".
    public static func dateText(ofDay day: Int32) -> String {
        let date = date(ofDay: day)
        guard yearsOfFourDigits.contains(date.year) else { return longText(date) }
        return String(unsafeUninitializedCapacity: 10) { text in
            write(date, to: text)
            return 10
        }
    }

    private typealias Date = (year: Int, month: Int, dayOfMonth: Int)
    private typealias Text = UnsafeMutableBufferPointer<UInt8>

    private static let yearsOfFourDigits = 0...9_999

    /// Of a year before all others, or of more digits.
    private static func longText(_ date: Date) -> String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.dayOfMonth, 2))"
    }

    /// "18:00"
    private static func clockText(_ minutes: Int) -> String {
        String(unsafeUninitializedCapacity: 5) { text in
            writeClock(minutes, to: text, at: 0)
            return 5
        }
    }

    /// "+08:00"
    private static func offsetText(_ seconds: Int32) -> String {
        String(unsafeUninitializedCapacity: 6) { text in
            writeOffset(seconds, to: text, at: 0)
            return 6
        }
    }

    // MARK: Digits in their places

    private static func write(_ date: Date, to text: Text) {
        writeTwoDigits(date.year / 100, to: text, at: 0)
        writeTwoDigits(date.year % 100, to: text, at: 2)
        text[4] = UInt8(ascii: "-")
        writeTwoDigits(date.month, to: text, at: 5)
        text[7] = UInt8(ascii: "-")
        writeTwoDigits(date.dayOfMonth, to: text, at: 8)
    }

    /// - Parameter minutes: Less than 100 hours.
    private static func writeClock(_ minutes: Int, to text: Text, at place: Int) {
        writeTwoDigits(minutes / 60, to: text, at: place)
        text[place + 2] = UInt8(ascii: ":")
        writeTwoDigits(minutes % 60, to: text, at: place + 3)
    }

    private static func writeOffset(_ seconds: Int32, to text: Text, at place: Int) {
        text[place] = UInt8(ascii: seconds < 0 ? "-" : "+")
        // No offset that is stored is of more than 14 hours; one that is damaged stops nothing.
        writeClock(min(Int(seconds.magnitude) / 60, 99 * 60 + 59), to: text, at: place + 1)
    }

    private static func writeTwoDigits(_ number: Int, to text: Text, at place: Int) {
        text[place] = UInt8(ascii: "0") + UInt8(number / 10)
        text[place + 1] = UInt8(ascii: "0") + UInt8(number % 10)
    }
}
