import ArgumentParser
import ReturnsAPI

struct SlaNext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "Take the most urgent case that nobody works on.",
        discussion: """
            It is kept from others for a while; asked again before that is over, it is the same case, kept for longer. What is \
            assigned to somebody else is left to them, and so is what you may not do for what you did before, such as refunding \
            what you inspected. Done with it, just ask for the next; to give it back: sla release.
            """)
    @Option(help: "For which department; your own unless given.", transform: parseWord) var role:
        Returns_V1_Role?
    @Option(
        name: .customLong("kind"), help: "Only clocks of this kind, such as review or refund; repeatable.",
        transform: parseWord)
    var kinds: [Returns_V1_ClockKind] = []
    @Option(
        parsing: .unconditional, help: ArgumentHelp("For how long it is kept: 30m, 2h.", valueName: "time"))
    var lease = "30m"
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard let milliseconds = DurationFormat.parse(lease) else {
            throw CommandFailure.usage("--lease \(lease) is no duration", hints: ["write 30m or 2h"])
        }
        guard !global.dryRun else {
            return Output.note("dry run: would take the most urgent case that is free (see sla due)")
        }
        try await global.withSession { session in
            var request = Returns_V1_NextWorkRequest.with {
                $0.kinds = kinds
                $0.leaseMs = milliseconds
            }
            if let role { request.role = role }
            let reply = try await session.client.clocks.nextWork(request, options: session.changeOptions)
                .message
            guard session.output.isTable, reply.hasWork else {
                try session.output.show(reply) { Self.nothing(reply, $0) }
                if session.output.isTable {
                    Output.noteUnreadable(reply.unreadableCaseIds)
                    Output.noteNewer(reply.newerCaseIds)
                }
                return
            }
            let value = try await session.getCase(reply.work.caseID)
            let steps = (try? await session.allowedCommands(reply.work.caseID)) ?? []
            let notes = await session.latestNotes(of: value)
            try session.output.show(reply) {
                Self.text(reply, value, steps, role: reply.work.clock.owner, notes: notes, $0)
            }
        }
    }

    private static func nothing(_ reply: Returns_V1_NextWorkReply, _ style: Style) -> String {
        guard reply.passedOver > 0 else {
            let isAll = reply.unreadableCaseIds.isEmpty && reply.newerCaseIds.isEmpty
            return isAll ? style.green("nothing is due") : "nothing can be taken"
        }
        let looked = counted(reply.passedOver, "most urgent deadline")
        var text = "nothing is free: others work on the \(looked), or they are assigned to others"
        if reply.forOthers > 0 {
            let waits = reply.forOthers == 1 ? "1 waits" : "\(reply.forOthers) wait"
            text =
                "nothing for you: of the \(looked) \(waits) for another person, for what you did with the case before"
            if reply.forOthers < reply.passedOver {
                text += "; others work on the rest, or they are assigned to others"
            }
        }
        guard reply.incomplete else { return text }
        return text + "; what is due later was not looked at: sla due shows it"
    }

    static func text(
        _ reply: Returns_V1_NextWorkReply, _ value: Returns_V1_Case, _ steps: [Returns_V1_AllowedCommand],
        role: Returns_V1_Role, notes: [Returns_V1_TimelineEntry] = [], times: TimeFormat = .screen,
        _ style: Style
    ) -> String {
        let clock = reply.work.clock
        let due = "\(clock.name), \(clock.dueText(now: reply.nowMs))"
        let next = CommandGuide.next(
            steps.filter { $0.roles.contains(role) && !$0.forOthers }, caseID: value.id,
            in: CaseSituation(value: value), for: [role])
        return [
            clock.isLate(now: reply.nowMs) ? style.boldRed(due) : style.bold(due),
            CaseDetail(value: value, nowMilliseconds: reply.nowMs, times: times, notes: notes).text(style),
            "yours until \(times.text(milliseconds: reply.leasedUntilMs)); next:",
            next.map { "  \($0)" }.joined(separator: "\n"),
            "  " + NextLine.returnsctl("sla release \(value.id)", note: "to give it back"),
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }
}

struct SlaRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Give back a case that sla next has taken.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        guard !global.dryRun else { return Output.note("dry run: would give case \(caseID) back") }
        try await global.withSession { session in
            let reply = try await session.client.clocks.releaseWork(
                .with { $0.caseID = caseID }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in
                reply.released ? "\(caseID) is free for others" : "\(caseID) was not taken by you"
            }
        }
    }
}
