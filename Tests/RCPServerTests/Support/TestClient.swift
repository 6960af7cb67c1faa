import Foundation
import NIOCore
import NIOPosix
import RCP
import RCPServices
import SwiftProtobuf

/// A thin driver of `RCPClientConnection`: enough to make calls and to see how a connection ends.
///
/// `@unchecked Sendable`: state is touched on the channel's loop only.
final class TestClient: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How the connection ended: what the machine made of it, nil if the transport simply closed.
    typealias End = RCPClientClose?

    struct Refused: Error { let refused: RCPRefused }
    struct Closed: Error {}

    private let eventLoop: any EventLoop
    private var machine: RCPClientConnection
    private var channel: (any Channel)!
    private var replies: [UInt32: EventLoopPromise<RCPInboundReply>] = [:]
    private let ready: EventLoopPromise<Void>
    private let draining: EventLoopPromise<Void>
    private let ended: EventLoopPromise<End>
    private var end: End?
    /// Of calls that stream, what has been delivered.
    private var messages: [UInt32: [ByteBuffer]] = [:]
    /// Streams whose messages are not taken as they come.
    private var untaken: [UInt32: Int] = [:]

    private init(token: String?, limits: RCPLimits, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        ready = eventLoop.makePromise()
        draining = eventLoop.makePromise()
        ended = eventLoop.makePromise()
        let credentials = token.map { RCPCredentials.token(Array($0.utf8)) } ?? .none
        let hello = RCPHello(limits: limits, clientName: "test", credentials: credentials)
        machine = RCPClientConnection(hello: hello, limits: limits)
    }

    /// - Throws: `Refused`, `Closed`.
    static func connect(
        to address: RCPAddress, token: String?, limits: RCPLimits = RCPLimits(), reads: Bool = true
    ) async throws -> TestClient {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let client = TestClient(token: token, limits: limits, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: eventLoop).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                client.channel = channel
                try channel.pipeline.syncOperations.addHandler(client)
            }
        }
        let channel: any Channel
        do {
            channel =
                switch address {
                case .tcp(let host, let port), .tls(let host, let port):
                    try await bootstrap.connect(host: host, port: port).get()
                case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
                }
        } catch {
            client.lost()
            throw error
        }
        try await client.ready.futureResult.get()
        if !reads { try await channel.setOption(.autoRead, value: false).get() }
        return client
    }

    // MARK: For tests

    struct Reply: Sendable {
        let head: RCPResponseHead
        let payload: Data

        var status: RCPStatus { head.status }
    }

    func call(
        _ method: RCPMethod, _ payload: Data = Data(), timeoutMilliseconds: UInt32 = 0,
        requestID: RCPRequestID? = nil
    ) async throws -> Reply {
        try await start(method, payload, timeoutMilliseconds: timeoutMilliseconds, requestID: requestID)
            .reply()
    }

    struct Started: Sendable {
        let stream: UInt32
        let future: EventLoopFuture<RCPInboundReply>

        func reply() async throws -> Reply {
            let reply = try await future.get()
            let message = try reply.message.map {
                try EchoReply(serializedBytes: Array($0.readableBytesView))
            }
            return Reply(head: reply.head, payload: message?.payload ?? Data())
        }
    }

    func start(
        _ method: RCPMethod, _ payload: Data = Data(), timeoutMilliseconds: UInt32 = 0,
        requestID: RCPRequestID? = nil, metadata: RCPMetadata = [], holdsMessages: Bool = false
    ) async throws -> Started {
        let message: [UInt8] = try EchoRequest.with { $0.payload = payload }.serializedBytes()
        return try await start(
            method, bytes: message, timeoutMilliseconds: timeoutMilliseconds, requestID: requestID,
            metadata: metadata, holdsMessages: holdsMessages)
    }

    /// - Parameter holdsMessages: the stream's messages are not taken until `takeMessages`.
    /// - Throws: the `RCPStatus` with which the client's own machine refuses the call.
    func start(
        _ method: RCPMethod, bytes: [UInt8], timeoutMilliseconds: UInt32 = 0, requestID: RCPRequestID? = nil,
        metadata: RCPMetadata = [], holdsMessages: Bool = false
    ) async throws -> Started {
        let id = requestID ?? (method.idempotency == .mutation ? .random() : .zero)
        let head = RCPRequestHead(timeoutMilliseconds: timeoutMilliseconds, requestID: id, metadata: metadata)
        return try await eventLoop.submit { [self] in
            switch machine.openCall(method, head: head, message: ByteBuffer(bytes: bytes)) {
            case .refused(let status): throw status
            case .opened(let stream):
                let promise = eventLoop.makePromise(of: RCPInboundReply.self)
                replies[stream] = promise
                if holdsMessages { untaken[stream] = 0 }
                send()
                return Started(stream: stream, future: promise.futureResult)
            }
        }.get()
    }

    // MARK: Message streams

    /// Opens a call that streams its requests.
    func open(_ method: RCPMethod, timeoutMilliseconds: UInt32 = 0) async throws -> Started {
        let head = RCPRequestHead(timeoutMilliseconds: timeoutMilliseconds)
        return try await eventLoop.submit { [self] in
            switch machine.openCall(method, head: head, message: nil) {
            case .refused(let status): throw status
            case .opened(let stream):
                let promise = eventLoop.makePromise(of: RCPInboundReply.self)
                replies[stream] = promise
                send()
                return Started(stream: stream, future: promise.futureResult)
            }
        }.get()
    }

    @discardableResult
    func send(_ call: Started, _ payload: Data) async throws -> RCPSendAction {
        let bytes: [UInt8] = try EchoRequest.with { $0.payload = payload }.serializedBytes()
        return try await send(call, bytes: bytes)
    }

    @discardableResult
    func send(_ call: Started, bytes: [UInt8]) async throws -> RCPSendAction {
        try await eventLoop.submit { [self] in
            defer { send() }
            return machine.send(stream: call.stream, message: ByteBuffer(bytes: bytes))
        }.get()
    }

    func finish(_ call: Started) async throws {
        try await eventLoop.submit { [self] in
            machine.endMessages(stream: call.stream)
            send()
        }.get()
    }

    /// Payloads of the messages that have come.
    func delivered(_ call: Started) async throws -> [Data] {
        let messages = try await eventLoop.submit { [self] in self.messages[call.stream] ?? [] }.get()
        return try messages.map {
            try EchoReply(serializedBytes: Array($0.readableBytesView)).payload
        }
    }

    func takeMessages(_ call: Started) async throws {
        try await eventLoop.submit { [self] in
            for _ in 0..<(untaken.removeValue(forKey: call.stream) ?? 0) {
                machine.messageTaken(stream: call.stream)
            }
            send()
        }.get()
    }

    /// Bytes of calls' messages that wait for the server's credit.
    func unsentBytes() async throws -> Int {
        try await eventLoop.submit { [self] in machine.unsentBytes }.get()
    }

    private func deliver(_ stream: UInt32, _ message: ByteBuffer) {
        messages[stream, default: []].append(message)
        if let count = untaken[stream] {
            untaken[stream] = count + 1
        } else {
            machine.messageTaken(stream: stream)
        }
    }

    // MARK: The end of calls

    func cancel(_ call: Started) async throws {
        try await eventLoop.submit { [self] in
            guard machine.cancelCall(stream: call.stream) else { return }
            replies.removeValue(forKey: call.stream)?.fail(CancellationError())
            send()
        }.get()
    }

    func startReading() async throws {
        try await channel.setOption(.autoRead, value: true).get()
        channel.read()
    }

    func close() async throws {
        try? await channel.close().get()
    }

    /// The server's first GOAWAY.
    func sawDrain() async throws { try await draining.futureResult.get() }
    /// - Throws: when the server has not ended the connection after a minute.
    func whenEnded() async throws -> End {
        let ended = ended
        let late = eventLoop.scheduleTask(in: .minutes(1)) {
            ended.fail(ChannelError.connectTimeout(.minutes(1)))
        }
        defer { late.cancel() }
        return try await ended.futureResult.get()
    }

    // MARK: From the channel

    func channelActive(context: ChannelHandlerContext) {
        machine.connected()
        send()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        machine.bytesReceived(unwrapInboundIn(data))
        while let action = machine.nextAction() { perform(action) }
        send()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let action = machine.peerClosed() { perform(action) }
        lost()
    }

    /// Nobody waits for ever: a promise that is kept already makes this a no-op.
    private func lost() {
        ready.fail(Closed())
        draining.fail(Closed())
        for promise in replies.values { promise.fail(Closed()) }
        ended.succeed(end ?? nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send() {
        while let bytes = machine.nextBytes(.max) { channel.writeAndFlush(bytes, promise: nil) }
    }

    private func perform(_ action: RCPClientAction) {
        send()
        switch action {
        case .pongReceived, .resumeWriter: break
        case .deliver(let stream, let message): deliver(stream, message)
        case .ready: ready.succeed()
        case .completeCall(let reply): replies.removeValue(forKey: reply.stream)?.succeed(reply)
        case .failCall(let stream, let status, _): replies.removeValue(forKey: stream)?.fail(status)
        case .stopOpening(_, let unprocessed):
            draining.succeed()
            fail(unprocessed)
        case .close(let close):
            end = close
            if let refused = close.refused { ready.fail(Refused(refused: refused)) }
            fail(close.failures)
            channel.close(promise: nil)
        }
    }

    private func fail(_ failures: [RCPCallFailure]) {
        for failure in failures { replies.removeValue(forKey: failure.stream)?.fail(failure.status) }
    }
}
