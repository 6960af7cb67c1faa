import Foundation

/// A JSON object whose unknown keys are errors: a misspelt key must not lose what it holds.
struct StrictObject {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int?

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder, keys: Set<String>) throws {
        container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys where !keys.contains(key.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "is not known here; known are \(keys.sorted().joined(separator: ", "))")
        }
    }

    /// For who looks at the other keys itself.
    init(_ decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: Key.self)
    }

    func value<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value {
        try container.decode(Value.self, forKey: Key(key))
    }

    func optional<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
        try container.decodeIfPresent(Value.self, forKey: Key(key))
    }
}

extension ImportRefusal {
    static func decoding<Value: Decodable>(_ type: Value.Type, _ bytes: Data) throws(ImportRefusal) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: bytes)
        } catch let error as DecodingError {
            throw UnfitNumber.first(in: bytes) ?? ImportRefusal(error)
        } catch {
            throw ImportRefusal("MALFORMED", "", "the line is no JSON object")
        }
    }

    /// Names the field as the file does, and says what is expected there.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init("FIELD_REQUIRED", Self.path(context.codingPath + [key]), "is missing")
        case .valueNotFound(_, let context):
            self.init("FIELD_REQUIRED", Self.path(context.codingPath), "is null")
        case .typeMismatch(let type, let context):
            self.init("MALFORMED", Self.path(context.codingPath), "is not \(Self.name(type))")
        case .dataCorrupted(let context):
            let path = Self.path(context.codingPath)
            let isUnknown = context.debugDescription.hasPrefix("is not known")
            self.init(
                isUnknown ? "FIELD_UNKNOWN" : "MALFORMED", path,
                isUnknown
                    ? context.debugDescription
                    : path.isEmpty ? "the line is no JSON object" : "is out of range or malformed")
        @unknown default:
            self.init("MALFORMED", "", "the line is not understood")
        }
    }

    static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }

    private static func name(_ type: any Any.Type) -> String {
        if type == String.self { return "a text" }
        if type == Int64.self { return "a whole number" }
        return "of the expected kind"
    }
}

/// Finds the number of a JSON text that no 64-bit integer holds; the decoder only says that there is one.
enum UnfitNumber {
    static func first(in bytes: Data) -> ImportRefusal? {
        guard let object = try? JSONSerialization.jsonObject(with: bytes) else { return nil }
        return first(in: object, "")
    }

    private static func first(in value: Any, _ path: String) -> ImportRefusal? {
        switch value {
        case let object as [String: Any]:
            for key in object.keys.sorted() {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                if let found = object[key].flatMap({ first(in: $0, inner) }) { return found }
            }
        case let array as [Any]:
            for (index, element) in array.enumerated() {
                if let found = first(in: element, "\(path)[\(index)]") { return found }
            }
        case let number as NSNumber:
            return refusal(number.doubleValue, path)
        default:
            break
        }
        return nil
    }

    private static func refusal(_ number: Double, _ path: String) -> ImportRefusal? {
        if abs(number) >= 0x1p63 {
            return ImportRefusal(
                "NUMBER_OUT_OF_RANGE", path, "is beyond every amount and quantity: correct the number")
        }
        return number == number.rounded() ? nil : ImportRefusal("MALFORMED", path, "is not a whole number")
    }
}
