import ArgumentParser
import ReturnsAPI

struct CaseTimeline: AsyncParsableCommand, ListsRows {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Tell a case's story, from the application to now.")
    @Argument(help: ArgumentHelp("Case id.", valueName: "id")) var caseID: String
    @Option(help: ArgumentHelp("Only the newest entries, so many.", valueName: "n")) var last: Int?
    @OptionGroup var global: GlobalOptions

    static let pageEntries = 1_000

    func validate() throws {
        guard last ?? 1 >= 1 else { throw ValidationError("--last is 1 or more") }
    }

    func run() async throws {
        try await global.withSession { session in
            let reply = try await read(session.client.cases)
            let rows = { TimelineStory(reply: reply).csv }
            try session.output.show(reply, items: reply.entries, rows: rows) {
                TimelineStory(reply: reply).text($0)
            }
            Output.noteUnreadable(entries: reply.unreadableNumbers, of: "case")
        }
    }

    /// All the pages as one reply, the oldest entry first.
    private func read(_ cases: CaseServiceClient) async throws -> Returns_V1_GetTimelineReply {
        var request = Returns_V1_GetTimelineRequest()
        request.caseID = caseID
        request.newestFirst = last != nil
        var whole = Returns_V1_GetTimelineReply()
        repeat {
            request.limit = UInt32(min(Self.pageEntries, (last ?? .max) - whole.entries.count))
            let page = try await cases.getTimeline(request).message
            whole.case = page.case
            whole.total = page.total
            whole.nowMs = page.nowMs
            whole.entries += page.entries
            whole.unreadableNumbers += page.unreadableNumbers
            request.cursor = page.nextCursor
        } while !request.cursor.isEmpty && whole.entries.count < last ?? .max
        if request.newestFirst {
            whole.entries.reverse()
            whole.unreadableNumbers.reverse()
        }
        return whole
    }
}
