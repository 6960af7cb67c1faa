import Foundation

/// Text that comes from outside: files, standard input, arguments. Its bytes are UTF-8 or refused, since text that is repaired
/// ("M�ller") would be kept for what somebody has written.
enum InputText {
    private static let utf16Marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]

    /// Whether a file begins as UTF-16 does, by its mark or by the half of its first letter that is zero.
    static func isUTF16(_ start: some Collection<UInt8>) -> Bool {
        let two = Array(start.prefix(2))
        return two.count == 2 && (utf16Marks.contains(two) || two.filter { $0 == 0 }.count == 1)
    }

    /// Why bytes are no text, as words that go on after "it"; nil where they are.
    static func fault(in bytes: Data) -> String? {
        if isUTF16(bytes) { return "is UTF-16 text: save it as UTF-8" }
        guard let offset = invalidOffset(in: bytes) else { return nil }
        let byte = String(bytes[bytes.startIndex + offset], radix: 16, uppercase: true)
        return "is no UTF-8 text (byte 0x\(byte) at \(place(of: offset, in: bytes))): save it as UTF-8"
    }

    /// - Parameter name: what the bytes are to the user, such as "the file orders.json".
    static func text(_ bytes: Data, name: String) throws -> String {
        if let fault = fault(in: bytes) { throw CommandFailure.usage("\(name) \(fault)") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Of what the shell has passed. The parser gets its arguments repaired already.
    static func checkArguments() throws {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            if let failure = argumentFailure(Data(bytes: argument, count: strlen(argument))) { throw failure }
        }
    }

    static func argumentFailure(_ bytes: Data) -> CommandFailure? {
        guard invalidOffset(in: bytes) != nil else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return .usage(
            "the argument '\(text)' is no UTF-8 text",
            hints: ["set the terminal to UTF-8 (\"locale\" shows a name such as C.UTF-8), and type it again"])
    }

    /// "line 3, column 7", or "column 7" of a text of one line.
    static func place(of offset: Int, in bytes: Data) -> String {
        let before = bytes.prefix(offset)
        let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? before.startIndex
        let column = String(decoding: before[start...], as: UTF8.self).count + 1
        let isOneLine = bytes.firstIndex(of: 0x0A).map { $0 == bytes.endIndex - 1 } ?? true
        return isOneLine ? "column \(column)" : "line \(before.count { $0 == 0x0A } + 1), column \(column)"
    }

    private static func invalidOffset(in bytes: Data) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
        return offset
    }
}
