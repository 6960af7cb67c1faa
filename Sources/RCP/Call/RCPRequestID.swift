/// The idempotency key of a mutation: 16 bytes, all zero meaning absent (SPEC.md §6.1).
public struct RCPRequestID: Sendable, Hashable {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Absent: what read-only calls carry.
    public static let zero = RCPRequestID(high: 0, low: 0)

    /// Whether it is no id: that of a call without one.
    public var isZero: Bool { high == 0 && low == 0 }

    /// A fresh id with all 128 bits from the system's generator, hence never zero in practice.
    public static func random() -> RCPRequestID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// A new id from a generator, for tests that repeat.
    public static func random(using generator: inout some RandomNumberGenerator) -> RCPRequestID {
        let id = RCPRequestID(high: generator.next(), low: generator.next())
        return id.isZero ? RCPRequestID(high: 0, low: 1) : id
    }

    /// As an item of a message stream brings it; nil unless it is 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        func half(_ part: some Sequence<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: half(bytes.prefix(8)), low: half(bytes.dropFirst(8)))
    }

    /// The 16 bytes, as they stand on the wire.
    public var bytes: [UInt8] {
        [high, low].flatMap { half in stride(from: 56, through: 0, by: -8).map { UInt8(half >> $0 & 0xFF) } }
    }

    /// Reads 32 hexadecimal digits in either case, with or without a UUID's four hyphens; nil for
    /// anything else.
    public init?(_ text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        var position = 0
        let isUUID = text.utf8.count == 36
        guard isUUID || text.utf8.count == 32 else { return nil }
        for byte in text.utf8 {
            defer { position += 1 }
            if isUUID, position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.hexadecimalValue(of: byte) else { return nil }
            if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
            digits += 1
        }
        self.init(high: high, low: low)
    }

    private static func hexadecimalValue(of byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension RCPRequestID: CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    public var description: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    private static func hexadecimal(_ half: UInt64) -> String {
        let digits = String(half, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
