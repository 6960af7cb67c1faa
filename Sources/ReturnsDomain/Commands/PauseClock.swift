extension CommandRule {
    /// A clock is held, for a time that is known.
    static let pauseClock = CommandRule(in: .open, isOfGoodsThatWait: true) {
        $0.value.runningClocks.contains { !$0.isPaused }
    }
}

extension CaseDraft {
    /// - Parameter until: When the clock goes on by itself; nil is in `Clock.pauseMillisecondsDefault`.
    mutating func pauseClock(_ kind: ClockKind, reason: String, until: Instant?) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let endsAt =
            until ?? (keeps.contains(.pauseEnds) ? now.adding(Clock.pauseMillisecondsDefault) : nil)
        if let endsAt, !endsAt.isRepresentable || endsAt <= now || endsAt - now > Clock.pauseMillisecondsMax {
            throw .invalid(
                "TIME_OUT_OF_RANGE", "until_ms",
                "a pause ends in the future, at most \(Clock.pauseMillisecondsMax / Milliseconds.day) days from now; pause again for longer"
            )
        }
        let index = try runningIndex(kind) { !$0.isPaused }
        guard !value.clocks[index].isPaused else {
            throw refusal("CLOCK_PAUSED", "the \(kind) clock is paused already")
        }
        try requireRoom(value.clocks[index].pauses.count, "pauses of a clock")
        value.clocks[index].pause(at: now, endsAt: endsAt, reason: reason, by: by)
        record(
            .clockPaused,
            "\(kind), \(endsAt.map { "until \(localText($0)) at the latest" } ?? "until somebody resumes it"): \(reason)",
            value.clocks[index].detail())
    }
}

extension Clock {
    /// Nobody forgets a clock that is held: a pause has an end, and who needs more pauses again.
    public static let pauseMillisecondsMax = 90 * Milliseconds.day
    public static let pauseMillisecondsDefault = 7 * Milliseconds.day
}
