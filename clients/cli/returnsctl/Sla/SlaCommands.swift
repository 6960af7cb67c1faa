import ArgumentParser
import ReturnsAPI

struct SlaCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sla", abstract: "Deadlines: what is late, and steering them.",
        subcommands: [
            SlaDue.self, SlaClocks.self, SlaSweep.self, SlaPause.self, SlaResume.self, SlaExtend.self,
            SlaNext.self, SlaRelease.self, SlaBoard.self, SlaPolicyCommands.self, SlaRecompute.self,
        ])
}

struct SlaDue: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "due", abstract: "Show running deadlines, what is late first.",
        discussion: "Those that are paused are listed by --paused, with when each goes on.")
    @Option(parsing: .unconditional, help: "Only deadlines before: +4h, \"2026-11-24 18:00\", …")
    var before: String?
    @Option(
        name: .customLong("kind"), help: "Only clocks of this kind, such as review or refund; repeatable.",
        transform: parseWord)
    var kinds: [Returns_V1_ClockKind] = []
    @Option(help: "Only clocks of this role.", transform: parseWord) var owner: Returns_V1_Role?
    @Flag(help: "Those that are paused, instead of those that go on.") var paused = false
    @OptionGroup var whose: WorkOfOption
    @Option(help: "At most this many, or all.") var limit = ListLimit.of(50)
    @Option(help: "Go on after a page, as its end says, with the same filters.") var cursor = ""
    @OptionGroup var global: GlobalOptions

    static let pageClocks = 500

    func run() async throws {
        try await global.withSession { session in
            let request = try await asked(session)
            if [.jsonl, .csv].contains(session.output.format) {
                try await stream(request, session)
            } else {
                try await showWhole(request, session)
            }
        }
    }

    private func asked(_ session: Session) async throws -> Returns_V1_ListDueRequest {
        var request = Returns_V1_ListDueRequest.with {
            $0.kinds = kinds
            $0.cursor = cursor
            $0.paused = paused
        }
        if let owner { request.owner = owner }
        if let before {
            request.beforeMs = try TimeOption.parse(
                before, "--before", await session.serverNowMilliseconds())
        }
        let (person, team) = try await whose.names(session)
        request.person = person
        request.team = team
        return request
    }

    /// The pages as they come, which need no memory.
    private func stream(_ request: Returns_V1_ListDueRequest, _ session: Session) async throws {
        var isContinued = false
        try await eachPage(request, session) { page in
            if session.output.format == .csv {
                try session.output.csv(DueTable.csv(page), isContinued: isContinued)
                isContinued = true
            } else {
                try session.output.show(page, items: page.clocks) { _ in "" }
            }
            Output.noteUnreadable(page.unreadableCaseIds)
            Output.noteNewer(page.newerCaseIds)
        }
    }

    private func showWhole(_ request: Returns_V1_ListDueRequest, _ session: Session) async throws {
        var whole = Returns_V1_ListDueReply()
        try await eachPage(request, session) { page in
            if whole.nowMs == 0 {
                whole.nowMs = page.nowMs
                if page.hasTotal { whole.total = page.total }
            }
            whole.nextCursor = page.nextCursor
            whole.incomplete = page.incomplete
            whole.unreadableCaseIds += page.unreadableCaseIds
            whole.newerCaseIds += page.newerCaseIds
            whole.clocks += page.clocks
        }
        try session.output.show(whole, items: whole.clocks) {
            DueTable.text(
                whole, limit: limit.count, isContinued: !cursor.isEmpty, isOfPaused: paused, $0)
        }
        if session.output.isTable, !paused, whole.nextCursor.isEmpty {
            try await notePaused(request, session)
        }
        if session.output.format != .json {
            Output.noteUnreadable(whole.unreadableCaseIds)
            Output.noteNewer(whole.newerCaseIds)
        }
    }

    /// A clock that is held is in nobody's way, and so is forgotten: the list says that there are such.
    private func notePaused(_ request: Returns_V1_ListDueRequest, _ session: Session) async throws {
        var request = request
        request.paused = true
        request.cursor = ""
        request.limit = 1
        // A store of an older level, or a server of an older build, keeps no list of them.
        guard let found = try? await session.client.clocks.listDue(request).message, !found.clocks.isEmpty
        else { return }
        let count = found.hasTotal ? counted(Int(found.total), "deadline") : "some deadlines"
        Output.note("besides, \(count) paused: \(NextLine.returnsctl("sla due --paused"))")
    }

    private func eachPage(
        _ request: Returns_V1_ListDueRequest, _ session: Session,
        _ body: (Returns_V1_ListDueReply) throws -> Void
    ) async throws {
        var request = request
        var left = limit.count
        repeat {
            request.limit = UInt32(min(Self.pageClocks, left))
            let page = try await session.client.clocks.listDue(request).message
            left -= page.clocks.count
            request.cursor = page.nextCursor
            try body(page)
        } while !request.cursor.isEmpty && left > 0
        if !request.cursor.isEmpty, session.output.format != .json {
            Output.note(Self.more(request.cursor, request))
        }
    }

    /// How to go on. A time is named as it was read, since "+4h" is another time by then, and so another list.
    static func more(_ cursor: String, _ request: Returns_V1_ListDueRequest) -> String {
        guard request.hasBeforeMs else {
            return "more with: --cursor \(cursor) and the same filters, or with: --limit all"
        }
        let before = TimeOption.text(request.beforeMs)
        return
            "more with: --cursor \(cursor) --before \(before) and the other filters as they were, or with: --limit all"
    }
}

