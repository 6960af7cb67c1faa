import ReturnsAPI

/// What a command did to a case, in a few lines: before → after, what was recorded, what is owed, what to type next.
struct ChangeReport {
    var reply: Returns_V1_CaseReply
    var replayed: Bool
    var isDryRun: Bool
    /// What can be done now, and by whom; empty where nobody asked.
    var allowed: [Returns_V1_AllowedCommand]
    /// Of whoever asks, where no entry tells in which one this change was made.
    var roles: [Returns_V1_Role] = []
    var nowMilliseconds: Int64
    var times = TimeFormat.screen
    var width = TextWidth.ofProse

    func text(_ style: Style) -> String {
        let value = reply.case
        var lines: [String] = []
        if isDryRun { lines.append(style.yellow("dry run: nothing was changed; this is what would be")) }
        if replayed {
            lines.append(style.yellow("done already: before, or by this line if its first answer was lost"))
        }
        lines.append(
            "\(style.bold(value.id))  \(stateText(style))  version \(value.version), order \(value.orderName)"
        )
        for entry in reply.entries {
            let text = entry.words.isEmpty ? "" : ": \(TextWidth.safe(times.restated(entry.words)))"
            let line = "  \(word(entry.kind).replacing("_", with: " "))\(text)"
            lines.append(entry.isAlarm ? style.red(line) : line)
        }
        if !value.tracksText.isEmpty { lines.append("  owed: \(value.tracksText)") }
        for clock in value.runningClocks {
            let line =
                "  clock: \(clock.name) of \(word(clock.owner)), \(clock.dueText(now: nowMilliseconds))"
                + " (\(times.text(milliseconds: clock.dueAtMs)))"
            lines.append(clock.isLate(now: nowMilliseconds) ? style.red(line) : line)
        }
        if !value.closingNeeds.isEmpty {
            let needs =
                "before closing: \(TextWidth.safe(value.closingTexts.joined(separator: "; ")))"
            let wrapped = TextWidth.wrapped(needs, width: width - 4)
            lines += wrapped.enumerated().map { ($0.offset == 0 ? "  " : "    ") + $0.element }
        }
        let next = CommandGuide.next(
            allowed, caseID: value.id, in: CaseSituation(value: value), for: role.map { [$0] } ?? roles)
        if !next.isEmpty {
            lines.append("next:")
            lines += next.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// In which this change was made: whoever made it goes on in that role.
    private var role: Returns_V1_Role? {
        reply.entries.last { $0.actor.role != .system && $0.actor.role != .unspecified }?.actor.role
    }

    private func stateText(_ style: Style) -> String {
        let after = word(reply.case.state)
        guard let first = reply.entries.first else { return style.bold(after) }
        let before = word(first.stateBefore)
        return before == after ? style.bold(after) : "\(before) → \(style.bold(after))"
    }
}

extension Returns_V1_TimelineEntry {
    /// Late, or money gone that was not owed: what nobody may overlook.
    var isAlarm: Bool { [.clockBreached, .clockEscalated, .refundOverpaid, .refundReturned].contains(kind) }
    var isWarning: Bool { kind == .clockWarned }
}
