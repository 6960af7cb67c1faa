import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Synchronization

@testable import ReturnsStore

/// One random walk on a real store: one order, a few cases, and several writers at once who load, decide and commit as
/// the server does. The first writer carries out the walk's plan, the others act on the same cases all the while.
/// Whatever was committed is kept as a log, which a second ledger then books in commit order.
final class StoreWalk: Sendable {
    struct Step: Sendable {
        var command: Command
        var transition: CaseTransition
        var isReplay = false

        /// The command, and what it made of the case's and the order's money.
        var text: String {
            let (before, after) = (transition.orderBefore, transition.orderAfter)
            let id = transition.caseAfter.id.description.suffix(6)
            let lines = zip(before.lines, after.lines).map { old, new in
                "\(new.lineID): \(old.refundableUnits)/\(old.roundingMinor)→\(new.refundableUnits)/\(new.roundingMinor)"
            }
            let shares = transition.caseAfter.lines.map { "\($0.lineID): \($0.shareMinor)" }
            return
                "\(id) v\(transition.caseAfter.version) order v\(before.version)→\(after.version)\(isReplay ? " replay" : "") \(command) \(lines) \(shares)"
        }
    }

    struct State {
        var generator: WalkGenerator
        var now: Instant
        var ids: [CaseID] = []
        /// Those of `ids` that can still go on.
        var open: [CaseID] = []
        /// What the first writer has tried so far.
        var leaderAttempts = 0
        /// Bystanders that wait for the leader to have tried so often.
        var waiting: [(attempts: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var steps: [Step] = []
        /// What this walk has taken; the generator knows what came before, too.
        var rows = WalkRows()
        var refused = 0
        var replays = 0
        var conflicts = 0
        var requests = 0

        mutating func add(_ transition: CaseTransition, _ command: CommandKind) {
            rows.add(transition, command, generator.theme)
            generator.accepted(transition, command)
        }

        /// The case to act on, nil to open one: mostly the last one that can still go on, so that cases come far.
        mutating func pick(isBystander: Bool) -> CaseID? {
            let isMore =
                ids.isEmpty || (ids.count < casesMax && generator.random.chance(open.isEmpty ? 50 : 4))
            if isMore, !isBystander { return nil }
            guard let last = open.last, !generator.random.chance(6) else {
                return ids.isEmpty ? nil : generator.random.pick(ids)
            }
            return generator.random.chance(70) ? last : generator.random.pick(open)
        }
    }

    static let writers = 4
    static let casesMax = 3
    /// One request each, and one for the order: no more than the 64 that a case id of these walks has room for.
    static let leaderAttempts = 39
    static let bystanderAttempts = 6
    private static let commitAttemptsMax = 200

    let order: Order
    private let number: Int
    private let policy: ReturnPolicy
    private let state: Mutex<State>

    init(number: Int, seed: UInt64, rows: WalkRows, policy: ReturnPolicy) {
        self.number = number
        self.policy = policy
        var generator = WalkGenerator(seed: seed, rows: rows)
        order = generator.order(number: "W-\(number)")
        var start = State(generator: generator, now: Fixture.monday)
        start.rows.began(generator.theme)
        state = Mutex(start)
    }

    var rows: WalkRows { state.withLock { $0.rows } }
    var counts: (accepted: Int, refused: Int, replays: Int, conflicts: Int) {
        state.withLock { ($0.steps.count, $0.refused, $0.replays, $0.conflicts) }
    }

    /// - Parameters:
    ///   - stores: one per writer.
    ///   - executors: of each store's event loop.
    func run(_ stores: [ReturnsStore], on executors: [LoopTaskExecutor]) async throws {
        try await put(stores[0])
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Each on the event loop of its connection, as in the server: a hop to another thread costs more than the call.
            for (writer, store) in stores.prefix(Self.writers).enumerated() {
                group.addTask(executorPreference: executors[writer]) {
                    writer == 0 ? try await self.lead(store) : try await self.standBy(store)
                }
            }
            try await group.waitForAll()
        }
    }

    private func lead(_ store: ReturnsStore) async throws {
        // Whatever happens to the leader, nobody waits for it any longer.
        defer { leaderHasTried(.max) }
        for attempt in 1...Self.leaderAttempts {
            try await act(store, isBystander: false)
            leaderHasTried(attempt)
        }
    }

