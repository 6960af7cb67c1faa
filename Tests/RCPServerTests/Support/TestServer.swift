import Foundation
import Logging
import NIOCore
import NIOPosix
import RCP
import RCPServices
import TestSupport

@testable import RCPServer

/// A listener on a loopback port and a Unix socket, with an administrator's token, on loops of its own.
final class TestServer: Sendable {
    let directory: TemporaryDirectory
    let group: MultiThreadedEventLoopGroup
    let authenticator = TestAuthenticator()
    let listener: RCPListener
    let gate = Gate()
    let streams: StreamHandlers
    let log = CapturedLog()
    let adminToken: String
    let tcp: RCPAddress
    let unix: RCPAddress

    struct Options {
        var limits = RCPLimits()
        var transport = RCPTransportLimits()
        var loops = 1
        var observer: RCPCallObserver?
        /// Sees every handler of `TestMethods.change`.
        var onChange: EchoHandler = { request, _ in echo(request) }
        /// The handler of `TestMethods.exchange`; answers each message with itself unless told.
        var onExchange: @Sendable (StreamHandlers.Requests, StreamHandlers.Replies) async throws -> Void = {
            requests, replies in
            for try await request in requests {
                try await replies.send(.with { $0.payload = request.payload })
            }
        }
    }

    init(_ change: (inout Options) -> Void = { _ in }) async throws {
        var options = Options()
        options.transport.sweepMilliseconds = 20
        // However slowly a busy machine gets to a client: whoever is late on purpose sets its own time.
        options.limits.helloMillisecondsMax = 600_000
        options.transport.fullHelloMillisecondsMax = 600_000
        options.limits.frameMillisecondsMax = 600_000
        change(&options)
        let directory = try TemporaryDirectory()
        self.directory = directory
        group = MultiThreadedEventLoopGroup(numberOfThreads: options.loops)
        adminToken = authenticator.admit(
            name: "admin", roles: ["operator", "keeper", "member"], isAdministrator: true)
        let configuration = RCPListenerConfiguration(
            addresses: [
                try RCPAddress("127.0.0.1:0"), try RCPAddress("unix:\(directory.path)/socket"),
            ],
            limits: options.limits, transport: options.transport, serverName: "test/1")
        streams = StreamHandlers(exchange: options.onExchange)
        let (gate, logger, onChange, streams) = (gate, log.logger, options.onChange, streams)
        listener = RCPListener(
            configuration: configuration, group: group, authenticator: authenticator, logger: logger,
            observer: options.observer
        ) { eventLoop in
            var router = Self.router(gate, logger, eventLoop, onChange: onChange)
            streams.register(in: &router)
            return router
        }
        let addresses = try await listener.bind()
        (tcp, unix) = (addresses[0], addresses[1])
    }

    func stop() async throws {
        gate.open()
        streams.gate.open()
        await listener.drain()
        try await group.shutdownGracefully()
    }

    static func router(
        _ gate: Gate, _ logger: Logger, _ eventLoop: any EventLoop, onChange: @escaping EchoHandler
    ) -> RCPRouter {
        var router = RCPRouter(failures: RCPFailureReporter(logger: logger))
        let gated: EchoHandler = { request, _ in
            try await gate.pass()
            return echo(request)
        }
        let immediate: EchoHandler = { request, _ in echo(request) }
        let failing: EchoHandler = { _, _ in throw SecretError() }
        let later: EchoHandler = { request, _ in
            for _ in 0..<request.payload.count { await Task.yield() }
            return echo(request)
        }
        let hopping: EchoHandler = { _, _ in try await whereItRuns(eventLoop) }
        router.register(TestMethods.echo, immediate)
        router.register(TestMethods.check, immediate)
        router.register(TestMethods.gate, gated)
        router.register(TestMethods.change, onChange)
        router.register(TestMethods.restricted, immediate)
        router.register(TestMethods.machines, immediate)
        router.register(TestMethods.fail, failing)
        router.register(TestMethods.hop, hopping)
        router.register(TestMethods.later, later)
        router.register(TestMethods.name) { (request: Rcp_Conformance_V1_EndPlan, _) in
            RCPReply(EchoReply.with { $0.payload = Data(request.text.utf8) })
        }
        return router
    }

    /// One letter for each stretch of a handler: L on the connection's loop, x elsewhere. The stretches are: the
    /// start; after a future of the same loop; after a future of another loop; after a yield.
    private static func whereItRuns(_ eventLoop: any EventLoop) async throws -> RCPReply<EchoReply> {
        var text = eventLoop.inEventLoop ? "L" : "x"
        try await resume(on: eventLoop)
        text += eventLoop.inEventLoop ? "L" : "x"
        try await resume(on: MultiThreadedEventLoopGroup.singleton.next())
        text += eventLoop.inEventLoop ? "L" : "x"
        await Task.yield()
        text += eventLoop.inEventLoop ? "L" : "x"
        return RCPReply(.with { $0.payload = Data(text.utf8) })
    }

    private static func resume(on eventLoop: any EventLoop) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            eventLoop.scheduleTask(in: .milliseconds(1)) {}.futureResult.whenComplete {
                continuation.resume(with: $0)
            }
        }
    }
}

/// Runs `body` against a server that is stopped whatever happens.
func withServer(
    _ change: (inout TestServer.Options) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
) async throws {
    let server = try await TestServer(change)
    do {
        try await body(server)
    } catch {
        try await server.stop()
        throw error
    }
    try await server.stop()
}
