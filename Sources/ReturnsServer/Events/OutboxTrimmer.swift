import Logging
import NIOCore
import RCPServer
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
    /// By partition, how often its log was cut by hand, as far as this server has told it.
    private let cuts = Mutex<[Int: Int64]>([:])
    /// Groups whose consumers have not confirmed that they heard of a loss.
    private let setBackGroups = Mutex<Set<String>>([])
    /// What is told of groups whose records could not be read when they were last looked at.
    private let unreadGroupWarnings = Mutex<[String]>([])

    /// How far groups have come, as far as their places tell.
    private struct Places {
        /// Groups that were not given every event.
        var behind: Set<String> = []
        /// What groups have not finished of a partition's events, as a share of those that are kept: at 1 the log goes past the group.
        var keptShares: [String: Double] = [:]
        var lookedAt: NIODeadline?

        /// Those that are soon behind.
        var late: [String: Double] {
            keptShares.filter { $0.value >= OutboxTrimmer.lateShare && !behind.contains($0.key) }
        }
    }

    private let places = Mutex(Places())

    static let intervalMilliseconds: Int64 = 1_000
    /// Each group has a place in each partition, so they are looked at less often.
    static let placesIntervalMilliseconds: Int64 = 10_000
    static let partitionsAtOnceMax = 4
    /// What a group may leave of the events that are kept before that is said, and said again; shares of 1.
    static let lateShare = 0.5
    static let urgentShare = 0.8

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
                await self.attempt("trimming") { () async throws(StoreError) in try await self.trim() }
                await self.attempt("groups") { () async throws(StoreError) in try await self.lookAtGroups() }
                try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
            }
        }
    }

    /// What fails of one keeps the other from nothing.
    private func attempt(_ what: String, _ step: () async throws(StoreError) -> Void) async {
        do throws(StoreError) {
            try await step()
        } catch {
            // An outage is told by the connection's own log.
            guard error.isLocal, gate.lets("attempt \(what)") else { return }
            logger.error(
                "the log of events cannot be looked after",
                metadata: ["what": "\(what)", "error": "\(error)"])
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
                    tellCuts(partition, trim)
                    if trim.isHeld { held += 1 }
                    overtaken.formUnion(trim.overtaken)
                    full.formUnion(trim.fullGroups)
                    if trim.hasMore { partitions.append(partition) }
                case .failure(let error):
                    failed.insert(partition)
                    await report(error, partition)
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

    /// A server that has just started tells what it has noticed itself.
    private func tellCuts(_ partition: Int, _ trim: OutboxTrim) {
        let news = cuts.withLock { cuts in
            defer { cuts[partition] = trim.cuts }
            return trim.cuts - (cuts[partition] ?? trim.cuts - (trim.hasNoticedCut ? 1 : 0))
        }
        guard news > 0 else { return }
        metrics.outboxCuts.increment(by: news)
        logger.error(
            "somebody has removed events from the log by hand; followers, groups and webhooks that had not read them are told of a loss",
            metadata: ["partition": "\(partition)"])
    }

    /// Which groups wait for the word of their consumers, and which cannot be read.
    func lookAtGroups() async throws(StoreError) {
        let groups = try await store.loadEventGroups()
        let names = Set(
            groups.records.lazy.filter { !self.store.identity.losses(since: $0.run).isEmpty }.map(\.name))
        setBackGroups.withLock { $0 = names }
        let places = try await look(at: groups.records)
        metrics.eventGroupsBehind.set(places.behind.union(names).count)
        metrics.eventGroupKeptShare.set(places.keptShares.values.max() ?? 0)
        for name in places.behind.sorted() where gate.lets("behind \(name)") {
            logger.warning("\(Self.behindWarning(name))")
        }
        for warning in places.late.map(Self.lateWarning).sorted() where gate.lets(warning) {
            logger.warning("\(warning)")
        }
        let unread = groups.unread
        let warnings = unread.damaged.map(Self.unreadableWarning) + unread.newer.map(Self.newerWarning)
        unreadGroupWarnings.withLock { $0 = warnings }
        for warning in warnings where gate.lets(warning) { logger.error("\(warning)") }
        for name in names.sorted() where gate.lets("set back \(name)") {
            logger.warning("\(Self.setBackWarning(name))")
        }
    }

    private func look(at groups: [EventGroup]) async throws(StoreError) -> Places {
        let now = NIODeadline.now()
        let seen = places.withLock { places -> Places? in
            guard let lookedAt = places.lookedAt,
                now < lookedAt + .milliseconds(Self.placesIntervalMilliseconds)
            else { return nil }
            let names = Set(groups.map(\.name))
            places.behind.formIntersection(names)
            places.keptShares = places.keptShares.filter { names.contains($0.key) }
            return places
        }
        if let seen { return seen }
        var found = Places(lookedAt: now)
        for group in groups {
            do throws(StoreError) {
                let state = try await store.eventGroupState(group)
                if state.isBehind { found.behind.insert(group.name) }
                // A log that is held for a consumer inside can be longer.
                found.keptShares[group.name] = min(
                    1, Double(state.unfinishedOfPartitionMax) / Double(max(1, retention.eventsMax)))
            } catch {
                // What is wrong with one group keeps no other from being told.
                guard error.isLocal else { throw error }
            }
        }
        places.withLock { [found] in $0 = found }
        return found
    }

    private func report(_ error: StoreError, _ partition: Int) async {
        guard gate.lets("p\(partition)") else { return }
        var metadata: Logger.Metadata = ["partition": "\(partition)", "error": "\(error)"]
        // Redis says that one of them is of another type, and not which.
        if let keys = try? await store.damagedOutboxKeys(of: partition), !keys.isEmpty {
            metadata["keys"] = "\(keys.joined(separator: ", "))"
        }
        logger.error(
            "a partition's log of events cannot be trimmed and grows; see what its keys hold",
            metadata: metadata)
    }

    /// What needs a person soon, in words that stay the same while it lasts.
    var warnings: [String] {
        var all: [String] = failing.withLock { $0 }.sorted().map { Self.warning($0) }
        all += fullGroups.withLock { $0 }.sorted().map { Self.warning($0) }
        all += setBackGroups.withLock { $0 }.sorted().map(Self.setBackWarning)
        let places = places.withLock { $0 }
        all += places.behind.sorted().map(Self.behindWarning) + places.late.map(Self.lateWarning).sorted()
        all += unreadGroupWarnings.withLock { $0 }
        return all
    }

    private static func warning(_ partition: Int) -> String {
        "the log of events of partition \(partition) is damaged: it cannot be trimmed and grows, and its events may not be delivered; see the server's log, and RUNBOOK.md, \"The log of events is damaged\""
    }

    private static func unreadableWarning(_ group: String) -> String {
        "the record of the group \(group) is damaged, and nobody can consume in it; delete it with returnsctl event group delete, and create it anew"
    }

    private static func newerWarning(_ group: String) -> String {
        "the group \(group) was written by a newer returnsd, and this server gives none of its events; leave it as it is, and upgrade this server (RUNBOOK.md, \"A record of a newer server\")"
    }

    private static func setBackWarning(_ group: String) -> String {
        "the group \(group) is given nothing: the store was set back, and its consumers have not confirmed that they read again what that concerns; see returnsctl event group list"
    }

    private static func behindWarning(_ group: String) -> String {
        "the group \(group) has lost events: the log went past it before its consumers had finished them; see RUNBOOK.md, \"Followers and groups that are behind\""
    }

    private static func lateWarning(_ group: String, _ share: Double) -> String {
        let percent = Int((share >= urgentShare ? urgentShare : lateShare) * 100)
        return
            "the group \(group) is falling behind: over \(percent) % of the events that a partition keeps are not finished, and at 100 % they go; see to its consumers (returnsctl event group list)"
    }

    private static func warning(_ group: String) -> String {
        "the group \(group) is given nothing more in some partition until it acknowledges what it was given; see to its consumers, or delete it"
    }
}