    private func leaderHasTried(_ attempts: Int) {
        let ready = state.withLock { state in
            state.leaderAttempts = attempts
            let ready = state.waiting.filter { $0.attempts <= attempts }
            state.waiting.removeAll { $0.attempts <= attempts }
            return ready
        }
        for bystander in ready { bystander.continuation.resume() }
    }

    /// Spreads its attempts over the walk.
    private func standBy(_ store: ReturnsStore) async throws {
        for attempt in 1...Self.bystanderAttempts {
            await wait(for: attempt * Self.leaderAttempts / (Self.bystanderAttempts + 1))
            try await act(store, isBystander: true)
        }
    }

    private func wait(for leaderAttempts: Int) async {
        await withCheckedContinuation { continuation in
            let isTurn = state.withLock { state in
                if state.leaderAttempts >= leaderAttempts { return true }
                state.waiting.append((leaderAttempts, continuation))
                return false
            }
            if isTurn { continuation.resume() }
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

    private func act(_ store: ReturnsStore, isBystander: Bool) async throws {
        let (id, now, opensCase) = state.withLock { state in
            if !isBystander { state.now = state.now.adding(state.generator.pause()) }
            if let id = state.pick(isBystander: isBystander) { return (id, state.now, false) }
            let partition = store.partitioning.partition(of: order.key)
            let fresh = CaseID(
                at: state.now, partition: partition, random: UInt32(number << 6 | state.requests))
            return (fresh, state.now, true)
        }
        if isBystander, opensCase { return }
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
                let chosen = move ?? choose(id, value, order, now: now, isBystander: isBystander)
                move = chosen
                guard opensCase || value != nil else { return }
                let decision = Case.decide(
                    value, order: order, command: chosen.command, actor: chosen.actor, now: now,
                    policy: policy, sla: Fixture.sla(of: value))
                guard case .success(let transition) = decision.sound else {
                    return state.withLock { $0.refused += 1 }
                }
                if transition.isEmpty {
                    // A sweep that found nothing due: taken, and nothing to commit.
                    return state.withLock { $0.add(transition, chosen.command.kind) }
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

    private func choose(
        _ id: CaseID, _ value: Case?, _ order: Order, now: Instant, isBystander: Bool
    ) -> Move {
        state.withLock { state in
            guard let value else { return state.generator.submission(id: id, order: order) }
            return state.generator.move(
                value, order: order, now: max(now, value.updatedAt), policy: policy, isBystander: isBystander)
        }
    }

    private func log(_ step: Step, isReplay: Bool, opened: CaseID?) {
        state.withLock { state in
            state.steps.append(Step(command: step.command, transition: step.transition, isReplay: isReplay))
            state.add(step.transition, step.command.kind)
            if isReplay { state.replays += 1 }
            if let opened { state.ids.append(opened) }
            let after = step.transition.caseAfter
            state.open.removeAll { $0 == after.id && after.state.isTerminal }
            if !after.state.isTerminal, !state.open.contains(after.id) { state.open.append(after.id) }
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
            ledger.book(step.command, step.transition)
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
        // What led there: the walk cannot be had again, since its writers meet elsewhere each time.
        if !found.isEmpty { found += try inCommitOrder(steps).map(\.text) }
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

    /// Commits in an order in which they can have happened: each case by its version, and at the version of the order that it was
    /// decided on. What changes the order comes behind all that saw it as it was.
    private func inCommitOrder(_ steps: [Step]) throws -> [Step] {
        var queues = Dictionary(grouping: steps) { $0.transition.caseAfter.id }
            .mapValues { $0.sorted { $0.transition.caseAfter.version > $1.transition.caseAfter.version } }
        var orderVersion = order.version
        var sorted: [Step] = []
        while sorted.count < steps.count {
            let ready = queues.keys.filter {
                queues[$0]?.last?.transition.orderBefore.version == orderVersion
            }
            let next = ready.first { queues[$0]?.last?.transition.changesOrder == false } ?? ready.first
            guard let next, let step = queues[next]?.popLast() else {
                throw StoreError(.corrupt, "two commits of walk \(number) took the same version")
            }
            if step.transition.changesOrder { orderVersion = step.transition.orderAfter.version }
            sorted.append(step)
        }
        return sorted
    }
}
