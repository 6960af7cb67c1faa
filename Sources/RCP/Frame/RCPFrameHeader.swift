import NIOCore

/// The twelve bytes before every payload, fixed in every version (SPEC.md §3.1).
public struct RCPFrameHeader: Sendable, Hashable {
    /// Size of a header.
    public static let bytes = 12

    /// Size of what follows the header.
    public var payloadBytes: UInt32
    /// Kept raw, since a frame of an unknown type may be skippable.
    public var typeNumber: UInt8
    /// How the payload is to be read (SPEC.md §3.3).
    public var flags: RCPFrameFlags
    /// Zero in every type but REQUEST.
    public var method: UInt16
    /// Zero for the connection itself.
    public var stream: UInt32

    public init(payloadBytes: UInt32, typeNumber: UInt8, flags: RCPFrameFlags, method: UInt16, stream: UInt32)
    {
        self.payloadBytes = payloadBytes
        self.typeNumber = typeNumber
        self.flags = flags
        self.method = method
        self.stream = stream
    }

    public init(
        payloadBytes: Int, type: RCPFrameType, flags: RCPFrameFlags = [], method: UInt16 = 0,
        stream: UInt32 = 0
    ) {
        self.init(
            payloadBytes: UInt32(payloadBytes), typeNumber: type.rawValue, flags: flags, method: method,
            stream: stream)
    }

    /// The frame's type; nil if this version does not know it.
    public var type: RCPFrameType? { RCPFrameType(rawValue: typeNumber) }
}

extension RCPFrameHeader {
    /// Reads the header at the reader index without consuming it; nil if it is not complete.
    public init?(peeking buffer: ByteBuffer) {
        guard buffer.readableBytes >= Self.bytes else { return nil }
        self = buffer.withUnsafeReadableBytes { bytes in
            RCPFrameHeader(
                payloadBytes: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)),
                typeNumber: bytes[4],
                flags: RCPFrameFlags(rawValue: bytes[5]),
                method: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self)),
                stream: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        }
    }

    /// Appends the header's bytes, big-endian.
    public func write(into out: inout ByteBuffer) {
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.bytes) { bytes in
            store(into: bytes)
            return Self.bytes
        }
    }

    @inline(__always)
    func store(into bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBigEndian(payloadBytes, at: 0)
        bytes[4] = typeNumber
        bytes[5] = flags.rawValue
        bytes.storeBigEndian(method, at: 6)
        bytes.storeBigEndian(stream, at: 8)
    }
}

extension UnsafeMutableRawBufferPointer {
    @inline(__always)
    func storeBigEndian(_ value: some FixedWidthInteger, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value))
    }
}
