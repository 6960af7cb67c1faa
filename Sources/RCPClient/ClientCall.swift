import NIOCore
import RCP

/// One attempt of a call, on its way to and through a connection.
struct ClientCall: Sendable {
    /// Who waits for what.
    enum Waiter: Sendable {
        /// A call with one message each way, for its end.
        case unary(CheckedContinuation<ClientCallEnd, Never>)
        /// A call that streams, for its beginning.
        case stream(CheckedContinuation<ClientStreamStart, Never>)
        /// A call that streams and has begun.
        case open(RCPStreamExchange, EventLoopPromise<ClientCallEnd>)
    }

    /// Unique within the client, for cancelling.
    let id: UInt64
    let method: RCPMethod
    /// Zero for read-only calls and for those that stream.
    let requestID: RCPRequestID
    let metadata: RCPMetadata
    /// nil where the requests are streamed.
    let message: ByteBuffer?
    private(set) var deadline: NIODeadline
    /// Whether it waits for a connection until its deadline, however often connecting fails.
    let waitsForReady: Bool
    /// Whether `deadline` is that of the wait for a connection alone: a call that streams may last for ever.
    let isEndless: Bool
    private var waiter: Waiter

    init(
        id: UInt64, method: RCPMethod, requestID: RCPRequestID = .zero, metadata: RCPMetadata,
        message: ByteBuffer?,
        deadline: NIODeadline, waitsForReady: Bool, isEndless: Bool = false, waiter: Waiter
    ) {
        self.id = id
        self.method = method
        self.requestID = requestID
        self.metadata = metadata
        self.message = message
        self.deadline = deadline
        self.waitsForReady = waitsForReady
        self.isEndless = isEndless
        self.waiter = waiter
    }

    var messageBytes: Int { message?.readableBytes ?? 0 }

    var exchange: RCPStreamExchange? {
        if case .open(let exchange, _) = waiter { exchange } else { nil }
    }

    /// The call has got its stream.
    mutating func opened(_ stream: UInt32, eventLoop: any EventLoop, driver: any RCPStreamDriver) {
        guard case .stream(let continuation) = waiter else { return }
        let exchange = RCPStreamExchange(
            role: .client, method: method, stream: stream, expectsMessages: method.kind.streamsReplies,
            eventLoop: eventLoop, driver: driver)
        let end = eventLoop.makePromise(of: ClientCallEnd.self)
        waiter = .open(exchange, end)
        if isEndless { deadline = .distantFuture }
        continuation.resume(returning: .open(ClientStream(exchange: exchange, end: end.futureResult)))
    }

    func end(_ end: ClientCallEnd) {
        switch waiter {
        case .unary(let continuation):
            continuation.resume(returning: end)
        case .stream(let continuation):
            guard case .failed(let status, let pace) = end else {
                preconditionFailure("a call was answered before it was sent")
            }
            continuation.resume(returning: .failed(status, pace))
        case .open(let exchange, let promise):
            let end = method.idempotency == .readOnly ? end.notApplied : end
            switch end {
            case .answered(let reply):
                exchange.finish(reply.head.status.code == .ok ? nil : reply.head.status)
            case .failed(let status, _): exchange.fail(status)
            }
            promise.succeed(end)
        }
    }
}

/// How one attempt ended.
enum ClientCallEnd: Sendable {
    /// The server's answer, whatever its status.
    case answered(RCPInboundReply)
    /// No answer: what is known of it, and who paces the next attempt.
    case failed(RCPStatus, ClientCallPace)

    /// The end of a call that is known to change nothing, whatever was said of it (SPEC.md §7.1).
    fileprivate var notApplied: ClientCallEnd {
        switch self {
        case .answered(var reply):
            reply.head.status.outcome = .notApplied
            return .answered(reply)
        case .failed(var status, let pace):
            status.outcome = .notApplied
            return .failed(status, pace)
        }
    }
}

/// How one attempt to begin a call that streams ended.
enum ClientStreamStart: Sendable {
    case open(ClientStream)
    /// Nothing was sent.
    case failed(RCPStatus, ClientCallPace)
}

/// A call that streams, as its caller has it.
struct ClientStream: Sendable {
    let exchange: RCPStreamExchange
    /// Never fails.
    let end: EventLoopFuture<ClientCallEnd>
}

/// What keeps the next attempt of a failed call from coming too soon.
enum ClientCallPace: Sendable, Hashable {
    /// The next attempt needs a new connection, whose own backoff is wait enough.
    case byConnection
    /// Nothing else: the call waits by itself.
    case byBackoff
}
