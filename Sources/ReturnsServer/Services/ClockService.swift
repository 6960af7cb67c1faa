import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

struct ClockService: ClockServiceProvider {
    let engine: CaseEngine
    let sweeper: Sweeper
    let board: BoardCount
    let principals: PrincipalRegistry

    /// Methods that may read many cases and show little of them, and what a call counts before one has shown what it reads.
    static let readingMethods = [
        ClockServiceMethods.listDue, ClockServiceMethods.getBoard, ClockServiceMethods.nextWork,
        ClockServiceMethods.getAttainment,
    ]
    static let readingFirstBytes = 1 << 20

    func listDue(
        _ request: Returns_V1_ListDueRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListDueReply> {
        try Self.checkPeople(request.person, request.team, context.principal)
        let before = request.hasBeforeMs ? Instant(milliseconds: request.beforeMs) : nil
        let store = engine.store(for: context)
        if request.paused { try store.requirePausedClocks() }
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        let queue = WorkQueue(store: store, deadline: context.deadline)
        let found = try await queue.list(
            .init(
                kinds: try Self.kinds(request.kinds, owner: try request.owner.optional("owner")),
                isOfPaused: request.paused, before: before,
                assignee: .init(person: request.person, team: request.team)),
            after: try cursor.place(request.cursor), limit: request.pageItems)
        let clocks = try await queue.show(found.items, RecordView(context.principal))
        return RCPReply(
            .with {
                $0.clocks = clocks
                $0.nowMs = engine.clock.now().milliseconds
                if let total = found.total { $0.total = total }
                $0.incomplete = found.isCutOff
                $0.unreadableCaseIds = found.unread.damaged.map(\.description)
                $0.newerCaseIds = found.unread.newer.map(\.description)
                $0.nextCursor = cursor.text(found.next)
            }, readBytes: found.readBytes)
    }

    /// A list by person or team would tell who does what.
    static func checkPeople(
        _ person: String, _ team: String, _ caller: RCPPrincipal
    ) throws(CaseRejection) {
        guard (person.isEmpty && team.isEmpty) || caller.belongsToDesk else {
            throw .notPermitted("DESK_ONLY", "who does what is the desk's; list without person and team")
        }
    }

    /// Clocks of these kinds that are this department's; all unless given.
    static func kinds(
        _ wanted: [Returns_V1_ClockKind], owner: Role?
    ) throws(CaseRejection) -> [ClockKind] {
        var kinds: Set<ClockKind> = []
        for (index, kind) in wanted.enumerated() { kinds.insert(try kind.required("kinds[\(index)]")) }
        return ClockKind.allCases.filter {
            (kinds.isEmpty || kinds.contains($0)) && (owner == nil || $0.owner == owner)
        }
    }

    func sweep(
        _ request: Returns_V1_SweepRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_SweepReply> {
        let limit =
            request.limit == 0 ? Sweeper.sweepCasesMax : min(Int(request.limit), Sweeper.sweepCasesMax)
        let store = engine.store(for: context)
        try store.requireEveryChannel()
        let result = try await sweeper.sweep(
            store: store, limit: limit, deadline: context.deadline)
        if result.cases == 0 { try await store.confirmRun(deadline: context.deadline) }
        return RCPReply(
            .with {
                $0.cases = UInt32(result.cases)
                $0.firings = UInt32(result.firings)
                $0.conflicts = UInt32(result.conflicts)
                $0.unreadableCaseIds = result.unread.damaged.map(\.description).sorted()
                $0.newerCaseIds = result.unread.newer.map(\.description).sorted()
                $0.refused = result.refused.sorted { $0.key < $1.key }.map { $1.proto(of: $0) }
                $0.unreadableDeadlines = UInt32(result.unreadableDeadlines)
            })
    }
}
