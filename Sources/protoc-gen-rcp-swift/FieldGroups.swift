import RCPOptions
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The groups of the fields of every grouped message in a run, and what is wrong with them.
struct FieldGroups {
    /// A group, as the enum of groups knows it, and the numbers of its fields, rising.
    struct Group {
        let name: String
        let number: Int
        let fields: [Int32]
    }

    /// By the message's full name, in the order in which the message declares its groups.
    private(set) var groupsByMessage: [String: [Group]] = [:]
    private(set) var problems: [String] = []
    /// By word; nil: every word is a group.
    private let numbers: [String: Int]?

    /// - Parameter enumName: Full name of the enum whose values are the groups: `FIELD_GROUP_DESK` of `FieldGroup` is `desk`.
    init(files: [FileDescriptor], enumName: String?) throws {
        self.numbers = try enumName.map { try Self.numbers(of: $0, in: files) }
        var pending = files.flatMap(\.messages)
        while let message = pending.popLast() {
            pending += message.messages
            self.read(message)
        }
        self.problems.sort()
    }

    private static func numbers(of enumName: String, in files: [FileDescriptor]) throws -> [String: Int] {
        guard let words = EnumWords(fullName: enumName, files: files) else {
            throw GenerationProblems(
                "Groups cannot be '\(enumName)': no .proto file of this run has such an enum")
        }
        return words.numbers
    }

    private mutating func read(_ message: Descriptor) {
        let declared = message.options.Rcp_fieldGroup
        guard let first = declared.first else {
            for field in message.fields where !field.options.Rcp_group.isEmpty {
                self.problems.append(
                    "\(message.fullName).\(field.name) is of group '\(field.options.Rcp_group)', but the message declares no "
                        + "groups; add option (rcp.field_group)")
            }
            return
        }
        var fields: [String: [Int32]] = [:]
        for field in message.fields {
            let name = field.options.Rcp_group.isEmpty ? first.name : field.options.Rcp_group
            guard let group = declared.first(where: { $0.name == name }) else {
                self.problems.append(
                    "\(message.fullName).\(field.name) is of group '\(name)', which the message does not declare; it has: "
                        + declared.map(\.name).joined(separator: ", "))
                continue
            }
            if !group.personal, let found = Self.personalField(in: field) {
                self.problems.append(
                    "\(message.fullName).\(field.name) is of group '\(name)', which holds no personal data, but \(found) is "
                        + "marked personal; move it to a group that may hold it")
            }
            fields[name, default: []].append(field.number)
        }
        var groups: [Group] = []
        for group in declared {
            guard let numbers else {
                groups.append(
                    Group(name: group.name, number: 0, fields: fields[group.name, default: []].sorted()))
                continue
            }
            guard let number = numbers[group.name] else {
                self.problems.append(
                    "\(message.fullName) declares the group '\(group.name)', which is none; allowed: "
                        + numbers.keys.sorted().joined(separator: ", "))
                continue
            }
            groups.append(
                Group(name: group.name, number: number, fields: fields[group.name, default: []].sorted()))
        }
        if Set(declared.map(\.name)).count != declared.count {
            self.problems.append("\(message.fullName) declares a group twice")
        }
        self.groupsByMessage[message.fullName] = groups
    }

    /// A field marked personal that the field holds, or is; messages that are grouped themselves answer for their own fields.
    private static func personalField(in field: FieldDescriptor) -> String? {
        var seen: Set<String> = []
        var pending = [field]
        while let field = pending.popLast() {
            if field.options.Rcp_personal { return "\(field.containingType.fullName).\(field.name)" }
            guard let message = field.messageType, seen.insert(message.fullName).inserted,
                message.options.Rcp_fieldGroup.isEmpty
            else { continue }
            pending += message.fields
        }
        return nil
    }

    func print(to printer: inout CodePrinter, name: String) {
        printer.print("", "/// Which fields of which messages are stored and sent together.")
        printer.printBlock("public enum \(name)FieldGroups {") { printer in
            printer.print(
                "/// Full name of the message → its groups, in the order it declares them, each with its number and the",
                "/// numbers of its fields, rising.")
            guard !self.groupsByMessage.isEmpty else {
                printer.print(
                    "public static let byMessage: [String: [(name: String, group: Int, fields: [Int])]] = [:]"
                )
                return
            }
            printer.printBlock(
                "public static let byMessage: [String: [(name: String, group: Int, fields: [Int])]] = [",
                end: "]"
            ) { printer in
                for (message, groups) in self.groupsByMessage.sorted(by: { $0.key < $1.key }) {
                    printer.printBlock("\"\(message)\": [", end: "],") { printer in
                        for group in groups {
                            let fields = group.fields.map(String.init).joined(separator: ", ")
                            printer.print("(\"\(group.name)\", \(group.number), [\(fields)]),")
                        }
                    }
                }
            }
        }
    }
}
