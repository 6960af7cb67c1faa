import Logging
import NIOCore
import NIOPosix
import RedisClient
import ReturnsDomain
import ReturnsStore
import ServiceLifecycle
import UnixSignals

/// What returnsd is told by flags, environment and file.
public struct ReturnsDaemonConfiguration: Sendable {
    public var listen: [String] = ["127.0.0.1:7461"]
    /// Nil starts a private redis-server in the data folder.
    public var redisURL: String?
    public var dataDirectory = "./var"
    public var eventLoops = System.coreCount
    public var partitions = Partitioning.countDefault
    public var hasTestClock = false
    public var sweeps = true
    public var sweepIntervalMilliseconds: Int64 = 1_000

    public init() {}
}

/// What a starting server tells: where it listens, and what to know about it.
public struct ReadyFacts: Sendable {
    public var addresses: [String]
    public var redis: RedisFacts
    public var redisDescription: String
    /// The token file that this first start wrote.
    public var newAdminTokenFile: String?
    public var adminTokenFile: String
    public var hasTestClock: Bool
}

/// The whole process: builds everything, serves until it is told to stop, and takes it down in reverse order.
public struct ReturnsDaemon: Sendable {
    public let configuration: ReturnsDaemonConfiguration
    public let logger: Logger

    public init(configuration: ReturnsDaemonConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// - Parameters:
    ///   - stopSignals: Signals that start a graceful stop.
    ///   - ready: Called once, when every address is bound.
    /// - Throws: `StartError`, `StoreError`, `RCPListenError` or `PrincipalError` with a text for the operator.
    public func run(stopSignals: [UnixSignal], ready: @escaping @Sendable (ReadyFacts) -> Void) async throws {
        // From here on a signal asks for a stop instead of killing, so that no child is left behind.
        let stop = await StopRequest(trapping: stopSignals)
        let directory = try DataDirectory(path: configuration.dataDirectory)
        let addresses = try configuration.listen.map { text throws(RCPListenError) in
            try RCPListenAddress(text)
        }
        let isFirstStart = try PrincipalRegistry.bootstrapAdminToken(
            directory: directory.path, nowMilliseconds: SystemClock().now().milliseconds)
        let principals = try PrincipalRegistry(directory: directory.path, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoops))
        let child = configuration.redisURL == nil ? try RedisChild(directory: directory, logger: logger) : nil
        do {
            try await child?.start(on: group.any(), unless: stop)
            let url = try child?.url ?? RedisURL(configuration.redisURL!)
            let backend = try await Backend.open(configuration, url: url, group: group, logger: logger)
            let listener = listener(
                addresses: addresses, group: group, backend: backend, principals: principals)
            let bound = try await listener.bind()
            if !backend.facts.redis.persistenceWarning.isEmpty {
                logger.warning("\(backend.facts.redis.persistenceWarning)")
            }
            let facts = ReadyFacts(
                addresses: bound.map(\.description), redis: backend.facts.redis, redisDescription: "\(url)",
                newAdminTokenFile: isFirstStart ? "\(directory.path)/admin.token" : nil,
                adminTokenFile: "\(directory.path)/admin.token", hasTestClock: configuration.hasTestClock)
            // Started in this order, stopped in the reverse: calls end before what they need goes away.
            var services: [any Service] = child.map { [$0] } ?? []
            services.append(RedisClientsService(clients: backend.clients))
            services.append(principals)
            if configuration.sweeps { services.append(sweeperService(backend)) }
            services.append(listener)
            services.append(StopService(stop: stop, started: { ready(facts) }))
            let serviceGroup = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: services.map {
                        .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                    },
                    logger: logger))
            try await serviceGroup.run()
            await child?.stop()
        } catch is StopRequest.Requested {
            await child?.stop()
        } catch let error as RedisError {
            await child?.stop()
            throw StartError(error.message)
        } catch {
            await child?.stop()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func listener(
        addresses: [RCPListenAddress], group: MultiThreadedEventLoopGroup, backend: Backend,
        principals: PrincipalRegistry
    ) -> RCPListener {
        let sweeper = sweeper(backend)
        return RCPListener(
            configuration: RCPListenerConfiguration(
                addresses: addresses, serverName: "returnsd \(serverVersion)"),
            group: group, principals: principals, logger: logger
        ) { _ in
            var router = RCPRouter(logger: logger)
            HealthService(engine: backend.engine).register(in: &router)
            OrderService(engine: backend.engine).register(in: &router)
            CaseService(engine: backend.engine).register(in: &router)
            ClockService(engine: backend.engine, sweeper: sweeper).register(in: &router)
            PolicyService(engine: backend.engine).register(in: &router)
            AdminService(engine: backend.engine, principals: principals, facts: backend.facts).register(
                in: &router)
            return router
        }
    }

    private func sweeper(_ backend: Backend) -> Sweeper {
        Sweeper(
            policies: backend.engine.policies, clock: backend.engine.clock,
            comparesRedisTime: backend.facts.testClock == nil, logger: logger)
    }

    private func sweeperService(_ backend: Backend) -> SweeperService {
        // A test clock jumps: a sweeper that slept until the next due time would not notice.
        let interval =
            backend.facts.testClock == nil
            ? configuration.sweepIntervalMilliseconds : min(50, configuration.sweepIntervalMilliseconds)
        return SweeperService(
            sweeper: sweeper(backend), store: backend.engine.stores.all[0],
            testClock: backend.facts.testClock,
            intervalMilliseconds: interval, logger: logger)
    }
}

/// Redis, opened: clients, stores and what the server decides by.
struct Backend: Sendable {
    let clients: [RedisClient]
    let engine: CaseEngine
    let facts: ServerFacts

    private static let connectSecondsMax: Int64 = 30

    static func open(
        _ configuration: ReturnsDaemonConfiguration, url: RedisURL, group: MultiThreadedEventLoopGroup,
        logger: Logger
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
                testClock = TestClock(start: try await stores[0].testClock(start: SystemClock().now()))
            }
            let clock: any ServerClock = testClock ?? SystemClock()
            let engine = CaseEngine(
                stores: LoopStores(stores), policies: try await openPolicies(stores[0], now: clock.now()),
                clock: clock)
            return Backend(
                clients: clients, engine: engine, facts: ServerFacts(redis: facts, testClock: testClock))
        } catch {
            for client in clients { await client.shutdown() }
            throw error
        }
    }

    /// A new store gets the standard policy as its version 1.
    private static func openPolicies(_ store: ReturnsStore, now: Instant) async throws(StoreError)
        -> PolicyBook
    {
        var policies = try await store.loadPolicies()
        if policies.isEmpty {
            var standard = ReturnPolicy.standard()
            standard.createdAt = now
            standard.createdBy = "system"
            _ = try await store.addPolicy(standard)
            policies = try await store.loadPolicies()
        }
        return PolicyBook(policies)
    }
}

/// Keeps the connections to Redis for as long as anything may need them.
struct RedisClientsService: Service {
    let clients: [RedisClient]

    func run() async throws {
        try? await gracefulShutdown()
        for client in clients { await client.shutdown() }
    }
}
