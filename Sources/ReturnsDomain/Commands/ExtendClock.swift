extension CommandRule {
    /// A clock gets more time.
    static let extendClock = CommandRule(in: .open, isOfGoodsThatWait: true) {
        $0.value.runningClocks.contains { $0.breachedAt == nil }
    }
}

extension CaseDraft {
    mutating func extendClock(_ kind: ClockKind, by milliseconds: Int64, reason: String) throws(CaseRejection)
    {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        guard (1...Self.extensionMillisecondsMax).contains(milliseconds) else {
            throw .invalid(
                "OUT_OF_RANGE", "by_ms",
                "extend by 1 millisecond to \(Self.extensionMillisecondsMax / Milliseconds.day) days")
        }
        let index = try runningIndex(kind) { $0.breachedAt == nil }
        guard value.clocks[index].breachedAt == nil else {
            throw refusal("CLOCK_BREACHED", "the \(kind) clock is breached; a breach is never erased")
        }
        try requireRoom(value.clocks[index].extensions.count, "extensions of a clock")
        value.clocks[index].extend(
            Clock.Extension(at: now, byMilliseconds: milliseconds, reason: reason, by: by),
            calendar: plan.calendar)
        record(
            .clockExtended, "\(kind), due at \(localText(value.clocks[index].dueAt)): \(reason)",
            value.clocks[index].detail())
    }

    static let extensionMillisecondsMax = 365 * Milliseconds.day
}
