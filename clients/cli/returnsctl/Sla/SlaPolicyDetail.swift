import MoneyFormat
import ReturnsAPI

/// An SLA policy, plan by plan.
struct SlaPolicyDetail {
    var reply: Returns_V1_GetSlaPolicyReply

    func text(_ style: Style) -> String {
        let policy = reply.policy
        let isCurrent = policy.version == reply.currentVersion
        var lines = [
            style.bold("SLA policy \(policy.version)")
                + (isCurrent ? ", in force" : ", replaced; \(reply.currentVersion) is in force")
        ]
        for plan in policy.plans {
            lines += [
                "", style.bold("plan \(TextWidth.safe(plan.name))") + ", \(condition(plan))",
                "  calendar  \(TextWidth.safe(plan.calendar)) \(plan.calendarVersion)",
                "  quiet     \(quiet(plan))",
            ]
            lines.append(targets(plan).text(style))
        }
        return lines.joined(separator: "\n")
    }

    private func condition(_ plan: Returns_V1_SlaPlan) -> String {
        guard plan.hasCondition else { return "for all other cases" }
        let lists = [
            ("channel", plan.condition.saleChannels), ("reason", plan.condition.reasons),
            ("customer class", plan.condition.customerClasses),
        ]
        var parts = lists.filter { !$0.1.isEmpty }.map { name, values in
            "\(name) \(TextWidth.safe(values.joined(separator: " or ")))"
        }
        if plan.condition.hasOrderValue {
            let value = plan.condition.orderValue
            let from = "order of \(MoneyFormat.text(value.fromMinor, value.currency))"
            parts.append(
                value.hasBelowMinor
                    ? "\(from) to less than \(MoneyFormat.text(value.belowMinor, value.currency))"
                    : "\(from) or more")
        }
        return "for \(parts.joined(separator: ", "))"
    }

    private func quiet(_ plan: Returns_V1_SlaPlan) -> String {
        guard plan.hasQuietHours else { return "never" }
        let hours = BusinessHoursOption.text([
            .with {
                $0.opensMinute = plan.quietHours.fromMinute
                $0.closesMinute = plan.quietHours.untilMinute
            }
        ])
        return hours + (plan.quietHours.daysOff ? ", and days off" : "")
    }

    private func targets(_ plan: Returns_V1_SlaPlan) -> Table {
        var table = Table([.init("CLOCK"), .init("TIME"), .init("WARNS BEFORE"), .init("ESCALATES AFTER")])
        for target in plan.targets {
            table.add([
                word(target.kind), length(target),
                target.warnBeforeMs.map { DurationFormat.text(milliseconds: $0) }.joined(separator: ", "),
                target.escalations.map(escalation).joined(separator: ", "),
            ])
        }
        // They run all the same, so a policy that leaves them out does not do without them.
        let named = Set(plan.targets.map(\.kind))
        for kind in Returns_V1_ClockKind.allCases where kind != .unspecified && !named.contains(kind) {
            table.add([word(kind), Self.ownTime(kind), "", ""])
        }
        return table
    }

    /// Of a clock that the plan has no target for (Protocol/STATES.md, *Clocks*).
    private static func ownTime(_ kind: Returns_V1_ClockKind) -> String {
        kind == .pickup ? "its window" : "not in the plan: the procedure's standard"
    }

    private func length(_ target: Returns_V1_ClockTarget) -> String {
        if target.workingDays > 0 { return counted(target.workingDays, "working day") }
        if target.workingMs > 0 {
            return "\(DurationFormat.text(milliseconds: target.workingMs)) of business"
        }
        return target.wallMs > 0 ? DurationFormat.text(milliseconds: target.wallMs) : "its window"
    }

    private func escalation(_ level: Returns_V1_Escalation) -> String {
        "\(DurationFormat.text(milliseconds: level.afterMs)) to \(level.target.isEmpty ? word(level.role) : level.target)"
    }
}
