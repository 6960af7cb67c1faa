import ReturnsDomain
import ReturnsTestSupport
import Synchronization

@testable import ReturnsStore

/// One random walk on a real store: one order, a few cases, and several writers at once who load, decide and commit as
/// the server does. Whatever was committed is kept as a log, which a second ledger then books in commit order.
final class StoreWalk: Sendable {
    struct Step: Sendable {
        var command: Command
        var transition: CaseTransition
    }

    struct State {
        var generator: WalkGenerator
        var now: Instant
        var ids: [CaseID] = []
        var steps: [Step] = []
        var refused = 0
        var replays = 0
        var conflicts = 0
        var requests = 0
    }

    static let writers = 4
    static let casesMax = 3
    /// One request each, and one for the order: fewer than the 64 that a case id of these walks has room for.
    static let attemptsPerWriter = 14
    private static let commitAttemptsMax = 200

    let order: Order
    private let number: Int
    private let policy: ReturnPolicy
    private let state: Mutex<State>

    init(number: Int, seed: UInt64, rows: WalkRows, policy: ReturnPolicy) {
        self.number = number
        self.policy = policy
        order = Fixture.order(number: "W-\(number)")
        state = Mutex(State(generator: WalkGenerator(seed: seed, rows: rows), now: Fixture.monday))
    }

    var rows: WalkRows { state.withLock { $0.generator.rows } }
    var counts: (accepted: Int, refused: Int, replays: Int, conflicts: Int) {
        state.withLock { ($0.steps.count, $0.refused, $0.replays, $0.conflicts) }
    }

