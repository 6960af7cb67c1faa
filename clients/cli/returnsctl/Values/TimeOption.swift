/// Times as options take them.
enum TimeOption {
    static func parse(_ text: String, _ option: String, _ nowMilliseconds: Int64) throws -> Int64 {
        guard let time = TimeFormat.screen.parse(text, nowMilliseconds: nowMilliseconds) else {
            throw CommandFailure.usage(
                "\(option) \(text) is no time",
                hints: ["write \"2026-11-24 09:00\", \"2026-11-24T09:00+08:00\", \"now\", \"+4h\" or \"-2d\""]
            )
        }
        if let note = note(text, option, time) { Output.note(note) }
        return time
    }

    /// What is said of a time that no clock shows: it is taken as another one.
    static func note(
        _ text: String, _ option: String, _ milliseconds: Int64, _ times: TimeFormat = .screen
    ) -> String? {
        guard times.skips(text) else { return nil }
        return
            "\(option) \(text) is no time in \(times.zone.identifier): clocks go forward over it; taken as \(times.text(milliseconds: milliseconds))"
    }

    /// The instant to the millisecond, as `parse` reads it whenever and wherever it is read; in the screen's zone, as all times are.
    static func text(_ milliseconds: Int64, _ times: TimeFormat = .screen) -> String {
        let fields = times.fields(milliseconds: milliseconds)
        let fraction = String(1_000 + milliseconds - milliseconds.floored(by: 1_000) * 1_000).dropFirst()
        return "\(fields.date)T\(fields.time).\(fraction)\(fields.offset == "+00:00" ? "Z" : fields.offset)"
    }

    static func duration(_ text: String, _ option: String) throws -> Int64 {
        guard let duration = DurationFormat.parse(text) else {
            throw CommandFailure.usage("\(option) \(text) is no duration", hints: ["write 25h, 1h30m or 3d"])
        }
        return duration
    }
}
