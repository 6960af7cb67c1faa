import NIOCore

/// What a handler is started with.
public struct RCPInboundCall: Sendable, Hashable {
    /// The call's stream on this connection.
    public var stream: UInt32
    /// What is called.
    public var method: RCPMethod
    /// Zero of calls that change nothing, and of those that stream.
    public var requestID: RCPRequestID
    /// The client's limit, counted from the request's arrival; 0 for none.
    public var timeoutMilliseconds: UInt32
    /// What the client sent with the call (SPEC.md §6.2).
    public var metadata: RCPMetadata
    /// The request's only message; empty where the client sends a message stream. A slice of the read buffer where it
    /// came in one frame: keep it no longer than the call.
    public var message: ByteBuffer
    /// Whether messages of a stream follow, each as `.deliver`.
    public var expectsMessages: Bool

    /// - Parameter head: gives request id, timeout and metadata.
    public init(
        stream: UInt32, method: RCPMethod, head: RCPRequestHead, message: ByteBuffer,
        expectsMessages: Bool = false
    ) {
        self.stream = stream
        self.method = method
        requestID = head.requestID
        timeoutMilliseconds = head.timeoutMilliseconds
        metadata = head.metadata
        self.message = message
        self.expectsMessages = expectsMessages
    }
}

/// What the server's driver has to do, besides sending what `nextBytes` gives out.
public enum RCPServerAction: Sendable, Equatable {
    /// Find out who this is, then call `authenticated()` or `refused(_:text:)`.
    case authenticate(RCPHello)
    /// The first fragment of a request has come: call `deadlinePassed` unless the rest comes in time. The call's own
    /// timeout runs from now on, too.
    case awaitMessage(stream: UInt32, timeoutMilliseconds: UInt32)
    /// The client has cancelled a call whose message was awaited. Nothing more is due.
    case dropMessage(stream: UInt32)
    /// Start the handler; when it returns, call `reply`, exactly once. Call `deadlinePassed` when the call's timeout has
    /// passed, unless the call has ended before.
    case startCall(RCPInboundCall)
    /// A message of the stream that a started handler reads: call `messageTaken` when it has taken it. After the last one
    /// none follows. It may be a slice of the read buffer: copy it unless it is decoded at once.
    case deliver(stream: UInt32, ByteBuffer, isLast: Bool)
    /// The stream that a started handler reads has ended.
    case endMessages(stream: UInt32)
    /// The handler that was told to wait by `send` may send again.
    case resumeWriter(stream: UInt32)
    /// The reply that `reply` has queued is sent, or will not be: the call has ended.
    case endReply(stream: UInt32)
    /// Cancelled, or out of time, which is then answered. Stop the handler where possible; it still ends with `reply`,
    /// which will send nothing.
    case cancelCall(stream: UInt32)
    /// A call that ended before a handler was started, with the status that answers it; the violation says why if the
    /// client was at fault.
    case refuseCall(stream: UInt32, RCPStatus, RCPViolation?)
    /// The client broke a rule within a call whose handler runs; this status answers it. Stop the handler where possible;
    /// it still ends with `reply`, which will send nothing.
    case abortCall(stream: UInt32, RCPStatus, RCPViolation)
    /// Close once everything is sent, stop the handlers. The machine takes no more events.
    case close(RCPServerClose)
}

/// How and why a server ends a connection.
public struct RCPServerClose: Sendable, Hashable {
    /// What the client is told before the connection is closed.
    public enum Farewell: Sendable, Hashable {
        case none
        case httpReply
        case refused(RCPRefused)
        case goAway(RCPGoAway)
    }

    /// What the client is told before the connection is closed.
    public var farewell: Farewell
    /// Handlers to stop. Their `reply` is dropped.
    public var cancelledStreams: [UInt32]
    /// The client's fault, if it was one; for log and metrics.
    public var violation: RCPViolation?

    public init(farewell: Farewell, cancelledStreams: [UInt32] = [], violation: RCPViolation? = nil) {
        self.farewell = farewell
        self.cancelledStreams = cancelledStreams
        self.violation = violation
    }
}

extension RCPServerClose.Farewell {
    func write(into out: inout ByteBuffer) {
        switch self {
        case .none: break
        case .httpReply: out.writeString(RCPPreface.httpReply)
        case .refused(let refused): RCPFrameWriter.write(refused, into: &out)
        case .goAway(let goAway): RCPFrameWriter.write(goAway, into: &out)
        }
    }
}

/// What a writer of a message stream does after `send`.
public enum RCPSendAction: Sendable, Hashable {
    case goOn
    /// The message is queued; send the next one after `resumeWriter`.
    case wait
    /// The call has ended; the message will not be sent.
    case ended
}

/// What became of a handler's reply.
public enum RCPReplyAction: Sendable, Hashable {
    /// The call has ended.
    case sent
    /// The call ends when its turn and the client's credit allow: with `endReply`, or by its deadline.
    case queued
    /// The call had been cancelled, had run out of time, or lost its connection.
    case dropped
}
