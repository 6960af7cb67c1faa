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
    /// No answer: what is known of it, and how far the attempt had come.
    case failed(RCPStatus, ClientCallProgress)
}

enum ClientCallProgress: Sendable, Hashable {
    /// Nothing was written, or the server has said that it did not act on it. The connection's own backoff paces
    /// the next attempt.
    case notWritten
    case written
}
