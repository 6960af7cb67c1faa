import Logging
import NIOCore
import NIOPosix
import RedisClient
import ReturnsDomain
import ReturnsStore
import Tracing

/// Redis, opened: clients, stores and what the server decides by.
struct Backend: Sendable {
    let clients: [RedisClient]
    /// Of the first event loop: for work that belongs to no connection.
    let firstStore: ReturnsStore
    let engine: CaseEngine
    /// Nil on a test clock.
    let systemClock: SystemClock?
    let facts: ServerFacts

    private static let connectSecondsMax: Int64 = 30

    static func open(
        _ configuration: ReturnsDaemonConfiguration, url: RedisURL, group: MultiThreadedEventLoopGroup,
        metrics: ReturnsMetrics, tracer: (any Tracer)?, logger: Logger
    ) async throws -> Backend {
        var clientConfiguration = RedisClientConfiguration(url: url)
        // Redis may come back without the function, after a failover or a restore.
        clientConfiguration.prepare = { connection in try await CommitFunction.current.load(on: connection) }
        var clients: [RedisClient] = []
        for loop in group.makeIterator() {
            clients.append(RedisClient(configuration: clientConfiguration, on: loop, logger: logger))
        }
        do {
            for client in clients { try await client.connect(deadline: .now() + .seconds(connectSecondsMax)) }
            let settings = try await ReturnsStore.openSettings(
                StoreSettings(partitions: configuration.partitions, hasTestClock: configuration.hasTestClock),
                redis: clients[0])
            let stores = clients.map {
                ReturnsStore(redis: $0, partitioning: Partitioning(count: settings.partitions))
            }
            let facts = try await stores[0].prepare()
            var testClock: TestClock?
            if settings.hasTestClock {
                testClock = TestClock(start: try await stores[0].testClock(start: SystemClock.wall()))
            }
            let systemClock = testClock == nil ? SystemClock() : nil
            let clock: any ServerClock = testClock ?? systemClock!
            let engine = CaseEngine(
                stores: LoopStores(stores), policies: try await openPolicies(stores[0], now: clock.now()),
                clock: clock, commitConflicts: metrics.commitConflicts, tracer: tracer)
            return Backend(
                clients: clients, firstStore: stores[0], engine: engine, systemClock: systemClock,
                facts: ServerFacts(redis: facts, testClock: testClock))
        } catch {
            for client in clients { await client.shutdown() }
            throw error
        }
    }

    /// A new store gets the standard policies and calendar as its version 1.
    private static func openPolicies(_ store: ReturnsStore, now: Instant) async throws(StoreError)
        -> PolicyBook
    {
        let stored = try await store.loadPolicies()
        if !stored.policies.isEmpty, !stored.slaPolicies.isEmpty { return PolicyBook(stored) }
        var calendar = WorkingCalendar.standard
        calendar.createdAt = now
        calendar.createdBy = "system"
        _ = try await store.add(calendar)
        var sla = SLAPolicy.standard()
        sla.createdAt = now
        sla.createdBy = "system"
        _ = try await store.add(sla)
        var standard = ReturnPolicy.standard()
        standard.createdAt = now
        standard.createdBy = "system"
        _ = try await store.add(standard)
        return PolicyBook(try await store.loadPolicies())
    }
}
