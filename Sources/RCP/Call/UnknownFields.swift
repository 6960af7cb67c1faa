import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A field of a message that this build does not know.
@usableFromInline package struct UnknownField: Hashable, Sendable {
    /// Of the message that has it, "order.lines[0]"; empty for the outermost one. Its end, where the whole is long.
    package let place: String
    package let number: Int

    static let placeBytesMax = 200

    /// As a detail names it: the number stands for the name that nobody here knows.
    package var path: String { place.isEmpty ? "\(number)" : "\(place).\(number)" }
}

extension SwiftProtobuf.Message {
    /// Whether the message, or one in it, has a field that this build does not know. Unknown values of enumerations are
    /// found where they are read.
    @usableFromInline package var hasUnknownFields: Bool { findUnknownField(in: self).hasFound }

    /// The first field that this build does not know, in the message or one in it.
    package var unknownField: UnknownField? {
        let finder = findUnknownField(in: self)
        return finder.hasFound ? finder.field(of: Self.self) : nil
    }
}

private func findUnknownField(in message: some SwiftProtobuf.Message) -> UnknownFieldFinder {
    var finder = UnknownFieldFinder()
    // It throws nothing.
    try? message.traverse(visitor: &finder)
    return finder
}

/// Walks a message and looks at nothing but what was not known when it was read.
private struct UnknownFieldFinder: Visitor {
    var hasFound = false
    /// The first bytes that were not known: its tag, and what follows.
    private var bytes = Data()
    /// The way there from the outermost message, its last step first. Noted once it was found, so that a message without
    /// costs nothing.
    private var steps: [Step] = []

    private struct Step {
        let field: Int
        /// What stands there.
        let type: any SwiftProtobuf.Message.Type
        /// "[0]" in a list.
        let position: String
    }

    /// - Parameter type: The outermost message's.
    func field(of type: any SwiftProtobuf.Message.Type) -> UnknownField {
        var owner = type
        var names: [String] = []
        for step in steps.reversed() {
            names.append(Self.name(of: step.field, in: owner) + step.position)
            owner = step.type
        }
        var place = names.joined(separator: ".")
        if place.utf8.count > UnknownField.placeBytesMax {
            let cut = "…"
            place = cut + String(place.suffix(UnknownField.placeBytesMax - cut.utf8.count))
        }
        return UnknownField(place: place, number: number)
    }

    private var number: Int {
        var tag: UInt64 = 0
        for (index, byte) in bytes.prefix(5).enumerated() {
            tag |= UInt64(byte & 0x7F) << (7 * index)
            if byte < 0x80 { break }
        }
        return Int(tag >> 3)
    }

    /// As the .proto file has it. SwiftProtobuf tells it in its text of a message that has nothing but this field, empty.
    private static func name(of field: Int, in type: any SwiftProtobuf.Message.Type) -> String {
        var bytes: [UInt8] = []
        var tag = UInt64(field) << 3 | 2
        while tag >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: tag) | 0x80)
            tag >>= 7
        }
        bytes += [UInt8(tag), 0]
        let message = try? type.init(serializedBytes: bytes, partial: true)
        return message.map { String($0.textFormatString().prefix { $0 != " " }) } ?? "\(field)"
    }

    private mutating func look<M: SwiftProtobuf.Message>(
        at message: M, field: Int, position: @autoclosure () -> String
    ) throws {
        guard !hasFound else { return }
        try message.traverse(visitor: &self)
        if hasFound { steps.append(Step(field: field, type: M.self, position: position())) }
    }

    mutating func visitUnknown(bytes: Data) throws {
        guard !hasFound, !bytes.isEmpty else { return }
        hasFound = true
        self.bytes = bytes
    }

    mutating func visitSingularMessageField<M: SwiftProtobuf.Message>(value: M, fieldNumber: Int) throws {
        try look(at: value, field: fieldNumber, position: "")
    }

    mutating func visitRepeatedMessageField<M: SwiftProtobuf.Message>(value: [M], fieldNumber: Int) throws {
        for (index, item) in value.enumerated() where !hasFound {
            try look(at: item, field: fieldNumber, position: "[\(index)]")
        }
    }

    mutating func visitMapField<K, V>(
        fieldType: _ProtobufMessageMap<K, V>.Type, value: _ProtobufMessageMap<K, V>.BaseType, fieldNumber: Int
    ) throws {
        // Without the key, which may be anybody's name.
        for item in value.values where !hasFound { try look(at: item, field: fieldNumber, position: "[]") }
    }

    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws {}
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws {}
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws {}
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws {}
    mutating func visitSingularStringField(value: String, fieldNumber: Int) throws {}
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws {}
    mutating func visitSingularEnumField<E: SwiftProtobuf.Enum>(value: E, fieldNumber: Int) throws {}
    mutating func visitSingularInt32Field(value: Int32, fieldNumber: Int) throws {}
    mutating func visitSingularUInt32Field(value: UInt32, fieldNumber: Int) throws {}
    mutating func visitRepeatedStringField(value: [String], fieldNumber: Int) throws {}
    mutating func visitRepeatedEnumField<E: SwiftProtobuf.Enum>(value: [E], fieldNumber: Int) throws {}
    mutating func visitPackedInt64Field(value: [Int64], fieldNumber: Int) throws {}
    mutating func visitPackedUInt32Field(value: [UInt32], fieldNumber: Int) throws {}
    mutating func visitPackedUInt64Field(value: [UInt64], fieldNumber: Int) throws {}
    mutating func visitPackedEnumField<E: SwiftProtobuf.Enum>(value: [E], fieldNumber: Int) throws {}
    mutating func visitMapField<K, V: MapValueType>(
        fieldType: _ProtobufMap<K, V>.Type, value: _ProtobufMap<K, V>.BaseType, fieldNumber: Int
    ) throws {}
    mutating func visitMapField<K, V>(
        fieldType: _ProtobufEnumMap<K, V>.Type, value: _ProtobufEnumMap<K, V>.BaseType, fieldNumber: Int
    ) throws where V.RawValue == Int {}
}
