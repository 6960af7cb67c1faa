import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
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
        let view = RecordView(context.principal)
        let stored = try await read(request.caseID, view, context: context)
        let page = try await engine.store(for: context).timeline(
            stored.id, from: from, newestFirst: request.newestFirst,
            limit: request.limit == 0 ? Self.timelineEntriesDefault : Int(request.limit),
            replyBytesMax: context.replyBytesMax,
            deadline: context.deadline)
        typealias Fields = Returns_V1_GetTimelineReply.Fields
        var writer = RCPMessageWriter(
            capacity: page.items.reduce(stored.record.bytes + 256) { $0 + $1.message.readableBytes + 16 })
        for item in page.items { writer.append(Fields.entries, parts: [view.entry(item.message)]) }
        writer.append(Fields.case, parts: view.parts(of: stored))
        let next = page.next.map { request.newestFirst ? "before-\($0 + 1)" : "after-\($0 - 1)" }
        writer.append(Fields.nextCursor, next ?? "")
        writer.append(Fields.total, UInt64(page.total))
        writer.append(Fields.unreadableNumbers, page.unreadable.map(UInt64.init))
        writer.append(Fields.nowMs, engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer)
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
