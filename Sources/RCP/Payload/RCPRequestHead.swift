import NIOCore

/// What precedes the message in a REQUEST (SPEC.md §6.1).
public struct RCPRequestHead: Sendable, Hashable {
    /// Milliseconds from receipt; 0 means none.
    public var timeoutMilliseconds: UInt32
    /// Zero unless the call is a unary mutation.
    public var requestID: RCPRequestID
    /// For the handler (SPEC.md §6.2).
    public var metadata: RCPMetadata

    public init(
        timeoutMilliseconds: UInt32 = 0, requestID: RCPRequestID = .zero, metadata: RCPMetadata = []
    ) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.requestID = requestID
        self.metadata = metadata
    }
}

extension RCPRequestHead {
    /// Bytes of timeout and request id.
    static let fixedBytes = 20

    /// Reads the head and leaves the reader at the total or the message.
    init(reading buffer: inout ByteBuffer) throws(RCPViolation) {
        guard let (timeout, high, low) = buffer.readMultipleIntegers(as: (UInt32, UInt64, UInt64).self)
        else { throw .requestTruncated }
        timeoutMilliseconds = timeout
        requestID = RCPRequestID(high: high, low: low)
        metadata = try RCPMetadata.read(from: &buffer, truncated: .requestTruncated)
    }

    var encodedBytes: Int { Self.fixedBytes + 2 + (metadata.isEmpty ? 0 : metadata.encodedBytes) }

    func write(into out: inout ByteBuffer) {
        out.writeMultipleIntegers(timeoutMilliseconds, requestID.high, requestID.low)
        metadata.write(into: &out)
    }

    /// As `write`, where there are no metadata; `bytes` has exactly the room.
    @inline(__always)
    func storeBare(into bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBigEndian(timeoutMilliseconds, at: 0)
        bytes.storeBigEndian(requestID.high, at: 4)
        bytes.storeBigEndian(requestID.low, at: 12)
        bytes.storeBigEndian(UInt16(0), at: 20)
    }
}
