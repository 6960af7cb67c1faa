import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension SwiftProtobuf.Message {
    /// Whether the message, or one in it, has a field that this build does not know. Unknown values of enumerations are
    /// found where they are read.
    @usableFromInline package var hasUnknownFields: Bool {
        var finder = UnknownFieldFinder()
        // It throws nothing.
        try? traverse(visitor: &finder)
        return finder.hasFound
    }
}

/// Walks a message and looks at nothing but what was not known when it was read.
private struct UnknownFieldFinder: Visitor {
    var hasFound = false

    mutating func visitUnknown(bytes: Data) throws { hasFound = hasFound || !bytes.isEmpty }

    mutating func visitSingularMessageField<M: SwiftProtobuf.Message>(value: M, fieldNumber: Int) throws {
        if !hasFound { try value.traverse(visitor: &self) }
    }

    mutating func visitRepeatedMessageField<M: SwiftProtobuf.Message>(value: [M], fieldNumber: Int) throws {
        for item in value where !hasFound { try item.traverse(visitor: &self) }
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
    mutating func visitMapField<K, V>(
        fieldType: _ProtobufMessageMap<K, V>.Type, value: _ProtobufMessageMap<K, V>.BaseType, fieldNumber: Int
    ) throws {}
}
