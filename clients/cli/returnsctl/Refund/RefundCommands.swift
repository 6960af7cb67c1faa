import ArgumentParser
import ReturnsAPI

struct RefundCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Refunds of all cases: what is due, and what the gateway says.",
        subcommands: [RefundDue.self, RefundResults.self])
}

struct RefundDue: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "due",
        abstract: "Show refunds that are to be made or have no result yet, with their sums.")
    @Option(
        name: .customLong("standing"),
        help: ArgumentHelp("Only \(words(Returns_V1_RefundStanding.self)); repeatable."), transform: parseWord
    )
    var standings: [Returns_V1_RefundStanding] = []
    @Option(name: .customLong("channel"), help: "Only of this sale channel; repeatable.")
    var saleChannels: [String] = []
    @Option(help: "Only in this currency of ISO 4217, such as EUR.") var currency = ""
    @Option(parsing: .unconditional, help: "Only what is due before: +4h, \"2026-11-24 18:00\", …")
    var before: String?
    @Option(help: "due (what is due first) or amount (the largest first).", transform: parseWord)
    var sort = Returns_V1_RefundSort.due
    @Option(help: "At most this many, or all.") var limit = ListLimit.of(50)
    @Option(help: "Go on after a page, as its end says, with the same filters.") var cursor = ""
    @OptionGroup var global: GlobalOptions

    static let pageRefunds = 500

    func run() async throws {
        try await global.withSession { session in
            var request = Returns_V1_ListRefundsRequest.with {
                $0.standings = standings
                $0.saleChannels = saleChannels
                $0.currency = currency
                $0.sort = sort
                $0.cursor = cursor
            }
            if let before {
                request.dueBeforeMs = try TimeOption.parse(
                    before, "--before", await session.serverNowMilliseconds())
            }
            let whole = try await session.refunds(request, limit: limit.count)
            try session.output.show(whole, items: whole.refunds, rows: { RefundTable.csv(whole) }) {
                RefundTable.text(whole, $0)
            }
            guard session.output.format != .json else { return }
            Output.noteUnreadable(whole.unreadableCaseIds)
            Output.noteNewer(whole.newerCaseIds)
            guard !whole.nextCursor.isEmpty else { return }
            let time = request.hasDueBeforeMs ? " --before \(TimeOption.text(request.dueBeforeMs))" : ""
            Output.note(
                "more with: --cursor \(whole.nextCursor)\(time) and the other filters as they were, or with: --limit all"
            )
        }
    }
}

extension Session {
    /// Pages of refunds as one; the sums are those of the last page.
    func refunds(
        _ request: Returns_V1_ListRefundsRequest, limit: Int
    ) async throws -> Returns_V1_ListRefundsReply {
        var request = request
        var whole = Returns_V1_ListRefundsReply()
        repeat {
            request.limit = UInt32(min(RefundDue.pageRefunds, limit - whole.refunds.count))
            let known = whole.refunds
            whole = try await client.cases.listRefunds(request).message
            whole.refunds = known + whole.refunds
            request.cursor = whole.nextCursor
        } while !request.cursor.isEmpty && whole.refunds.count < limit
        return whole
    }
}
