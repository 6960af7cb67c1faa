import ArgumentParser
import ReturnsAPI

struct CaseList: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List cases, the newest first.",
        discussion: """
            Filters combine: a case is listed when all of them hold. Without --state, --order, --customer, --waybill and \
            --changed-since only open cases are listed; --all lists the others too.
            """)
    @Option(help: "Only cases in this state; repeat it for several.", transform: parseWord)
    var state: [Returns_V1_CaseState] = []
    @Option(
        help: ArgumentHelp("Only cases of this order: CHANNEL/NUMBER, or its number.", valueName: "order"))
    var order: String?
    @Option(
        name: [.customLong("channel"), .customLong("sale-channel")],
        help: ArgumentHelp(
            "Only cases of this sale channel; repeat it for several. With --order, the order's: online unless given.",
            valueName: "name"))
    var channels: [String] = []
    @Option(help: ArgumentHelp("Only cases of this customer.", valueName: "id")) var customer: String?
    @Option(help: ArgumentHelp("Only cases with this tracking number.", valueName: "no")) var waybill: String?
    @OptionGroup var whose: WorkOfOption
    @Option(parsing: .unconditional, help: "Only cases changed since: \"2026-11-24 09:00\", -2d, …")
    var changedSince: String?
    @Option(parsing: .unconditional, help: "Only cases with a deadline before: +4h, …") var dueBefore: String?
    @Flag(help: "Only open cases, whatever else is asked for.") var open = false
    @Flag(help: "Closed, cancelled and expired cases too.") var all = false
    @Option(help: "The order of the list: \(words(Returns_V1_CaseSort.self)).", transform: parseWord)
    var sort: Returns_V1_CaseSort?
    @Option(help: "At most this many, or all.") var limit = ListLimit.of(50)
    @Option(help: "Go on after a page, as its end says, with the same filters.") var cursor = ""
    @OptionGroup var global: GlobalOptions

    static let pageCases = 500

    func validate() throws {
        guard !open || !all else { throw ValidationError("give --open or --all, not both") }
        guard order == nil || channels.count <= 1 else {
            throw ValidationError("an order is of one sale channel; give --channel once with --order")
        }
    }

    func run() async throws {
        try await global.withSession { session in
            let namesTime = changedSince != nil || dueBefore != nil
            var request = try request(namesTime ? try await session.serverNowMilliseconds() : 0)
            (request.person, request.team) = try await whose.names(session)
            let format = session.output.format
            let isStreamed = format == .jsonl || format == .csv
            var isContinued = false
            var whole = Returns_V1_ListCasesReply()
            var left = limit.count
            repeat {
                request.limit = UInt32(min(Self.pageCases, left))
                let page = try await session.client.cases.listCases(request).message
                left -= page.cases.count
                request.cursor = page.nextCursor
                whole.nextCursor = page.nextCursor
                if whole.nowMs == 0 { whole.nowMs = page.nowMs }
                whole.unreadableCaseIds += page.unreadableCaseIds
                whole.newerCaseIds += page.newerCaseIds
                whole.tooLargeCaseIds += page.tooLargeCaseIds
                if format == .csv {
                    try session.output.csv(CaseTable.csv(page.cases), isContinued: isContinued)
                    isContinued = true
                } else if isStreamed {
                    try session.output.show(page, items: page.cases) { _ in "" }
                } else {
                    whole.cases += page.cases
                }
            } while !request.cursor.isEmpty && left > 0
            if !isStreamed {
                try session.output.show(whole, items: whole.cases) { style in
                    CaseTable.text(whole.cases, now: whole.nowMs, style)
                }
            }
            note(whole, request, isJSON: format == .json)
        }
    }

    /// What the list leaves out. The reply as JSON names it itself.
    private func note(
        _ reply: Returns_V1_ListCasesReply, _ request: Returns_V1_ListCasesRequest, isJSON: Bool
    ) {
        guard !isJSON else { return }
        if request.sort == .due { Output.note(Self.withoutDeadline) }
        Output.noteUnreadable(reply.unreadableCaseIds)
        Output.noteNewer(reply.newerCaseIds)
        Output.noteTooLarge(reply.tooLargeCaseIds)
        if !reply.nextCursor.isEmpty {
            Output.note(Self.more(reply.nextCursor, request))
        }
    }

    static let withoutDeadline =
        "not in this list: cases without a running deadline, that is those that are over and those whose clocks are all paused"

    /// How to go on. Times are named as they were read, since "-2d" is another time by then, and so another list.
    static func more(_ cursor: String, _ request: Returns_V1_ListCasesRequest) -> String {
        var times: [String] = []
        if request.hasChangedSinceMs {
            times.append("--changed-since \(TimeOption.text(request.changedSinceMs))")
        }
        if request.hasDueBeforeMs { times.append("--due-before \(TimeOption.text(request.dueBeforeMs))") }
        let flags = (["--cursor \(cursor)"] + times).joined(separator: " ")
        let rest = times.isEmpty ? "the same filters" : "the other filters as they were"
        return "more with: \(flags) and \(rest), or with: --limit all"
    }

    func request(_ now: Int64) throws -> Returns_V1_ListCasesRequest {
        var request = Returns_V1_ListCasesRequest()
        request.states = state
        if let order {
            request.order = OrderName.key(order, channel: channels.first)
        } else {
            request.saleChannels = channels
        }
        request.customerID = customer ?? ""
        request.trackingNo = waybill ?? ""
        if let changedSince {
            request.changedSinceMs = try TimeOption.parse(changedSince, "--changed-since", now)
        }
        if let dueBefore { request.dueBeforeMs = try TimeOption.parse(dueBefore, "--due-before", now) }
        let isPointed =
            !state.isEmpty || order != nil || customer != nil || waybill != nil || changedSince != nil
        request.openOnly = open || (!all && !isPointed)
        request.sort = sort ?? .unspecified
        request.cursor = cursor
        return request
    }
}

/// How many rows a list has at most: a number, or "all".
struct ListLimit: ExpressibleByArgument, CustomStringConvertible, Equatable {
    let count: Int

    static func of(_ count: Int) -> ListLimit { ListLimit(count: count) }

    private init(count: Int) { self.count = count }

    init?(argument: String) {
        if argument == "all" {
            count = .max
            return
        }
        guard let number = Int(argument), number > 0 else { return nil }
        count = number
    }

    var description: String { count == .max ? "all" : "\(count)" }
    var defaultValueDescription: String { description }
}
