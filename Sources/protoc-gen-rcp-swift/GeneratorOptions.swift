import SwiftProtobufPluginLibrary

/// What protoc was told by `--rcp-swift_opt`.
struct GeneratorOptions {
    /// Where the output for a .proto file goes below the output folder, in protoc-gen-swift's words.
    enum FileNaming: String, CaseIterable {
        case fullPath = "FullPath"
        case dropPath = "DropPath"

        /// - Parameter suffix: What the name ends with in place of `.proto`.
        func outputName(for protoFile: String, suffix: String = ".rcp.swift") -> String {
            let withoutSuffix = protoFile.hasSuffix(".proto") ? String(protoFile.dropLast(6)) : protoFile
            switch self {
            case .fullPath:
                return withoutSuffix + suffix
            case .dropPath:
                let base = withoutSuffix.split(separator: "/").last.map(String.init) ?? withoutSuffix
                return base + suffix
            }
        }
    }

    /// .proto files whose Swift code lies in another module: their services are checked, and not written.
    struct Module {
        let path: String
        let name: String
    }

    /// Methods whose requests hold a message of this type go to the function of this name.
    struct Handler {
        let message: String
        let function: String
    }

    private enum Key: String, CaseIterable {
        case fileNaming = "FileNaming"
        case schema = "Schema"
        case roles = "Roles"
        case groups = "Groups"
        case module = "Module"
        case plainEnums = "PlainEnums"
        case handler = "Handler"
        case fields = "Fields"
    }

    private(set) var fileNaming = FileNaming.fullPath
    /// What the names of the types begin with that are written once a run: `Returns` gives `ReturnsSchema` and
    /// `ReturnsPersonalFields`. nil: they are not written.
    private(set) var schemaName: String?
    /// Full name of the enum whose values are the roles that a method may name. nil: any word is one.
    private(set) var rolesEnum: String?
    /// Full name of the enum whose values are the groups of a message's fields. nil: any word is one.
    private(set) var groupsEnum: String?
    private(set) var modules: [Module] = []
    /// The protocol that plain enums conform to. Where it is given, they are all that is written.
    private(set) var plainEnums: String?
    /// Where it is given, what goes to the handler is all that is written.
    private(set) var handler: Handler?
    /// .proto files whose messages' fields are written as constants.
    private(set) var fields: [String] = []

    init(_ parameter: any CodeGeneratorParameter) throws {
        for (word, value) in parameter.parsedPairs {
            guard let key = Key(rawValue: word) else {
                let allowed = Key.allCases.map(\.rawValue).joined(separator: ", ")
                throw GenerationProblems("unknown option '\(word)'; allowed: \(allowed)")
            }
            guard !value.isEmpty else { throw GenerationProblems("\(word) is empty") }
            switch key {
            case .fileNaming:
                guard let naming = FileNaming(rawValue: value) else {
                    let allowed = FileNaming.allCases.map(\.rawValue).joined(separator: ", ")
                    throw GenerationProblems("FileNaming cannot be '\(value)'; allowed: \(allowed)")
                }
                self.fileNaming = naming
            case .schema:
                self.schemaName = value
            case .roles:
                self.rolesEnum = value
            case .groups:
                self.groupsEnum = value
            case .module:
                let parts = try Self.pair(value, key, "PATH:MODULE, such as rcp/:RCPServices")
                self.modules.append(Module(path: parts.0, name: parts.1))
            case .plainEnums:
                self.plainEnums = value
            case .handler:
                let parts = try Self.pair(
                    value, key, "MESSAGE:FUNCTION, such as library.v1.BookTarget:change")
                self.handler = Handler(message: parts.0, function: parts.1)
            case .fields:
                self.fields.append(value)
            }
        }
    }

    private static func pair(_ value: String, _ key: Key, _ form: String) throws -> (String, String) {
        let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw GenerationProblems("\(key.rawValue) cannot be '\(value)'; write \(form)")
        }
        return (parts[0], parts[1])
    }

    /// The module that holds the Swift code of a .proto file; nil: it is written by this run.
    func module(of protoFile: String) -> String? {
        self.modules.first { protoFile.hasPrefix($0.path) }?.name
    }
}
