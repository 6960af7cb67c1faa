import NIOCore

/// What a handler knows of its call. A value: it gives no access to the connection.
public struct RCPCallContext: Sendable {
    /// What is called.
    public var method: RCPMethod
    /// Who calls.
    public var principal: RCPPrincipal
    /// Zero for read-only calls.
    public var requestID: RCPRequestID
    /// As the caller stated it; 0 means none.
    public var timeoutMilliseconds: UInt32
    /// The call's end on the scale of `NIODeadline.uptimeNanoseconds`; nil means none.
    public var deadlineNanoseconds: UInt64?
    /// What the caller sent with the call (SPEC.md §6.2).
    public var metadata: RCPMetadata
    /// The principal acted for, after the grant was checked.
    public var onBehalfOf: String?
    /// The connection's number in the server's log.
    public var connection: UInt64
    /// Where the call comes from, for the log: an IP address, or "unix".
    public var peer: String
    /// What the peer takes as one message; a page stops before its reply gets larger.
    public var replyBytesMax: Int
    /// The message as received; the idempotency fingerprint is taken of these bytes.
    public var message: ByteBuffer

    public init(
        method: RCPMethod, principal: RCPPrincipal, requestID: RCPRequestID, timeoutMilliseconds: UInt32,
        deadlineNanoseconds: UInt64?, metadata: RCPMetadata, onBehalfOf: String?,
        connection: UInt64 = 0, peer: String = "", replyBytesMax: Int = RCPLimits().messageBytesMax,
        message: ByteBuffer
    ) {
        self.method = method
        self.principal = principal
        self.requestID = requestID
        self.timeoutMilliseconds = timeoutMilliseconds
        self.deadlineNanoseconds = deadlineNanoseconds
        self.metadata = metadata
        self.onBehalfOf = onBehalfOf
        self.connection = connection
        self.peer = peer
        self.replyBytesMax = replyBytesMax
        self.message = message
    }
}
