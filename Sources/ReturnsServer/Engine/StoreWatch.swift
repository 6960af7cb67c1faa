import Logging
import NIOCore
import RCPServer
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle

/// Looks once a second at what others have a say in: the policy versions that other servers have added (R22), Redis's
/// time, and what is due: also where no sweeper runs, or none gets anywhere.
struct StoreWatch: Service {
    let policies: PolicyBook
    let time: any ServerClock
    /// Nil on a test clock, which is nobody's wall clock.
    let clock: SystemClock?
    /// On a connection and an event loop that no call uses: an answer that waited for calls would tell an old time.
    let store: ReturnsStore
    let metrics: ReturnsMetrics
    let logger: Logger
    private let gate = LogGate(period: .minutes(10))

    static let intervalMilliseconds: Int64 = 1_000

    init(
        policies: PolicyBook, time: any ServerClock, clock: SystemClock?, store: ReturnsStore,
        metrics: ReturnsMetrics = .none,
        logger: Logger
    ) {
        self.metrics = metrics
        self.policies = policies
        self.time = time
        self.clock = clock
        self.store = store
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: .milliseconds(Self.intervalMilliseconds))
            }
        }
    }

    /// What fails of one part keeps the server from no other.
    func look() async {
        await part("what cases are decided by") { () async throws(StoreError) in
            try await policies.refresh(store, now: time.now())
            for warning in policies.warnings where gate.lets(warning) { logger.error("\(warning)") }
        }
        await part("Redis's time and what is due") { () async throws(StoreError) in try await lookAtTime() }
    }

    private func part(_ what: String, _ step: () async throws(StoreError) -> Void) async {
        do throws(StoreError) { try await step() } catch {
            // An outage is told by the connection's own log.
            let level: Logger.Level = error.isLocal && gate.lets(what) ? .error : .debug
            logger.log(
                level: level, "the store cannot be watched",
                metadata: ["what": "\(what)", "error": "\(error)"])
        }
    }

    private func lookAtTime() async throws(StoreError) {
        let asked = NIODeadline.now()
        let view = try await store.sweepView()
        let trip = (NIODeadline.now() - asked).nanoseconds / 1_000_000
        let difference = clock?.follow(redis: view.redisTime, tripMilliseconds: trip) ?? nil
        let oldest = view.earliest.compactMap(\.self).min()
        metrics.overdue(milliseconds: max(0, oldest.map { time.now() - $0 } ?? 0))
        guard let difference else { return }
        metrics.clockDifference.set(Double(difference.milliseconds) / 1_000)
        guard difference.counts, gate.lets("clocks differ") else { return }
        logger.error(
            "the server's and Redis's clocks differ; the slower one counts",
            metadata: ["difference_ms": "\(difference.milliseconds)"])
    }
}
