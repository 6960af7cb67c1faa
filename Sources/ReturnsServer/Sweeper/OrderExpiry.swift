import Logging
import NIOCore
import RCPServer
import ReturnsDomain
import ReturnsStore

/// Removes orders without cases that were kept long enough, some of them at a time. Any number of servers may: each removal
/// is compared once more in Redis, so an order goes once, and none goes that has a case by then.
struct OrderExpiry: Sendable {
    let retention: OrderRetention
    let policies: PolicyBook
    var metrics = ReturnsMetrics.none
    let logger: Logger
    private let gate = LogGate(period: .minutes(10))

    /// By the clock that orders are kept by.
    static let intervalMilliseconds: Int64 = 60_000
    /// One pass looks at no more orders than this; the sweeper's next one goes on behind them.
    static let passOrdersMax = 512

    /// When passes are made, and where the last one ended.
    struct Schedule: Sendable {
        fileprivate var last: Instant?
        fileprivate var isUnfinished = false
        /// By partition, entries that cannot be removed; the next pass goes on behind them.
        fileprivate var passedOver: [Int: Int] = [:]

        /// Also when the clock was set back.
        func isDue(_ now: Instant) -> Bool {
            guard let last, !isUnfinished else { return true }
            return now < last || now - last >= OrderExpiry.intervalMilliseconds
        }
    }

    init(
        retention: OrderRetention, policies: PolicyBook, metrics: ReturnsMetrics = .none, logger: Logger
    ) {
        self.retention = retention
        self.policies = policies
        self.metrics = metrics
        self.logger = logger
    }

    func pass(_ schedule: inout Schedule, now: Instant, store: ReturnsStore) async throws(StoreError) {
        schedule.last = now
        // Where a version of the policy cannot be read, which is told as that, nothing tells what it keeps.
        guard let windowDays = policies.longestWindowDays,
            let since = retention.covering(windowDays: windowDays).removable(now: now)
        else { return }
        if !schedule.isUnfinished { schedule.passedOver = [:] }
        let due = try await store.hasQuietOrders(since: since)
        let partitions = due.indices.filter { due[$0] == true }
        for partition in due.indices where due[partition] == nil { report(unreadable: partition) }
        let pace = SweepPace(rests: true)
        // Each server begins somewhere else, so that they spread over the partitions.
        let first = partitions.indices.randomElement() ?? 0
        var (looked, removed) = (0, 0)
        schedule.isUnfinished = true
        for partition in partitions[first...] + partitions[..<first] {
            while looked < Self.passOrdersMax {
                let began = NIODeadline.now()
                let found: OrderRemoval
                do throws(StoreError) {
                    found = try await store.removeQuietOrders(
                        partition: partition, since: since, offset: schedule.passedOver[partition] ?? 0)
                } catch {
                    guard error.isLocal else { throw error }
                    report(unreadable: partition)
                    break
                }
                looked += found.looked
                removed += found.removed
                metrics.ordersExpired.increment(by: found.removed)
                schedule.passedOver[partition, default: 0] += found.passedOver
                await pace.rest(after: .now() - began, on: store.redis.eventLoop)
                if found.looked < ReturnsStore.orderRemovalsMax { break }
            }
        }
        schedule.isUnfinished = looked >= Self.passOrdersMax
        report(removed, schedule)
    }

    private func report(unreadable partition: Int) {
        guard gate.lets("p\(partition)") else { return }
        logger.error(
            "a partition's orders that were kept long enough cannot be found; see what its keys hold",
            metadata: ["partition": "\(partition)"])
    }

    private func report(_ removed: Int, _ schedule: Schedule) {
        if removed > 0 {
            logger.info("orders without cases were kept long enough", metadata: ["removed": "\(removed)"])
        }
        let stuck = schedule.passedOver.values.reduce(0, +)
        guard stuck > 0, gate.lets("stuck") else { return }
        logger.error(
            "orders that were kept long enough cannot be removed; type: returnsctl admin verify-indexes --repair",
            metadata: ["orders": "\(stuck)"])
    }
}
