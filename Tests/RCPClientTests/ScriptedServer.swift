import NIOCore
import NIOPosix
import RCP
import ReturnsAPI
import Synchronization

/// What the script does with a call.
enum ScriptedAnswer: Sendable {
    case reply(RCPResponseHead, ByteBuffer?)
    /// Answer after the server has begun to drain this connection.
    case drainThenReply(ByteBuffer)
    /// End the connection without an answer, as a crash would.
    case loseConnection
    /// GOAWAY that says the call was never acted on, then close.
    case goAwayUnprocessed
    /// GOAWAY that leaves open whether the call was acted on, then close.
    case goAway(RCPGoAwayCode, String)
    /// Answer when `release()` is called.
    case hold(ByteBuffer)
    case silence

    static func ok(_ message: ByteBuffer = ByteBuffer(), outcome: RCPOutcome = .applied) -> ScriptedAnswer {
        .reply(RCPResponseHead(outcome: outcome), message)
    }

    static func status(_ status: RCPStatus) -> ScriptedAnswer { .reply(RCPResponseHead(status: status), nil) }
}

/// What the script does with a connection before its first call.
enum ScriptedWelcome: Sendable {
    case accept
    case refuse(RCPRefusedCode, String)
    case closeAtOnce
    /// Bytes of another protocol.
    case babble(String)
    /// Reads and says nothing.
    case ignore
    /// Accepts, and from then on hears nothing, not even PING.
    case acceptThenDeaf
    /// Accepts, and leaves unread what comes then, until `release()`.
    case acceptThenStopReading
}

struct ScriptedCall: Sendable, Equatable {
    /// From 1, in the order of arrival.
    var connection: Int
    /// From 1, over all connections.
    var number: Int
    var method: String
    var requestID: RCPRequestID
    var timeoutMilliseconds: UInt32
    var message: ByteBuffer
}

/// A server on a socket of its own whose every move the test writes; the wire is spoken by `RCPServerConnection`.
final class ScriptedServer: Sendable {
    struct Log: Sendable {
        var connections = 0
        var calls: [ScriptedCall] = []
        var cancelledStreams = 0
        var openCallsMax = 0
        /// GOAWAY frames sent by draining.
        var goAways = 0
    }

    typealias Script = @Sendable (ScriptedCall) -> ScriptedAnswer

    let welcome: @Sendable (Int) -> ScriptedWelcome
    let script: Script
    let limits: RCPLimits
    private let log = Mutex(Log())
    private let held = Mutex<[@Sendable () -> Void]>([])
    private let listener = Mutex<(any Channel)?>(nil)

    init(
        limits: RCPLimits = RCPLimits(),
        welcome: @escaping @Sendable (Int) -> ScriptedWelcome = { _ in .accept },
        script: @escaping Script
    ) {
        self.limits = limits
        self.welcome = welcome
        self.script = script
    }

    private var bootstrap: ServerBootstrap {
        ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptedConnection(server: self))
                }
            }
    }

    /// - Returns: the port.
    func listen() async throws -> Int {
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return channel.localAddress!.port!
    }

    func listen(unixSocket path: String) async throws {
        let channel = try await bootstrap.bind(unixDomainSocketPath: path).get()
        listener.withLock { $0 = channel }
    }

    func stop() async throws {
        try await listener.withLock { $0 }?.close()
    }

    var state: Log { log.withLock { $0 } }

    func record(_ change: (inout sending Log) -> Void) { log.withLock { change(&$0) } }

    func hold(_ answer: @escaping @Sendable () -> Void) { held.withLock { $0.append(answer) } }

    /// Answers every call that is held.
    func release() {
        let answers = held.withLock { answers in
            let all = answers
            answers = []
            return all
        }
        for answer in answers { answer() }
    }

    var heldCalls: Int { held.withLock { $0.count } }
}

