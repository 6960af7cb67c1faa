import Foundation
import ReturnsAPI
import SwiftProtobuf

/// What the JSON form of a message takes, as its .proto file says. Learnt once, for all messages.
struct MessageShape {
    struct Field {
        /// As JSON has it: "lineId".
        var name: String
        var kind: JSONFieldKind
        var isList: Bool
        /// Whether a message that says nothing of it differs from one that says zero.
        var hasPresence: Bool
    }

    let name: String
    /// In the order of their numbers.
    let ordered: [Field]
    /// By both names: "lineId" and "line_id".
    private let fields: [String: Field]

    /// "holiday" of "SPECIAL_DAY_KIND_HOLIDAY"; nil for what is no value of an enumeration.
    static func word(ofValue name: String) -> String? { learnt.words[name] }

    private static var all: [String: MessageShape] { learnt.shapes }

    private static let learnt: (shapes: [String: MessageShape], words: [String: String]) = {
        var wordsOfValues: [String: String] = [:]
        guard let bytes = Data(base64Encoded: ReturnsSchema.fileDescriptorSetBase64),
            let files = try? Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
        else { preconditionFailure("the schema's description is damaged; generate it again") }
        var words: [String: [JSONFieldKind.Word]] = [:]
        var messages: [(name: String, message: Google_Protobuf_DescriptorProto)] = []
        func add(_ types: [Google_Protobuf_EnumDescriptorProto], in scope: String) {
            for type in types { words["\(scope).\(type.name)"] = JSONFieldKind.words(of: type) }
        }
        func add(_ found: [Google_Protobuf_DescriptorProto], in scope: String) {
            for message in found {
                let name = "\(scope).\(message.name)"
                messages.append((name, message))
                add(message.nestedType, in: name)
                add(message.enumType, in: name)
            }
        }
        for file in files.file {
            add(file.messageType, in: ".\(file.package)")
            add(file.enumType, in: ".\(file.package)")
        }
        for list in words.values {
            for value in list where value.number != 0 { wordsOfValues[value.name] = value.word }
        }
        let maps = Set(messages.filter { $0.message.options.mapEntry }.map(\.name))
        let shapes = Dictionary(
            uniqueKeysWithValues: messages.map { name, message in
                (name, MessageShape(String(name.dropFirst()), message, words, maps: maps))
            })
        return (shapes, wordsOfValues)
    }()

    private init(
        _ name: String, _ message: Google_Protobuf_DescriptorProto, _ words: [String: [JSONFieldKind.Word]],
        maps: Set<String>
    ) {
        self.name = name
        var fields: [String: Field] = [:]
        var ordered: [Field] = []
        for field in message.field.sorted(by: { $0.number < $1.number }) {
            let found = Field(
                name: field.jsonName,
                kind: maps.contains(field.typeName) ? .unlooked : JSONFieldKind(field, words),
                isList: field.label == .repeated && !maps.contains(field.typeName),
                hasPresence: field.hasOneofIndex || field.type == .message)
            ordered.append(found)
            fields[field.name] = found
            fields[field.jsonName] = found
        }
        self.fields = fields
        self.ordered = ordered
    }

    /// - Parameter type: ".returns.v1.Case"
    static func named(_ type: String) -> MessageShape? { all[type] }

    /// The field whose name is most like a key, in the form of the key; nil where none is like it.
    private func nearest(to key: String) -> String? {
        func plain(_ name: String) -> String { name.lowercased().replacing("_", with: "") }
        let wanted = plain(key)
        let found = ordered.map { field -> (name: String, distance: Int) in
            let name = plain(field.name)
            let isPart = wanted.count >= 3 && (name.hasPrefix(wanted) || wanted.hasPrefix(name))
            return (field.name, isPart ? 1 : VerbGuide.distance(wanted, name))
        }.min { $0.distance < $1.distance }
        guard let found, found.distance <= max(1, wanted.count / 3) else { return nil }
        return key.contains("_") ? snakeCase(found.name) : found.name
    }

    static func of<Value: Message>(_ type: Value.Type) -> MessageShape? { all[".\(Value.protoMessageName)"] }

    /// Looks at each field, and writes numbers in the place of words of enumerations.
    ///
    /// - Parameter path: of the message that has these fields.
    /// - Throws: the first fault.
    func check(
        _ members: [JSONMember], _ path: String, _ edits: inout [JSONEdit]
    ) throws(JSONFault) {
        for member in members {
            let place = JSONFault.path(path, member.key)
            guard let field = fields[member.key] else {
                let meant = nearest(to: member.key).map { "did you mean \($0)? All are shown by" } ?? "see"
                throw JSONFault(
                    JSONFault.unknownField, place,
                    "is no field of \(name); \(meant): returnsctl describe \(name)")
            }
            // Of a field by itself, null says the same as leaving it out.
            if member.value.isNull { continue }
            guard field.isList else {
                try Self.check(member.value, field.kind, place, &edits)
                continue
            }
            guard case .array(let elements) = member.value.kind else { throw .notAList(place) }
            for (index, element) in elements.enumerated() {
                try Self.check(element, field.kind, "\(place)[\(index)]", &edits)
            }
        }
    }

    private static func check(
        _ value: JSONValue, _ kind: JSONFieldKind, _ path: String, _ edits: inout [JSONEdit]
    ) throws(JSONFault) {
        if let refusal = kind.refusal(of: value) { throw JSONFault(refusal.reason, path, refusal.text) }
        switch (kind, value.kind) {
        case (.word(let words), .text(let text)):
            guard let number = JSONFieldKind.number(of: text, in: words) else { return }
            edits.append(JSONEdit(bytes: value.bytes, text: "\(number)"))
        case (.object(let type), .object(let members)):
            try all[type]?.check(members, path, &edits)
        default:
            break
        }
    }
}