    /// - Parameter stores: One per writer.
    func run(_ stores: [ReturnsStore]) async throws {
        try await put(stores[0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores.prefix(Self.writers) {
                group.addTask { for _ in 0..<Self.attemptsPerWriter { try await self.act(store) } }
            }
            try await group.waitForAll()
        }
    }

    /// The redis-server can be killed here too: the same request again settles what became of it.
    private func put(_ store: ReturnsStore) async throws {
        let request = request()
        for _ in 0..<Self.commitAttemptsMax {
            do throws(StoreError) {
                _ = try await store.commit(order, before: nil, result: 1, request: request)
                return
            } catch {
                guard error.code == .unavailable || error.code == .refused else { throw error }
            }
        }
        throw StoreError(.overloaded, "the order of walk \(number) found no end")
    }

    // MARK: One writer

    private func act(_ store: ReturnsStore) async throws {
        let (id, now, opensCase) = state.withLock { state in
            state.now = state.now.adding(state.generator.pause())
            let opens =
                state.ids.isEmpty || (state.ids.count < Self.casesMax && state.generator.random.chance(6))
            let partition = store.partitioning.partition(of: order.key)
            let id =
                opens
                ? CaseID(
                    at: state.now, partition: partition, random: UInt32(number << 6 | state.requests))
                : state.generator.random.pick(state.ids)
            return (id, state.now, opens)
        }
        let request = request()
        var tried: Step?
        var move: Move?
        var reasons: [String: Int] = [:]
        for _ in 0..<Self.commitAttemptsMax {
            do throws(StoreError) {
                let (value, order, record, isTorn) = try await load(opensCase ? nil : id, request, store)
                if record != nil, let tried {
                    return log(tried, isReplay: true, opened: opensCase ? id : nil)
                }
                guard let order, !isTorn else {
                    reasons["torn, or no order", default: 0] += 1
                    continue
                }
                // The command stays the same over its attempts: a writer that lost a race tries the same again.
                let chosen = move ?? choose(id, value, order, now: now)
                move = chosen
                guard opensCase || value != nil else { return }
                let decision = Case.decide(
                    value, order: order, command: chosen.command, actor: chosen.actor, now: now,
                    policy: policy)
                guard case .success(let transition) = decision else {
                    return state.withLock { $0.refused += 1 }
                }
                if transition.isEmpty {
                    // A sweep that found nothing due: taken, and nothing to commit.
                    return state.withLock { $0.generator.rows.add(transition, chosen.command.kind) }
                }
                let step = Step(command: chosen.command, transition: transition)
                tried = step
                switch try await store.commit(transition, request: request) {
                case .committed: return log(step, isReplay: false, opened: opensCase ? id : nil)
                case .replay: return log(step, isReplay: true, opened: opensCase ? id : nil)
                case .stale:
                    reasons["stale", default: 0] += 1
                    state.withLock { $0.conflicts += 1 }
                case .requestIDReused: preconditionFailure("a fresh request id was known")
                }
            } catch {
                // A killed Redis: what became of the commit is told by the request record, once it is back.
                guard error.code == .unavailable || error.code == .refused else { throw error }
                reasons["\(error)", default: 0] += 1
            }
        }
        throw StoreError(.overloaded, "a writer of walk \(number) found no end: \(reasons)")
    }

    private func load(
        _ id: CaseID?, _ request: CommitRequest, _ store: ReturnsStore
    ) async throws(StoreError) -> (value: Case?, order: Order?, record: RequestRecord?, isTorn: Bool) {
        guard let id else {
            let found = try await store.loadOrder(order.key, requestID: request.id)
            return (nil, found.order, found.request, false)
        }
        let found = try await store.loadCase(id, requestID: request.id)
        guard let value = found.value else { return (nil, nil, found.request, false) }
        let (order, isCaseUnchanged) = try await store.loadOrder(of: value)
        return (value, order, found.request, !isCaseUnchanged)
    }

    private func choose(_ id: CaseID, _ value: Case?, _ order: Order, now: Instant) -> Move {
        state.withLock { state in
            guard let value else { return state.generator.submission(id: id, order: order) }
            return state.generator.move(value, order: order, now: max(now, value.updatedAt), policy: policy)
        }
    }

    private func log(_ step: Step, isReplay: Bool, opened: CaseID?) {
        state.withLock { state in
            state.steps.append(step)
            state.generator.rows.add(step.transition, step.command.kind)
            if isReplay { state.replays += 1 }
            if let opened { state.ids.append(opened) }
        }
    }

    private func request() -> CommitRequest {
        state.withLock { state in
            state.requests += 1
            return .test(number << 24 | state.requests)
        }
    }

    // MARK: Comparison

    /// Books the log and compares the second ledger with what the store holds; empty when they agree.
    func differences(_ store: ReturnsStore) async throws -> [String] {
        let steps = state.withLock { $0.steps }
        var ledger = WalkLedger(order: order)
        var last: [CaseID: Case] = [:]
        for step in try inCommitOrder(steps) {
            ledger.book(step.command, after: step.transition.caseAfter)
            last[step.transition.caseAfter.id] = step.transition.caseAfter
        }
        let stored = try await patiently { () async throws(StoreError) in try await store.loadOrder(order.key)
        }
        guard let stored else { return ["the order is gone"] }
        var found: [String] = []
        for (id, expected) in last {
            let value = try await patiently { () async throws(StoreError) in try await store.loadCase(id) }
            guard let value else {
                found.append("case \(id) is gone")
                continue
            }
            if value != expected { found.append("case \(id) is not as its last commit left it") }
            found += ledger.differences(value, stored)
            let timeline = try await patiently { () async throws(StoreError) in
                try await store.loadTimeline(id)
            }
            let written = steps.filter { $0.transition.caseAfter.id == id }.reduce(0) {
                $0 + $1.transition.entries.count
            }
            if timeline.count != written {
                found.append("case \(id) has \(timeline.count) entries, \(written) were committed")
            }
        }
        if Set(stored.cases.map(\.id)) != Set(last.keys) {
            found.append("the order lists other cases than were opened")
        }
        return found
    }

    /// Reads while another walk's redis-server is killed, or its disk is slow.
    private func patiently<Value>(
        _ read: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        for _ in 1..<Self.commitAttemptsMax {
            do throws(StoreError) {
                return try await read()
            } catch {
                guard error.code == .unavailable else { throw error }
            }
        }
        return try await read()
    }

    /// Commits in an order in which they can have happened: each case by its version, the order by its own.
    private func inCommitOrder(_ steps: [Step]) throws -> [Step] {
        var queues = Dictionary(grouping: steps) { $0.transition.caseAfter.id }
            .mapValues { $0.sorted { $0.transition.caseAfter.version > $1.transition.caseAfter.version } }
        var orderVersion = order.version
        var sorted: [Step] = []
        while sorted.count < steps.count {
            let next = queues.keys.first { id in
                guard let step = queues[id]?.last else { return false }
                return !step.transition.changesOrder || step.transition.orderBefore.version == orderVersion
            }
            guard let next, let step = queues[next]?.popLast() else {
                throw StoreError(.corrupt, "two commits of walk \(number) took the same version")
            }
            if step.transition.changesOrder { orderVersion = step.transition.orderAfter.version }
            sorted.append(step)
        }
        return sorted
    }
}
