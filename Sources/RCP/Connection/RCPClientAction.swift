import NIOCore

/// How the server ended a call.
public struct RCPInboundReply: Sendable, Hashable {
    /// The call's stream on this connection.
    public var stream: UInt32
    /// How the call ended.
    public var head: RCPResponseHead
    /// A slice of the read buffer where the message came in one frame: decode it soon.
    public var message: ByteBuffer?

    public init(stream: UInt32, head: RCPResponseHead, message: ByteBuffer?) {
        self.stream = stream
        self.head = head
        self.message = message
    }
}

/// What the client's driver has to do, besides sending what `nextBytes` gives out.
public enum RCPClientAction: Sendable, Equatable {
    /// Calls may be opened.
    case ready(RCPHelloAck)
    case completeCall(RCPInboundReply)
    /// A message of the stream that a call reads: call `messageTaken` when it has been taken.
    case deliver(stream: UInt32, ByteBuffer)
    /// The writer that was told to wait by `send` may send again.
    case resumeWriter(stream: UInt32)
    /// The call ends here, by the server's CANCEL or by its fault.
    case failCall(stream: UInt32, RCPStatus, RCPViolation?)
    /// The answer to a PING of ours, or a stray PONG.
    case pongReceived(opaque: UInt64)
    /// Open new calls on another connection. The calls named were never acted on: send them again there.
    case stopOpening(RCPGoAway, unprocessed: [RCPCallFailure])
    /// Close once everything is sent, fail the calls. The machine takes no more events.
    case close(RCPClientClose)
}

/// A call that ended without an answer.
public struct RCPCallFailure: Sendable, Hashable {
    /// The call's stream on this connection.
    public var stream: UInt32
    /// How the call ended, as its caller is told.
    public var status: RCPStatus

    public init(stream: UInt32, status: RCPStatus) {
        self.stream = stream
        self.status = status
    }
}

/// How and why a client's connection ends.
public struct RCPClientClose: Sendable, Hashable {
    /// The GOAWAY that is sent before closing; nil sends none.
    public var farewell: RCPGoAway?
    /// The calls that end with the connection.
    public var failures: [RCPCallFailure]
    /// The server refused the handshake.
    public var refused: RCPRefused?
    /// What the server has said last about the end.
    public var goAway: RCPGoAway?
    /// The server's fault, if it was one.
    public var violation: RCPViolation?

    public init(
        farewell: RCPGoAway? = nil, failures: [RCPCallFailure] = [], refused: RCPRefused? = nil,
        goAway: RCPGoAway? = nil, violation: RCPViolation? = nil
    ) {
        self.farewell = farewell
        self.failures = failures
        self.refused = refused
        self.goAway = goAway
        self.violation = violation
    }
}

/// The answer to `openCall`.
public enum RCPOpenAction: Sendable, Hashable {
    /// The request will be sent; its answer will name this stream.
    case opened(stream: UInt32)
    /// Nothing will be sent; the outcome is `notApplied`.
    case refused(RCPStatus)
}
