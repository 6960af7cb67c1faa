import Foundation
import SwiftProtobuf

/// The JSON form of a message with all its fields, also those that are false, zero or empty: who edits it sees what can be said.
/// Fields that may be absent stay so.
struct WholeJSON {
    indirect enum Value: Equatable {
        case object(type: String, [(key: String, value: Value)])
        case array([Value])
        case text(String)
        /// A number, or another value that JSON writes without quotes.
        case literal(String)

        static func == (left: Value, right: Value) -> Bool {
            left.json(indent: nil) == right.json(indent: nil)
        }
    }

    let root: Value

    /// - Throws: where the message has no JSON form.
    init<M: Message>(_ message: M) throws {
        let text: JSONText
        do throws(JSONFault) {
            text = try JSONText(Data(try Self.canonical(message)))
        } catch {
            throw CommandFailure(.failed, "a \(M.protoMessageName) cannot be written as JSON")
        }
        root = Self.object(text.members, ".\(M.protoMessageName)")
    }

    private static func canonical(_ message: some Message) throws(JSONFault) -> [UInt8] {
        do { return try message.jsonUTF8Bytes() } catch { throw JSONFault("MALFORMED", "", "is malformed") }
    }

    private static func object(_ members: [JSONMember], _ type: String) -> Value {
        let fields = MessageShape.named(type)?.ordered ?? []
        let known = Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        var values: [(key: String, value: Value)] = []
        for field in fields {
            if let value = known[field.name] {
                values.append((field.name, Self.value(value, field.kind)))
            } else if let standard = standard(field) {
                values.append((field.name, standard))
            }
        }
        return .object(type: type, values)
    }

    private static func value(_ value: JSONValue, _ kind: JSONFieldKind) -> Value {
        switch value.kind {
        case .object(let members):
            if case .object(let type) = kind { object(members, type) } else { object(members, "") }
        case .array(let elements): .array(elements.map { Self.value($0, kind) })
        case .text(let text): .text(text)
        case .number(let digits): .literal(digits)
        case .flag(let flag): .literal(flag ? "true" : "false")
        case .null: .literal("null")
        }
    }

    /// What a field says that nobody has set; nil for one that may be absent.
    private static func standard(_ field: MessageShape.Field) -> Value? {
        if field.isList { return .array([]) }
        guard !field.hasPresence else { return nil }
        switch field.kind {
        case .text, .bytes: return .text("")
        case .number: return .literal("0")
        case .wholeNumber(let type): return type.isLong ? .text("0") : .literal("0")
        case .flag: return .literal("false")
        case .word(let words): return words.first { $0.number == 0 }.map { .text($0.name) }
        case .object, .list, .unlooked: return nil
        }
    }

    /// An object on one line.
    static func line(_ members: [(key: String, value: Value)]) -> String {
        Value.object(type: "", members).json(indent: nil)
    }

    /// - Parameter isIndented: On several lines, a field on each.
    func text(isIndented: Bool) -> String { root.json(indent: isIndented ? "" : nil) }
}

extension WholeJSON.Value {
    /// - Parameter indent: In front of the lines; nil writes one line.
    fileprivate func json(indent: String?) -> String {
        switch self {
        case .object(_, let members):
            Self.block("{", "}", members.map { (Self.quoted($0.key), $0.value) }, indent)
        case .array(let elements): Self.block("[", "]", elements.map { (nil, $0) }, indent)
        case .text(let text): Self.quoted(text)
        case .literal(let text): text
        }
    }

    private static func block(
        _ begin: String, _ end: String, _ items: [(key: String?, value: WholeJSON.Value)], _ indent: String?
    ) -> String {
        if items.isEmpty { return begin + end }
        let inner = indent.map { $0 + "  " }
        let lines = items.map { item in
            let key = item.key.map { $0 + (indent == nil ? ":" : ": ") } ?? ""
            return (inner ?? "") + key + item.value.json(indent: inner)
        }
        guard let indent else { return begin + lines.joined(separator: ",") + end }
        return "\(begin)\n\(lines.joined(separator: ",\n"))\n\(indent)\(end)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
