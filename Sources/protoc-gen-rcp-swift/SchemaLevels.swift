import RCPOptions
import SwiftProtobufPluginLibrary

/// The levels of a schema: which of them brought which fields and values of enumerations.
struct SchemaLevels {
    /// The highest that is stated; 1 where none is.
    private(set) var highest: UInt32 = 1
    private(set) var problems: [String] = []

    init(_ files: [FileDescriptor]) {
        for file in files {
            for descriptor in file.enums { read(descriptor) }
            for descriptor in file.messages { read(descriptor) }
        }
    }

    private mutating func read(_ message: Descriptor) {
        for field in message.fields { read(field.options.Rcp_level, "\(message.fullName).\(field.name)") }
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

    /// What a field's constant says of levels, behind its number.
    static func arguments(of field: FieldDescriptor) -> String {
        var arguments = field.options.Rcp_level > 1 ? ", level: \(field.options.Rcp_level)" : ""
        guard field.type == .enum, !field.isRepeated, !field.hasPresence else { return arguments }
        let later = field.enumType.values.filter { $0.options.Rcp_valueLevel > 1 }
        if !later.isEmpty {
            let cases = later.map { "case \($0.number): \($0.options.Rcp_valueLevel)" }
            arguments += ", levelOfValue: { switch $0 { \(cases.joined(separator: "; ")); default: 1 } }"
        }
        return arguments
    }
}
