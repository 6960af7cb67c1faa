import NIOCore

/// How the server ended a call.
public struct RCPInboundReply: Sendable, Hashable {
    public var stream: UInt32
    public var head: RCPResponseHead
    /// A slice of the read buffer where the message came in one frame: decode it soon.
    public var message: ByteBuffer?

    public init(stream: UInt32, head: RCPResponseHead, message: ByteBuffer?) {
        self.stream = stream
        self.head = head
        self.message = message
    }
}

/// What the client's driver has to do. `write(into:)` appends the bytes of those that send.
public enum RCPClientAction: Sendable, Equatable {
    /// Preface and HELLO.
    case sendHello(RCPHello)
    /// Calls may be opened.
    case ready(RCPHelloAck)
    case completeCall(RCPInboundReply)
    /// The call ends here. With `sendsCancel` the server has to be told, since it is still answering.
    case failCall(stream: UInt32, RCPStatus, sendsCancel: Bool, RCPViolation?)
    case sendPong(opaque: UInt64)
    /// The answer to a PING of ours, or a stray PONG.
    case pongReceived(opaque: UInt64)
    /// Open new calls on another connection. The calls named were never acted on: send them again there.
    case stopOpening(RCPGoAway, unprocessed: [RCPCallFailure])
    /// Send GOAWAY: this client opens no more calls here.
    case announceDrain(RCPGoAway)
    /// Send the farewell if there is one, close, fail the calls. The machine takes no more events.
    case close(RCPClientClose)
}

/// A call that ended without an answer.
public struct RCPCallFailure: Sendable, Hashable {
    public var stream: UInt32
    public var status: RCPStatus

    public init(stream: UInt32, status: RCPStatus) {
        self.stream = stream
        self.status = status
    }
}

/// How and why a client's connection ends.
public struct RCPClientClose: Sendable, Hashable {
    public var farewell: RCPGoAway?
    public var failures: [RCPCallFailure]
    /// The server refused the handshake.
    public var refused: RCPRefused?
    /// The server ended the connection.
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
    /// The request is appended; its answer will name this stream.
    case opened(stream: UInt32)
    /// Nothing was sent; the outcome is `notApplied`.
    case refused(RCPStatus)
}

extension RCPClientAction {
    /// Appends the frames this action asks to send, if any.
    public func write(into out: inout ByteBuffer) {
        switch self {
        case .ready, .completeCall, .pongReceived, .stopOpening:
            break
        case .sendHello(let hello):
            RCPFrameWriter.writePreface(into: &out)
            RCPFrameWriter.write(hello, into: &out)
        case .failCall(let stream, _, let sendsCancel, _):
            if sendsCancel { RCPFrameWriter.writeCancel(.cancelled, stream: stream, into: &out) }
        case .sendPong(let opaque):
            RCPFrameWriter.writePong(opaque: opaque, into: &out)
        case .announceDrain(let goAway):
            RCPFrameWriter.write(goAway, into: &out)
        case .close(let close):
            if let farewell = close.farewell { RCPFrameWriter.write(farewell, into: &out) }
        }
    }
}
