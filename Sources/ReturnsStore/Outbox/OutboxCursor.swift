import ReturnsDomain
import ReturnsRecords

/// A place in the whole log: for each partition the last event that is behind it.
///
/// Its text is opaque to clients. It ends with a checksum, so that one that was cut or mistyped is refused instead of
/// skipping events.
public struct OutboxCursor: Hashable, Sendable {
    public var positions: [OutboxID]
    /// Whatever cases did before this time lies behind the cursor, by the clock that cases go by: who has to resync lists the
    /// cases changed since. 0 if that is not known.
    public var seenThroughMilliseconds: Int64
    /// The run of the store that its latest event was recorded in; nil for a cursor that never leaves the server.
    public var run: StoreRun?

    private static let version: UInt8 = 2
    private static let checksumBytes = 4
    /// Two varints of up to ten bytes each for a partition, and what stands around them; four letters for three bytes.
    private static func textBytesMax(partitions: Int) -> Int { (partitions * 20 + 64) * 4 / 3 + 4 }
    /// Far beyond every clock, and far from overflow.
    private static let millisecondsMax: UInt64 = 1 << 53

    public init(positions: [OutboxID], seenThroughMilliseconds: Int64 = 0, run: StoreRun? = nil) {
        self.positions = positions
        self.run = run
        self.seenThroughMilliseconds = seenThroughMilliseconds
    }

    /// Goes behind an event.
    public mutating func pass(_ id: EventID) { positions[id.partition] = id.position }

    public var text: String {
        var writer = RecordWriter(capacity: positions.count * 8 + 32)
        writer.write(Self.version)
        writer.write(UInt64(positions.count))
        writer.write(seenThroughMilliseconds)
        writer.write(run?.number ?? 0)
        writer.write(run?.tag ?? 0)
        // Times lie close together, so only how far each is from the oldest is written.
        let start = positions.lazy.filter { $0 != .zero }.map(\.milliseconds).min() ?? 0
        writer.write(start)
        for position in positions {
            guard position != .zero else {
                writer.write(UInt64(0))
                continue
            }
            writer.write(position.milliseconds - start + 1)
            writer.write(position.sequence)
        }
        var checksum = CRC32C()
        checksum.update(writer.bytes)
        let sum = checksum.value
        return Base64URL.encode(
            writer.bytes + (0..<UInt32(Self.checksumBytes)).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
        )
    }

    /// Nil for what is no cursor of a store of so many partitions.
    public init?(_ text: String, partitions: Int) {
        guard text.utf8.count <= Self.textBytesMax(partitions: partitions),
            let bytes = Base64URL.decode(text), bytes.count > Self.checksumBytes
        else { return nil }
        let body = bytes.dropLast(Self.checksumBytes)
        var checksum = CRC32C()
        checksum.update(body)
        let sum = bytes.suffix(Self.checksumBytes).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard sum == checksum.value,
            let cursor = body.withUnsafeBytes({ try? OutboxCursor($0, partitions: partitions) })
        else { return nil }
        // One place has one text: the last letter may hold bits that mean nothing.
        guard cursor.text == text else { return nil }
        self = cursor
    }

    private init(_ bytes: UnsafeRawBufferPointer, partitions: Int) throws(RecordError) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == Self.version, try reader.unsigned() == UInt64(partitions) else {
            throw RecordError(what: "a cursor of another store")
        }
        let seenThrough = try reader.signed()
        guard seenThrough >= 0, UInt64(seenThrough) <= Self.millisecondsMax else {
            throw RecordError(what: "a time out of range")
        }
        let (number, tag) = (try reader.unsigned(), try reader.unsigned())
        guard let number = UInt32(exactly: number), let tag = UInt32(exactly: tag) else {
            throw RecordError(what: "a run out of range")
        }
        let start = try reader.unsigned()
        var positions: [OutboxID] = []
        for _ in 0..<partitions {
            let distance = try reader.unsigned()
            guard distance > 0 else {
                positions.append(.zero)
                continue
            }
            let (milliseconds, overflows) = start.addingReportingOverflow(distance - 1)
            guard !overflows, milliseconds <= Self.millisecondsMax else {
                throw RecordError(what: "a time out of range")
            }
            positions.append(OutboxID(milliseconds: milliseconds, sequence: try reader.unsigned()))
        }
        guard reader.isAtEnd else { throw RecordError(what: "more than a cursor") }
        self.init(
            positions: positions, seenThroughMilliseconds: seenThrough,
            run: number == 0 ? nil : StoreRun(number: number, tag: tag))
    }
}

/// RFC 4648 §5 without padding: letters that need no quoting in shells, files and URLs.
enum Base64URL {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(letters[Int(buffer >> UInt32(bits) & 0x3F)])
            }
        }
        if bits > 0 { text.append(letters[Int(buffer << UInt32(6 - bits) & 0x3F)]) }
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for letter in text.utf8 {
            guard let value = values[Int(letter)] else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return bytes
    }
}
