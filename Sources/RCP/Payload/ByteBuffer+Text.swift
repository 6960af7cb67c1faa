import NIOCore

extension ByteBuffer {
    /// Reads `count` bytes as text; nil if they are not there or are not UTF-8.
    mutating func readText(bytes count: Int) -> String? {
        guard count > 0 else { return "" }
        guard count <= readableBytes else { return nil }
        let text = withUnsafeReadableBytes { bytes in
            String(validating: bytes.prefix(count), as: UTF8.self)
        }
        guard let text else { return nil }
        moveReaderIndex(forwardBy: count)
        return text
    }

    mutating func readText8() -> String? {
        guard let count = readInteger(as: UInt8.self) else { return nil }
        return readText(bytes: Int(count))
    }

    mutating func readText16() -> String? {
        guard let count = readInteger(as: UInt16.self) else { return nil }
        return readText(bytes: Int(count))
    }

    /// Writes a length and as much of `text` as `bytesMax` allows, cut between characters' encodings.
    mutating func writeText16(_ text: String, bytesMax: Int) {
        let kept = text.utf8Prefix(bytesMax: min(bytesMax, Int(UInt16.max)))
        writeInteger(UInt16(kept.utf8.count))
        writeSubstring(kept)
    }

    mutating func writeText8(_ text: String, bytesMax: Int = Int(UInt8.max)) {
        let kept = text.utf8Prefix(bytesMax: min(bytesMax, Int(UInt8.max)))
        writeInteger(UInt8(kept.utf8.count))
        writeSubstring(kept)
    }
}

extension String {
    /// The longest prefix of whole scalars within `bytesMax`, so that what is sent is always UTF-8.
    func utf8Prefix(bytesMax: Int) -> Substring {
        if utf8.count <= bytesMax { return self[...] }
        var cut = utf8.index(startIndex, offsetBy: bytesMax)
        // A continuation byte belongs to the scalar before it: step back to that scalar's first byte.
        while utf8[cut] & 0b1100_0000 == 0b1000_0000 { cut = utf8.index(before: cut) }
        return self[..<cut]
    }
}
