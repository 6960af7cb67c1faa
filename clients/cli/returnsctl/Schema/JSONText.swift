import Foundation

/// A JSON object that a person wrote, read once; each thing in it is said by one name.
struct JSONText {
    let bytes: Data
    let object: [String: Any]

    init(_ bytes: Data) throws(JSONFault) {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let first else { throw JSONFault("MALFORMED", "", "is empty") }
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw JSONFault("MALFORMED", "", "is no UTF-8 text; save it as UTF-8")
        }
        guard first == UInt8(ascii: "{") else {
            throw JSONFault("MALFORMED", "", "does not begin with '{'")
        }
        do {
            object = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] ?? [:]
        } catch {
            throw JSONFault("MALFORMED", "", Self.syntax(error as NSError, bytes))
        }
        if let twice = Self.twice(object, "") { throw twice }
        self.bytes = bytes
    }

    /// Some of another text's fields.
    init(_ object: [String: Any]) {
        self.object = object
        bytes = (try? JSONSerialization.data(withJSONObject: object)) ?? Data("{}".utf8)
    }

    /// The key that says this field, in either of its names ("dryRun", "dry_run"); nil where none does.
    func key(of field: String) -> String? { object.keys.first { snakeCase($0) == field } }

    private static func syntax(_ error: NSError, _ bytes: Data) -> String {
        let words = "\(error.userInfo["NSDebugDescription"] ?? "")"
        if words.contains("end of file") { return "ends too early: a quote or bracket is missing" }
        guard let place = words.firstMatch(of: /character (\d+)/).flatMap({ Int($0.1) }), place <= bytes.count
        else { return "is malformed" }
        let before = bytes.prefix(place)
        let line = before.count { $0 == 0x0A } + 1
        let column = place - (before.lastIndex(of: 0x0A).map { $0 - before.startIndex + 1 } ?? 0) + 1
        return "is malformed near line \(line), column \(column)"
    }

    /// The JSON form of a message takes both names of a field; of two, one would be lost.
    private static func twice(_ value: Any, _ path: String) -> JSONFault? {
        if let array = value as? [Any] {
            for (index, element) in array.enumerated() {
                if let found = twice(element, "\(path)[\(index)]") { return found }
            }
        }
        guard let object = value as? [String: Any] else { return nil }
        var names: [String: String] = [:]
        for key in object.keys.sorted() {
            let field = path.isEmpty ? key : "\(path).\(key)"
            if let other = names.updateValue(key, forKey: snakeCase(key)) {
                return .twice(field, other)
            }
            if let found = object[key].flatMap({ twice($0, field) }) { return found }
        }
        return nil
    }
}

/// What is wrong in a JSON text, in the words of who wrote it.
struct JSONFault: Error, Equatable {
    /// Stable, upper case.
    var reason: String
    /// Path of the field as the text has it, "lines[2].quantity"; empty where the text as a whole is at fault.
    var field: String
    /// Goes on after the field, or after "it".
    var text: String

    /// The reason of a field that the message does not have; the text says where to look.
    static let unknownField = "FIELD_UNKNOWN"

    init(_ reason: String, _ field: String, _ text: String) {
        self.reason = reason
        self.field = field
        self.text = text
    }

    static func twice(_ field: String, _ other: String) -> JSONFault {
        JSONFault("FIELD_TWICE", field, "says the same as \(other): leave one of them out")
    }

    /// "lines[2].quantity: is not a whole number", "it is empty"
    var sentence: String { field.isEmpty ? "it \(text)" : "\(field): \(text)" }
}

extension ImportRefusal {
    /// - Parameter noun: What the text as a whole is not: "the line is no order".
    init(_ fault: JSONFault, _ noun: String) {
        self.init(fault.reason, fault.field, fault.field.isEmpty ? "\(noun): \(fault.sentence)" : fault.text)
    }

    static func naming<Result>(
        _ noun: String, _ body: () throws(JSONFault) -> Result
    ) throws(ImportRefusal) -> Result {
        do throws(JSONFault) {
            return try body()
        } catch {
            throw ImportRefusal(error, noun)
        }
    }
}
