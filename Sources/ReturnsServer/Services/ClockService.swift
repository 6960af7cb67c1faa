import ReturnsDomain
import ReturnsStore
import ReturnsWire

struct ClockService: ClockServiceProvider {
    let engine: CaseEngine
    let sweeper: Sweeper

    static let pageClocksDefault = 50

    func listDue(
        _ request: Returns_V1_ListDueRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListDueReply> {
        guard request.limit <= UInt32(ReturnsStore.pageCasesMax) else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "limit", "at most \(ReturnsStore.pageCasesMax) clocks at once")
        }
        let limit = request.limit == 0 ? Self.pageClocksDefault : Int(request.limit)
        let before = request.hasBeforeMs ? Instant(milliseconds: request.beforeMs) : nil
        var kinds: Set<ClockKind> = []
        for (index, kind) in request.kinds.enumerated() {
            kinds.insert(try kind.required("kinds[\(index)]"))
        }
        let owner: Role? = try request.owner.optional("owner")
        if kinds.isEmpty { kinds = Set(ClockKind.allCases) }
        if let owner { kinds = kinds.filter { $0.owner == owner } }
        let store = engine.stores.current
        let due = try await store.running(
            Array(kinds), before: before, limit: limit, deadline: context.deadline)
        let cases = Dictionary(
            try await store.loadCases(Array(Set(due.map(\.member.id))), deadline: context.deadline).map {
                ($0.id, $0)
            },
            uniquingKeysWith: { first, _ in first })
        let total = try await store.countRunning(Array(kinds), before: before, deadline: context.deadline)
        return RCPReply(
            .with {
                $0.clocks = due.compactMap { item in cases[item.member.id]?.due(item.member) }
                $0.nowMs = engine.clock.now().milliseconds
                $0.total = total
            })
    }

    func sweep(
        _ request: Returns_V1_SweepRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_SweepReply> {
        let limit =
            request.limit == 0 ? Sweeper.batchCasesMax : min(Int(request.limit), Sweeper.batchCasesMax)
        let result = try await sweeper.sweep(
            store: engine.stores.current, limit: limit, deadline: context.deadline)
        return RCPReply(
            .with {
                $0.cases = UInt32(result.cases)
                $0.firings = UInt32(result.firings)
                $0.conflicts = UInt32(result.conflicts)
            })
    }
}

extension Case {
    /// Nil when the clock was answered between the two reads.
    fileprivate func due(_ member: DeadlineMember) -> Returns_V1_DueClock? {
        guard
            let clock = clocks.first(where: {
                $0.kind == member.kind && $0.ordinal == member.ordinal && $0.isRunning
            })
        else {
            return nil
        }
        return .with {
            $0.caseID = id.description
            $0.order = order.proto
            $0.caseState = UInt32(state.rawValue)
            $0.clock = clock.proto
        }
    }
}
