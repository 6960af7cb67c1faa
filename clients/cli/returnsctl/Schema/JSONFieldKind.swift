import SwiftProtobuf

/// What a field takes, be it of a message or of the flat form of an import.
enum JSONFieldKind {
    struct Word {
        /// "intake_channel_hotline" is "hotline".
        var word: String
        var name: String
        var number: Int32
    }

    case text, bytes, number, flag, list
    case wholeNumber(WholeNumber)
    /// A value of an enumeration.
    case word([Word])
    /// A message of this type, ".returns.v1.Case".
    case object(String)
    /// The decoder alone looks at it.
    case unlooked

    init(_ field: Google_Protobuf_FieldDescriptorProto, _ words: [String: [Word]]) {
        switch field.type {
        case .string: self = .text
        case .bytes: self = .bytes
        case .bool: self = .flag
        case .double, .float: self = .number
        case .int64, .sint64, .sfixed64: self = .wholeNumber(.int64)
        case .uint64, .fixed64: self = .wholeNumber(.uint64)
        case .int32, .sint32, .sfixed32: self = .wholeNumber(.int32)
        case .uint32, .fixed32: self = .wholeNumber(.uint32)
        case .enum: self = .word(words[field.typeName] ?? [])
        case .message, .group: self = .object(field.typeName)
        }
    }

    static func words(of type: Google_Protobuf_EnumDescriptorProto) -> [Word] {
        let prefix = "\(snakeCase(type.name))_"
        return type.value.map { value in
            let name = value.name.lowercased()
            return Word(
                word: name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name, name: value.name,
                number: value.number)
        }
    }

    /// What a value's name or word stands for; hyphens count as underscores.
    static func number(of text: String, in words: [Word]) -> Int32? {
        if let named = words.first(where: { $0.name == text }) { return named.number }
        let wanted = text.lowercased().replacing("-", with: "_")
        return words.first { $0.number != 0 && $0.word == wanted }?.number
    }

    /// - Returns: the reason, and words that go on after the field's name; nil for a value that the field takes.
    func refusal(of value: JSONValue) -> (reason: String, text: String)? {
        func malformed(_ text: String) -> (reason: String, text: String) { ("MALFORMED", text) }
        switch (self, value.kind) {
        case (.text, .text), (.flag, .flag), (.list, .array), (.object, .object), (.unlooked, _): return nil
        case (.text, _): return malformed("is not a text: write it in quotes")
        case (.flag, _): return malformed("is not true or false")
        case (.list, _): return malformed("is not a list: write [ … ]")
        case (.object, _): return malformed("is not an object: write { … }")
        case (.bytes, .text(let text)) where Self.isBase64(text): return nil
        case (.bytes, _): return malformed("is not a text in base 64")
        case (.number, .number), (.number, .text("NaN")), (.number, .text("Infinity")),
            (.number, .text("-Infinity")):
            return nil
        case (.number, .text(let text)): return Double(text) == nil ? malformed("is not a number") : nil
        case (.number, _): return malformed("is not a number")
        case (.wholeNumber(let type), .number(let text)), (.wholeNumber(let type), .text(let text)):
            return type.refusal(of: text)
        case (.wholeNumber, _): return malformed("is not a whole number")
        case (.word, .number(let text)): return WholeNumber.int32.refusal(of: text)
        case (.word(let words), .text(let text)) where Self.number(of: text, in: words) != nil: return nil
        case (.word(let words), let kind):
            let given = if case .text(let text) = kind { "'\(text.prefix(60))' " } else { "" }
            let taken = words.filter { $0.number != 0 }.map(\.word).joined(separator: ", ")
            return ("VALUE_UNKNOWN", "\(given)is not one of: \(taken)")
        }
    }

    /// Of either alphabet, with or without the signs that fill it up.
    private static func isBase64(_ text: String) -> Bool {
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        return digits.count % 4 != 1
            && digits.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "+/-_".utf8.contains(byte)
                }
            }
    }
}

extension JSONFault {
    static func notAList(_ field: String) -> JSONFault {
        JSONFault("MALFORMED", field, "is not a list: write [ … ]")
    }
}
