import NIOCore
import NIOHTTP1

/// Answers one request after the other; bodies of requests are skipped.
///
/// `@unchecked Sendable`: touched on its channel's event loop only, but for the closure, which is sendable.
final class MetricsHTTPHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answers: @Sendable (String) async -> MetricsServer.Answer
    private var head: HTTPRequestHead?

    init(answers: @escaping @Sendable (String) async -> MetricsServer.Answer) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.method == .GET || head.method == .HEAD else {
            let refusal = MetricsServer.Answer(status: .methodNotAllowed, body: "GET or HEAD\n")
            return send(refusal, to: head, context, headers: ["Allow": "GET, HEAD"])
        }
        let path = head.uri.split(separator: "?", maxSplits: 1).first.map(String.init) ?? "/"
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let answered = context.value.eventLoop.makePromise(of: MetricsServer.Answer.self)
        // Away from the event loop: a page of metrics takes as long as many calls.
        answered.completeWithTask { [answers] in await answers(path) }
        answered.futureResult.whenSuccess { self.send($0, to: head, context.value) }
    }

    private func send(
        _ answer: MetricsServer.Answer, to head: HTTPRequestHead, _ context: ChannelHandlerContext,
        headers: HTTPHeaders = [:]
    ) {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Type", value: answer.contentType)
        headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.utf8.count)")
        headers.replaceOrAdd(name: "Cache-Control", value: "no-store")
        if !head.isKeepAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        let reply = HTTPResponseHead(version: head.version, status: answer.status, headers: headers)
        context.write(wrapOutboundOut(.head(reply)), promise: nil)
        if head.method != .HEAD {
            context.write(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        if !head.isKeepAlive {
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            sent.futureResult.whenComplete { _ in context.value.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
