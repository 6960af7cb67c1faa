public import NIOCore

/// Writes a message from parts that are encoded already, such as records that are sent as they are stored.
///
/// It knows no schema: whoever writes has to keep to the message's field numbers and types. Fields may come in any order, and
/// a field whose value is the type's default is left out, as proto3 does.
public struct RCPMessageWriter: Sendable {
    /// What was written so far.
    public private(set) var buffer: ByteBuffer

    /// - Parameter capacity: About how many bytes there will be.
    public init(capacity: Int = 256) {
        buffer = ByteBuffer()
        buffer.reserveCapacity(capacity)
    }

    /// A field that holds a message, or text, of these parts one behind the other.
    public mutating func append(field: Int, parts: [ByteBuffer]) {
        write(tag: field, wireType: 2)
        write(varint: UInt64(parts.reduce(0) { $0 + $1.readableBytes }))
        for part in parts { buffer.writeImmutableBuffer(part) }
    }

    /// A field that holds text; none for an empty one.
    public mutating func append(field: Int, text: String) {
        guard !text.isEmpty else { return }
        write(tag: field, wireType: 2)
        write(varint: UInt64(text.utf8.count))
        buffer.writeString(text)
    }

    /// int64, uint64, int32, uint32, bool or an enumeration.
    public mutating func append(field: Int, varint value: Int64) {
        guard value != 0 else { return }
        write(tag: field, wireType: 0)
        write(varint: UInt64(bitPattern: value))
    }

    /// Fields that are encoded already.
    public mutating func append(fields: ByteBuffer) { buffer.writeImmutableBuffer(fields) }

    private mutating func write(tag field: Int, wireType: UInt64) {
        write(varint: UInt64(field) << 3 | wireType)
    }

    private mutating func write(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }
}