struct SlaClocks: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "clocks", abstract: "Show every clock of a case, and how it ended.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.getCase(.with { $0.caseID = caseID }).message
            let table = ClockTable.table(reply.case.clocks, now: reply.nowMs)
            try session.output.show(reply, items: reply.case.clocks, rows: { table.csv }) {
                reply.case.clocks.isEmpty ? "no clock" : table.text($0)
            }
        }
    }
}

struct SlaSweep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Warn about, mark and escalate what is due now, as the server does by itself.")
    @Option(help: "At most this many cases; the server's limit unless given.") var limit: UInt32 = 0
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            guard !global.dryRun else {
                return Output.note("dry run: would warn about, mark and escalate what is due (see sla due)")
            }
            let reply = try await session.client.clocks.sweep(
                .with { $0.limit = limit }, options: session.changeOptions
            ).message
            try session.output.show(reply) { _ in
                Self.text(reply)
            }
            if Self.isIncomplete(reply) { throw QuietExit(exit: .failed) }
        }
    }

    /// Something that was due is due still, and sweeping again does not change it.
    static func isIncomplete(_ reply: Returns_V1_SweepReply) -> Bool {
        !reply.unreadableCaseIds.isEmpty || !reply.newerCaseIds.isEmpty || !reply.refused.isEmpty
            || reply.unreadableDeadlines > 0
    }

    static func text(_ reply: Returns_V1_SweepReply) -> String {
        let isQuiet = reply.conflicts == 0 && !isIncomplete(reply)
        var lines: [String] = []
        if reply.firings > 0 {
            let left =
                reply.unreadableCaseIds.count + reply.newerCaseIds.count + reply.refused.count
                + Int(reply.conflicts)
            let cases = counted(max(1, Int(reply.cases) - left), "case")
            lines.append(
                "\(counted(reply.firings, "deadline")) in \(cases) warned about, marked as missed or escalated"
            )
        } else {
            lines.append(
                isQuiet ? "nothing was due" : "nothing was warned about, marked as missed or escalated")
        }
        if reply.conflicts > 0 {
            lines[0] += "; \(counted(reply.conflicts, "case")) changed meanwhile: sweep again"
        }
        func due(_ ids: [String]) -> String {
            let verb = ids.count == 1 ? "was" : "were"
            return "\(counted(ids.count, "case")) \(verb) due and \(verb) left"
        }
        func list(_ ids: [String]) -> String { ids.map { TextWidth.safe($0) }.joined(separator: ", ") }
        if !reply.newerCaseIds.isEmpty {
            let ids = reply.newerCaseIds
            lines.append(
                "\(due(ids)), since written by a newer returnsd: \(list(ids)); a server of that build fires them"
            )
        }
        if !reply.unreadableCaseIds.isEmpty {
            let ids = reply.unreadableCaseIds
            lines.append(
                "\(due(ids)), since damaged: \(list(ids)); the administrator can restore \(ids.count == 1 ? "it" : "them") from a backup"
            )
        }
        for refused in Dictionary(grouping: reply.refused, by: \.text).sorted(by: { $0.key < $1.key }) {
            let ids = refused.value.map(\.caseID)
            lines.append(
                "\(due(ids)): \(list(ids)); \(TextWidth.safe(refused.key)) [\(refused.value[0].reason)]")
        }
        if reply.unreadableDeadlines > 0 {
            lines.append(
                "some deadlines cannot be read (\(reply.unreadableDeadlines)); type: \(NextLine.returnsctl("admin verify-indexes --repair"))"
            )
        }
        return lines.joined(separator: "\n")
    }
}
