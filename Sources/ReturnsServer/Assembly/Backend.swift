import Logging
import NIOCore
import NIOPosix
import RedisClient
import ReturnsDomain
import ReturnsStore
import Tracing

/// Redis, opened: clients, stores and what the server decides by.
struct Backend: Sendable {
    /// Every connection, to be closed at the end.
    let clients: [RedisClient]
    let identity: StoreIdentity
    /// Of the first event loop: for work that belongs to no connection.
    let firstStore: ReturnsStore
    /// On a connection of its own, so that who follows events and calls do not wait for each other.
    let eventStore: ReturnsStore
    /// On another one, for the same reason: webhooks are many small reads and writes.
    let webhookStore: ReturnsStore
    /// On a connection and an event loop of its own, for who looks at Redis itself: what waits for calls says nothing of Redis.
    let watchStore: ReturnsStore
    /// On the same event loop, for tries whether Redis takes changes: Redis reads nothing more from a connection whose write it holds
    /// back.
    let probeStore: ReturnsStore
    let engine: CaseEngine
    /// Nil on a test clock.
    let systemClock: SystemClock?
    let facts: ServerFacts
    /// Of each connection, for those that are opened later.
    let clientConfiguration: RedisClientConfiguration

    private static let connectSecondsMax: Int64 = 30

    static func open(
        _ configuration: ReturnsDaemonConfiguration, url: RedisURL, group: MultiThreadedEventLoopGroup,
        watchLoop: any EventLoop,
        mark: StoreMark, metrics: ReturnsMetrics, tracer: (any Tracer)?, logger: Logger,
        absence: @escaping @Sendable () -> RedisAbsence?
    ) async throws -> Backend {
        let settings = configuration.storeSettings
        let identity = StoreIdentity(
            settings: settings, mark: mark, acceptsLoss: configuration.acceptsLoss,
            toleratedChanges: configuration.toleratedLoss, logger: logger, absence: absence)
        var clientConfiguration = RedisClientConfiguration(url: url)
        // Redis may come back without the functions, after a failover or a restore, or with less than it had.
        clientConfiguration.prepare = { connection in try await identity.prepare(connection) }
        var clients: [RedisClient] = []
        for loop in group.makeIterator() {
            clients.append(RedisClient(configuration: clientConfiguration, on: loop, logger: logger))
        }
        let loopClients = clients
        let eventClient = RedisClient(configuration: clientConfiguration, on: group.next(), logger: logger)
        let webhookClient = RedisClient(configuration: clientConfiguration, on: group.next(), logger: logger)
        let watchClient = RedisClient(configuration: clientConfiguration, on: watchLoop, logger: logger)
        let probeClient = RedisClient(configuration: clientConfiguration, on: watchLoop, logger: logger)
        clients += [eventClient, webhookClient, watchClient, probeClient]
        do {
            for client in clients { try await client.connect(deadline: .now() + .seconds(connectSecondsMax)) }
            let stores = loopClients.map { ReturnsStore(redis: $0, identity: identity) }
            let facts = try await stores[0].facts()
            var testClock: TestClock?
            if settings.hasTestClock {
                testClock = TestClock(start: try await stores[0].testClock(start: SystemClock.wall()))
            }
            let systemClock = testClock == nil ? SystemClock() : nil
            // Before the first call: this machine's clock may be wrong from the start.
            let asked = NIODeadline.now()
            let redisTime = try await stores[0].redisTime()
            systemClock?.follow(
                redis: redisTime, tripMilliseconds: (.now() - asked).nanoseconds / 1_000_000)
            let clock: any ServerClock = testClock ?? systemClock!
            let engine = CaseEngine(
                stores: LoopStores(stores),
                policies: try await openPolicies(
                    stores[0], now: clock.now(), logger),
                clock: clock, orderRetention: OrderRetention(keptDays: configuration.ordersKeptDays),
                commitConflicts: metrics.commitConflicts, tracer: tracer)
            return Backend(
                clients: clients, identity: identity, firstStore: stores[0],
                eventStore: ReturnsStore(redis: eventClient, identity: identity),
                webhookStore: ReturnsStore(redis: webhookClient, identity: identity),
                watchStore: ReturnsStore(redis: watchClient, identity: identity),
                probeStore: ReturnsStore(redis: probeClient, identity: identity), engine: engine,
                systemClock: systemClock, facts: ServerFacts(redis: facts, testClock: testClock),
                clientConfiguration: clientConfiguration)
        } catch {
            for client in clients { await client.shutdown() }
            throw error
        }
    }

    /// A new store gets the standard policies and calendar as its version 1. One that has lost its own gets none: cases would be
    /// decided by rules that nobody has given.
    private static func openPolicies(
        _ store: ReturnsStore, now: Instant, _ logger: Logger
    ) async throws(StoreError) -> PolicyBook {
        let found = try await store.identity.storedRules(store.redis)
        if found != .none {
            if case .lacks(let versions) = found {
                logger.error(
                    "versions of policies, SLA policies or calendars are gone: cases that keep them take no steps, and if the latest is among them, the one before it counts as current; see RUNBOOK.md, \"The policies are gone\"",
                    metadata: ["versions": "\(versions)"])
            }
            let stored = try await store.loadPolicies()
            try stored.requireBegun()
            return PolicyBook(stored)
        }
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
        // Servers of two builds may begin on one store: it is written at the level that both know.
        if standard.neededLevel > store.identity.level { standard.reasons = standard.reasons.map(\.plain) }
        _ = try await store.add(standard)
        return PolicyBook(try await store.loadPolicies())
    }
}
