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
        var writer = RCPMessageWriter(
            capacity: page.items.reduce(stored.record.bytes + 256) { $0 + $1.message.readableBytes + 16 })
        for item in page.items { writer.append(field: 1, parts: [view.entry(item.message)]) }
        writer.append(field: 2, parts: view.parts(of: stored))
        writer.append(field: 3, text: cursor.text(page.next))
        writer.append(field: 4, varint: Int64(page.total))
        // Fields of a repeated number may come one by one.
        for number in page.unreadable { writer.append(field: 5, varint: Int64(number)) }
        writer.append(field: 6, varint: engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer)
    }
}
