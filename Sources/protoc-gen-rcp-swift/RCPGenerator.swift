import RCPOptions
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// A protoc plugin that turns the services of .proto files into Swift.
///
/// It writes one `X.rcp.swift` for each `X.proto` that has services, and, where the option `Schema` asks for them,
/// for the whole run one `PersonalFields.rcp.swift` and one `Schema.rcp.swift`; for each file that the option `Fields` names,
/// `X.fields.rcp.swift`. Two options make runs of their own:
/// `PlainEnums` writes `PlainEnums.rcp.swift`, `Handler` one `XHandlers.rcp.swift` for a service X. Run it once over all services of a server: method
/// ids are checked within one run only.
@main
struct RCPGenerator: CodeGenerator {
    let version: String? = "1"

    let supportedFeatures: [Google_Protobuf_Compiler_CodeGeneratorResponse.Feature] = [.proto3Optional]

    let customOptionExtensions: [any AnyMessageExtension] = [
        Rcp_Extensions_method_id,
        Rcp_Extensions_idempotency,
        Rcp_Extensions_role,
        Rcp_Extensions_personal,
        Rcp_Extensions_group,
        Rcp_Extensions_field_group,
        Rcp_Extensions_plain,
        Rcp_Extensions_method,
        Rcp_Extensions_wire_only,
        Rcp_Extensions_level,
        Rcp_Extensions_value_level,
    ]

    /// Writes nothing unless every method of every file is in order, so that no mistake leaves half a result.
    func generate(
        files: [FileDescriptor],
        parameter: any CodeGeneratorParameter,
        protoCompilerContext: any ProtoCompilerContext,
        generatorOutputs: any GeneratorOutputs
    ) throws {
        let options = try GeneratorOptions(parameter)
        // protoc names the files in the order of its command line; the output must not depend on that.
        let sortedFiles = files.sorted { $0.name < $1.name }

        var reader = try ServiceReader(roles: RoleWords(files: sortedFiles, enumName: options.rolesEnum))
        let services = sortedFiles.map { file in file.services.map { reader.read($0) } }
        let groups = try FieldGroups(files: sortedFiles, enumName: options.groupsEnum)
        let levels = SchemaLevels(sortedFiles)
        var problems = reader.problems + groups.problems + levels.problems
        let fields = Self.fields(of: sortedFiles, options, problems: &problems)
        guard problems.isEmpty else { throw GenerationProblems(problems: problems) }

        if let conformance = options.plainEnums {
            let file = try PlainEnumsFile(
                conformance: conformance, rolesEnum: options.rolesEnum, files: sortedFiles,
                services: services.flatMap { $0 })
            try generatorOutputs.add(fileName: "PlainEnums.rcp.swift", contents: file.print())
            return
        }
        if let handler = options.handler {
            for (file, services) in zip(sortedFiles, services) {
                for service in services {
                    let modules = options.module(of: file.name).map { [$0] } ?? []
                    guard
                        let text = HandlersFile(service: service, handler: handler, modules: modules).print()
                    else { continue }
                    try generatorOutputs.add(fileName: "\(service.name)Handlers.rcp.swift", contents: text)
                }
            }
            return
        }
        for (file, services) in zip(sortedFiles, services)
        where !services.isEmpty && options.module(of: file.name) == nil {
            try generatorOutputs.add(
                fileName: options.fileNaming.outputName(for: file.name),
                contents: ServiceFilePrinter(protoFile: file.name, services: services).print())
        }
        for (fileName, file) in fields {
            if let text = file.print() { try generatorOutputs.add(fileName: fileName, contents: text) }
        }
        guard let name = options.schemaName else { return }
        try generatorOutputs.add(
            fileName: "PersonalFields.rcp.swift",
            contents: PersonalFieldsTable(name: name, files: sortedFiles, groups: groups).print())
        let modules = Set(
            sortedFiles.filter { !$0.services.isEmpty }.compactMap { options.module(of: $0.name) })
        try generatorOutputs.add(
            fileName: "Schema.rcp.swift",
            contents: SchemaFile(
                name: name, files: sortedFiles, services: services.flatMap { $0 }, modules: modules.sorted(),
                levels: levels
            ).print())
    }

    private static func fields(
        of files: [FileDescriptor], _ options: GeneratorOptions, problems: inout [String]
    ) -> [(fileName: String, FieldsFile)] {
        for name in options.fields where !files.contains(where: { $0.name == name }) {
            problems.append("Fields cannot be '\(name)': this run has no such .proto file")
        }
        return files.filter { options.fields.contains($0.name) }.map { file in
            (
                options.fileNaming.outputName(for: file.name, suffix: ".fields.rcp.swift"),
                FieldsFile(file, problems: &problems)
            )
        }
    }
}