/// One accepted connection.
final class ScriptedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let methods =
        CaseServiceMethods.all + OrderServiceMethods.all + ClockServiceMethods.all + PolicyServiceMethods.all
        + AdminServiceMethods.all + HealthServiceMethods.all + EventServiceMethods.all

    private let server: ScriptedServer
    private var machine: RCPServerConnection
    private var number = 0
    private var isDeaf = false
    private var isIgnoring = false
    private var openCalls = 0
    /// Answered when their CANCEL came: what is held for them is not sent.
    private var cancelled: Set<UInt32> = []

    init(server: ScriptedServer) {
        self.server = server
        machine = RCPServerConnection(
            configuration: .init(
                limits: server.limits, methods: RCPMethodTable(Self.methods), serverName: "scripted server"))
    }

    func channelActive(context: ChannelHandlerContext) {
        server.record { $0.connections += 1 }
        number = server.state.connections
        switch server.welcome(number) {
        case .accept, .acceptThenDeaf, .acceptThenStopReading, .refuse: break
        case .closeAtOnce: context.close(promise: nil)
        case .babble(let text):
            context.writeAndFlush(Self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            isIgnoring = true
        case .ignore: isIgnoring = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isDeaf || isIgnoring { return }
        machine.bytesReceived(Self.unwrapInboundIn(data))
        takeActions(context)
    }

    func channelInactive(context: ChannelHandlerContext) { _ = machine.peerClosed() }

    private func takeActions(_ context: ChannelHandlerContext) {
        while let action = machine.nextAction(
            nowMilliseconds: NIODeadline.now().uptimeNanoseconds / 1_000_000)
        {
            act(action, context)
        }
        send(context)
    }

    private func send(_ context: ChannelHandlerContext) {
        while let bytes = machine.nextBytes(.max) {
            var left = bytes
            while let header = RCPFrameHeader(peeking: left) {
                left.moveReaderIndex(forwardBy: RCPFrameHeader.bytes + Int(header.payloadBytes))
                if header.typeNumber == RCPFrameType.goAway.rawValue { server.record { $0.goAways += 1 } }
            }
            context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
        }
    }

    private func act(_ action: RCPServerAction, _ context: ChannelHandlerContext) {
        send(context)
        switch action {
        case .authenticate: authenticate(context)
        case .startCall(let call): start(call, context)
        case .cancelCall(let stream):
            server.record { $0.cancelledStreams += 1 }
            cancelled.insert(stream)
            answer(stream, .reply(RCPResponseHead(status: RCPStatus(code: .cancelled)), nil), context)
        case .close: context.close(promise: nil)
        case .refuseCall, .abortCall, .awaitMessage, .dropMessage, .deliver, .endMessages, .resumeWriter,
            .endReply:
            break
        }
    }

    private func authenticate(_ context: ChannelHandlerContext) {
        switch server.welcome(number) {
        case .refuse(let code, let text):
            if let action = machine.refused(code, text: text) { act(action, context) }
        case .acceptThenDeaf:
            machine.authenticated()
            isDeaf = true
        case .acceptThenStopReading:
            machine.authenticated()
            stopReading(context)
        case .accept, .closeAtOnce, .babble, .ignore:
            machine.authenticated()
        }
    }

    private func stopReading(_ context: ChannelHandlerContext) {
        let channel = context.channel
        channel.setOption(.autoRead, value: false).assumeIsolated().whenComplete { _ in }
        server.hold { channel.setOption(.autoRead, value: true).whenComplete { _ in } }
    }

    private func start(_ call: RCPInboundCall, _ context: ChannelHandlerContext) {
        openCalls += 1
        let (number, openCalls) = (number, openCalls)
        server.record { log in
            log.openCallsMax = max(log.openCallsMax, openCalls)
            log.calls.append(
                ScriptedCall(
                    connection: number, number: log.calls.count + 1, method: call.method.name,
                    requestID: call.requestID, timeoutMilliseconds: call.timeoutMilliseconds,
                    message: call.message))
        }
        answer(call.stream, server.script(server.state.calls.last!), context)
    }

    private func answer(_ stream: UInt32, _ answer: ScriptedAnswer, _ context: ChannelHandlerContext) {
        switch answer {
        case .reply(let head, let message):
            openCalls -= 1
            machine.reply(stream: stream, head: head, message: message)
            takeActions(context)
        case .drainThenReply(let message):
            _ = machine.drainStarted(ping: 7)
            send(context)
            hold(stream, message, context)
        case .hold(let message):
            hold(stream, message, context)
        case .loseConnection:
            context.close(promise: nil)
        case .goAwayUnprocessed:
            goAway(RCPGoAway(lastStream: stream - 1, code: .idle, text: "bye"), context)
        case .goAway(let code, let text):
            goAway(RCPGoAway(lastStream: stream, code: code, text: text), context)
        case .silence:
            break
        }
    }

    private func goAway(_ goAway: RCPGoAway, _ context: ChannelHandlerContext) {
        var out = ByteBuffer()
        RCPFrameWriter.write(goAway, into: &out)
        context.writeAndFlush(Self.wrapOutboundOut(out), promise: nil)
        context.close(promise: nil)
    }

    private func hold(_ stream: UInt32, _ message: ByteBuffer, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        server.hold {
            eventLoop.execute {
                let (connection, context) = bound.value
                if connection.cancelled.contains(stream) { return }
                connection.answer(stream, .ok(message), context)
            }
        }
    }
}
