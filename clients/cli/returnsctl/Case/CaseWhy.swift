import ArgumentParser
import MoneyFormat
import ReturnsAPI

struct CaseWhy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Show step by step where a case's amounts and deadlines come from.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @Flag(help: "Running deadlines alone; those that have ended are left out.") var running = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.explainCase(.with { $0.caseID = caseID }).message
            try session.output.show(reply) { WhyText(reply, $0).text(runningOnly: running) }
        }
    }
}

/// An explanation in words, one step a line.
struct WhyText {
    let reply: Returns_V1_ExplainCaseReply
    let style: Style
    let times: TimeFormat

    init(_ reply: Returns_V1_ExplainCaseReply, times: TimeFormat = .screen, _ style: Style) {
        (self.reply, self.times, self.style) = (reply, times, style)
    }

    func text(runningOnly: Bool = false) -> String {
        let clocks = reply.clocks.filter { clock in
            !runningOnly || !clock.steps.contains { $0.kind == .ended }
        }
        let blocks = reply.lines.map(lineText) + [moneyText] + clocks.map(clockText)
        return blocks.joined(separator: "\n\n")
    }

    private func money(_ minor: Int64) -> String { MoneyFormat.text(minor, reply.currency) }

    // MARK: Money

    private func lineText(_ line: Returns_V1_LineExplanation) -> String {
        var lines = [style.dim("line \(TextWidth.safe(line.lineID)), \(TextWidth.safe(line.sku))")]
        guard line.refundableUnits > 0 || line.owedMinor != 0 else {
            let why =
                line.exchangedUnits > 0
                ? "what was accepted is exchanged for goods (\(counted(line.exchangedUnits, "unit")))"
                : "no unit was accepted, conceded or left to the customer"
            return lines[0] + "\n  nothing is owed: \(why)"
        }
        let kinds = [
            (line.acceptedUnits, "accepted"), (line.concededUnits, "conceded"),
            (line.lostConcededUnits, "lost and conceded"), (line.keptUnits, "kept by the customer"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " + ")
        let exchanged =
            line.exchangedUnits > 0
            ? "; besides, \(line.exchangedUnits) accepted and exchanged for goods" : ""
        lines.append("  units   \(kinds.isEmpty ? "none" : kinds) = \(line.refundableUnits)\(exchanged)")
        lines.append(
            "  share   \(money(line.paidMinor)) paid × \(line.refundableUnits) ÷ \(line.boughtUnits) bought = \(money(line.exactShareMinor))"
        )
        if line.roundingMinor != 0 {
            lines.append(
                "  round   \(signed(line.roundingMinor)): \(line.orderRefundableUnits) units of all cases are worth \(money(line.orderWorthMinor)), and their shares add up to it"
            )
        }
        let parts = line.parts.map { part in
            let code = part.deductionCode == .unspecified ? "" : " (\(word(part.deductionCode)))"
            return "\(word(part.kind))\(code) \(signed(part.amountMinor))"
        }
        lines.append("  owed    \(parts.joined(separator: ", ")) = \(money(line.owedMinor))")
        lines.append(
            "  due     \(money(line.owedMinor)) owed − \(money(line.refundedMinor)) refunded − \(money(line.inFlightMinor)) in flight = \(style.bold(money(line.dueMinor)))"
        )
        return lines.joined(separator: "\n")
    }

    private func signed(_ minor: Int64) -> String { (minor < 0 ? "" : "+") + money(minor) }

    private var moneyText: String {
        let sum = reply.money
        let again =
            sum.shippingDueMinor > 0
            ? " − \(style.bold(money(sum.shippingDueMinor))) due again, since it came back" : ""
        var lines = [
            style.dim("money"),
            "  goods     \(money(sum.owedMinor)) owed − \(money(sum.refundedMinor)) refunded − \(money(sum.inFlightMinor)) in flight = \(style.bold(money(sum.dueMinor))) due",
            "  shipping  \(money(sum.shippingPaidMinor)) paid − \(money(sum.shippingHereMinor)) by this case − \(money(sum.shippingElsewhereMinor)) by others\(again) = \(money(sum.shippingLeftMinor)) \(again.isEmpty ? "left" : "more") to refund",
        ]
        if sum.shippingDueMinor > 0 {
            lines.append(
                "  to pay    \(money(sum.dueMinor)) for goods + \(money(sum.shippingDueMinor)) for shipping = \(style.bold(money(sum.dueMinor + sum.shippingDueMinor)))"
            )
        }
        if sum.outstandingMinor > 0 {
            lines.append(
                "  unpaid    \(money(sum.outstandingMinor)) of the order: what is refunded is bounded by what was paid"
            )
        }
        if sum.overpaidMinor > 0 {
            lines.append("  beyond    \(style.red(money(sum.overpaidMinor))) went out beyond what was owed")
        }
        for refund in sum.refunds {
            let shipping = refund.shippingMinor > 0 ? ", shipping \(money(refund.shippingMinor)) of it" : ""
            lines.append(
                "  refund    \(TextWidth.safe(refund.refundID)) \(word(refund.status)): \(money(refund.amountMinor))\(shipping), to \(TextWidth.safe(RefundTarget.text(refund, reply.currency)))"
            )
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Deadlines

    private func clockText(_ clock: Returns_V1_ClockExplanation) -> String {
        let what =
            clock.amountMinor > 0
            ? ", over \(money(clock.amountMinor))"
            : clock.units > 0 ? ", over \(counted(clock.units, "unit"))" : ""
        let rules =
            clock.plan.isEmpty
            ? "by an SLA policy of the past"
            : "by SLA policy \(clock.slaVersion), plan \(TextWidth.safe(clock.plan)), calendar \(TextWidth.safe(clock.calendar)) \(clock.calendarVersion) (\(TextWidth.safe(clock.timeZone)))"
        let head = "\(word(clock.kind)) #\(clock.ordinal) of \(word(clock.owner))\(what), \(rules)"
        return ([style.dim(head)] + clock.steps.map { "  " + stepText($0, isDerived: !clock.plan.isEmpty) })
            .joined(separator: "\n")
    }

    private func time(_ milliseconds: Int64) -> String { times.text(milliseconds: milliseconds) }

    /// - Parameter isDerived: The steps before come to a due time.
    private func stepText(_ step: Returns_V1_ClockStep, isDerived: Bool) -> String {
        let due = step.hasDueAtMs ? ": due \(time(step.dueAtMs))" : ""
        switch step.kind {
        case .started: return "\(time(step.atMs))  it started"
        case .told:
            return "\(time(step.atMs))  it started: the customer was told (\(word(step.occasion)))"
        case .length: return "\(lengthText(step))\(due)\(passedText(step))"
        case .agreed: return "agreed with the customer\(due)"
        case .paused:
            let by = (step.byState ? " by the case's state" : "") + reasonText(step)
            // Before the step that tells when it was over, an older server told that here.
            if step.hasUntilMs { return "\(time(step.atMs))  paused\(by) until \(time(step.untilMs))\(due)" }
            let end = step.hasEndsAtMs ? ", at the latest at \(time(step.endsAtMs))" : ""
            return "\(time(step.atMs))  paused\(by), and still is: it moves when the pause is over\(end)"
        case .resumed:
            return "\(time(step.atMs))  goes on\(reasonText(step))\(due)"
        case .extended:
            return
                "\(time(step.atMs))  extended by \(DurationFormat.text(milliseconds: step.lengthMs))\(due)"
        case .kept:
            return isDerived
                ? "kept\(due), which the customer was promised before another SLA policy took over"
                : "kept\(due), set by a plan of the past: from what is known now it cannot be derived again"
        case .breached: return "\(time(step.atMs))  \(style.red("breached"))"
        case .ended: return "\(time(step.atMs))  ended, \(word(step.end))"
        case .unspecified, .UNRECOGNIZED: return "a step that only a newer returnsctl knows\(due)"
        }
    }

    private func reasonText(_ step: Returns_V1_ClockStep) -> String {
        step.reason.isEmpty ? "" : " (\(TextWidth.safe(step.reason)))"
    }

    private func lengthText(_ step: Returns_V1_ClockStep) -> String {
        if step.workingDays > 0 {
            return "\(counted(step.workingDays, "working day")) after that day, to the close of business"
        }
        let length = DurationFormat.text(milliseconds: step.lengthMs)
        return step.working ? "\(length) of business time" : "\(length) on the wall clock"
    }

    private func passedText(_ step: Returns_V1_ClockStep) -> String {
        let special = step.days.filter { $0.kind != .unspecified }.map { day in
            "\(day.date) \(word(day.kind))\(day.title.isEmpty ? "" : " \(TextWidth.safe(day.title))")"
        }
        let off = step.days.count { $0.kind == .unspecified }
        var parts = special
        if off > 0 { parts.append("\(counted(off, "day")) off by the weekday") }
        if step.moreDays > 0 { parts.append("\(step.moreDays) more") }
        return parts.isEmpty ? "" : "; on the way: \(parts.joined(separator: ", "))"
    }
}
