public import NIOCore
public import SwiftProtobuf

/// Reads a message's bytes field by field, without the message in between.
///
///     while let number = reader.next() {
///         switch number {
///         case Fields.name: name = reader.read(Fields.name)
///         default: break
///         }
///     }
///
/// It takes any bytes. Once it has come to bytes that are no message (`isMalformed`) it comes to no further field, and what it
/// read of the last one is the type's default. A field whose value nobody reads is passed over, and noted (`hasUnknownFields`).
/// Of a field of one value that comes twice, the later one counts: a message, too, which protobuf would merge.
public struct RCPMessageReader: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var end: Int
    private var wireType: WireType = .varint
    /// Whether the value of the field that `next` came to is still to be read.
    private var isAtValue = false
    /// The bytes are no message: a number or length is cut or too large, a value is of another type, text is no UTF-8.
    public private(set) var isMalformed = false
    /// A field was passed over, in the message or in one in it.
    public private(set) var hasUnknownFields = false

    private enum WireType: UInt8 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
        // 3 and 4, groups, are of before proto3.
    }

    @usableFromInline init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        end = bytes.count
    }

    /// Hands a reader of the bytes to `body`, and returns what that makes of them.
    @inlinable public static func read<Value, Failure: Error>(
        _ buffer: ByteBuffer, _ body: (inout RCPMessageReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // `withUnsafeReadableBytes` passes on no errors by their type.
        let result: Result<Value, Failure> = buffer.withUnsafeReadableBytes { bytes in
            var reader = RCPMessageReader(bytes)
            do throws(Failure) { return .success(try body(&reader)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// The number of the next field; nil at the end of the message, and where the bytes are none.
    public mutating func next() -> Int? {
        if isAtValue {
            hasUnknownFields = true
            passOver()
        }
        guard position < end else { return nil }
        let tag = varint()
        // A field's number has 29 bits, and none is 0.
        guard (8..<1 << 32).contains(tag), let wireType = WireType(rawValue: UInt8(tag & 7)) else {
            fail()
            return nil
        }
        self.wireType = wireType
        isAtValue = true
        return Int(tag >> 3)
    }

    // MARK: Values

    /// A number.
    @inlinable public mutating func read<Value: RCPVarintValue>(_: RCPField<Value>) -> Value {
        Value(varint: readVarint())
    }

    /// A number.
    @inlinable public mutating func read<Value: RCPVarintValue>(_: RCPOptionalField<Value>) -> Value {
        Value(varint: readVarint())
    }

    /// The number of an enumeration's value.
    @inlinable public mutating func read<Value: SwiftProtobuf.Enum>(_: RCPField<Value>) -> Int {
        Int(Int32(varint: readVarint()))
    }

    /// Text.
    @inlinable public mutating func read(_: RCPField<String>) -> String { readText() }

    /// Text.
    @inlinable public mutating func read(_: RCPOptionalField<String>) -> String { readText() }

    /// Bytes.
    @inlinable public mutating func read(_: RCPField<[UInt8]>) -> [UInt8] { readBytes() }

    /// A number of a list, or several that are packed.
    @inlinable public mutating func read<Value: RCPVarintValue>(
        _: RCPRepeatedField<Value>, into values: inout [Value]
    ) {
        readVarints { values.append(Value(varint: $0)) }
    }

    /// The same; `body` takes each number.
    @inlinable public mutating func read<Value: RCPVarintValue>(
        _: RCPRepeatedField<Value>, _ body: (Value) -> Void
    ) {
        readVarints { body(Value(varint: $0)) }
    }

    /// A text of a list.
    @inlinable public mutating func read(_: RCPRepeatedField<String>, into texts: inout [String]) {
        let text = readText()
        if !isMalformed { texts.append(text) }
    }

    /// A message, which `body` reads to its end.
    @inlinable public mutating func read<Message: SwiftProtobuf.Message, Value, Failure: Error>(
        _: RCPOptionalField<Message>, _ body: (inout RCPMessageReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try readMessage(body)
    }

    /// A message of a list, which `body` reads to its end.
    @inlinable public mutating func read<Message: SwiftProtobuf.Message, Value, Failure: Error>(
        _: RCPRepeatedField<Message>, _ body: (inout RCPMessageReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try readMessage(body)
    }

    @inlinable mutating func readMessage<Value, Failure: Error>(
        _ body: (inout RCPMessageReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let outerEnd = enter()
        let value = try body(&self)
        leave(outerEnd)
        return value
    }

    // MARK: Bytes

    /// The place of the field that comes next, and past the end of the last one.
    var index: Int { position }

    /// Passes over the field's value, which is none that is not known: it is not looked at.
    mutating func passOver() {
        isAtValue = false
        switch wireType {
        case .varint: _ = varint()
        case .fixed64: skip(8)
        case .fixed32: skip(4)
        case .lengthDelimited: skip(length())
        }
    }

    private mutating func skip(_ count: Int) {
        guard count <= end - position else { return fail() }
        position += count
    }

    private mutating func fail() {
        isMalformed = true
        isAtValue = false
        // So every loop over fields ends, those of the messages around this one as well.
        position = end
    }

    /// Whether a value of this type is to be read now.
    private mutating func takes(_ wanted: WireType) -> Bool {
        guard isAtValue, wireType == wanted else {
            fail()
            return false
        }
        isAtValue = false
        return true
    }

    @usableFromInline mutating func readVarint() -> UInt64 { takes(.varint) ? varint() : 0 }

    @usableFromInline mutating func readVarints(_ body: (UInt64) -> Void) {
        guard isAtValue, wireType == .lengthDelimited else {
            let value = readVarint()
            if !isMalformed { body(value) }
            return
        }
        let outerEnd = enter()
        while position < end {
            let value = varint()
            if !isMalformed { body(value) }
        }
        leave(outerEnd)
    }

    @usableFromInline mutating func readText() -> String {
        guard takes(.lengthDelimited) else { return "" }
        let count = length()
        guard count > 0 else { return "" }
        let utf8 = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        guard let text = utf8.withMemoryRebound(to: UInt8.self, { String(validating: $0, as: UTF8.self) })
        else {
            fail()
            return ""
        }
        return text
    }

    @usableFromInline mutating func readBytes() -> [UInt8] {
        guard takes(.lengthDelimited) else { return [] }
        let count = length()
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// The end becomes that of the message which stands here.
    ///
    /// - Returns: The end of the message around it.
    @usableFromInline mutating func enter() -> Int {
        let outerEnd = end
        guard takes(.lengthDelimited) else { return outerEnd }
        let length = length()
        end = position + length
        return outerEnd
    }

    @usableFromInline mutating func leave(_ outerEnd: Int) {
        if isAtValue || position < end { hasUnknownFields = true }
        isAtValue = false
        position = isMalformed ? outerEnd : end
        end = outerEnd
    }

    /// The length of what stands here; it is there whole, or the length is 0 and the bytes are no message.
    private mutating func length() -> Int {
        let length = varint()
        guard length <= UInt64(end - position) else {
            fail()
            return 0
        }
        return Int(length)
    }

    /// 0 at one that is cut, or larger than 64 bits.
    private mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            // The tenth byte holds the last bit.
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        fail()
        return 0
    }
}
