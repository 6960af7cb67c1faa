import Logging
import NIOCore
import ReturnsDomain
import ReturnsStore

/// Fires what is due. Just another caller: it reads what is due, decides, commits; firing exactly once follows from the
/// version guard, with any number of sweepers, killed at any moment (DESIGN §6).
public struct Sweeper: Sendable {
    public let policies: PolicyBook
    public let clock: any ServerClock
    /// Redis's clock counts too; nil on a test clock.
    public let comparesRedisTime: Bool
    public let logger: Logger

    /// One sweep looks at no more cases than this; the next goes on.
    public static let batchCasesMax = 500
    /// One read asks a partition for no more than this.
    public static let partitionCasesMax = 100
    /// A larger difference between the server's and Redis's clock is reported.
    public static let clockDifferenceMillisecondsMax: Int64 = 2_000

    public struct Result: Hashable, Sendable {
        public var cases = 0
        public var firings = 0
        /// Cases that changed under the sweeper's hands; the next sweep takes them.
        public var conflicts = 0
        /// Cases that could not be read or decided; they stay due and are reported.
        public var failures = 0
    }

    public init(policies: PolicyBook, clock: any ServerClock, comparesRedisTime: Bool, logger: Logger) {
        self.policies = policies
        self.clock = clock
        self.comparesRedisTime = comparesRedisTime
        self.logger = logger
    }

    /// Fires what is due now, in at most `limit` cases.
    public func sweep(
        store: ReturnsStore, limit: Int = Sweeper.batchCasesMax, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Result {
        let now = try await slowerClock(store, deadline: deadline)
        var result = Result()
        for partition in try await store.duePartitions(now: now, deadline: deadline) {
            let left = limit - result.cases
            guard left > 0 else { break }
            let ids = try await store.dueCases(
                partition: partition, now: now, limit: min(left, Self.partitionCasesMax), deadline: deadline)
            for id in ids {
                try await fire(id, now: now, store: store, deadline: deadline, into: &result)
            }
        }
        return result
    }

    private func fire(
        _ id: CaseID, now: Instant, store: ReturnsStore, deadline: NIODeadline, into result: inout Result
    ) async throws(StoreError) {
        do throws(StoreError) {
            guard let value = try await store.loadCase(id, deadline: deadline) else { return }
            let (order, isCaseUnchanged) = try await store.loadOrder(of: value, deadline: deadline)
            guard isCaseUnchanged else {
                result.conflicts += 1
                return
            }
            let policy = try await policies.policy(for: value, store: store, deadline: deadline)
            let decision = Case.decide(
                value, order: order, command: .sweep, actor: .system, now: now, policy: policy)
            guard case .success(let transition) = decision else {
                result.failures += 1
                logger.error("a due case could not be decided", metadata: ["case": "\(id)"])
                return
            }
            result.cases += 1
            // The index was ahead of the case: someone else fired it between the two reads.
            guard !transition.isEmpty else { return }
            switch try await store.commit(transition, request: nil, deadline: deadline) {
            case .committed: result.firings += transition.entries.count { $0.kind.isFiring }
            case .stale: result.conflicts += 1
            case .replay, .requestIDReused: preconditionFailure("a sweep has no request record")
            }
        } catch {
            // One unreadable case must not keep the others from firing.
            guard error.code == .corrupt else { throw error }
            result.failures += 1
            logger.error("a due case cannot be read", metadata: ["case": "\(id)", "error": "\(error)"])
        }
    }

    /// The slower of the two clocks, so that a clock that runs ahead fires nothing early.
    private func slowerClock(_ store: ReturnsStore, deadline: NIODeadline) async throws(StoreError) -> Instant
    {
        let own = clock.now()
        guard comparesRedisTime else { return own }
        let redis = try await store.redisTime(deadline: deadline)
        if abs(own - redis) > Self.clockDifferenceMillisecondsMax {
            logger.error(
                "the server's and Redis's clocks differ; deadlines follow the slower one",
                metadata: ["difference_ms": "\(own - redis)"])
        }
        return min(own, redis)
    }
}

extension CaseEventKind {
    var isFiring: Bool { self == .clockWarned || self == .clockBreached || self == .clockEscalated }
}
