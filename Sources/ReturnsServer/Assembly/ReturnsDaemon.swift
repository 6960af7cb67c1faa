import Logging
import NIOCore
import NIOPosix
import RCP
import RCPServer
import RCPServices
import RCPTracing
import RedisClient
import ReturnsAPI
import ReturnsStore
import ServiceLifecycle
import Tracing
import UnixSignals

/// What a starting server tells: where it listens, and what to know about it.
public struct ReadyFacts: Sendable {
    public var addresses: [String]
    /// Where metrics and probes are served, as http://HOST:PORT.
    public var metrics: String?
    public var redis: RedisFacts
    public var redisDescription: String
    /// Whether this start made the first administrator.
    public var isFirstStart: Bool
    public var adminTokenFile: String
    /// Whether nobody but the first administrator exists yet and its token is in that file: it is what a person needs next.
    public var isAdminTokenNext: Bool
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
        let checked = try configuration.checked()
        // From here on a signal asks for a stop instead of killing, so that no child is left behind.
        let stop = await StopRequest(trapping: stopSignals)
        let directory = try DataDirectory(path: configuration.dataDirectory)
        let principals = try PrincipalRegistry(directory: directory.path, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.eventLoops))
        let watchGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let registry = checked.metrics.map { _ in
            PrometheusRegistry(
                help: [RCPServerMetrics.help, ReturnsMetrics.help, ProcessMetrics.help].reduce(into: [:]) {
                    $0.merge($1) { first, _ in first }
                }, bucketsByName: ReturnsMetrics.buckets)
        }
        let metrics = registry.map { ReturnsMetrics(factory: $0, schema: Self.schemaHash) } ?? .none
        let exporter = configuration.traceFile.map {
            OTLPFileExporter(path: $0, metrics: metrics, logger: logger)
        }
        let tracer = exporter.map {
            TraceContextTracer(exporter: $0, sampleShare: configuration.traceShare)
        }
        let child =
            checked.redis == nil
            ? try RedisChild(directory: directory, logger: logger, acceptsLoss: configuration.acceptsLoss)
            : nil
        do {
            try await child?.start(on: group.any(), unless: stop)
            let url = checked.redis ?? child!.url
            let mark = try StoreMarkKeeper.load(directory: directory.path)
            let backend = try await stop.cancels { [configuration, logger] in
                try await Backend.open(
                    configuration, url: url, group: group, watchLoop: watchGroup.next(), mark: mark,
                    metrics: metrics, tracer: tracer, logger: logger, absence: { child?.absence })
            }
            let administration = PrincipalAdministration(
                registry: principals, store: backend.firstStore, logger: logger)
            let isFirstStart = try await administration.start(
                directory: directory.path, nowMilliseconds: SystemClock.wall().milliseconds)
            let tls = try configuration.tls.map { try RCPTLSIdentity($0, logger: logger) }
            var eventLimits = EventLimits()
            eventLimits.followersMax = configuration.subscriptionsMax
            eventLimits.followersPerPrincipalMax = configuration.principalSubscriptionsMax
            let tail = EventTail(
                store: backend.eventStore, limits: eventLimits, metrics: metrics, logger: logger)
            let sweeper = try sweeper(backend, metrics)
            let webhooks = WebhookDispatcher(
                store: backend.webhookStore, tail: tail, retention: configuration.outboxRetention,
                authorities: configuration.webhookCA, metrics: metrics, logger: logger)
            let trimmer = OutboxTrimmer(
                store: backend.eventStore, retention: configuration.outboxRetention, metrics: metrics,
                logger: logger)
            let health = HealthMonitor(
                store: backend.watchStore, probeStore: backend.probeStore,
                disk: DiskSpace(folder: directory.path, holdsRedis: child != nil),
                metrics: metrics, logger: logger,
                otherWarnings: {
                    backend.engine.policies.warnings + principals.warnings + webhooks.warnings
                        + trimmer.warnings
                })
            let listener = listener(
                addresses: checked.listen, tls: tls, group: group, backend: backend, health: health,
                tail: tail, webhooks: webhooks, principals: administration, sweeper: sweeper,
                metrics: registry.map { RCPServerMetrics(factory: $0) },
                tracer: tracer)
            let metricsServer = metricsServer(
                checked.metrics, registry, listener: listener, health: health, group: group)
            let metricsAddress = try await metricsServer?.bind()
            let bound = try await listener.bind()
            if !backend.facts.redis.persistenceWarning.isEmpty {
                logger.warning("\(backend.facts.redis.persistenceWarning)")
            }
            let facts = ReadyFacts(
                addresses: bound.map(\.description), metrics: metricsAddress, redis: backend.facts.redis,
                redisDescription: "\(url)",
                isFirstStart: isFirstStart, adminTokenFile: "\(directory.path)/admin.token",
                isAdminTokenNext: principals.hasOnlyFirstAdministrator(withTokenIn: directory.path),
                hasTestClock: configuration.hasTestClock)
            // Started in this order, stopped in the reverse: calls end before what they need goes away.
            var services: [any Service] = metricsServer.map { [$0] } ?? []
            if let exporter { services.append(exporter) }
            if let child { services.append(child) }
            services.append(RedisClientsService(clients: backend.clients))
            services.append(
                StoreMarkKeeper(directory: directory.path, identity: backend.identity, logger: logger))
            services.append(principals)
            services.append(
                EventLoopService(service: administration, eventLoop: backend.firstStore.redis.eventLoop))
            if let tls { services.append(tls) }
            services.append(watch(backend, metrics))
            if configuration.sweeps { services.append(sweeperService(sweeper, backend, metrics)) }
            services.append(
                EventLoopService(service: trimmer, eventLoop: backend.eventStore.redis.eventLoop))
            services.append(
                EventLoopService(service: webhooks, eventLoop: backend.webhookStore.redis.eventLoop))
            services.append(listener)
            services.append(EventLoopService(service: tail, eventLoop: backend.eventStore.redis.eventLoop))
            services.append(EventLoopService(service: health, eventLoop: backend.watchStore.redis.eventLoop))
            services.append(StopService(stop: stop, started: { ready(facts) }))
            try await run(services, listener: listener, stop: stop)
            await child?.stop()
        } catch is StopRequest.Requested {
            await child?.stop()
        } catch {
            await child?.stop()
            throw Self.startError(error)
        }
        try await watchGroup.shutdownGracefully()
        try await group.shutdownGracefully()
    }

    /// What keeps the store from being opened, as the operator is told of it.
    static func startError(_ error: any Error) -> any Error {
        guard let error = error as? RedisError else { return error }
        return StartError(error.storeError?.description ?? error.message)
    }

    /// Runs the services until a stop was asked for and their calls have ended; who asks a second time does not wait for
    /// the calls.
    private func run(_ services: [any Service], listener: RCPListener, stop: StopRequest) async throws {
        let serviceGroup = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                logger: logger))
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await serviceGroup.run()
                return true
            }
            tasks.addTask {
                await stop.wait(requests: 2)
                if Task.isCancelled { return false }
                logger.notice("asked to stop a second time: connections are closed at once")
                // Again and again, since the first drain may only be beginning; the group's end ends this.
                while !Task.isCancelled { await listener.closeNow() }
                return false
            }
            while let isOver = try await tasks.next(), !isOver {}
            tasks.cancelAll()
        }
    }

    private func listener(
        addresses: [RCPAddress], tls: RCPTLSIdentity?, group: MultiThreadedEventLoopGroup,
        backend: Backend, health: HealthMonitor, tail: EventTail, webhooks: WebhookDispatcher,
        principals: PrincipalAdministration, sweeper: Sweeper, metrics: RCPServerMetrics?,
        tracer: (any Tracer)?
    ) -> RCPListener {
        let board = BoardCount(clock: backend.engine.clock)
        let failures = RCPFailureReporter(logger: logger)
        var settings = RCPListenerConfiguration(
            addresses: addresses, transport: configuration.transport,
            serverName: "returnsd \(serverVersion)", schemaHash: ReturnsSchema.sha256)
        settings.tls = tls
        settings.allowsPlaintext = configuration.allowsPlaintext
        return RCPListener(
            configuration: settings, group: group, authenticator: principals.registry, logger: logger,
            metrics: metrics,
            tracer: tracer
        ) { [configuration] _ in
            var router = RCPRouter(failures: failures) { request, context in
                try await backend.engine.earlierOutcome(of: request, context: context)
            }
            HealthService(engine: backend.engine, monitor: health).register(in: &router)
            OrderService(engine: backend.engine).register(in: &router)
            CaseService(engine: backend.engine, principals: principals).register(in: &router)
            ClockService(
                engine: backend.engine, sweeper: sweeper, board: board, principals: principals.registry
            ).register(in: &router)
            PolicyService(engine: backend.engine).register(in: &router)
            SlaPolicyService(engine: backend.engine).register(in: &router)
            CalendarService(engine: backend.engine).register(in: &router)
            EventService(engine: backend.engine, tail: tail).register(in: &router)
            WebhookService(engine: backend.engine, dispatcher: webhooks, eventLimits: tail.limits).register(
                in: &router)
            AdminService(
                engine: backend.engine, principals: principals, facts: backend.facts, health: health
            ).register(in: &router)
            for method in ClockService.readingMethods + [
                CaseServiceMethods.listCases, CaseServiceMethods.listRefunds,
                EventServiceMethods.listEventGroups,
                WebhookServiceMethods.listWebhooks,
            ] {
                router.weigh(method, firstBytes: ClockService.readingFirstBytes)
            }
            if configuration.offersConformance { RCPConformanceService().register(in: &router) }
            router.registerDiscovery(
                fileDescriptorSetBase64: ReturnsSchema.fileDescriptorSetBase64, sha256: ReturnsSchema.sha256)
            return router
        }
    }

    private static let schemaHash = ReturnsSchema.sha256.map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()

    private func metricsServer(
        _ address: (host: String, port: Int)?, _ registry: PrometheusRegistry?, listener: RCPListener,
        health: HealthMonitor, group: MultiThreadedEventLoopGroup
    ) -> MetricsServer? {
        guard let address, let registry else { return nil }
        let pages = MetricsPages(registry: registry, listener: listener, health: health)
        return MetricsServer(host: address.host, port: address.port, group: group, logger: logger) {
            await pages.answer($0)
        }
    }

    private func sweeper(_ backend: Backend, _ metrics: ReturnsMetrics) throws(StartError) -> Sweeper {
        Sweeper(
            policies: backend.engine.policies, clock: backend.engine.clock, metrics: metrics,
            progress: try configuration.sweepProgressFile.map { path throws(StartError) in
                try SweepProgress(path: path)
            }, logger: logger)
    }

    private func watch(_ backend: Backend, _ metrics: ReturnsMetrics) -> EventLoopService {
        let watch = StoreWatch(
            policies: backend.engine.policies, time: backend.engine.clock, clock: backend.systemClock,
            store: backend.watchStore, metrics: metrics, logger: logger)
        return EventLoopService(service: watch, eventLoop: backend.watchStore.redis.eventLoop)
    }

    private func sweeperService(
        _ sweeper: Sweeper, _ backend: Backend, _ metrics: ReturnsMetrics
    ) -> SweeperService {
        // A test clock jumps: a sweeper that slept until the next due time would not notice.
        let interval =
            backend.facts.testClock == nil
            ? configuration.sweepIntervalMilliseconds : min(50, configuration.sweepIntervalMilliseconds)
        return SweeperService(
            sweeper: sweeper, redis: backend.clientConfiguration,
            identity: backend.identity,
            orderExpiry: OrderExpiry(
                retention: backend.engine.ordersKept, policies: backend.engine.policies, metrics: metrics,
                logger: logger),
            attainmentExpiry: AttainmentExpiry(
                retention: AttainmentRetention(keptDays: configuration.attainmentKeptDays)),
            testClock: backend.facts.testClock,
            intervalMilliseconds: interval, metrics: metrics, logger: logger)
    }
}
