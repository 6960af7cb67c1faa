import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A small HTTP server for machines that look after this one: /metrics, /livez and /readyz. It is to be stopped last, so that
/// it can tell of a drain.
final class MetricsServer: Service {
    /// What one request is answered with.
    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var contentType = "text/plain; charset=utf-8"
        var body: String
    }

    /// Who looks after a server is few.
    static let connectionsMax = 64
    static let backlogConnectionsMax: Int32 = 16
    static let idleSecondsMax: Int64 = 60
    static let headerBytesMax = 8_192
    static let headersMax = 64

    private let host: String
    private let port: Int
    private let group: any EventLoopGroup
    private let logger: Logger
    private let answers: @Sendable (String) async -> Answer
    private let connections = Atomic<Int>(0)
    private let channel = Mutex<(any Channel)?>(nil)

    /// - Parameter answers: to the path of a GET or HEAD, without its query.
    init(
        host: String, port: Int, group: any EventLoopGroup, logger: Logger,
        answers: @escaping @Sendable (String) async -> Answer
    ) {
        self.host = host
        self.port = port
        self.group = group
        self.logger = logger
        self.answers = answers
    }

    /// - Returns: the address as bound; port 0 has become a real one.
    /// - Throws: `StartError`.
    func bind() async throws -> String {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlogConnectionsMax)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture { try configure(channel) }
            }
        do {
            let bound = try await bootstrap.bind(host: host, port: port).get()
            channel.withLock { $0 = bound }
            return "http://\(host.contains(":") ? "[\(host)]" : host):\(bound.localAddress?.port ?? port)"
        } catch {
            throw StartError("cannot listen for metrics on \(host):\(port): \(error)")
        }
    }

    func run() async throws {
        try? await gracefulShutdown()
        let bound = channel.withLock { $0 }
        // Open connections end with their event loops.
        try? await bound?.close()
    }

    private func configure(_ channel: any Channel) throws {
        let open = connections.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.connections.subtract(1, ordering: .relaxed) }
        guard open <= Self.connectionsMax else { return channel.close(promise: nil) }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(Self.idleSecondsMax)))
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = Self.headerBytesMax
        limits.maxHeaderListSize = Self.headerBytesMax
        limits.maxHeaderFieldCount = Self.headersMax
        try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
            withDecoderLimitConfiguration: limits)
        try pipeline.addHandler(MetricsHTTPHandler(answers: answers))
    }
}
