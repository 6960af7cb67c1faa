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

/// What the server's driver has to do. `write(into:)` appends the bytes of those that send.
public enum RCPServerAction: Sendable, Equatable {
    /// Find out who this is, then call `authenticated()` or `refused(_:text:)`.
    case authenticate(RCPHello)
    case sendHelloAck(RCPHelloAck)
    /// The first fragment of a request has come: call `deadlinePassed` unless the rest comes in time. The call's own
    /// timeout runs from now on, too.
    case awaitMessage(stream: UInt32, timeoutMilliseconds: UInt32)
    /// The client has cancelled a call whose message was awaited. Nothing more is due.
    case dropMessage(stream: UInt32)
    /// Start the handler; when it returns, call `reply`, exactly once.
    case startCall(RCPInboundCall)
    /// Stop the handler where possible. It still ends with `reply`, which will send nothing.
    case cancelCall(stream: UInt32)
    /// The call's time is over: send this and stop the handler, which still ends with `reply`.
    case endCall(stream: UInt32, RCPResponseHead)
    /// A call that ended before a handler was started; the violation says why if the client was at fault.
    case refuseCall(stream: UInt32, RCPResponseHead, RCPViolation?)
    case sendPong(opaque: UInt64)
    /// First step of draining (SPEC.md §11).
    case announceDrain(RCPGoAway, ping: UInt64)
    /// Second step of draining.
    case confirmDrain(RCPGoAway)
    /// Send the farewell, close once it is flushed, stop the handlers. The machine takes no more events.
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

/// What became of a handler's reply.
public enum RCPReplyAction: Sendable, Hashable {
    case sent
    /// The call had been cancelled, had run out of time, or lost its connection.
    case dropped
    /// As `sent`, and the last call of a draining connection: close once flushed.
    case sentLast
    /// As `dropped`, and the last call of a draining connection: close.
    case droppedLast
}

extension RCPServerAction {
    /// Appends the frames this action asks to send, if any.
    public func write(into out: inout ByteBuffer) {
        switch self {
        case .authenticate, .awaitMessage, .dropMessage, .startCall, .cancelCall:
            break
        case .sendHelloAck(let ack):
            RCPFrameWriter.write(ack, into: &out)
        case .endCall(let stream, let head), .refuseCall(let stream, let head, _):
            // A head alone fits into every permitted frame.
            RCPFrameWriter.writeResponse(
                stream: stream, head: head, message: nil,
                framePayloadBytesMax: RCPLimits.framePayloadBytesMaxRange.lowerBound, into: &out)
        case .sendPong(let opaque):
            RCPFrameWriter.writePong(opaque: opaque, into: &out)
        case .announceDrain(let goAway, let ping):
            RCPFrameWriter.write(goAway, into: &out)
            RCPFrameWriter.writePing(opaque: ping, into: &out)
        case .confirmDrain(let goAway):
            RCPFrameWriter.write(goAway, into: &out)
        case .close(let close):
            close.farewell.write(into: &out)
        }
    }
}

extension RCPServerClose.Farewell {
    fileprivate func write(into out: inout ByteBuffer) {
        switch self {
        case .none: break
        case .httpReply: out.writeString(RCPPreface.httpReply)
        case .refused(let refused): RCPFrameWriter.write(refused, into: &out)
        case .goAway(let goAway): RCPFrameWriter.write(goAway, into: &out)
        }
    }
}
