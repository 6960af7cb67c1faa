import NIOCore

extension ByteBuffer {
    /// Reads the vectors' notation: hexadecimal, `bb*count` for a repeated byte, tokens set apart by spaces.
    init(vector text: String) {
        self.init()
        for token in text.split(separator: " ") {
            let parts = token.split(separator: "*")
            let bytes = Self.bytes(parts[0])
            if parts.count == 2 {
                writeRepeatingByte(bytes[0], count: Int(parts[1])!)
            } else {
                writeBytes(bytes)
            }
        }
    }

    var hexadecimal: String {
        readableBytesView.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The vectors' notation of these bytes.
    var vectorNotation: String {
        var tokens = ""
        var rest = readableBytesView[...]
        while let first = rest.first {
            let count = rest.prefix { $0 == first }.count
            let digits = ByteBuffer(integer: first).hexadecimal
            tokens += count < 32 ? String(repeating: digits, count: count) : " \(digits)*\(count) "
            rest = rest.dropFirst(count)
        }
        return tokens.split(separator: " ").joined(separator: " ")
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        var rest = text
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            bytes.append(UInt8(rest.prefix(2), radix: 16)!)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
