import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

extension CaseService {
    func getTimeline(
        _ request: Returns_V1_GetTimelineRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetTimelineReply> {
        let cursor = try ListCursor(of: request, key: engine.store(for: context).cursorKey())
        let from: Int? = try cursor.place(request.cursor)
        let view = RecordView(context.principal)
        let stored = try await read(request.caseID, view, context: context)
        let page = try await engine.store(for: context).timeline(
            stored.id, from: from, newestFirst: request.newestFirst,
            limit: request.pageItems, replyBytesMax: context.replyBytesMax, deadline: context.deadline)
        typealias Fields = Returns_V1_GetTimelineReply.Fields
        var writer = RCPMessageWriter(
            capacity: page.items.reduce(stored.record.bytes + 256) { $0 + $1.message.readableBytes + 16 })
        for item in page.items { writer.append(Fields.entries, parts: [view.entry(item.message)]) }
        writer.append(Fields.case, parts: view.parts(of: stored))
        writer.append(Fields.nextCursor, cursor.text(page.next))
        writer.append(Fields.total, UInt64(page.total))
        writer.append(Fields.unreadableNumbers, page.unreadable.map(UInt64.init))
        writer.append(Fields.nowMs, engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer)
    }
}
