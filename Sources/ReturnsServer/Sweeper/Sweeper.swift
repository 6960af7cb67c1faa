import Logging
import NIOCore
import RCPServer
import ReturnsDomain
import ReturnsStore

/// Fires what is due. Just another caller: it reads what is due, decides, commits; firing exactly once follows from the
/// version guard, with any number of sweepers, killed at any moment.
public struct Sweeper: Sendable {
    let policies: PolicyBook
    private let clock: any ServerClock
    private let metrics: ReturnsMetrics
    /// Nil unless a test asks for it.
    let progress: SweepProgress?
    private let logger: Logger
    private let gate = LogGate(period: .minutes(10))

    /// One sweep looks at no more cases than this; the next goes on.
    public static let sweepCasesMax = 500
    /// One read asks a partition for no more than this.
    public static let readEntriesMax = 128
    /// Decisions in a row, before whatever else the event loop has to do gets its turn.
    static let sliceMicroseconds: Int64 = 1_000

    public struct Result: Hashable, Sendable {
        /// The time up to which clocks were fired.
        public var now: Instant
        public var cases = 0
        public var firings = 0
        /// Cases that changed under the sweeper's hands; the next sweep takes them.
        public var conflicts = 0
        /// Cases whose records cannot be decided on; they stay due and are reported, or left to servers of a newer build.
        public var unread = UnreadRecords<CaseID>()
        /// Cases that stay due for something else than their own records, such as what they are decided by.
        public var refused: [CaseID: StoreError.Refusal] = [:]
        /// Deadlines that name no case, and partitions that cannot be swept.
        public var unreadableDeadlines = 0
        public var failures: Int {
            unread.damaged.count + refused.values.count(where: \.isFault) + unreadableDeadlines
        }
        /// More was due than one sweep looks at.
        public var isFull = false
    }

    /// What a sweep begins with.
    struct Start: Sendable {
        /// The slower of this server's clock and Redis's.
        var now: Instant
        /// The partitions with something due.
        var partitions: [Int]
        /// Partitions whose deadlines cannot be read.
        var unreadable: Int
    }

    /// Where a sweep stands in one partition.
    struct Visit: Sendable {
        let partition: Int
        /// Entries that stay due, since they cannot be fired; passed over, so that they hide none behind them.
        var entriesLeft = 0
        /// Whether everything that was due there has been looked at.
        var isOver = false
    }

    init(
        policies: PolicyBook, clock: any ServerClock, metrics: ReturnsMetrics = .none,
        progress: SweepProgress? = nil, logger: Logger
    ) {
        self.policies = policies
        self.clock = clock
        self.metrics = metrics
        self.progress = progress
        self.logger = logger
    }

    /// Fires what is due now, in at most `limit` cases, whoever else is sweeping: what a person asks for is done.
    public func sweep(
        store: ReturnsStore, limit: Int = Sweeper.sweepCasesMax, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Result {
        let start = try await start(store: store, deadline: deadline)
        var result = Result(now: start.now, unreadableDeadlines: start.unreadable)
        for partition in start.partitions {
            var visit = Visit(partition: partition)
            while !visit.isOver {
                guard result.cases < limit else {
                    result.isFull = true
                    return result
                }
                try await read(
                    &visit, limit: limit, pace: SweepPace(rests: false), store: store, deadline: deadline,
                    into: &result)
            }
        }
        return result
    }

    /// Both clocks are read now and not once a second: what fires was due by either of them while the sweep ran.
    func start(store: ReturnsStore, deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Start
    {
        let asked = NIODeadline.now()
        let view = try await store.sweepView(deadline: deadline)
        let trip = (NIODeadline.now() - asked).nanoseconds / 1_000_000
        let now = clock.now(redis: view.redisTime, tripMilliseconds: trip)
        let due = view.earliest.indices.filter { view.earliest[$0].map { $0 <= now } ?? false }
        for partition in view.unreadable {
            report("the deadlines are something else than a set", "p\(partition)")
        }
        return Start(now: now, partitions: due, unreadable: view.unreadable.count)
    }

    /// Reads what is due in a partition, some of it, and fires it batch by batch. What stands in the way there ends this visit alone.
    ///
    /// - Parameter limit: Of the whole sweep.
    func read(
        _ visit: inout Visit, limit: Int, pace: SweepPace, store: ReturnsStore,
        deadline: NIODeadline = .distantFuture, into result: inout Result
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await readDue(
                &visit, limit: limit, pace: pace, store: store, deadline: deadline, into: &result)
        } catch {
            try fail(visit.partition, error, into: &result)
            visit.isOver = true
        }
    }

    /// One partition that cannot be swept keeps no other from being swept.
    func fail(_ partition: Int, _ error: StoreError, into result: inout Result) throws(StoreError) {
        guard error.isLocal else { throw error }
        result.unreadableDeadlines += 1
        report("a partition cannot be swept: \(error)", "p\(partition)")
    }

    private func readDue(
        _ visit: inout Visit, limit: Int, pace: SweepPace, store: ReturnsStore, deadline: NIODeadline,
        into result: inout Result
    ) async throws(StoreError) {
        let wanted = min(limit - result.cases, Self.readEntriesMax)
        let due = try await store.dueCases(
            partition: visit.partition, now: result.now, offset: visit.entriesLeft, limit: wanted,
            deadline: deadline)
        // A case stands there once for each of its clocks.
        var seen: Set<CaseID> = []
        var waiting = due.compactMap(\.self).filter { seen.insert($0).inserted }[...]
        progress?.record(.read(waiting.count))
        var fired: Set<CaseID> = []
        while !waiting.isEmpty {
            let batch = SweepBatch(
                sweeper: self, partition: visit.partition, ids: Array(waiting.prefix(pace.cases)),
                casesBehind: max(0, waiting.count - pace.cases), store: store, deadline: deadline)
            waiting = waiting.dropFirst(batch.ids.count)
            fired.formUnion(try await batch.fire(pace: pace, into: &result))
        }
        progress?.record(.over)
        let nameless = due.count { $0 == nil }
        if nameless > 0 {
            result.unreadableDeadlines += nameless
            report(
                "the deadlines hold something that names no case; type: returnsctl admin verify-indexes --repair",
                "p\(visit.partition)")
        }
        visit.entriesLeft += due.count { $0.map { !fired.contains($0) } ?? true }
        visit.isOver = due.count < wanted
    }

    /// The one place where a sweep decides.
    func decide(
        _ value: Case, order: Order?, now: Instant, rules: CaseRules, keeps: KeptFacts
    ) throws(StoreError) -> CaseTransition {
        let decision = Case.decide(
            value, order: order, command: .sweep, actor: .system, now: now, policy: rules.policy,
            sla: rules.sla, keeps: keeps)
        guard case .success(let transition) = decision else {
            throw StoreError(.corrupt, "its clocks cannot be fired")
        }
        return transition
    }

    func fired(_ transition: CaseTransition, now: Instant) -> Int {
        let firings = transition.firings
        for firing in firings { metrics.fired(firing, now: now) }
        return firings.count
    }

    /// A case that waits for a newer build, or for the store's level, is no fault.
    func pass(_ id: CaseID, _ error: StoreError) {
        guard gate.lets("newer") else { return }
        logger.notice(
            "due cases are left, since this server is not to fire them now",
            metadata: ["subject": "\(id)", "error": "\(error)"])
    }

    func report(_ message: Logger.Message, _ subject: String) {
        guard gate.lets("\(message) \(subject)") else { return }
        logger.error(message, metadata: ["subject": "\(subject)"])
    }
}
