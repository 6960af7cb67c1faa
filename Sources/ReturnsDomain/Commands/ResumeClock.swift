extension CommandRule {
    /// A clock that was held goes on.
    static let resumeClock = CommandRule(in: .open, isOfGoodsThatWait: true) { offer in
        offer.value.runningClocks.contains { $0.isPaused && !offer.value.isHeld($0.kind) }
    }
}

extension CaseDraft {
    mutating func resumeClock(_ kind: ClockKind, reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try runningIndex(kind) { $0.isPaused }
        guard value.clocks[index].isPaused else {
            throw refusal("CLOCK_NOT_PAUSED", "the \(kind) clock is not paused")
        }
        guard !value.isHeld(kind) else {
            throw refusal("CLOCK_HELD", "the \(kind) clock pauses while the case is in state \(value.state)")
        }
        value.clocks[index].resume(at: now, calendar: plan.calendar, reason: reason, by: by)
        record(
            .clockResumed, "\(kind), due at \(localText(value.clocks[index].dueAt)): \(reason)",
            value.clocks[index].detail())
    }
}
