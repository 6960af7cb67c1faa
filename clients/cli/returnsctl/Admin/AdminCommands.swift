import ArgumentParser
import ReturnsAPI

struct AdminCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Look after the server and its store.",
        subcommands: [
            AdminInfo.self, AdminVerifyIndexes.self, AdminVerifyMoney.self, AdminReconciled.self,
            AdminAdvanceClock.self,
        ])
}

struct AdminInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "Show the server's state.")
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.admin.getServerInfo(Returns_V1_GetServerInfoRequest())
                .message
            try session.output.show(reply) { style in
                var lines = [
                    "server       \(session.settings.server), returnsd \(TextWidth.safe(reply.serverVersion))",
                    "time         \(TimeFormat.screen.text(milliseconds: reply.nowMs))"
                        + (reply.testClock ? style.yellow(" (test clock)") : ""),
                    "redis        \(TextWidth.safe(reply.redisVersion)), \(reply.partitions) partitions",
                    "store        \(TextWidth.safe(reply.storeID)), run \(TextWidth.safe(reply.storeRun))",
                    "writer level \(reply.storeLevel)\(levelNote(reply))",
                    "policy       version \(reply.policyVersion), SLA policy \(reply.slaPolicyVersion)",
                    "event loops  \(reply.eventLoops)",
                    "you          \(TextWidth.safe(reply.principal)), \(reply.roles.map { word($0) }.joined(separator: ", "))"
                        + (reply.team.isEmpty ? "" : ", team \(TextWidth.safe(reply.team))")
                        + (reply.saleChannels == ["*"]
                            ? ""
                            : ", sale channels \(reply.saleChannels.map(TextWidth.safe).joined(separator: ", "))"),
                ]
                if !reply.notServingReason.isEmpty {
                    lines.append(style.boldRed("NOT SERVING  \(TextWidth.safe(reply.notServingReason))"))
                }
                for warning in reply.warnings {
                    lines.append(style.red("warning      \(TextWidth.safe(warning))"))
                }
                return lines.joined(separator: "\n")
            }
        }
    }
}

extension AdminInfo {
    /// What is to be done about it, if anything.
    fileprivate func levelNote(_ reply: Returns_V1_GetServerInfoReply) -> String {
        if reply.storeLevel < reply.highestLevel {
            return " of \(reply.highestLevel); returnsd --upgrade raises it, once no older server is left"
        }
        return reply.storeLevel > reply.highestLevel ? ", and this server knows \(reply.highestLevel)" : ""
    }
}

struct AdminVerifyIndexes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-indexes",
        abstract:
            "Prove that indexes and deadlines agree with the cases; exit status 1 if they do not, or are not repaired."
    )
    @Flag(help: "Repair what is wrong.") var repair = false
    @OptionGroup var global: GlobalOptions

    /// Reading a whole store takes longer than a call on one case.
    static let timeout = Duration.seconds(600)

    func run() async throws {
        if repair {
            try await Confirmation.ask("This rewrites index entries that disagree with the cases.", global)
        }
        try await global.withSession { session in
            let isRepair = repair && !global.dryRun
            var options = session.changeOptions
            if global.timeout == nil { options.timeout = Self.timeout }
            let reply = try await session.client.admin.verifyIndexes(
                .with { $0.repair = isRepair }, options: options
            )
            .message
            try session.output.show(reply, items: reply.findings) { Self.text(reply, $0) }
            let problems = reply.findings.filter { !Self.isNewer($0) }
            let isLeft = isRepair ? problems.contains { !$0.repaired } : reply.problems > 0
            if isLeft { throw QuietExit(exit: .failed) }
        }
    }

    /// Of a record, not of an index: nothing says what it was, so nothing can repair it.
    private static let recordProblems: Set<Returns_V1_IndexProblem> = [.unreadable, .recordMissing]

    private static func isOfRecord(_ finding: Returns_V1_IndexFinding) -> Bool {
        recordProblems.contains(finding.problem)
    }

    /// Nothing is wrong with it: this server does not know all that a newer one wrote.
    private static func isNewer(_ finding: Returns_V1_IndexFinding) -> Bool { finding.problem == .newer }

    static func text(_ reply: Returns_V1_VerifyIndexesReply, _ style: Style) -> String {
        let entries = reply.entries == 1 ? "1 index entry" : "\(reply.entries) index entries"
        let looked = "\(counted(reply.cases, "case")), \(counted(reply.orders, "order")), \(entries)"
        let newer =
            reply.newer == 0
            ? ""
            : "\n\(counted(Int(clamping: reply.newer), "record")) of a newer returnsd not looked at: ask a server of that build"
        if reply.problems == 0 {
            let words = reply.newer == 0 ? "all agree" : "all that this server can read agree"
            return "\(looked): \(style.green(words))\(newer)"
        }
        var table = Table([.init("INDEX"), .init("CASE"), .init("PROBLEM"), .init("REPAIRED")])
        let problems = reply.findings.filter { !isNewer($0) }
        for finding in problems {
            table.add([finding.index, finding.caseID, word(finding.problem), finding.repaired ? "yes" : "no"])
        }
        let rest = reply.problems - min(reply.problems, UInt64(problems.count))
        let more = rest == 0 ? "" : "\n… and \(rest) more"
        let left = problems.filter { !$0.repaired }
        var lines = [table.text(style) + more, "\(looked): \(style.red(counted(reply.problems, "problem")))"]
        if left.contains(where: { !isOfRecord($0) }) || (rest > 0 && left.count == problems.count) {
            lines[1] += "; to repair them, type: \(NextLine.returnsctl("admin verify-indexes --repair"))"
        }
        if left.contains(where: isOfRecord) {
            lines.append(
                "a record that is damaged or missing is not repaired: see RUNBOOK.md, \"A record is damaged\""
            )
        }
        return lines.joined(separator: "\n") + newer
    }
}

struct AdminReconciled: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconciled",
        abstract: "Say that finance has compared the refunds with the gateway since changes were lost.",
        discussion:
            "After a loss a refund may have gone out that the store does not know, so no refund is started. Compare the refunds since then with the gateway, record what it paid, and type this; refunds go on from then."
    )
    @Argument(
        help: ArgumentHelp("The run that 'admin info' and the refusal of a refund name.", valueName: "run"))
    var lossRun: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Confirmation.ask(
            "Refunds go on from now. One that the gateway has paid and nobody has recorded would be paid again.",
            global)
        try await global.withSession { session in
            guard !global.dryRun else { return Output.note("dry run: refunds would go on") }
            let reply = try await session.client.admin.confirmReconciled(
                .with { $0.run = lossRun }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in "refunds go on" }
        }
    }
}

struct AdminAdvanceClock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance-clock", abstract: "Move the test clock forward; servers without one refuse.")
    @Argument(help: ArgumentHelp("How far: 25h, 3d, …", valueName: "duration")) var by: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let duration = try TimeOption.duration(by, "duration")
        try await global.withSession { session in
            guard !global.dryRun else {
                return Output.note(
                    "dry run: would move the clock by \(DurationFormat.text(milliseconds: duration))")
            }
            let reply = try await session.client.admin.advanceTestClock(
                .with { $0.byMs = duration }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in
                "it is now \(TimeFormat.screen.text(milliseconds: reply.nowMs))"
            }
        }
    }
}
