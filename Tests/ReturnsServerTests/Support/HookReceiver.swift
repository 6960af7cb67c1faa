import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import ReturnsAPI
import Synchronization

/// Takes every post, and remembers the events in the order in which they came.
final class HookReceiver: Sendable {
    private let events = Mutex<[Returns_V1_Event]>([])
    private let channel = Mutex<(any Channel)?>(nil)

    var taken: [Returns_V1_Event] { events.withLock { $0 } }
    var notices: [Returns_V1_Event] { taken.filter { $0.type == .eventsLost } }

    static func with(_ body: (HookReceiver, _ url: String) async throws -> Void) async throws {
        let receiver = HookReceiver()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Handler(receiver))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        let url = "http://127.0.0.1:\(channel.localAddress!.port!)/in"
        do {
            try await body(receiver, url)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let receiver: HookReceiver
        private var body = ByteBuffer()

        init(_ receiver: HookReceiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head: body = ByteBuffer()
            case .body(var part): body.writeBuffer(&part)
            case .end:
                let event = try? Returns_V1_Event(jsonUTF8Bytes: Array(body.readableBytesView))
                receiver.events.withLock { $0.append(event ?? Returns_V1_Event()) }
                let head = HTTPResponseHead(
                    version: .http1_1, status: .ok, headers: ["content-length": "0"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
