import RCPOptions
import SwiftProtobufPluginLibrary

/// The levels of a schema: which of them brought which fields and values of enumerations.
struct SchemaLevels {
    /// The highest that is stated; 1 where none is.
    private(set) var highest: UInt32 = 1
    private(set) var problems: [String] = []
    /// Full name of the message → number of the field → its level, where it is not the first.
    private(set) var fields: [String: [Int32: UInt32]] = [:]
    /// Full name of the message → number of a field of an enumeration → number of the value → its level, likewise.
    private(set) var values: [String: [Int32: [Int32: UInt32]]] = [:]

    init(_ files: [FileDescriptor]) {
        for file in files {
            for descriptor in file.enums { read(descriptor) }
            for descriptor in file.messages { read(descriptor) }
        }
    }

    private mutating func read(_ message: Descriptor) {
        for field in message.fields {
            read(field.options.Rcp_level, "\(message.fullName).\(field.name)")
            if field.options.Rcp_level > 1 {
                fields[message.fullName, default: [:]][field.number] = field.options.Rcp_level
            }
            guard field.type == .enum else { continue }
            for value in Self.later(field.enumType) {
                values[message.fullName, default: [:]][field.number, default: [:]][value.number] =
                    value.options.Rcp_valueLevel
            }
        }
        for descriptor in message.enums { read(descriptor) }
        for nested in message.messages { read(nested) }
    }

    private mutating func read(_ descriptor: EnumDescriptor) {
        for value in descriptor.values {
            read(value.options.Rcp_valueLevel, "\(descriptor.fullName).\(value.name)")
        }
    }

    private mutating func read(_ level: UInt32, _ name: String) {
        if level > UInt8.max { problems.append("\(name) is of level \(level); levels go from 1 to 255") }
        highest = max(highest, level)
    }

    private static func later(_ descriptor: EnumDescriptor) -> [EnumValueDescriptor] {
        descriptor.values.filter { $0.options.Rcp_valueLevel > 1 }
    }

    /// What a field's constant says of levels, behind its number.
    static func arguments(of field: FieldDescriptor) -> String {
        var arguments = field.options.Rcp_level > 1 ? ", level: \(field.options.Rcp_level)" : ""
        guard field.type == .enum else { return arguments }
        let later = Self.later(field.enumType)
        if !later.isEmpty {
            let cases = later.map { "case \($0.number): \($0.options.Rcp_valueLevel)" }
            arguments += ", levelOfValue: { switch $0 { \(cases.joined(separator: "; ")); default: 1 } }"
        }
        return arguments
    }

    /// Swift's words for them: an `RCPSchemaLevels`.
    var expression: String {
        let fields = Self.literal(fields.mapValues { Self.literal($0.mapValues(String.init)) })
        let values = Self.literal(
            values.mapValues { Self.literal($0.mapValues { Self.literal($0.mapValues(String.init)) }) })
        return "RCPSchemaLevels(fields: \(fields), values: \(values))"
    }

    private static func literal(_ entries: [Int32: String]) -> String {
        "[" + entries.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            + "]"
    }

    private static func literal(_ entries: [String: String]) -> String {
        guard !entries.isEmpty else { return "[:]" }
        let sorted = entries.sorted { $0.key < $1.key }
        return "[" + sorted.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "]"
    }
}
