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

    static func repeated(_ field: String) -> JSONFault {
        JSONFault("FIELD_REPEATED", field, "stands twice: leave one of the two out")
    }

    /// "lines" and "[2]" make "lines[2]".
    static func path(_ path: String, _ place: String) -> String {
        path.isEmpty || place.hasPrefix("[") ? path + place : "\(path).\(place)"
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
