import Foundation
import RCPOptions
import RCPServices
import SwiftProtobuf

/// A server's .proto files, to be looked up and printed.
struct ServerSchema {
    enum Symbol {
        case service(Google_Protobuf_ServiceDescriptorProto)
        case method(Google_Protobuf_MethodDescriptorProto)
        case message(Google_Protobuf_DescriptorProto)
        case enumeration(Google_Protobuf_EnumDescriptorProto)
    }

    struct Found {
        var name: String
        var symbol: Symbol
        var comment: String
        /// Of fields, values or methods, by index.
        var comments: [String]
    }

    enum Search {
        case one(Found)
        case many([String])
        /// With names that are not far off.
        case none([String])
    }

    let descriptors: Google_Protobuf_FileDescriptorSet
    private let offered: Set<String>
    private var found: [Found] = []

    static let nearMax = 8

    init(_ reply: Rcp_Discovery_V1_GetSchemaReply) throws {
        do {
            descriptors = try Google_Protobuf_FileDescriptorSet(
                serializedBytes: reply.fileDescriptorSet, extensions: Rcp_Options_Extensions)
        } catch {
            throw CommandFailure(.failed, "the server's schema cannot be read")
        }
        offered = Set(reply.services)
        for file in descriptors.file where !file.package.hasPrefix("google.") { add(file) }
    }

    // MARK: Reading

    private mutating func add(_ file: Google_Protobuf_FileDescriptorProto) {
        let comments = Dictionary(
            file.sourceCodeInfo.location.map { ($0.path, $0.leadingComments) },
            uniquingKeysWith: { first, _ in first })
        func comment(_ path: [Int32]) -> String {
            (comments[path] ?? "").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                .joined(separator: " ")
        }
        // The numbers are those of FileDescriptorProto's fields.
        for (index, service) in file.service.enumerated() {
            let path: [Int32] = [6, Int32(index)]
            let name = "\(file.package).\(service.name)"
            let methods = service.method.indices.map { comment(path + [2, Int32($0)]) }
            found.append(
                Found(name: name, symbol: .service(service), comment: comment(path), comments: methods))
            for (method, text) in zip(service.method, methods) {
                found.append(
                    Found(
                        name: "\(name)/\(method.name)", symbol: .method(method), comment: text, comments: []))
            }
        }
        for (index, message) in file.messageType.enumerated() {
            add(message, in: file.package, [4, Int32(index)], comment)
        }
        for (index, enumeration) in file.enumType.enumerated() {
            add(enumeration, in: file.package, [5, Int32(index)], comment)
        }
    }

    private mutating func add(
        _ message: Google_Protobuf_DescriptorProto, in scope: String, _ path: [Int32],
        _ comment: ([Int32]) -> String
    ) {
        let name = "\(scope).\(message.name)"
        found.append(
            Found(
                name: name, symbol: .message(message), comment: comment(path),
                comments: message.field.indices.map { comment(path + [2, Int32($0)]) }))
        for (index, nested) in message.nestedType.enumerated() where !nested.options.mapEntry {
            add(nested, in: name, path + [3, Int32(index)], comment)
        }
        for (index, enumeration) in message.enumType.enumerated() {
            add(enumeration, in: name, path + [4, Int32(index)], comment)
        }
    }

    private mutating func add(
        _ enumeration: Google_Protobuf_EnumDescriptorProto, in scope: String, _ path: [Int32],
        _ comment: ([Int32]) -> String
    ) {
        found.append(
            Found(
                name: "\(scope).\(enumeration.name)", symbol: .enumeration(enumeration),
                comment: comment(path),
                comments: enumeration.value.indices.map { comment(path + [2, Int32($0)]) }))
    }

    // MARK: Finding

    /// The whole name, or what stands after a dot or slash of it.
    func find(_ text: String) -> Search {
        if let exact = found.first(where: { $0.name == text }) { return .one(exact) }
        let ends = found.filter { $0.name.hasSuffix(".\(text)") || $0.name.hasSuffix("/\(text)") }
        if ends.count == 1 { return .one(ends[0]) }
        if ends.count > 1 { return .many(ends.map(\.name)) }
        let near = found.filter { $0.name.lowercased().contains(text.lowercased()) }
        return .none(Array(near.map(\.name).prefix(Self.nearMax)))
    }

    // MARK: Printing

