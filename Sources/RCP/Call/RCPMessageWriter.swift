public import NIOCore
public import SwiftProtobuf

/// Writes a message's bytes field by field: without the message in between, and without knowing its size before.
///
/// Whoever writes keeps to the fields of one message (`Fields` in generated code). Fields may come in any order.
///
/// A writer at a level of the schema leaves out the fields that a later one brought, and says so by `neededLevel`: what it
/// wrote is only good where nothing is missing from it.
public struct RCPMessageWriter: Sendable {
    /// What was written so far.
    public private(set) var buffer: ByteBuffer
    /// The level of the schema that is written.
    public let level: UInt8
    /// The lowest level at which all that was given would have been written; a value of an enumeration is written at any.
    public private(set) var neededLevel: UInt8 = 1

    /// - Parameters:
    ///   - capacity: About how many bytes there will be.
    ///   - level: The level of the schema that is written.
    public init(capacity: Int = 256, level: UInt8 = .max) {
        self.level = level
        buffer = ByteBuffer()
        buffer.reserveCapacity(capacity)
    }

    /// What was written, for who adds something to it: the writer begins anew.
    public mutating func takeBuffer() -> ByteBuffer {
        let taken = buffer
        buffer = ByteBuffer()
        return taken
    }

    // MARK: Levels

    /// Whether the level that is written has the field; for values that are not given but made.
    @inlinable public func holds(_ field: some RCPNumberedField) -> Bool { field.level <= level }

    /// Whether the level that is written has the value of an enumeration; for values that are not given but made.
    @inlinable public func holds<Value: SwiftProtobuf.Enum>(_ field: RCPField<Value>, number: UInt8) -> Bool {
        (field.levelOfValue?(Int(number)) ?? 1) <= level
    }

    /// - Returns: Whether to write it.
    @usableFromInline mutating func admit(_ level: UInt8) -> Bool {
        if level > neededLevel { neededLevel = level }
        return level <= self.level
    }

    // MARK: One value

    /// A number; none for zero or false.
    @inlinable public mutating func append<Value: RCPVarintValue>(_ field: RCPField<Value>, _ value: Value) {
        let varint = value.varint
        if varint != 0, admit(field.level) { write(field.number, varint: varint) }
    }

    /// A number; none for nil.
    @inlinable public mutating func append<Value: RCPVarintValue>(
        _ field: RCPOptionalField<Value>, _ value: Value?
    ) {
        if let value, admit(field.level) { write(field.number, varint: value.varint) }
    }

    /// A value of an enumeration, by its number; none for 0.
    @inlinable public mutating func append<Value: SwiftProtobuf.Enum>(
        _ field: RCPField<Value>, number: UInt8
    ) {
        guard number != 0, admit(field.level) else { return }
        write(field.number, value: number, levelOfValue: field.levelOfValue)
    }

    /// A value of an enumeration, by its number; none for nil.
    @inlinable public mutating func append<Value: SwiftProtobuf.Enum>(
        _ field: RCPOptionalField<Value>, number: UInt8?
    ) {
        guard let number, admit(field.level) else { return }
        write(field.number, value: number, levelOfValue: field.levelOfValue)
    }

    /// Text; none for an empty one.
    @inlinable public mutating func append(_ field: RCPField<String>, _ text: String) {
        if !text.isEmpty, admit(field.level) { write(field.number, text: text) }
    }

    /// Text; none for nil.
    @inlinable public mutating func append(_ field: RCPOptionalField<String>, _ text: String?) {
        if let text, admit(field.level) { write(field.number, text: text) }
    }

    /// Bytes; none where there are none.
    public mutating func append(_ field: RCPField<[UInt8]>, _ bytes: [UInt8]) {
        guard !bytes.isEmpty, admit(field.level) else { return }
        write(field.number, length: bytes.count)
        buffer.writeBytes(bytes)
    }

    // MARK: Lists

    /// Numbers, packed.
    @inlinable public mutating func append<Value: RCPVarintValue>(
        _ field: RCPRepeatedField<Value>, _ values: some Collection<Value>
    ) {
        guard !values.isEmpty, admit(field.level) else { return }
        let start = begin(field.number)
        for value in values { write(varint: value.varint) }
        end(start)
    }

    /// Values of an enumeration, by their numbers, packed.
    @inlinable public mutating func append<Value: SwiftProtobuf.Enum>(
        _ field: RCPRepeatedField<Value>, numbers: some Collection<UInt8>
    ) {
        guard !numbers.isEmpty, admit(field.level) else { return }
        let start = begin(field.number)
        for number in numbers {
            if let levelOfValue = field.levelOfValue { _ = admit(levelOfValue(Int(number))) }
            write(varint: UInt64(number))
        }
        end(start)
    }

    /// A further text of a list.
    @inlinable public mutating func append(_ field: RCPRepeatedField<String>, _ text: String) {
        if admit(field.level) { write(field.number, text: text) }
    }

    /// A list's texts.
    @inlinable public mutating func append(_ field: RCPRepeatedField<String>, _ texts: some Sequence<String>)
    {
        for text in texts where admit(field.level) { write(field.number, text: text) }
    }

