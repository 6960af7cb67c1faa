import ArgumentParser
import ReturnsWire

struct CaseGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a case.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.getCase(.with { $0.caseID = caseID }).message
            let now = session.output.isTable ? await session.serverNowMilliseconds() : 0
            try session.output.show(reply) { CaseDetail(value: reply.case, nowMilliseconds: now).text($0) }
        }
    }
}

struct CaseTimeline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Tell a case's story, from the application to now.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.getTimeline(.with { $0.caseID = caseID }).message
            try session.output.show(reply, items: reply.entries) { TimelineStory(reply: reply).text($0) }
        }
    }
}

struct CaseAllowed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allowed", abstract: "Show what can be done with a case now, and by whom.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await global.withSession { session in
            let reply = try await session.client.cases.allowedCommands(.with { $0.caseID = caseID }).message
            try session.output.show(reply, items: reply.commands) { style in
                var table = Table([.init("STEP"), .init("WHO"), .init("TYPE")])
                for entry in reply.commands {
                    table.add([
                        word(entry.command), entry.roles.map { word($0) }.joined(separator: ", "),
                        CommandGuide.line(entry.command, caseID: caseID) ?? "",
                    ])
                }
                return "case \(caseID) is \(style.bold(word(reply.state)))\n\(table.text(style))"
            }
        }
    }
}

struct CaseList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List cases, the least recently changed first.")
    @Option(help: "Only cases in this state.", transform: parseWord) var state: Returns_V1_CaseState?
    @Option(help: ArgumentHelp("Only cases of this order.", valueName: "no")) var order: String?
    @OptionGroup var channel: ChannelOption
    @Option(help: ArgumentHelp("Only cases of this customer.", valueName: "id")) var customer: String?
    @Option(help: ArgumentHelp("Only the case with this tracking number.", valueName: "no")) var waybill:
        String?
    @OptionGroup var whose: WorkOfOption
    @Option(parsing: .unconditional, help: "Only cases changed since: \"2026-11-24 09:00\", -2d, …")
    var updatedSince: String?
    @Option(parsing: .unconditional, help: "Only cases with a deadline before: +4h, …") var dueBefore: String?
    @Option(help: "At most this many; 500 at the most.") var limit: UInt32 = 50
    @Option(help: "Go on after a page, as its end says.") var cursor = ""
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        let filters = [state != nil, order != nil, customer != nil, waybill != nil].count { $0 }
        guard filters <= 1 else {
            throw ValidationError("give one of --state, --order, --customer and --waybill, or none")
        }
        guard (1...500).contains(limit) else { throw ValidationError("--limit is 1 to 500") }
    }

    func run() async throws {
        try await global.withSession { session in
            let now = await session.serverNowMilliseconds()
            var request = try request(now)
            (request.person, request.team) = try await whose.names(session)
            let reply = try await session.client.cases.listCases(request).message
            try session.output.show(reply, items: reply.cases) { style in
                CaseTable.text(reply.cases, now: now, style)
            }
            // The reply as JSON names it itself.
            if session.output.format != .json, !reply.nextCursor.isEmpty {
                Output.note("more with: --cursor \(reply.nextCursor)")
            }
        }
    }

    func request(_ now: Int64) throws -> Returns_V1_ListCasesRequest {
        var request = Returns_V1_ListCasesRequest()
        if let state { request.state = state }
        if let order {
            request.order.saleChannel = channel.name
            request.order.orderNo = order
        }
        request.customerID = customer ?? ""
        request.trackingNo = waybill ?? ""
        if let updatedSince {
            request.updatedSinceMs = try TimeOption.parse(updatedSince, "--updated-since", now)
        }
        if let dueBefore { request.dueBeforeMs = try TimeOption.parse(dueBefore, "--due-before", now) }
        request.limit = limit
        request.cursor = cursor
        return request
    }
}
