import Logging
import NIOCore
import NIOPosix
import RCP
import ServiceLifecycle
import Synchronization
import Tracing

/// What a listener is told.
public struct RCPListenerConfiguration: Sendable {
    /// Where to listen; at least one.
    public var addresses: [RCPAddress]
    /// Those of RCP/1, for each connection.
    public var limits: RCPLimits
    /// Those of the transport, for all connections together.
    public var transport: RCPTransportLimits
    /// For the addresses with TLS.
    public var tls: RCPTLSIdentity?
    /// Whether plaintext may be listened for where other machines can reach it.
    public var allowsPlaintext = false
    /// Program and version, told to clients in HELLO_ACK.
    public var serverName: String
    /// SHA-256 of the schema, 32 bytes; all zero if not stated.
    public var schemaHash: [UInt8]

    public init(
        addresses: [RCPAddress], limits: RCPLimits = RCPLimits(),
        transport: RCPTransportLimits = RCPTransportLimits(), serverName: String,
        schemaHash: [UInt8] = [UInt8](repeating: 0, count: RCPLimits.schemaHashBytes)
    ) {
        self.addresses = addresses
        self.limits = limits
        self.transport = transport
        self.serverName = serverName
        self.schemaHash = schemaHash
    }
}

/// Accepts connections and spreads them over event loops; each stays on its loop for life.
///
/// As a service it runs until a graceful shutdown, then drains every connection as SPEC.md §11 says.
public final class RCPListener: Service {
    let configuration: RCPListenerConfiguration
    let group: MultiThreadedEventLoopGroup
    let loops: [ObjectIdentifier: RCPServerLoop]
    let logger: Logger
    let books: RCPServerBooks
    let connectionNumbers = Atomic<UInt64>(0)
    private let bound = Mutex<[RCPBoundSocket]?>(nil)
    private let isStopping = Atomic<Bool>(false)

    /// - Parameters:
    ///   - group: its loops run every connection, call and reply. The caller shuts it down, after `run` has returned.
    ///   - router: called once per event loop, so that handlers may own what lives on it, as a Redis connection.
    ///     All routers must have the same methods.
    public init(
        configuration: RCPListenerConfiguration, group: MultiThreadedEventLoopGroup,
        authenticator: any RCPAuthenticator, logger: Logger, observer: RCPCallObserver? = nil,
        metrics: RCPServerMetrics? = nil, tracer: (any Tracer)? = nil,
        router: (any EventLoop) throws -> RCPRouter
    ) rethrows {
        precondition(configuration.transport.isValid, "transport limits out of range")
        var configuration = configuration
        let wanted = configuration.transport.connections
        let limits = wanted.fitting(sockets: OpenFileLimit.makeRoom(forConnections: wanted.socketsMax))
        if limits != wanted {
            logger.warning(
                "the limit of open files allows fewer connections; raise it with LimitNOFILE or ulimit -n",
                metadata: [
                    "connections_max": "\(limits.connectionsMax)",
                    "handshakes_max": "\(limits.handshakesMax)",
                ])
        }
        configuration.transport.connections = limits
        self.configuration = configuration
        self.group = group
        self.logger = logger
        let refusals = RCPRefusalLog(logger: logger)
        books = RCPServerBooks(configuration.transport, refusals: refusals)
        let rates = RCPCallRateLimiter(
            configuration.transport.callRates, principalsMax: authenticator.principalsMax)
        var loops: [ObjectIdentifier: RCPServerLoop] = [:]
        var methods: [RCPMethod]?
        for eventLoop in group.makeIterator() {
            let router = try router(eventLoop)
            precondition(methods == nil || methods == router.methods, "routers differ in their methods")
            methods = router.methods
            let machine = RCPServerConnection.Configuration(
                limits: configuration.limits, methods: RCPMethodTable(router.methods),
                schemaHash: configuration.schemaHash, serverName: configuration.serverName)
            loops[ObjectIdentifier(eventLoop)] = RCPServerLoop(
                eventLoop: eventLoop, router: router, machine: machine, limits: configuration.transport,
                authenticator: authenticator, observer: observer, metrics: metrics, tracer: tracer,
                logger: logger,
                books: books, refusals: refusals, rates: rates)
        }
        self.loops = loops
    }

    /// The task executors of the group's loops, for other work that belongs on them.
    public func executor(of eventLoop: any EventLoop) -> EventLoopTaskExecutor? {
        loops[ObjectIdentifier(eventLoop)]?.executor
    }

    /// Those that its connections live on.
    public var eventLoops: [any EventLoop] { loops.values.map(\.eventLoop) }

    /// Connections that are open now, those without a HELLO included.
    public var openConnections: Int { books.openConnections }

    /// Listens, if it does not yet. From then on calls are answered, whether or not `run` has begun.
    ///
    /// - Returns: the addresses as bound; port 0 has become a real one.
    /// - Throws: `RCPListenError`, with nothing left bound.
    @discardableResult
    public func bind() async throws -> [RCPAddress] {
        if let bound = bound.withLock({ $0 }) { return bound.map(\.address) }
        for loop in loops.values { try await loop.eventLoop.submit { loop.start() }.get() }
        let sockets: [RCPBoundSocket]
        do {
            sockets = try await bindAll()
        } catch {
            // Another attempt starts the loops anew.
            for loop in loops.values { try? await loop.eventLoop.submit { loop.stop() }.get() }
            throw error
        }
        bound.withLock { $0 = sockets }
        return sockets.map(\.address)
    }

    /// Listens until the group shuts down gracefully, then drains (SPEC.md §11); cancelled, it closes at once.
    public func run() async throws {
        let addresses = try await bind()
        logger.info("listening", metadata: ["addresses": "\(addresses.map(\.description))"])
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // No grace was asked for: the connections still get their farewell.
            return await stop(graceMilliseconds: 0)
        }
        await drain()
    }

    /// Stops accepting, lets the calls in progress end within the limit, and closes. `run` does this by itself.
    public func drain() async { await stop(graceMilliseconds: configuration.transport.drainMillisecondsMax) }

    /// Gives up the calls in progress and closes every connection, beside a drain that goes on.
    public func closeNow() async {
        for loop in loops.values { loop.eventLoop.execute { loop.closeAll() } }
        try? await Task.sleep(for: .milliseconds(configuration.transport.lingerMillisecondsMax))
        for loop in loops.values { loop.eventLoop.execute { loop.closeHard() } }
    }

    private func beginStopping() -> Bool { !isStopping.exchange(true, ordering: .relaxed) }

    private func stop(graceMilliseconds: Int) async {
        guard beginStopping() else { return }
        await closeListeners(bound.withLock { $0 ?? [] })
        logger.info("draining", metadata: ["connections": "\(openConnections)"])
        let linger = configuration.transport.lingerMillisecondsMax
        var ends: [EventLoopFuture<Void>] = []
        for loop in loops.values {
            let end = loop.eventLoop.flatSubmit {
                let giveUp = loop.eventLoop.scheduleTask(in: .milliseconds(Int64(graceMilliseconds))) {
                    loop.closeAll()
                }
                let closeHard = loop.eventLoop.scheduleTask(
                    in: .milliseconds(Int64(graceMilliseconds + linger))
                ) {
                    loop.closeHard()
                }
                return loop.drain().always { _ in
                    giveUp.cancel()
                    closeHard.cancel()
                    loop.stop()
                }
            }
            ends.append(end)
        }
        // These futures never fail: a connection always closes in the end.
        for end in ends { try? await end.get() }
        logger.info("stopped")
    }
}
