import Logging
import NIOCore
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// What the server knows of its own health, looked at once a second for all who watch. As a service it is to be stopped
/// before the listener, whose drain would otherwise wait for the watchers.
///
/// A look asks whether the store is still the one it was and writes to it: a Redis that answers but takes no changes is not well.
/// Looks begin once an interval, and each has one deadline for all that it asks. So a fault is told after both at the latest,
/// however Redis fails, which is within the three seconds that are promised.
final class HealthMonitor: Service {
    enum State: Sendable, Hashable {
        case serving
        case notServing(reason: String)
        case stopping
    }

    static let intervalMilliseconds: Int64 = 1_000
    /// For one look.
    static let redisMillisecondsMax: Int64 = 1_500
    /// Of that, kept for a last read when the write is not answered.
    static let lastReadMilliseconds: Int64 = 300
    static let redisSilent =
        "Redis does not answer; see whether it runs and this server reaches its address (RUNBOOK.md, \"Redis does not answer\")"
    static let writesHeld =
        "Redis answers reads, but takes no changes in time; a failover ends by itself, redis-cli CLIENT UNPAUSE ends a pause (RUNBOOK.md, \"Redis does not answer\")"

    private let store: ReturnsStore
    private let probeStore: ReturnsStore
    private let disk: DiskSpace?
    private let metrics: ReturnsMetrics
    private let logger: Logger
    private let current = Mutex(State.serving)
    private let currentWarnings = Mutex<[HealthWarning]>([])
    private let otherWarnings: @Sendable () -> [String]

    /// - Parameters:
    ///   - store: has just answered; on the event loop that `run` is run on. No call uses its connection or that loop, so one that
    ///     waits for other calls is not taken for a Redis that does not answer.
    ///   - probeStore: the same store on another connection of that event loop.
    ///   - disk: that of the data folder; nil where nobody looks at it.
    ///   - otherWarnings: of those who look and log for themselves.
    init(
        store: ReturnsStore, probeStore: ReturnsStore, disk: DiskSpace? = nil,
        metrics: ReturnsMetrics = .none,
        logger: Logger = Logger(label: "returns-health"),
        otherWarnings: @escaping @Sendable () -> [String] = { [] }
    ) {
        self.otherWarnings = otherWarnings
        self.store = store
        self.probeStore = probeStore
        self.disk = disk
        self.metrics = metrics
        self.logger = logger
    }

    var state: State { current.withLock { $0 } }

