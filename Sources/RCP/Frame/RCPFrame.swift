import NIOCore

/// One frame as received: a header that passed its checks, and the payload as a slice of the read buffer.
public struct RCPFrame: Sendable, Hashable {
    public var type: RCPFrameType
    public var flags: RCPFrameFlags
    public var method: UInt16
    public var stream: UInt32
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
