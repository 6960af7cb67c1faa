public import SwiftProtobuf

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Which fields, and which values of enumerations, a later level of a schema brought. What is of the first level is left out.
public struct RCPSchemaLevels: Hashable, Sendable {
    /// Full name of the message → number of the field → its level.
    public let fields: [String: [Int: UInt8]]
    /// Full name of the message → number of a field of an enumeration → number of the value → its level.
    public let values: [String: [Int: [Int: UInt8]]]

    public init(fields: [String: [Int: UInt8]], values: [String: [Int: [Int: UInt8]]]) {
        self.fields = fields
        self.values = values
    }

    /// The lowest level that holds all that a message gives, at any depth. Fields that this build does not know say nothing.
    public func needed(by message: some SwiftProtobuf.Message) -> UInt8 {
        if fields.isEmpty, values.isEmpty { return 1 }
        var finder = NeededLevelFinder(levels: self)
        finder.look(at: message)
        return finder.needed
    }
}

/// Walks a message and notes the level of each field that is given.
private struct NeededLevelFinder: Visitor {
    let levels: RCPSchemaLevels
    var needed: UInt8 = 1
    /// Those of the message that is walked.
    private var fields: [Int: UInt8] = [:]
    private var values: [Int: [Int: UInt8]] = [:]

    init(levels: RCPSchemaLevels) { self.levels = levels }

    mutating func look<M: SwiftProtobuf.Message>(at message: M) {
        let outer = (fields, values)
        fields = levels.fields[M.protoMessageName] ?? [:]
        values = levels.values[M.protoMessageName] ?? [:]
        // It throws nothing.
        try? message.traverse(visitor: &self)
        (fields, values) = outer
    }

    private mutating func note(_ field: Int) {
        if let level = fields[field] { needed = max(needed, level) }
    }

    mutating func visitSingularMessageField<M: SwiftProtobuf.Message>(value: M, fieldNumber: Int) throws {
        note(fieldNumber)
        look(at: value)
    }

    mutating func visitSingularEnumField<E: SwiftProtobuf.Enum>(value: E, fieldNumber: Int) throws {
        note(fieldNumber)
        if let level = values[fieldNumber]?[value.rawValue] { needed = max(needed, level) }
    }

    mutating func visitUnknown(bytes: Data) throws {}

    // Repeated fields come here item by item.
    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws { note(fieldNumber) }
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws { note(fieldNumber) }
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws { note(fieldNumber) }
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws { note(fieldNumber) }
    mutating func visitSingularStringField(value: String, fieldNumber: Int) throws { note(fieldNumber) }
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws { note(fieldNumber) }

    mutating func visitMapField<K, V: MapValueType>(
        fieldType: _ProtobufMap<K, V>.Type, value: _ProtobufMap<K, V>.BaseType, fieldNumber: Int
    ) throws { note(fieldNumber) }

    mutating func visitMapField<K, V>(
        fieldType: _ProtobufEnumMap<K, V>.Type, value: _ProtobufEnumMap<K, V>.BaseType, fieldNumber: Int
    ) throws where V.RawValue == Int { note(fieldNumber) }

    mutating func visitMapField<K, V>(
        fieldType: _ProtobufMessageMap<K, V>.Type, value: _ProtobufMessageMap<K, V>.BaseType, fieldNumber: Int
    ) throws {
        note(fieldNumber)
        for item in value.values { look(at: item) }
    }
}
