import Foundation
import SwiftProtobuf

/// The fields of a message that this build does not know: its JSON form is without them.
struct UnknownFields: CustomStringConvertible {
    /// "field 14 of returns.v1.Policy", and how often it is there.
    private(set) var counts: [String: Int] = [:]

    init(of message: some Message) {
        var finder = Finder()
        // It throws nothing.
        try? finder.look(into: message)
        counts = finder.counts
    }

    var isEmpty: Bool { counts.isEmpty }

    /// In the order of their names.
    var names: [String] { counts.keys.sorted() }

    var description: String { names.joined(separator: ", ") }

    /// What is not there as often in the other.
    func subtracting(_ other: UnknownFields) -> UnknownFields {
        var result = self
        result.counts = counts.filter { $0.value > other.counts[$0.key] ?? 0 }
        return result
    }
}

private struct Finder: Visitor {
    var counts: [String: Int] = [:]
    private var name = ""

    init() {}

    mutating func look(into message: some Message) throws {
        let outer = name
        name = type(of: message).protoMessageName
        try message.traverse(visitor: &self)
        name = outer
    }

    mutating func visitUnknown(bytes: Data) throws {
        for number in Self.fieldNumbers(bytes) { counts["field \(number) of \(name)", default: 0] += 1 }
    }

    mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
        try look(into: value)
    }

    mutating func visitMapField<K, V: MapValueType>(
        fieldType: _ProtobufMap<K, V>.Type, value: _ProtobufMap<K, V>.BaseType, fieldNumber: Int
    ) throws {}
    mutating func visitMapField<K, V>(
        fieldType: _ProtobufEnumMap<K, V>.Type, value: _ProtobufEnumMap<K, V>.BaseType, fieldNumber: Int
    ) throws where V.RawValue == Int {}
    mutating func visitMapField<K, V>(
        fieldType: _ProtobufMessageMap<K, V>.Type, value: _ProtobufMessageMap<K, V>.BaseType, fieldNumber: Int
    ) throws {
        for item in value.values { try look(into: item) }
    }

    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws {}
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws {}
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws {}
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws {}
    mutating func visitSingularStringField(value: String, fieldNumber: Int) throws {}
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws {}
    mutating func visitSingularEnumField<E: SwiftProtobuf.Enum>(value: E, fieldNumber: Int) throws {}

    /// The numbers of fields that stand one behind the other, as the decoder has kept them: whole.
    private static func fieldNumbers(_ data: Data) -> [UInt64] {
        var numbers: [UInt64] = []
        var rest = data[...]
        func varint() -> UInt64 {
            var value: UInt64 = 0
            var shift = 0
            while let byte = rest.popFirst() {
                if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        var depth = 0
        while !rest.isEmpty {
            let tag = varint()
            if depth == 0 { numbers.append(tag >> 3) }
            switch tag & 7 {
            case 0: _ = varint()
            case 1: rest = rest.dropFirst(8)
            case 2:
                let length = Int(clamping: varint())
                rest = rest.dropFirst(length)
            case 3: depth += 1
            case 4: depth -= 1
            default: rest = rest.dropFirst(4)
            }
        }
        return numbers
    }
}
