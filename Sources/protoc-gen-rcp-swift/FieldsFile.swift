import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// Writes the fields of a .proto file's messages as constants: number, type of the values, and whether absence is told from
/// zero. With them code reads and writes a message's bytes without the message, and names no number.
struct FieldsFile {
    private let protoFile: String
    private let messages: [Message]

    /// A message as it is written.
    private struct Message {
        struct Field {
            let swiftName: String
            let number: Int32
            /// `RCPField`, `RCPOptionalField` or `RCPRepeatedField`.
            let kind: String
            let valueType: String
            /// What follows the number in the constant's initializer.
            let levels: String
        }

        let fullName: String
        let swiftName: String
        let fields: [Field]
    }

    /// - Parameter problems: Gets what the constants have no words for.
    init(_ file: FileDescriptor, problems: inout [String]) {
        protoFile = file.name
        let namer = SwiftProtobufNamer(
            currentFile: file, protoFileToModuleMappings: ProtoFileToModuleMappings())
        var messages: [Message] = []
        func read(_ descriptor: Descriptor) {
            guard !descriptor.options.mapEntry else { return }
            if descriptor.messages.contains(where: { $0.name == "Fields" }) {
                problems.append(
                    "\(descriptor.fullName) has a message 'Fields', as its fields' constants are called; rename it"
                )
            }
            var fields: [Message.Field] = []
            for field in descriptor.fields {
                guard let valueType = Self.valueType(of: field, namer) else {
                    problems.append(
                        "\(descriptor.fullName).\(field.name) is of a type that fields' constants do not know (floating "
                            + "point, fixed size, zigzag, group or map); leave \(file.name) out of the option Fields"
                    )
                    continue
                }
                let kind =
                    field.isRepeated
                    ? "RCPRepeatedField" : field.hasPresence ? "RCPOptionalField" : "RCPField"
                let names = namer.messagePropertyNames(field: field, prefixed: "", includeHasAndClear: false)
                fields.append(
                    Message.Field(
                        swiftName: names.name, number: field.number, kind: kind, valueType: valueType,
                        levels: SchemaLevels.arguments(of: field)))
            }
            if !fields.isEmpty {
                messages.append(
                    Message(
                        fullName: descriptor.fullName, swiftName: namer.fullName(message: descriptor),
                        fields: fields))
            }
            for nested in descriptor.messages { read(nested) }
        }
        for descriptor in file.messages { read(descriptor) }
        self.messages = messages
    }

    /// Nil for one that has no constant.
    private static func valueType(of field: FieldDescriptor, _ namer: SwiftProtobufNamer) -> String? {
        switch field.type {
        case .int32: "Int32"
        case .int64: "Int64"
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        case .enum: namer.fullName(enum: field.enumType)
        case .message: field.isMap ? nil : namer.fullName(message: field.messageType)
        case .double, .float, .fixed32, .fixed64, .sfixed32, .sfixed64, .sint32, .sint64, .group: nil
        }
    }

    /// Nil where no message of the file has a field.
    func print() -> String? {
        guard !messages.isEmpty else { return nil }
        var printer = CodePrinter.generatedFile(source: "from \(protoFile)")
        printer.print("", "import RCP")
        let types = messages.flatMap(\.fields).map(\.valueType)
        if types.contains(where: { $0.hasPrefix("SwiftProtobuf.") }) {
            printer.print("import SwiftProtobuf")
        }
        for message in messages {
            printer.print("")
            printer.printBlock("extension \(message.swiftName) {") { printer in
                printer.print("/// The fields of \(message.fullName).")
                printer.printBlock("public enum Fields {") { printer in
                    for field in message.fields {
                        printer.print(
                            "@inlinable public static var \(field.swiftName): \(field.kind)<\(field.valueType)> "
                                + "{ \(field.kind)(\(field.number)\(field.levels)) }")
                    }
                }
            }
        }
        return printer.content
    }
}
