import NIOCore

/// A complete request: what a handler is started with.
public struct RCPInboundCall: Sendable, Hashable {
    public var stream: UInt32
    public var method: RCPMethod
    public var requestID: RCPRequestID
    public var timeoutMilliseconds: UInt32
    public var metadata: RCPMetadata
    /// A slice of the read buffer where the message came in one frame: keep it no longer than the call.
    public var message: ByteBuffer

    public init(stream: UInt32, method: RCPMethod, head: RCPRequestHead, message: ByteBuffer) {
        self.stream = stream
        self.method = method
        requestID = head.requestID
        timeoutMilliseconds = head.timeoutMilliseconds
        metadata = head.metadata
        self.message = message
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
    /// Start the handler; when it returns, call `reply`, exactly once.
    case startCall(RCPInboundCall)
    /// Cancelled, or out of time, which is then answered. Stop the handler where possible; it still ends with `reply`,
    /// which will send nothing.
    case cancelCall(stream: UInt32)
    /// A call that ended before a handler was started, with the status that answers it; the violation says why if the
    /// client was at fault.
    case refuseCall(stream: UInt32, RCPStatus, RCPViolation?)
    /// Close once everything is sent, stop the handlers. The machine takes no more events.
    case close(RCPServerClose)
}

/// How and why a server ends a connection.
public struct RCPServerClose: Sendable, Hashable {
    public enum Farewell: Sendable, Hashable {
        case none
        case httpReply
        case refused(RCPRefused)
        case goAway(RCPGoAway)
    }

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
