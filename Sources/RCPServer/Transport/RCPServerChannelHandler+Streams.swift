import NIOCore
import RCP

/// Message streams: each call that has one reads and writes through an `RCPStreamExchange`.
extension RCPServerChannelHandler: RCPStreamDriver {
    func openExchange(_ call: RCPInboundCall) -> RCPStreamExchange {
        let exchange = RCPStreamExchange(
            role: .server, method: call.method, stream: call.stream, expectsMessages: call.expectsMessages,
            eventLoop: loop.eventLoop, driver: self)
        exchanges[call.stream] = exchange
        return exchange
    }

    /// The handler has returned: a task that it left behind can neither read nor write any more.
    func closeExchange(_ stream: UInt32) {
        if exchanges.isEmpty { return }
        guard let exchange = exchanges.removeValue(forKey: stream) else { return }
        exchange.fail(CancellationError())
        loop.books.streamClosed(by: principalName)
    }

    func messageTaken(stream: UInt32) {
        machine.messageTaken(stream: stream)
    }

    func send(stream: UInt32, message: ByteBuffer) throws(RCPStatus) -> RCPSendAction {
        guard message.readableBytes <= machine.messageBytesMax else {
            throw RCPStatus(
                code: .resourceExhausted, retryAfterMilliseconds: -1,
                text:
                    "the reply is above the connection's message limit; ask for less at once, or connect with a higher limit"
            )
        }
        guard machine.messageStreamBytes + message.readableBytes <= loop.limits.unsentBytesMax else {
            throw replyUnread(outcome: .unknown)
        }
        if let limit = coverUnsent(message.readableBytes, isReply: false) {
            throw replyUnread(outcome: .unknown, by: limit)
        }
        return machine.send(stream: stream, message: message)
    }

    /// A server's stream ends with RESPONSE, when its handler returns.
    func endMessages(stream: UInt32) {}

    /// A task that runs elsewhere finds the loop in no batch of its own.
    func flush() {
        if loop.executor.isBatchRunning || startingStream != nil { flushLater() } else { flushNow() }
    }
}
