/// Durations as people write them: "2h 10m", "25h", "1d12h".
enum DurationFormat {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
    ]

    /// The two largest units that count: "3d 4h", "2h 10m", "45s"; "0s" below a second. The sign is dropped.
    static func text(milliseconds: Int64) -> String {
        var rest = milliseconds.magnitude
        var parts: [String] = []
        for (index, unit) in units.enumerated() {
            let count = rest / unit.milliseconds.magnitude
            rest %= unit.milliseconds.magnitude
            if count > 0 { parts.append("\(count)\(unit.suffix)") }
            // A unit after the first is shown only next to it: "3d 5s" would feign precision.
            if parts.count == 2 || (parts.count == 1 && count == 0) { break }
            if index == units.count - 1 { break }
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }

    /// To the millisecond, as `parse` reads it: "90s", "1500ms".
    static func exact(milliseconds: Int64) -> String {
        milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
    }

    /// "2h 10m late", "3d 4h left" or "due now".
    static func due(_ dueMilliseconds: Int64, now nowMilliseconds: Int64) -> String {
        let left = dueMilliseconds - nowMilliseconds
        if left.magnitude < 1_000 { return "due now" }
        return "\(text(milliseconds: left)) \(left < 0 ? "late" : "left")"
    }

    /// Milliseconds of "25h", "1h 30m" or "500ms"; nil for anything else, for zero, and beyond a century.
    static func parse(_ text: String) -> Int64? {
        var total: Int64 = 0
        var rest = Substring(text).filter { !$0.isWhitespace }[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, let count = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let suffix = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(suffix.count)
            let unit = suffix == "ms" ? 1 : units.first { $0.suffix == suffix }?.milliseconds
            guard let unit, count <= 3_155_760_000_000 / unit else { return nil }
            total += count * unit
        }
        return (1...3_155_760_000_000).contains(total) ? total : nil
    }
}
