/// The numbers of a message, and how to replace them: what damage of single bytes seldom makes, a record that is well formed and
/// holds a number that nothing can be computed with.
struct NumberDamage {
    /// A field of a message: its number, and its content.
    private struct Field {
        var number: UInt64
        var content: Content
    }

    private enum Content {
        case number(UInt64)
        case message([Field])
        case bytes([UInt8])
    }

    private let fields: [Field]
    /// Where numbers stand, each once: field numbers from the outside in. Elements of a repeated field share a path.
    let paths: [[UInt64]]

    init(_ message: [UInt8]) {
        fields = Self.parse(message[...]) ?? []
        var paths: Set<[UInt64]> = []
        Self.collect(fields, [], &paths)
        self.paths = paths.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The message with this number in each place of the path.
    func replacing(_ path: [UInt64], with number: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            Self.write(Self.replaced(field, path[...], UInt64(bitPattern: number)), to: &bytes)
        }
        return bytes
    }

    private static func collect(_ fields: [Field], _ outer: [UInt64], _ paths: inout Set<[UInt64]>) {
        for field in fields {
            switch field.content {
            case .number: paths.insert(outer + [field.number])
            case .message(let inner): collect(inner, outer + [field.number], &paths)
            case .bytes: break
            }
        }
    }

    private static func replaced(_ field: Field, _ path: ArraySlice<UInt64>, _ number: UInt64) -> Field {
        guard field.number == path.first else { return field }
        let rest = path.dropFirst()
        switch field.content {
        case .number where rest.isEmpty: return Field(number: field.number, content: .number(number))
        case .message(let inner):
            return Field(
                number: field.number, content: .message(inner.map { replaced($0, rest, number) }))
        case .number, .bytes: return field
        }
    }

    // MARK: The wire format of protobuf

    private static func parse(_ bytes: ArraySlice<UInt8>) -> [Field]? {
        var bytes = bytes
        var fields: [Field] = []
        while !bytes.isEmpty {
            guard let tag = varint(&bytes), tag >> 3 > 0 else { return nil }
            switch tag & 7 {
            case 0:
                guard let number = varint(&bytes) else { return nil }
                fields.append(Field(number: tag >> 3, content: .number(number)))
            case 2:
                guard let count = varint(&bytes), count <= UInt64(bytes.count) else { return nil }
                let content = bytes.prefix(Int(count))
                bytes = bytes.dropFirst(Int(count))
                let inner = content.isEmpty ? nil : parse(content)
                fields.append(
                    Field(number: tag >> 3, content: inner.map(Content.message) ?? .bytes(Array(content))))
            default: return nil
            }
        }
        return fields
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private static func write(_ field: Field, to bytes: inout [UInt8]) {
        switch field.content {
        case .number(let number):
            write(field.number << 3, to: &bytes)
            write(number, to: &bytes)
        case .message(let inner):
            var content: [UInt8] = []
            for field in inner { write(field, to: &content) }
            write(Field(number: field.number, content: .bytes(content)), to: &bytes)
        case .bytes(let content):
            write(field.number << 3 | 2, to: &bytes)
            write(UInt64(content.count), to: &bytes)
            bytes += content
        }
    }

    private static func write(_ number: UInt64, to bytes: inout [UInt8]) {
        var number = number
        while number >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
            number >>= 7
        }
        bytes.append(UInt8(number))
    }
}
