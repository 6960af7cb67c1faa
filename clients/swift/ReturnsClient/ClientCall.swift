import NIOCore
import ReturnsWire

/// One attempt of a call, on its way to and through a connection.
struct ClientCall: Sendable {
    /// Unique within the client, for cancelling.
    let id: UInt64
    let method: RCPMethod
    /// Zero for read-only calls.
    let requestID: RCPRequestID
    let metadata: RCPMetadata
    let message: ByteBuffer
    let deadline: NIODeadline
    let continuation: CheckedContinuation<ClientCallEnd, Never>

    func end(_ end: ClientCallEnd) { continuation.resume(returning: end) }
}

/// How one attempt ended.
enum ClientCallEnd: Sendable {
    /// The server's answer, whatever its status.
    case answered(RCPInboundReply)
    /// No answer: what is known of it, and who paces the next attempt.
    case failed(RCPStatus, ClientCallPace)
}

/// What keeps the next attempt of a failed call from coming too soon.
enum ClientCallPace: Sendable, Hashable {
    /// The next attempt needs a new connection, whose own backoff is wait enough.
    case byConnection
    /// Nothing else: the call waits by itself.
    case byBackoff
}