    // MARK: Messages

    /// A message whose fields `body` writes.
    @inlinable public mutating func append<Value: SwiftProtobuf.Message>(
        _ field: RCPOptionalField<Value>, _ body: (inout RCPMessageWriter) -> Void
    ) {
        guard admit(field.level) else { return }
        let start = begin(field.number)
        body(&self)
        end(start)
    }

    /// A further message of a list, whose fields `body` writes.
    @inlinable public mutating func append<Value: SwiftProtobuf.Message>(
        _ field: RCPRepeatedField<Value>, _ body: (inout RCPMessageWriter) -> Void
    ) {
        guard admit(field.level) else { return }
        let start = begin(field.number)
        body(&self)
        end(start)
    }

    /// A message that is encoded already: these parts, one behind the other.
    @inlinable public mutating func append<Value: SwiftProtobuf.Message>(
        _ field: RCPOptionalField<Value>, parts: [ByteBuffer]
    ) {
        if admit(field.level) { write(field.number, parts: parts) }
    }

    /// A further message of a list that is encoded already: these parts, one behind the other.
    @inlinable public mutating func append<Value: SwiftProtobuf.Message>(
        _ field: RCPRepeatedField<Value>, parts: [ByteBuffer]
    ) {
        if admit(field.level) { write(field.number, parts: parts) }
    }

    // MARK: Bytes

    private static let varintBytesMax = 10
    /// A field's number has 29 bits at most.
    private static let tagBytesMax = 5
    private static let (varintType, lengthType) = (UInt64(0), UInt64(2))

    @usableFromInline mutating func write(_ number: Int, varint: UInt64) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.tagBytesMax + Self.varintBytesMax) {
            let count = Self.put(UInt64(number) << 3 | Self.varintType, into: $0, at: 0)
            return Self.put(varint, into: $0, at: count)
        }
    }

    @usableFromInline mutating func write(
        _ number: Int, value: UInt8, levelOfValue: (@Sendable (Int) -> UInt8)?
    ) {
        if let levelOfValue { _ = admit(levelOfValue(Int(value))) }
        write(number, varint: UInt64(value))
    }

    @usableFromInline mutating func write(varint: UInt64) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.varintBytesMax) {
            Self.put(varint, into: $0, at: 0)
        }
    }

    private mutating func write(_ number: Int, length: Int) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.tagBytesMax + Self.varintBytesMax) {
            let count = Self.put(UInt64(number) << 3 | Self.lengthType, into: $0, at: 0)
            return Self.put(UInt64(length), into: $0, at: count)
        }
    }

    @usableFromInline mutating func write(_ number: Int, text: String) {
        var text = text
        text.withUTF8 { utf8 in
            let bytesMax = Self.tagBytesMax + Self.varintBytesMax + utf8.count
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytesMax) {
                var count = Self.put(UInt64(number) << 3 | Self.lengthType, into: $0, at: 0)
                count = Self.put(UInt64(utf8.count), into: $0, at: count)
                UnsafeMutableRawBufferPointer(rebasing: $0[count...]).copyMemory(
                    from: UnsafeRawBufferPointer(utf8))
                return count + utf8.count
            }
        }
    }

    @usableFromInline mutating func write(_ number: Int, parts: [ByteBuffer]) {
        write(number, length: parts.reduce(0) { $0 + $1.readableBytes })
        for part in parts { buffer.writeImmutableBuffer(part) }
    }

    /// Begins a field whose length is not known yet: one byte is kept for it, since most are shorter than 128 bytes.
    @usableFromInline mutating func begin(_ number: Int) -> Int {
        write(number, length: 0)
        return buffer.writerIndex
    }

    /// - Parameter start: As `begin` returned it.
    @usableFromInline mutating func end(_ start: Int) {
        let length = buffer.writerIndex - start
        guard length >= 0x80 else {
            buffer.setInteger(UInt8(length), at: start - 1)
            return
        }
        // The length takes more bytes than one, so what was written moves to make room for them.
        let more = (UInt64.bitWidth - length.leadingZeroBitCount + 6) / 7 - 1
        buffer.writeRepeatingByte(0, count: more)
        let offset = start - buffer.readerIndex
        buffer.withUnsafeMutableReadableBytes { bytes in
            if let body = bytes.baseAddress?.advanced(by: offset) {
                body.advanced(by: more).copyMemory(from: body, byteCount: length)
            }
            _ = Self.put(UInt64(length), into: bytes, at: offset - 1)
        }
    }

    /// - Returns: The place behind it.
    private static func put(_ varint: UInt64, into bytes: UnsafeMutableRawBufferPointer, at index: Int) -> Int
    {
        var rest = varint
        var index = index
        while rest >= 0x80 {
            bytes[index] = UInt8(truncatingIfNeeded: rest) | 0x80
            index += 1
            rest >>= 7
        }
        bytes[index] = UInt8(truncatingIfNeeded: rest)
        return index + 1
    }
}
