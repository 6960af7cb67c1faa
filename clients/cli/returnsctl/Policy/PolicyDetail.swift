import ReturnsWire

/// A policy on one screen.
struct PolicyDetail {
    var reply: Returns_V1_GetPolicyReply

    func text(_ style: Style) -> String {
        let policy = reply.policy
        let isCurrent = policy.version == reply.currentVersion
        var lines = [
            style.bold("policy \(policy.version)")
                + (isCurrent ? ", in force" : ", replaced; \(reply.currentVersion) is in force"),
            "  return window   \(policy.returnWindowDays) days",
            "  standard        version \(policy.standardVersion)",
            "  conditions      \(policy.requiredConditions.joined(separator: ", "))",
            "  enclosures      \(policy.enclosures.joined(separator: ", "))",
            "  return address  \(TextWidth.safe(policy.returnAddress))",
            "  instructions    \(TextWidth.safe(policy.instructions))",
            "  appeals         \(policy.appealsMax); follow-up attempts \(policy.followUpAttemptsMax); "
                + "returnless \(policy.returnlessAllowed ? "allowed" : "not allowed")",
            "  calendar        \(calendarText(policy.calendar))", "",
        ]
        var reasons = Table([.init("REASON"), .init("TITLE"), .init("COVERED")])
        for reason in policy.reasons {
            reasons.add([reason.code, reason.title, reason.covered ? "yes" : "no"])
        }
        lines += [reasons.text(style), ""]
        var targets = Table([.init("CLOCK"), .init("TIME"), .init("WARNS"), .init("ESCALATES AFTER")])
        for target in policy.targets {
            targets.add([
                word(target.kind),
                target.workingDays > 0
                    ? "\(target.workingDays) working days" : DurationFormat.text(milliseconds: target.wallMs),
                target.warnBeforeMs > 0
                    ? "\(DurationFormat.text(milliseconds: target.warnBeforeMs)) before" : "",
                target.escalateAfterMs.map { DurationFormat.text(milliseconds: $0) }.joined(separator: ", "),
            ])
        }
        lines.append(targets.text(style))
        return lines.joined(separator: "\n")
    }

    private func calendarText(_ calendar: Returns_V1_WorkingCalendar) -> String {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let days = calendar.workingWeekdays.filter { (1...7).contains($0) }.map { names[Int($0) - 1] }
        return
            "version \(calendar.version), \(TextWidth.safe(calendar.timeZone)), \(days.joined(separator: " "))"
            + " \(clock(calendar.opensMinute))–\(clock(calendar.closesMinute)), \(calendar.holidays.count) holidays,"
            + " \(calendar.makeupDays.count) make-up days"
    }

    private func clock(_ minute: UInt32) -> String {
        let minutes = minute % 60
        return "\(minute / 60):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
