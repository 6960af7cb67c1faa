import NIOCore

/// One frame as received: a header that passed its checks, and the payload as a slice of the read buffer.
public struct RCPFrame: Sendable, Hashable {
    /// What the payload is.
    public var type: RCPFrameType
    /// How it is to be read (SPEC.md §3.3).
    public var flags: RCPFrameFlags
    /// The method's id in a REQUEST; otherwise zero.
    public var method: UInt16
    /// The call's stream; zero in frames of the connection.
    public var stream: UInt32
    /// What follows the header.
    public var payload: ByteBuffer

    public init(
        type: RCPFrameType, flags: RCPFrameFlags = [], method: UInt16 = 0, stream: UInt32 = 0,
        payload: ByteBuffer = ByteBuffer()
    ) {
        self.type = type
        self.flags = flags
        self.method = method
        self.stream = stream
        self.payload = payload
    }

    /// Appends header and payload.
    public func write(into out: inout ByteBuffer) {
        RCPFrameHeader(
            payloadBytes: payload.readableBytes, type: type, flags: flags, method: method, stream: stream
        ).write(into: &out)
        out.writeImmutableBuffer(payload)
    }
}
