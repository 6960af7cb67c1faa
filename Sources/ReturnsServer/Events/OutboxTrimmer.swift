import Logging
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle
import Synchronization

/// Keeps the log from growing without end: trims every partition to what is to be kept, whoever holds it, in bounded steps. Each server does so;
/// a step that another one has made already does nothing.
final class OutboxTrimmer: Service {
    private let store: ReturnsStore
    private let retention: OutboxRetention
    private let metrics: ReturnsMetrics
    private let logger: Logger
    private let gate = LogGate(period: .minutes(10))
    /// Groups that were given nothing more in some partition, when it was last looked at.
    private let fullGroups = Mutex<Set<String>>([])
    /// Partitions that could not be trimmed when they were last looked at.
    private let failing = Mutex<Set<Int>>([])
    /// Groups whose consumers have not confirmed that they heard of a loss.
    private let setBackGroups = Mutex<Set<String>>([])

    static let intervalMilliseconds: Int64 = 1_000
    static let partitionsAtOnceMax = 4

    init(
        store: ReturnsStore, retention: OutboxRetention, metrics: ReturnsMetrics = .none, logger: Logger
    ) {
        self.store = store
        self.retention = retention
        self.metrics = metrics
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(StoreError) {
                    try await self.trim()
                    try await self.lookAtLosses()
                } catch {
                    // An outage is told by the connection's own log.
                    self.logger.debug("the log of events cannot be trimmed", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
            }
        }
    }

    func trim() async throws(StoreError) {
        var partitions = Array(0..<store.partitioning.count)
        // By Redis's clock, which ids go by.
        let now = try await store.redisTime()
        var held = 0
        var overtaken: Set<String> = []
        var full: Set<String> = []
        var failed: Set<Int> = []
        while !partitions.isEmpty, !Task.isCancelled {
            // A few at a time, so that calls come between.
            let some = Array(partitions.prefix(Self.partitionsAtOnceMax))
            partitions.removeFirst(some.count)
            let trims = try await store.trimOutbox(some, keeping: retention, now: now)
            for (partition, result) in zip(some, trims) {
                switch result {
                case .success(let trim):
                    metrics.eventsTrimmed.increment(by: trim.events)
                    if trim.isHeld { held += 1 }
                    overtaken.formUnion(trim.overtaken)
                    full.formUnion(trim.fullGroups)
                    if trim.hasMore { partitions.append(partition) }
                case .failure(let error):
                    failed.insert(partition)
                    report(error, partition)
                }
            }
        }
        metrics.outboxHeld.set(held)
        fullGroups.withLock { $0 = full }
        failing.withLock { $0 = failed }
        for group in full.sorted() where gate.lets("full \(group)") {
            logger.warning("\(Self.warning(group))")
        }
        for holder in overtaken.sorted() where gate.lets(holder) {
            logger.warning(
                "the log has reached its limit and goes past a consumer inside that has not finished its events; it loses them and is told which",
                metadata: ["consumer": "\(holder)"])
        }
        guard held > 0, gate.lets("held") else { return }
        logger.warning(
            "events stay in the log although they are due to go, since a consumer inside has not finished them",
            metadata: ["partitions": "\(held)"])
    }

    /// Which groups wait for the word of their consumers.
    func lookAtLosses() async throws(StoreError) {
        var names: Set<String> = []
        // Most stores have lost nothing, and need not be asked every second.
        if !store.identity.losses(since: nil).isEmpty {
            for group in try await store.loadEventGroups()
            where !store.identity.losses(since: group.run).isEmpty { names.insert(group.name) }
        }
        setBackGroups.withLock { $0 = names }
        for name in names.sorted() where gate.lets("set back \(name)") {
            logger.warning("\(Self.setBackWarning(name))")
        }
    }

    private func report(_ error: StoreError, _ partition: Int) {
        guard gate.lets("p\(partition)") else { return }
        logger.error(
            "a partition's log of events cannot be trimmed and grows; see what its keys hold",
            metadata: ["partition": "\(partition)", "error": "\(error)"])
    }

    /// What needs a person soon, in words that stay the same while it lasts.
    var warnings: [String] {
        failing.withLock { $0 }.sorted().map(Self.warning)
            + fullGroups.withLock { $0 }.sorted().map(Self.warning)
            + setBackGroups.withLock { $0 }.sorted().map(Self.setBackWarning)
    }

    private static func warning(_ partition: Int) -> String {
        "the log of events of partition \(partition) is damaged: it cannot be trimmed and grows, and its events may not be delivered; see the log, and what the partition's keys hold"
    }

    private static func setBackWarning(_ group: String) -> String {
        "the group \(group) is given nothing: the store was set back, and its consumers have not confirmed that they read again what that concerns; see returnsctl event group list"
    }

    private static func warning(_ group: String) -> String {
        "the group \(group) is given nothing more in some partition until it acknowledges what it was given; see to its consumers, or delete it"
    }
}
