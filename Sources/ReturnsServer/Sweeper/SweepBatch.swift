import NIOCore
import ReturnsDomain
import ReturnsStore

/// Some due cases of one partition, taken through a sweep together: loaded with one pipeline, their orders with another, and
/// committed together or one after the other, as the pace has it.
struct SweepBatch: Sendable {
    let sweeper: Sweeper
    let partition: Int
    let ids: [CaseID]
    /// Cases of the same read that wait behind this batch.
    let casesBehind: Int
    let store: ReturnsStore
    let deadline: NIODeadline

    /// - Returns: the cases whose clocks fired, and so are due no more.
    func fire(
        pace: SweepPace, into result: inout Sweeper.Result
    ) async throws(StoreError) -> [CaseID] {
        result.cases += ids.count
        let began = NIODeadline.now()
        var waiting = try await decide(load(into: &result), into: &result)[...]
        await pace.rest(after: .now() - began, on: store.redis.eventLoop)

        var fired: [CaseID] = []
        let size = pace.commitsTogether ? ids.count : 1
        while !waiting.isEmpty {
            let began = NIODeadline.now()
            let together = waiting.prefix(size)
            waiting = waiting.dropFirst(size)
            fired += try await commit(Array(together), left: waiting.count + casesBehind, into: &result)
            // Also behind the last one: another batch follows, in this partition or the next.
            await pace.rest(after: .now() - began, on: store.redis.eventLoop)
        }
        return fired
    }

    /// - Parameter left: Cases of the same read that are committed after these.
    private func commit(
        _ transitions: [CaseTransition], left: Int, into result: inout Sweeper.Result
    ) async throws(StoreError) -> [CaseID] {
        sweeper.progress?.record(.sending(transitions.count, left: left))
        let outcomes = try await store.commit(transitions, partition: partition, deadline: deadline)
        var fired: [CaseID] = []
        for (transition, outcome) in zip(transitions, outcomes) {
            let id = transition.caseAfter.id
            switch outcome {
            case .success(.committed):
                result.firings += sweeper.fired(transition, now: result.now)
                fired.append(id)
            case .success(.stale): result.conflicts += 1
            case .success(.replay), .success(.requestIDReused):
                preconditionFailure("a sweep has no request record")
            case .failure(let error): try fail(id, error, into: &result)
            }
        }
        sweeper.progress?.record(.committed(fired.count, left: left))
        return fired
    }

    /// The cases, each with its order as it was at the case's version.
    private func load(into result: inout Sweeper.Result) async throws(StoreError) -> [(Case, Order?)] {
        var cases: [Case] = []
        for (id, found) in zip(ids, try await store.loadEach(ids, deadline: deadline)) {
            switch found {
            case .success(let value?): cases.append(value)
            case .success(nil):
                try fail(
                    id, StoreError(.corrupt, "it is gone; type: returnsctl admin verify-indexes --repair"),
                    into: &result)
            case .failure(let error): try fail(id, error, into: &result)
            }
        }
        var loaded: [(Case, Order?)] = []
        let orders = try await store.loadOrders(of: cases, partition: partition, deadline: deadline)
        for (value, found) in zip(cases, orders) {
            switch found {
            case .success((let order, true)): loaded.append((value, order))
            case .success((_, false)): result.conflicts += 1
            case .failure(let error): try fail(value.id, error, into: &result)
            }
        }
        return loaded
    }

    private func decide(
        _ loaded: [(Case, Order?)], into result: inout Sweeper.Result
    ) async throws(StoreError) -> [CaseTransition] {
        var transitions: [CaseTransition] = []
        var sliceEnd = NIODeadline.now() + .microseconds(Sweeper.sliceMicroseconds)
        for (value, order) in loaded {
            if NIODeadline.now() >= sliceEnd {
                await Task.yield()
                sliceEnd = .now() + .microseconds(Sweeper.sliceMicroseconds)
            }
            let rules: CaseRules
            do throws(StoreError) {
                rules = try await sweeper.policies.rules(for: value, store: store, deadline: deadline)
            } catch {
                try refuse(value.id, error, into: &result)
                continue
            }
            do throws(StoreError) {
                let transition = try sweeper.decide(
                    value, order: order, now: result.now, rules: rules,
                    keeps: store.identity.level.keeps)
                // Someone else fired it after it was read; or else its index is stale.
                if !transition.isEmpty { transitions.append(transition) }
            } catch {
                try fail(value.id, error, into: &result)
            }
        }
        return transitions
    }

    /// One case that cannot be read or written must not keep the others from firing. One that a newer build wrote is for its
    /// servers to fire; where none of them does, the clocks that are overdue tell.
    private func fail(
        _ id: CaseID, _ error: StoreError, into result: inout Sweeper.Result
    ) throws(StoreError) {
        guard error.code == .corrupt else { return try refuse(id, error, into: &result) }
        result.unread.note(id, error)
        report(id, error)
    }

    /// The case itself is whole: what it is decided by cannot be read, or it cannot be written now.
    private func refuse(
        _ id: CaseID, _ error: StoreError, into result: inout Sweeper.Result
    ) throws(StoreError) {
        guard error.isLocal || error.code == .refused else { throw error }
        result.refused[id] = StoreError.Refusal(error)
        report(id, error)
    }

    private func report(_ id: CaseID, _ error: StoreError) {
        guard StoreError.Refusal(error).isFault else { return sweeper.pass(id, error) }
        sweeper.report("a due case cannot be fired: \(error)", "\(id)")
    }
}
