import ArgumentParser
import SwiftProtobuf

/// The word for a value of a protocol enumeration, as documents and the command line use it: "info_needed".
func word<Value: SwiftProtobuf.Enum>(_ value: Value) -> String {
    let name = "\(value)"
    if name == "unspecified" { return "-" }
    // A newer server may know values that this client does not.
    return name.hasPrefix("UNRECOGNIZED") ? "#\(value.rawValue)" : snakeCase(name)
}

/// "infoNeeded" → "info_needed"
func snakeCase(_ name: String) -> String {
    let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
    guard name.utf8.contains(where: capitals.contains) else { return name }
    var result: [UInt8] = []
    for byte in name.utf8 {
        let isCapital = capitals.contains(byte)
        if isCapital, !result.isEmpty { result.append(UInt8(ascii: "_")) }
        result.append(isCapital ? byte | 0x20 : byte)
    }
    return String(decoding: result, as: UTF8.self)
}

/// Reads a word; hyphens and blanks count as underscores, since some are printed with blanks.
func value<Value: SwiftProtobuf.Enum & CaseIterable>(ofWord text: String, as type: Value.Type) -> Value? {
    let wanted = text.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    return Value.allCases.first { $0.rawValue != 0 && word($0) == wanted }
}

/// The words a person may use, for help and errors.
func words<Value: SwiftProtobuf.Enum & CaseIterable>(_ type: Value.Type) -> String {
    Value.allCases.filter { $0.rawValue != 0 }.map { word($0) }.joined(separator: ", ")
}

/// For `@Option(transform:)`.
func parseWord<Value: SwiftProtobuf.Enum & CaseIterable>(_ text: String) throws -> Value {
    guard let found = value(ofWord: text, as: Value.self) else {
        throw ValidationError("'\(text)' is not one of: \(words(Value.self))")
    }
    return found
}

/// The same of some values of an enumeration.
func parseWord<Value: SwiftProtobuf.Enum & CaseIterable>(_ text: String, of taken: [Value]) throws -> Value {
    guard let found = value(ofWord: text, as: Value.self), taken.contains(found) else {
        throw ValidationError("'\(text)' is not one of: \(taken.map { word($0) }.joined(separator: ", "))")
    }
    return found
}

/// What either of two pages names, rising and once.
func union(_ first: [UInt32], _ second: [UInt32]) -> [UInt32] { Set(first).union(second).sorted() }

/// "1 case", "2 cases".
func counted(_ count: some BinaryInteger, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
