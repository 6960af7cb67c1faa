extension CommandRule {
    /// A clock is held.
    static let pauseClock = CommandRule(in: .open) { $0.value.runningClocks.contains { !$0.isPaused } }
}

extension CaseDraft {
    mutating func pauseClock(_ kind: ClockKind, reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try runningIndex(kind) { !$0.isPaused }
        guard !value.clocks[index].isPaused else {
            throw refusal("CLOCK_PAUSED", "the \(kind) clock is paused already")
        }
        try requireRoom(value.clocks[index].pauses.count, "pauses of a clock")
        value.clocks[index].pause(at: now, reason: reason, by: by)
        record(.clockPaused, "\(kind): \(reason)", value.clocks[index].detail())
    }
}
