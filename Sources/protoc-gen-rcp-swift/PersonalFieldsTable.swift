import RCPOptions
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The fields marked `(rcp.personal) = true` in all messages of a run, nested messages included, and the groups of fields.
///
/// It is written even when it is empty, so that code which masks by it always compiles.
struct PersonalFieldsTable {
    private let name: String
    private let numbersByMessage: [String: [Int32]]
    private let groups: FieldGroups

    init(name: String, files: [FileDescriptor], groups: FieldGroups) {
        self.name = name
        self.groups = groups
        var numbersByMessage: [String: [Int32]] = [:]
        var pending = files.flatMap(\.messages)
        while let message = pending.popLast() {
            pending += message.messages
            let personal = message.fields.filter { $0.options.Rcp_personal }
            if !personal.isEmpty { numbersByMessage[message.fullName] = personal.map(\.number).sorted() }
        }
        self.numbersByMessage = numbersByMessage
    }

    func print() -> String {
        var printer = CodePrinter.generatedFile(source: "from all .proto files of the protocol")
        printer.print("", "/// Which fields of which messages hold personal data.")
        printer.printBlock("public enum \(self.name)PersonalFields {") { printer in
            printer.print(
                "/// Full name of the message → numbers of its fields marked `(rcp.personal)`, rising.")
            guard !self.numbersByMessage.isEmpty else {
                printer.print("public static let numbersByMessage: [String: [Int]] = [:]")
                return
            }
            printer.printBlock("public static let numbersByMessage: [String: [Int]] = [", end: "]") {
                printer in
                for (message, numbers) in self.numbersByMessage.sorted(by: { $0.key < $1.key }) {
                    printer.print("\"\(message)\": [\(numbers.map(String.init).joined(separator: ", "))],")
                }
            }
        }
        self.groups.print(to: &printer, name: self.name)
        return printer.content
    }
}
