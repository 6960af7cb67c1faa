import SwiftProtobufPluginLibrary

/// What protoc was told by `--rcp-swift_opt`.
struct GeneratorOptions {
    /// Where the output for a .proto file goes below the output folder, in protoc-gen-swift's words.
    enum FileNaming: String, CaseIterable {
        case fullPath = "FullPath"
        case dropPath = "DropPath"

        func outputName(for protoFile: String) -> String {
            let withoutSuffix = protoFile.hasSuffix(".proto") ? String(protoFile.dropLast(6)) : protoFile
            switch self {
            case .fullPath:
                return withoutSuffix + ".rcp.swift"
            case .dropPath:
                let base = withoutSuffix.split(separator: "/").last.map(String.init) ?? withoutSuffix
                return base + ".rcp.swift"
            }
        }
    }

    private(set) var fileNaming = FileNaming.fullPath

    init(_ parameter: any CodeGeneratorParameter) throws {
        for (key, value) in parameter.parsedPairs {
            guard key == "FileNaming" else {
                throw GenerationProblems("unknown option '\(key)'; the only one is FileNaming")
            }
            guard let naming = FileNaming(rawValue: value) else {
                let allowed = FileNaming.allCases.map(\.rawValue).joined(separator: ", ")
                throw GenerationProblems("FileNaming cannot be '\(value)'; allowed: \(allowed)")
            }
            self.fileNaming = naming
        }
    }
}
