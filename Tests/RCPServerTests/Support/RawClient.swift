import NIOCore
import NIOPosix
import RCP
import TestSupport

/// Sends bytes as they are and keeps what comes.
///
/// `@unchecked Sendable`: state is touched on the channel's loop only.
final class RawClient: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let channel: any Channel
    private var received = ByteBuffer()
    private var isClosed = false
    private var waiting: [(Int, EventLoopPromise<ByteBuffer>)] = []

    private init(channel: any Channel) { self.channel = channel }

    static func connect(to address: RCPAddress) async throws -> RawClient {
        // Added before the connection is made, so that nothing the server says first is missed.
        let made = Box<RawClient?>(nil)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                let client = RawClient(channel: channel)
                made.value.withLock { $0 = client }
                try channel.pipeline.syncOperations.addHandler(client)
            }
        }
        switch address {
        case .tcp(let host, let port), .tls(let host, let port):
            _ = try await bootstrap.connect(host: host, port: port).get()
        case .unix(let path): _ = try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
        return made.value.withLock { $0! }
    }

    /// Connected, and HELLO_ACK has come and is taken away.
    static func open(_ address: RCPAddress, token: String) async throws -> RawClient {
        let client = try await connect(to: address)
        var bytes = ByteBuffer()
        RCPFrameWriter.writePreface(into: &bytes)
        let hello = RCPHello(clientName: "raw", credentials: .token(Array(token.utf8)))
        RCPFrameWriter.write(hello, into: &bytes)
        try await client.send(bytes)
        _ = try await client.frame()
        return client
    }

    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes).get() }
    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }
    func closeOutput() async throws { try await channel.close(mode: .output).get() }
    func close() async throws { try? await channel.close().get() }

    /// The next frame: type and payload. Nil when the server has closed instead.
    func frame() async throws -> (type: RCPFrameType, stream: UInt32, payload: ByteBuffer)? {
        var header = try await bytes(RCPFrameHeader.bytes)
        guard let length = header.readInteger(as: UInt32.self), let type = header.readInteger(as: UInt8.self),
            let stream = header.getInteger(at: 8, as: UInt32.self)
        else { return nil }
        return (RCPFrameType(rawValue: type)!, stream, try await bytes(Int(length)))
    }

    /// Everything until the server closes.
    func rest() async throws -> ByteBuffer { try await bytes(.max) }

    /// `count` bytes, or fewer if the server closes before.
    private func bytes(_ count: Int) async throws -> ByteBuffer {
        try await channel.eventLoop.flatSubmit { [self] in
            let promise = channel.eventLoop.makePromise(of: ByteBuffer.self)
            waiting.append((count, promise))
            serve()
            return promise.futureResult
        }.get()
    }

    private func serve() {
        while let (count, promise) = waiting.first {
            guard isClosed || received.readableBytes >= count else { return }
            waiting.removeFirst()
            promise.succeed(received.readSlice(length: min(count, received.readableBytes))!)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        serve()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        serve()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