    func overview(_ style: Style) -> String {
        let services = found.filter { if case .service = $0.symbol { true } else { false } }
            .filter { offered.contains($0.name) }
        return services.map { text(of: $0, style) }.joined(separator: "\n\n")
    }

    func text(of found: Found, _ style: Style) -> String {
        var lines: [String] = []
        if !found.comment.isEmpty { lines.append(TextWidth.safe(found.comment)) }
        switch found.symbol {
        case .service(let service):
            lines.insert(style.bold(found.name), at: 0)
            var table = Table([
                .init("  METHOD"), .init("REQUEST"), .init("REPLY"), .init("KIND"), .init("ROLES"),
            ])
            for method in service.method {
                table.add([
                    "  \(method.name)", stream(method.clientStreaming) + short(method.inputType),
                    stream(method.serverStreaming) + short(method.outputType), kind(method), roles(method),
                ])
            }
            lines.append(table.text(style))
        case .method(let method):
            lines.insert(style.bold(found.name), at: 0)
            lines.append("request: \(stream(method.clientStreaming))\(full(method.inputType))")
            lines.append("reply:   \(stream(method.serverStreaming))\(full(method.outputType))")
            lines.append(
                "kind:    \(kind(method)), method 0x\(String(method.options.Rcp_methodID, radix: 16))")
            lines.append("roles:   \(roles(method))")
        case .message(let message):
            lines.append("message \(style.bold(found.name)) {")
            for (field, comment) in zip(message.field, found.comments) {
                lines.append(
                    "  \(type(of: field, message)) \(field.name) = \(field.number);\(remark(comment, field, style))"
                )
            }
            lines.append("}")
        case .enumeration(let enumeration):
            lines.append("enum \(style.bold(found.name)) {")
            for (value, comment) in zip(enumeration.value, found.comments) {
                let remark = comment.isEmpty ? "" : style.dim("  // \(TextWidth.safe(comment))")
                lines.append("  \(value.name) = \(value.number);\(remark)")
            }
            lines.append("}")
        }
        return lines.joined(separator: "\n")
    }

    private func remark(_ comment: String, _ field: Google_Protobuf_FieldDescriptorProto, _ style: Style)
        -> String
    {
        var parts: [String] = []
        if field.options.Rcp_personal { parts.append("personal") }
        if !comment.isEmpty { parts.append(TextWidth.safe(comment)) }
        return parts.isEmpty ? "" : style.dim("  // \(parts.joined(separator: "; "))")
    }

    private func stream(_ isStream: Bool) -> String { isStream ? "stream " : "" }
    private func full(_ typeName: String) -> String {
        typeName.hasPrefix(".") ? String(typeName.dropFirst()) : typeName
    }
    private func short(_ typeName: String) -> String { String(typeName.split(separator: ".").last ?? "") }

    private func kind(_ method: Google_Protobuf_MethodDescriptorProto) -> String {
        method.options.Rcp_idempotency == .mutation ? "mutation" : "read-only"
    }

    private func roles(_ method: Google_Protobuf_MethodDescriptorProto) -> String {
        method.options.Rcp_role.joined(separator: ", ")
    }

    private func type(
        of field: Google_Protobuf_FieldDescriptorProto, _ message: Google_Protobuf_DescriptorProto
    ) -> String {
        let name = field.typeName.isEmpty ? scalar(field.type) : full(field.typeName)
        if let entry = message.nestedType.first(where: {
            $0.options.mapEntry && field.typeName.hasSuffix(".\($0.name)")
        }) {
            return "map<\(type(of: entry.field[0], entry)), \(type(of: entry.field[1], entry))>"
        }
        if field.label == .repeated { return "repeated \(name)" }
        return field.proto3Optional ? "optional \(name)" : name
    }

    /// "TYPE_INT64" is written int64.
    private func scalar(_ type: Google_Protobuf_FieldDescriptorProto.TypeEnum) -> String {
        switch type {
        case .double: "double"
        case .float: "float"
        case .int64: "int64"
        case .uint64: "uint64"
        case .int32: "int32"
        case .fixed64: "fixed64"
        case .fixed32: "fixed32"
        case .bool: "bool"
        case .string: "string"
        case .bytes: "bytes"
        case .uint32: "uint32"
        case .sfixed32: "sfixed32"
        case .sfixed64: "sfixed64"
        case .sint32: "sint32"
        case .sint64: "sint64"
        case .group, .message, .enum: "?"
        }
    }
}
