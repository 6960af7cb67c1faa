import NIOCore

/// A fuzzer's bytes read as a story: what to do next, with what. It never runs into its own end: numbers are 0 there.
struct FuzzScript {
    private var bytes: ByteBuffer

    init(_ bytes: [UInt8]) { self.bytes = ByteBuffer(bytes: bytes) }

    var isOver: Bool { bytes.readableBytes == 0 }

    mutating func byte() -> UInt8 { bytes.readInteger() ?? 0 }
    mutating func short() -> UInt16 { bytes.readInteger() ?? UInt16(byte()) }

    /// As many bytes as there are, at most.
    mutating func slice(_ count: Int) -> ByteBuffer {
        bytes.readSlice(length: min(count, bytes.readableBytes)) ?? ByteBuffer()
    }

    /// A frame whose header says what its payload is, so that the story soon gets behind the header's checks: type, flags,
    /// method's low byte, stream, and a payload of up to 64 KiB.
    mutating func frame() -> ByteBuffer {
        let type = byte()
        let flags = byte()
        let method = UInt16(byte())
        let stream = UInt32(byte())
        let payload = slice(Int(short()))
        var frame = ByteBuffer()
        frame.writeInteger(UInt32(payload.readableBytes))
        frame.writeInteger(type)
        frame.writeInteger(flags)
        frame.writeInteger(type == 0x10 ? FuzzFixture.firstMethod + method % 6 : method)
        frame.writeInteger(stream)
        frame.writeImmutableBuffer(payload)
        return frame
    }
}
