import Logging
import NIOCore
import ReturnsDomain
import ReturnsStore

/// Fires what is due. Just another caller: it reads what is due, decides, commits; firing exactly once follows from the
/// version guard, with any number of sweepers, killed at any moment (DESIGN §6).
public struct Sweeper: Sendable {
    public let policies: PolicyBook
    public let clock: any ServerClock
    public let logger: Logger
    private let gate = LogGate(period: .minutes(10))

    /// One sweep looks at no more cases than this; the next goes on.
    public static let batchCasesMax = 500
    /// One read asks a partition for no more than this.
    public static let partitionCasesMax = 100

    public struct Result: Hashable, Sendable {
        /// The time up to which clocks were fired.
        public var now: Instant
        public var cases = 0
        public var firings = 0
        /// Cases that changed under the sweeper's hands; the next sweep takes them.
        public var conflicts = 0
        /// Cases that could not be read, decided or written; they stay due and are reported.
        public var failures = 0
        /// More was due than one sweep looks at.
        public var isFull = false
    }

    public init(policies: PolicyBook, clock: any ServerClock, logger: Logger) {
        self.policies = policies
        self.clock = clock
        self.logger = logger
    }

    /// Fires what is due now, in at most `limit` cases.
    public func sweep(
        store: ReturnsStore, limit: Int = Sweeper.batchCasesMax, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Result {
        var result = Result(now: clock.now())
        for partition in try await store.duePartitions(now: result.now, deadline: deadline) {
            try await sweep(partition, limit: limit, store: store, deadline: deadline, into: &result)
        }
        return result
    }

    /// - Parameter limit: Of the whole sweep.
    private func sweep(
        _ partition: Int, limit: Int, store: ReturnsStore, deadline: NIODeadline, into result: inout Result
    ) async throws(StoreError) {
        // Entries that stay due, since they cannot be fired, must not hide those behind them.
        var left = 0
        while true {
            guard result.cases < limit else {
                result.isFull = true
                return
            }
            let wanted = min(limit - result.cases, Self.partitionCasesMax)
            let due = try await store.dueCases(
                partition: partition, now: result.now, offset: left, limit: wanted, deadline: deadline)
            var fired: [CaseID: Bool] = [:]
            for case let id? in due where fired[id] == nil {
                result.cases += 1
                fired[id] = try await fire(id, store: store, deadline: deadline, into: &result)
            }
            if due.contains(nil) {
                result.failures += due.count { $0 == nil }
                report(
                    "the deadlines hold something that names no clock; run verify-indexes", "p\(partition)")
            }
            left += due.count { $0.flatMap { fired[$0] } != true }
            if due.count < wanted { return }
        }
    }

    /// - Returns: whether the case's clocks fired, and so are due no more.
    private func fire(
        _ id: CaseID, store: ReturnsStore, deadline: NIODeadline, into result: inout Result
    ) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            guard let value = try await store.loadCase(id, deadline: deadline) else {
                throw StoreError(.corrupt, "it is gone; run verify-indexes")
            }
            let (order, isCaseUnchanged) = try await store.loadOrder(of: value, deadline: deadline)
            let rules = try await policies.rules(for: value, store: store, deadline: deadline)
            guard isCaseUnchanged else {
                result.conflicts += 1
                return false
            }
            let decision = Case.decide(
                value, order: order, command: .sweep, actor: .system, now: result.now, policy: rules.policy,
                sla: rules.sla)
            guard case .success(let transition) = decision else {
                throw StoreError(.corrupt, "its clocks cannot be fired")
            }
            // Someone else fired it between the two reads; or else its index is stale.
            guard !transition.isEmpty else { return false }
            switch try await store.commit(transition, request: nil, deadline: deadline) {
            case .committed:
                result.firings += transition.entries.count { $0.kind.isFiring }
                return true
            case .stale:
                result.conflicts += 1
                return false
            case .replay, .requestIDReused: preconditionFailure("a sweep has no request record")
            }
        } catch {
            // One case that cannot be read or written must not keep the others from firing.
            guard error.code == .corrupt || error.code == .refused else { throw error }
            result.failures += 1
            report("a due case cannot be fired: \(error)", "\(id)")
            return false
        }
    }

    private func report(_ message: Logger.Message, _ subject: String) {
        guard gate.lets("\(message) \(subject)") else { return }
        logger.error(message, metadata: ["subject": "\(subject)"])
    }
}

extension CaseEventKind {
    var isFiring: Bool { self == .clockWarned || self == .clockBreached || self == .clockEscalated }
}
