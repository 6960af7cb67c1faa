import Foundation
import SwiftProtobuf

/// Reads messages of JSON texts that people wrote, and says what is wrong with a text by its field, value and the values that
/// are taken. The decoder itself says only that something is.
///
/// Values of enumerations are also taken by the words that options take: "hotline" for "INTAKE_CHANNEL_HOTLINE".
struct JSONMessage<Value: Message> {
    /// What a place of the message takes is found out by putting values there, all else left out.
    private typealias Place = (Any) -> [String: Any]

    static func read(_ text: JSONText) throws(JSONFault) -> Value {
        let error: any Error
        do {
            return try Value(jsonUTF8Data: text.bytes)
        } catch let thrown {
            error = thrown
        }
        let root: Place = { $0 as? [String: Any] ?? [:] }
        let worded = try mended(text.object, "", root, parent: root)
        guard let value = try? decoded(root(worded)), Self.error(text.object, root) != nil else {
            throw JSONFault("MALFORMED", "", wholeText(error))
        }
        return value
    }

    static func read(_ bytes: Data) throws(JSONFault) -> Value { try read(JSONText(bytes)) }

    /// The value with numbers in the place of words.
    ///
    /// - Throws: the first fault of it that is no such word.
    private static func mended(
        _ value: Any, _ path: String, _ place: @escaping Place, parent: Place
    ) throws(JSONFault) -> Any {
        guard let error = error(value, place) else { return value }
        if let object = value as? [String: Any], Self.error([String: Any](), place) == nil {
            var result = object
            for (key, inner) in object.sorted(by: { $0.key < $1.key }) {
                result[key] = try mended(
                    inner, path.isEmpty ? key : "\(path).\(key)", { place([key: $0]) }, parent: place)
            }
            return result
        }
        if let array = value as? [Any], Self.error([Any](), place) == nil {
            var result: [Any] = []
            for (index, inner) in array.enumerated() {
                result.append(try mended(inner, "\(path)[\(index)]", { place([$0]) }, parent: place))
            }
            return result
        }
        if case JSONDecodingError.unknownField = error {
            let owner = message(at: parent)
            throw JSONFault(
                JSONFault.unknownField, path, "is no field of \(owner); see: returnsctl describe \(owner)")
        }
        let kind = kind(at: place)
        if case .word(let numbers) = kind, let text = value as? String,
            let number = numbers.first(where: { $0.word == text.lowercased().replacing("-", with: "_") })
        {
            return number.number
        }
        let (reason, text) = kind.refusal(of: value)
        throw JSONFault(reason, path, text)
    }

    private static func decoded(_ object: [String: Any]) throws -> Value {
        try Value(jsonUTF8Data: try JSONSerialization.data(withJSONObject: object))
    }

    private static func error(_ value: Any, _ place: Place) -> (any Error)? {
        do {
            _ = try decoded(place(value))
            return nil
        } catch {
            return error
        }
    }

    private static func kind(at place: Place) -> JSONFieldKind {
        for sample in [1, "YQ==", true, [String: Any]()] as [Any] {
            guard let message = try? decoded(place(sample)) else { continue }
            var visitor = DeepestField()
            try? message.traverse(visitor: &visitor)
            return visitor.kind
        }
        return error([Any](), place) == nil ? .list : .unknown
    }

    private static func message(at place: Place) -> String {
        if case .object(let name) = kind(at: place) { return name }
        return Value.protoMessageName
    }

    /// Of a text whose fields can be read one by one.
    private static func wholeText(_ error: any Error) -> String {
        switch error {
        case JSONDecodingError.conflictingOneOf: "has two fields that exclude each other"
        case JSONDecodingError.trailingGarbage: "has something behind its last '}'"
        case JSONDecodingError.messageDepthLimit: "is nested too deeply"
        default: "is malformed"
        }
    }
}

/// What a field of a message takes.
enum JSONFieldKind {
    case text, bytes, wholeNumber, number, flag, list, unknown
    /// A value of an enumeration.
    case word([(word: String, number: Int)])
    /// A message of this name.
    case object(String)

    /// - Returns: the reason, and words that go on after the field's name.
    func refusal(of value: Any) -> (reason: String, text: String) {
        switch self {
        case .word(let all):
            return (
                "VALUE_UNKNOWN", "\(quoted(value))is not one of: \(all.map(\.word).joined(separator: ", "))"
            )
        case .wholeNumber:
            let double = (value as? NSNumber)?.doubleValue ?? 0.5
            if abs(double) >= 0x1p63 {
                return ("NUMBER_OUT_OF_RANGE", "is beyond every amount and quantity: correct the number")
            }
            return ("MALFORMED", double == double.rounded() ? "is out of range" : "is not a whole number")
        case .number: return ("MALFORMED", "is not a number")
        case .text: return ("MALFORMED", "is not a text: write it in quotes")
        case .bytes: return ("MALFORMED", "is not a text in base 64")
        case .flag: return ("MALFORMED", "is not true or false")
        case .list: return ("MALFORMED", "is not a list: write [ … ]")
        case .object: return ("MALFORMED", "is not an object: write { … }")
        case .unknown: return ("MALFORMED", "does not fit its field")
        }
    }

    private func quoted(_ value: Any) -> String {
        (value as? String).map { "'\($0.prefix(60))' " } ?? ""
    }
}

/// Tells the kind of the innermost field that is set, of a message in which no other is.
private struct DeepestField: Visitor {
    var kind = JSONFieldKind.unknown

    mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) { kind = .number }
    mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) { kind = .wholeNumber }
    mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) { kind = .wholeNumber }
    mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) { kind = .flag }
    mutating func visitSingularStringField(value: String, fieldNumber: Int) { kind = .text }
    mutating func visitSingularBytesField(value: Data, fieldNumber: Int) { kind = .bytes }

    mutating func visitSingularEnumField<Value: SwiftProtobuf.Enum>(value: Value, fieldNumber: Int) {
        func words<Known: SwiftProtobuf.Enum & CaseIterable>(_ type: Known.Type) -> JSONFieldKind {
            .word(Known.allCases.filter { $0.rawValue != 0 }.map { (word($0), $0.rawValue) })
        }
        if let type = Value.self as? any (SwiftProtobuf.Enum & CaseIterable).Type { kind = words(type) }
    }

    mutating func visitSingularMessageField<Value: Message>(value: Value, fieldNumber: Int) throws {
        kind = .object(Value.protoMessageName)
        try value.traverse(visitor: &self)
    }

    mutating func visitMapField<KeyType, ValueType: MapValueType>(
        fieldType: _ProtobufMap<KeyType, ValueType>.Type,
        value: _ProtobufMap<KeyType, ValueType>.BaseType, fieldNumber: Int
    ) {}
    mutating func visitMapField<KeyType, ValueType>(
        fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type,
        value: _ProtobufEnumMap<KeyType, ValueType>.BaseType, fieldNumber: Int
    ) where ValueType.RawValue == Int {}
    mutating func visitMapField<KeyType, ValueType>(
        fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type,
        value: _ProtobufMessageMap<KeyType, ValueType>.BaseType, fieldNumber: Int
    ) {}
    mutating func visitUnknown(bytes: Data) {}
}
