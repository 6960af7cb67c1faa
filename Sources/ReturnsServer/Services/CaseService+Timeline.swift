import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

extension CaseService {
    static let timelineEntriesDefault = 100

    func getTimeline(
        _ request: Returns_V1_GetTimelineRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetTimelineReply> {
        guard request.limit <= UInt32(ReturnsStore.timelinePageEntriesMax) else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "limit",
                "a page holds at most \(ReturnsStore.timelinePageEntriesMax) entries; use the cursor for more"
            )
        }
        let from = try Self.firstNumber(request)
        let value = try await load(request.caseID, context: context)
        let page = try await engine.store(for: context).timeline(
            value.id, from: from, newestFirst: request.newestFirst,
            limit: request.limit == 0 ? Self.timelineEntriesDefault : Int(request.limit),
            replyBytesMax: context.replyBytesMax,
            deadline: context.deadline)
        let view = CaseView(context.principal)
        return RCPReply(
            .with {
                $0.entries = page.items.map { $0.entry.proto(view, number: $0.number) }
                $0.case = value.proto(view, policy: engine.policies.knownPolicy(for: value))
                $0.nextCursor =
                    page.next.map { request.newestFirst ? "before-\($0 + 1)" : "after-\($0 - 1)" } ?? ""
                $0.total = UInt64(page.total)
                $0.unreadableNumbers = page.unreadable.map { UInt64($0) }
            })
    }

    /// The entry that a cursor goes on with: behind the number it names, or before it.
    private static func firstNumber(_ request: Returns_V1_GetTimelineRequest) throws(CaseRejection) -> Int? {
        if request.cursor.isEmpty { return nil }
        let parts = request.cursor.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "before" || parts[0] == "after", let number = UInt32(parts[1]),
            parts[1] == "\(number)"
        else { throw .cursorMalformed }
        guard request.newestFirst == (parts[0] == "before") else {
            throw .invalid(
                "CURSOR_OF_ANOTHER_LIST", "cursor",
                request.newestFirst
                    ? "this cursor goes on from the oldest entry to the newest; leave newest_first out, or the cursor"
                    : "this cursor goes on from the newest entry to the oldest; set newest_first, or leave the cursor out"
            )
        }
        return request.newestFirst ? Int(number) - 1 : Int(number) + 1
    }
}
