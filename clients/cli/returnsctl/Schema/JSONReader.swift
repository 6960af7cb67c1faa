import Foundation

/// Reads a JSON text by the letter of RFC 8259, and tells where it is not one. Keys that stand twice in an object, or that say one
/// field by both of its names ("dryRun", "dry_run"), are faults: of two values a decoder takes one and drops the other.
struct JSONReader {
    /// As deep as messages are decoded.
    private static let depthMax = 100

    private let data: Data
    private let bytes: [UInt8]
    private var index = 0
    /// The keys and places that lead to what is read now.
    private var path: [String] = []

    /// - Precondition: the bytes are UTF-8.
    init(_ data: Data) {
        self.data = data
        bytes = Array(data)
    }

    /// The object that is the whole text.
    mutating func object() throws(JSONFault) -> [JSONMember] {
        skipBlanks()
        guard let first = current else { throw JSONFault("MALFORMED", "", "is empty") }
        guard first == UInt8(ascii: "{") else {
            throw JSONFault(
                "MALFORMED", "",
                first == UInt8(ascii: "[")
                    ? "is a list [ … ]: write one object { … }" : "does not begin with '{'")
        }
        let object = try members()
        skipBlanks()
        guard index == bytes.count else { throw malformed() }
        return object
    }

    // MARK: Values

    private mutating func value() throws(JSONFault) -> JSONValue {
        guard let first = current else { throw endsEarly }
        guard path.count < Self.depthMax else {
            throw JSONFault("MALFORMED", "", "is nested too deeply")
        }
        let start = index
        let kind: JSONValue.Kind
        switch first {
        case UInt8(ascii: "{"): kind = .object(try members())
        case UInt8(ascii: "["): kind = .array(try elements())
        case UInt8(ascii: "\""): kind = .text(try text())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = .number(try number())
        case UInt8(ascii: "t"): kind = try word("true", .flag(true))
        case UInt8(ascii: "f"): kind = try word("false", .flag(false))
        case UInt8(ascii: "n"): kind = try word("null", .null)
        default: throw malformed()
        }
        return JSONValue(kind: kind, bytes: start..<index)
    }

    private mutating func members() throws(JSONFault) -> [JSONMember] {
        var members: [JSONMember] = []
        var keys: [String: String] = [:]
        while try goesOn(until: UInt8(ascii: "}"), isFirst: members.isEmpty) {
            let start = index
            guard current == UInt8(ascii: "\"") else { throw malformed() }
            let key = try text()
            path.append(key)
            if let other = keys.updateValue(key, forKey: snakeCase(key)) {
                throw other == key ? .repeated(field) : .twice(field, other)
            }
            skipBlanks()
            try take(UInt8(ascii: ":"))
            skipBlanks()
            let value = try value()
            path.removeLast()
            members.append(JSONMember(key: key, value: value, bytes: start..<index))
        }
        return members
    }

    private mutating func elements() throws(JSONFault) -> [JSONValue] {
        var elements: [JSONValue] = []
        while try goesOn(until: UInt8(ascii: "]"), isFirst: elements.isEmpty) {
            path.append("[\(elements.count)]")
            elements.append(try value())
            path.removeLast()
        }
        return elements
    }

    /// Takes a bracket, comma or closing bracket, and the blanks around.
    ///
    /// - Returns: false behind the closing bracket.
    private mutating func goesOn(until end: UInt8, isFirst: Bool) throws(JSONFault) -> Bool {
        if isFirst { index += 1 }
        skipBlanks()
        if current == end {
            index += 1
            return false
        }
        if !isFirst {
            try take(UInt8(ascii: ","))
            skipBlanks()
            if current == end { throw malformed("has a comma too many") }
        }
        return true
    }

    private mutating func word(_ word: String, _ kind: JSONValue.Kind) throws(JSONFault) -> JSONValue.Kind {
        for byte in word.utf8 { try take(byte) }
        return kind
    }

    /// A minus, an integer without leading zeros, a fraction, an exponent.
    private mutating func number() throws(JSONFault) -> String {
        let start = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if current == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFault) {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw current == nil ? endsEarly : malformed() }
    }

    // MARK: Texts

    private mutating func text() throws(JSONFault) -> String {
        index += 1
        var start = index
        var text = ""
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                text += String(decoding: bytes[start..<index], as: UTF8.self)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[start..<index], as: UTF8.self)
                text.unicodeScalars.append(try escape())
                start = index
            case ..<0x20:
                throw malformed(
                    byte == 0x0A
                        ? "has a line break in a text, or a quote is missing,"
                        : "has a control character in a text")
            default:
                index += 1
            }
        }
        throw endsEarly
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        let start = index
        index += 1
        guard let letter = current else { throw endsEarly }
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            index = start
            throw malformed("has a '\\' that escapes nothing")
        }
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        if UTF16.isLeadSurrogate(high), current == UInt8(ascii: "\\"), index + 1 < bytes.count,
            bytes[index + 1] == UInt8(ascii: "u")
        {
            index += 2
            let low = try hexadecimal()
            if UTF16.isTrailSurrogate(low) { return UTF16.decode(UTF16.EncodedScalar([high, low])) }
        }
        index = start
        throw malformed("has one half of a character, '\\u\(String(high, radix: 16))',")
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt16 {
        guard index + 4 <= bytes.count else { throw endsEarly }
        let digits = bytes[index..<index + 4]
        let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard isHexadecimal, let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw malformed()
        }
        index += 4
        return value
    }

    // MARK: Steps

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    private mutating func take(_ byte: UInt8) throws(JSONFault) {
        guard let found = current else { throw endsEarly }
        guard found == byte else { throw malformed() }
        index += 1
    }

    // MARK: Faults

    private var field: String { path.reduce("", JSONFault.path) }

    private var endsEarly: JSONFault {
        JSONFault("MALFORMED", "", "ends too early: a quote or bracket is missing")
    }

    private func malformed(_ what: String = "is malformed") -> JSONFault {
        JSONFault("MALFORMED", "", "\(what) near \(InputText.place(of: index, in: data))")
    }
}
