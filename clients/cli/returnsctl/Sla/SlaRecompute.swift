import ArgumentParser
import RCP
import ReturnsAPI

struct SlaRecompute: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recompute",
        abstract: "Take open cases over to the SLA policy in force.",
        discussion: """
            Their running clocks go by it as if they had from their start; what was consumed, paused and granted counts as \
            before, and what was missed stays missed. With --dry-run it shows what would move.
            """)
    @Argument(help: ArgumentHelp("Cases; all open ones unless given.", valueName: "id")) var caseIDs:
        [String] = []
    @OptionGroup var global: GlobalOptions

    private static let pageCases: UInt32 = 200
    /// A table shows no more cases than this; JSON has them all.
    private static let shownCasesMax = 100

    func run() async throws {
        try await global.withSession { session in
            let sla = try await session.client.slaPolicies.getSlaPolicy(.init()).message.currentVersion
            if Confirmation.isNeeded(global) {
                // Nobody is asked about what is not theirs to do.
                let trial = Returns_V1_RecomputeRequest.with {
                    ($0.caseIds, $0.dryRun, $0.slaVersion, $0.limit) = (caseIDs, true, sla, 1)
                }
                _ = try await session.client.slaPolicies.recompute(trial)
            }
            try await Confirmation.ask(
                "This takes \(caseIDs.isEmpty ? "all open cases" : counted(caseIDs.count, "case")) over to SLA policy \(sla).",
                global)
            var total = Returns_V1_RecomputeReply()
            total.slaVersion = sla
            var request = Returns_V1_RecomputeRequest.with {
                $0.caseIds = caseIDs
                $0.dryRun = global.dryRun
                $0.slaVersion = sla
                $0.limit = Self.pageCases
            }
            repeat {
                // Each page is a request of its own; repeating one changes nothing.
                let reply = try await session.client.slaPolicies.recompute(
                    request, options: RCPCallOptions(requestID: .random())
                ).message
                total.cases += reply.cases
                total.lookedAt += reply.lookedAt
                total.refused += reply.refused
                request.cursor = reply.nextCursor
            } while !request.cursor.isEmpty
            try session.output.show(total, items: total.cases) {
                Self.text(total, isDryRun: global.dryRun, $0)
            }
            for note in Self.notes(total.refused) { Output.note(note) }
            if let exit = Self.exitStatus(total.refused) { throw QuietExit(exit: exit) }
        }
    }

    /// Which cases were left alone, and why. In a changeover many are of a newer server, for one reason.
    static func notes(_ refused: [Returns_V1_RefusedCase]) -> [String] {
        let newer = refused.filter { $0.reason == recordNewer }.map { TextWidth.safe($0.caseID) }
        var notes = refused.filter { $0.reason != recordNewer }.map {
            "\(TextWidth.safe($0.caseID)) was left alone: \(TextWidth.safe($0.text)) [\($0.reason)]"
        }
        if !newer.isEmpty {
            notes.append(
                "left alone, since written by a newer returnsd: \(newer.joined(separator: ", ")); type it again for a server of that build [\(recordNewer)]"
            )
        }
        return notes
    }

    /// - Returns: Nil where all were taken over.
    static func exitStatus(_ refused: [Returns_V1_RefusedCase]) -> ExitStatus? {
        if refused.isEmpty { return nil }
        // A damaged case is no step that is not allowed now.
        return refused.contains { $0.reason == "RECORD_UNREADABLE" } ? .failed : .conflict
    }

    private static let recordNewer = "RECORD_NEWER"

    static func text(
        _ reply: Returns_V1_RecomputeReply, isDryRun: Bool, times: TimeFormat = .screen, _ style: Style
    ) -> String {
        let moved = reply.cases.reduce(0) { $0 + $1.moved.count }
        let summary =
            "\(counted(reply.lookedAt, "open case")): \(reply.cases.count) \(isDryRun ? "would go over" : "went over")"
            + " to SLA policy \(reply.slaVersion), \(counted(moved, "deadline")) \(isDryRun ? "would move" : "moved")"
            + (reply.refused.isEmpty ? "" : ", \(counted(reply.refused.count, "case")) left alone")
        guard moved > 0 else { return summary }
        var table = Table([
            .init("CASE"), .init("PLAN"), .init("CLOCK"), .init("DUE AT"),
            .init(isDryRun ? "WOULD BE" : "IS NOW"),
            .init("BY"),
        ])
        let movedCases = reply.cases.filter { !$0.moved.isEmpty }
        for item in movedCases.prefix(shownCasesMax) {
            for clock in item.moved {
                let difference = clock.dueAtMs - clock.dueBeforeMs
                table.add([
                    item.caseID,
                    item.plan == item.planBefore ? item.plan : "\(item.planBefore) → \(item.plan)",
                    "\(word(clock.kind)) #\(clock.ordinal)", times.text(milliseconds: clock.dueBeforeMs),
                    times.text(milliseconds: clock.dueAtMs),
                    "\(difference < 0 ? "-" : "+")\(DurationFormat.text(milliseconds: difference))",
                ])
            }
        }
        let left = movedCases.count - shownCasesMax
        let more = left > 0 ? "\n… and \(counted(left, "case")) more: -o jsonl lists all" : ""
        return "\(table.text(style))\(more)\n\(summary)"
    }
}