    /// What needs a person soon, although the server serves.
    /// A loss is told as the store has it now, since it names what to type.
    var warnings: [String] {
        let seen = currentWarnings.withLock { $0.filter { $0.kind != .reconciliation } }
        return (seen + [reconciliationWarning].compactMap(\.self)).map(\.text) + otherWarnings()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let next = NIODeadline.now() + .milliseconds(Self.intervalMilliseconds)
                let (state, facts) = await self.look()
                // What a stop has cut short says nothing about Redis.
                if Task.isCancelled { break }
                self.change(to: state)
                self.lookForWarnings(facts)
                try? await Task.sleep(for: .nanoseconds((next - .now()).nanoseconds))
            }
        }
        current.withLock { $0 = .stopping }
    }

    /// Asks Redis now; may be called from any event loop.
    ///
    /// - Throws: why the store cannot be used.
    func ask() async throws(StoreError) { _ = try await store.redisTime(deadline: deadline) }

    private func change(to state: State) {
        let before = current.withLock { current in
            defer { current = state }
            return current
        }
        metrics.redisAnswered(state == .serving)
        metrics.storeFault(store.identity.fault)
        guard before != state else { return }
        switch state {
        case .notServing(let reason): logger.error("this server does not serve: \(reason)")
        case .serving: logger.notice("this server serves again")
        case .stopping: break
        }
    }

    private var deadline: NIODeadline { .now() + .milliseconds(Self.redisMillisecondsMax) }

    /// - Returns: also what Redis tells of itself, where it serves.
    private func look() async -> (State, RedisFacts?) {
        let free = disk?.freeBytes
        metrics.diskFree(free)
        if let disk, disk.holdsRedis, let free, free < DiskSpace.freeBytesMin {
            store.identity.refuseChanges(
                .diskFull, lettingFree: free >= DiskSpace.freeBytesForTrimmingMin)
            let state = State.notServing(
                reason:
                    "the disk of \(disk.folder) is full (\(free >> 20) MiB left), so the store takes no changes. \(RedisRefusal.diskFull.advice)"
            )
            return (state, nil)
        }
        store.identity.refuseChanges(nil)
        let deadline = deadline
        do throws(StoreError) {
            try await store.identity.look(store.redis, deadline: deadline)
            let facts = try await store.facts(deadline: deadline)
            guard try await takesChanges(deadline) else {
                return (.notServing(reason: Self.writesHeld), facts)
            }
            return (.serving, facts)
        } catch {
            return (.notServing(reason: Self.reason(error)), nil)
        }
    }

    /// Whether Redis takes changes in time.
    ///
    /// - Throws: why it takes none, where it says so, or does not answer at all.
    private func takesChanges(_ deadline: NIODeadline) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            try await probeStore.probe(
                now: SystemClock.wall(), deadline: deadline - .milliseconds(Self.lastReadMilliseconds))
            return true
        } catch {
            guard Self.reason(error) == Self.redisSilent else { throw error }
            _ = try await store.redisTime(deadline: deadline)
            return false
        }
    }

    /// In words.
    static func reason(_ error: StoreError) -> String {
        if let fault = error.fault { return fault.description }
        if let refusal = error.refusal { return "\(refusal.text). \(refusal.advice)" }
        switch error.code {
        case .misconfigured, .corrupt, .refused, .unfit, .outsideScope, .levelTooLow: return error.description
        case .unavailable, .overloaded, .deadlineExceeded, .cancelled:
            return error.absence.map { "Redis does not answer: \($0.description)" } ?? redisSilent
        }
    }

    private func lookForWarnings(_ facts: RedisFacts?) {
        var warnings = (store.identity.condition?.warnings ?? []).map { HealthWarning(.redis, $0) }
        if let warning = persistenceWarning(facts) { warnings.append(warning) }
        if let warning = reconciliationWarning { warnings.append(warning) }
        if let warning = disk?.warning { warnings.append(warning) }
        if let warning = levelWarning { warnings.append(warning) }
        metrics.memoryShare(store.identity.condition?.memoryShare)
        metrics.warnings(warnings.count + otherWarnings().count)
        let news = currentWarnings.withLock { current in
            defer { current = warnings }
            return warnings.filter { warning in !current.contains { $0.isLike(warning) } }
        }
        for warning in news { logger.warning("\(warning.text)") }
    }

    private var reconciliationWarning: HealthWarning? {
        store.identity.record?.unreconciled.map { run in
            HealthWarning(
                .reconciliation,
                "refunds wait: changes were lost (\(run)); finance compares the refunds with the gateway, then types: returnsctl admin reconciled \(run)"
            )
        }
    }

    private var levelWarning: HealthWarning? {
        let highest = store.identity.settings.highestLevel
        return store.identity.record.flatMap { record in
            guard record.level > highest else { return nil }
            return HealthWarning(
                .level,
                "the store is at writer level \(record.level), and this returnsd knows \(highest): it shows what newer servers write, and decides nothing on it (RECORD_NEWER); upgrade this server (RUNBOOK.md, \"A changeover\")"
            )
        }
    }

    /// - Parameter facts: nil from a Redis that does not serve: what it said last still holds.
    private func persistenceWarning(_ facts: RedisFacts?) -> HealthWarning? {
        guard let facts else {
            return currentWarnings.withLock { $0.first { $0.kind == .persistence } }
        }
        return facts.persistenceWarning.isEmpty
            ? nil : HealthWarning(.persistence, facts.persistenceWarning)
    }
}
