import RCPOptions
import SwiftProtobufPluginLibrary

/// Writes the enums marked `(rcp.plain)` as plain Swift, for modules that know no protobuf: numbers, names, and for the
/// values that name a method, that method and its roles.
struct PlainEnumsFile {
    private let conformance: String
    private let roleType: String?
    private let enums: [PlainEnum]

    /// - Parameters:
    ///   - conformance: The protocol that each of the enums conforms to, with `UInt8` as raw type and a description.
    ///   - rolesEnum: Full name of the enum that methods take their roles from; it is plain, too, where values name methods.
    /// - Throws: `GenerationProblems`, with all that is wrong with these enums.
    init(conformance: String, rolesEnum: String?, files: [FileDescriptor], services: [Service]) throws {
        self.conformance = conformance
        var methods: [String: Method] = [:]
        for service in services {
            for method in service.methods { methods["\(service.fullName)/\(method.name)"] = method }
        }
        var problems: [String] = []
        enums = files.flatMap(\.enums).filter { $0.options.Rcp_plain }.map {
            PlainEnum($0, methods: methods, problems: &problems)
        }
        let role = files.flatMap(\.enums).first { $0.fullName == rolesEnum }
        roleType = role?.name
        if let named = enums.first(where: \.namesMethods), role?.options.Rcp_plain != true {
            problems.append(
                "the values of \(named.name) name methods, so the enum of the option Roles has to be plain, too"
            )
        }
        guard problems.isEmpty else { throw GenerationProblems(problems: problems) }
    }

    func print() -> String {
        var printer = CodePrinter.generatedFile(source: "from the plain enums of all .proto files")
        for plain in enums {
            printer.print("")
            printer.print(plain.documentation, newlines: false)
            printer.printBlock("public enum \(plain.name): UInt8, \(conformance) {") { printer in
                for value in plain.values {
                    printer.print(value.documentation, newlines: false)
                    printer.print("case \(value.swiftName) = \(value.number)")
                }
                printer.print("")
                self.printSwitch("public var description: String", of: plain, to: &printer) {
                    "\"\($0.word)\""
                }
                guard plain.namesMethods, let roleType else { return }
                printer.print("", "/// The method that does it.")
                self.printSwitch("public var method: String", of: plain, to: &printer) {
                    "\"\($0.methodName)\""
                }
                printer.print("", "/// Who may call the method; none: any authenticated principal.")
                self.printSwitch("public var roles: [\(roleType)]", of: plain, to: &printer) {
                    "[\($0.roles.map { ".\(SwiftNames.caseName(for: $0))" }.joined(separator: ", "))]"
                }
            }
        }
        return printer.content
    }

    private func printSwitch(
        _ head: String, of plain: PlainEnum, to printer: inout CodePrinter,
        _ result: (PlainEnum.Value) -> String
    ) {
        printer.printBlock("\(head) {") { printer in
            printer.print("switch self {")
            for value in plain.values { printer.print("case .\(value.swiftName): \(result(value))") }
            printer.print("}")
        }
    }
}

/// An enum as it is written: its names as in Swift, its options checked.
private struct PlainEnum {
    struct Value {
        let number: Int32
        /// `BOOK_KIND_PICTURE_BOOK` of the enum `BookKind` is `picture_book`.
        let word: String
        let swiftName: String
        let documentation: String
        /// Empty where the value names none.
        let methodName: String
        let roles: [String]
        /// Where it stands in the enum.
        let place: Int

        /// Whether it stands before another one that Swift could not tell from it.
        func isTwin(of other: Value) -> Bool {
            place < other.place && (number == other.number || swiftName == other.swiftName)
        }
    }

    let name: String
    let documentation: String
    /// But for the one with number 0, which says that nothing is said, and those for the wire alone.
    let values: [Value]
    var namesMethods: Bool { values.contains { !$0.methodName.isEmpty } }

    init(_ descriptor: EnumDescriptor, methods: [String: Method], problems: inout [String]) {
        name = descriptor.name
        documentation = descriptor.protoSourceCommentsWithDeprecation()
        let named = descriptor.values.filter { $0.number != 0 && !$0.options.Rcp_wireOnly }
        values = named.enumerated().map { place, value in
            let word = RoleWords.word(of: value.name, in: descriptor.name)
            let methodName = value.options.Rcp_method
            return Value(
                number: value.number, word: word, swiftName: SwiftNames.caseName(for: word),
                documentation: value.protoSourceCommentsWithDeprecation(), methodName: methodName,
                roles: methods[methodName]?.roles ?? [], place: place)
        }
        let namesMethods = self.namesMethods
        if let problem = SwiftNames.problem(ofType: name) {
            problems.append("\(descriptor.file.name): \(descriptor.fullName): \(problem)")
        }
        func report(_ value: Value, _ problem: String) {
            problems.append("\(descriptor.file.name): \(descriptor.fullName), \(value.word): \(problem)")
        }
        for value in values {
            if UInt8(exactly: value.number) == nil {
                report(value, "the number of a plain enum's value is 1 to \(UInt8.max)")
            }
            if let problem = SwiftNames.problem(ofCaseFor: value.word) { report(value, problem) }
            if let other = values.first(where: { $0.isTwin(of: value) }) {
                report(value, "its number or its name in Swift is that of \(other.word) already")
            }
            guard namesMethods, methods[value.methodName] == nil else { continue }
            report(
                value,
                value.methodName.isEmpty
                    ? "option (rcp.method) is missing, which the other values have"
                    : "option (rcp.method) '\(value.methodName)' is no method of this run")
        }
    }
}
