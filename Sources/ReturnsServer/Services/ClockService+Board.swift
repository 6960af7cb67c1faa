import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// The desk at a glance.
extension ClockService {
    static let boardClocks = PageSize(standard: 20, max: 100)

    func getBoard(
        _ request: Returns_V1_GetBoardRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetBoardReply> {
        let kinds = try Self.kinds([], owner: try request.owner.optional("owner"))
        let limit = Self.boardClocks.items(request.limit)
        let store = engine.store(for: context)
        // The count may be another caller's of a moment ago.
        try store.requireEveryChannel()
        let count = try await board.count(store, deadline: context.deadline)
        let queue = WorkQueue(store: store, deadline: context.deadline)
        let due = try await store.running(kinds, limit: limit, deadline: context.deadline)
        let found = try await queue.items(due.clocks)
        let urgent = try await queue.show(found.items, RecordView(context.principal))
        return RCPReply(
            .with {
                $0.rows = count.rows.filter { kinds.contains($0.kind) }.map(\.proto)
                $0.mostUrgent = urgent
                $0.unreadableCaseIds = found.unread.damaged.map(\.description)
                $0.newerCaseIds = found.unread.newer.map(\.description)
                $0.nowMs = count.at.milliseconds
            }, readBytes: due.readBytes + found.readBytes)
    }
}

extension BoardCount.Row {
    fileprivate var proto: Returns_V1_BoardRow {
        .with {
            $0.kind = kind.message()
            $0.owner = kind.owner.message()
            $0.running = running
            $0.late = late
            $0.dueWithinHour = dueWithinHour
            $0.dueWithinDay = dueWithinDay
            $0.paused = paused
        }
    }
}
