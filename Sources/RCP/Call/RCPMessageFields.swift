public import NIOCore

/// The fields of a message, as its bytes have them; nothing of them is decoded.
public enum RCPMessageFields {
    /// Of the bytes, the fields whose numbers are wanted, in their order. Nil where the bytes are no message.
    public static func select(_ bytes: ByteBuffer, where isWanted: (Int) -> Bool) -> ByteBuffer? {
        var selected = ByteBuffer()
        var rest = bytes
        while rest.readableBytes > 0 {
            let start = rest.readerIndex
            guard let tag = rest.readVarint(), rest.skipValue(wireType: tag & 7) else { return nil }
            guard isWanted(Int(tag >> 3)) else { continue }
            selected.writeImmutableBuffer(bytes.getSlice(at: start, length: rest.readerIndex - start)!)
        }
        return selected
    }
}

extension ByteBuffer {
    /// Nil at a varint that is cut or longer than ten bytes.
    fileprivate mutating func readVarint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = readInteger(as: UInt8.self) else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    /// Passes over a field's value; false where it is cut, or of a type that messages of proto3 have not.
    fileprivate mutating func skipValue(wireType: UInt64) -> Bool {
        switch wireType {
        case 0: return readVarint() != nil
        case 1: return readSlice(length: 8) != nil
        case 2:
            guard let length = readVarint(), length <= UInt64(readableBytes) else { return false }
            moveReaderIndex(forwardBy: Int(length))
            return true
        case 5: return readSlice(length: 4) != nil
        default: return false
        }
    }
}
