import NIOCore

/// One reply of Redis, or one element of one (RESP2).
///
/// Bulk strings are slices of one buffer per reply: cheap to make and to keep together, but a slice kept
/// alone keeps the whole reply's bytes alive. Copy what outlives its reply by long.
public enum RedisValue: Sendable, Hashable {
    /// A status such as `OK`.
    case simpleString(String)
    case bulkString(ByteBuffer)
    case integer(Int64)
    case array([RedisValue])
    /// A null bulk string or a null array.
    case null
    case error(RedisErrorReply)
}

extension RedisValue {
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The bytes of a bulk string.
    public var bytes: ByteBuffer? {
        if case .bulkString(let bytes) = self { bytes } else { nil }
    }

    /// The text of a simple or bulk string; invalid UTF-8 is repaired.
    public var string: String? {
        switch self {
        case .simpleString(let text): text
        case .bulkString(let bytes): String(buffer: bytes)
        case .integer, .array, .null, .error: nil
        }
    }

    /// An integer reply, or a bulk string that is a decimal integer and nothing else.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .bulkString(let bytes): Int64(decimal: bytes)
        case .simpleString, .array, .null, .error: nil
        }
    }

    public var array: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    public var error: RedisErrorReply? {
        if case .error(let reply) = self { reply } else { nil }
    }

    /// The value itself, or the error reply as a thrown error. For the replies of a pipeline, which arrive as
    /// values.
    public func checked() throws(RedisError) -> RedisValue {
        if case .error(let reply) = self { throw RedisError(reply) }
        return self
    }
}

extension Int64 {
    /// Reads what Redis itself would accept as an integer: digits, at most a leading minus, and no overflow.
    init?(decimal bytes: ByteBuffer) {
        let parsed = bytes.withUnsafeReadableBytes { digits -> Int64? in
            let isNegative = digits.first == UInt8(ascii: "-")
            let magnitude = digits.dropFirst(isNegative ? 1 : 0)
            guard !magnitude.isEmpty, magnitude.count <= 19 else { return nil }
            var value: Int64 = 0
            for byte in magnitude {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                let digit = Int64(byte - UInt8(ascii: "0"))
                let (shifted, shiftOverflow) = value.multipliedReportingOverflow(by: 10)
                // Built downwards when negative, since Int64.min has no positive counterpart.
                let (next, addOverflow) =
                    isNegative
                    ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
                guard !shiftOverflow, !addOverflow else { return nil }
                value = next
            }
            return value
        }
        guard let parsed else { return nil }
        self = parsed
    }
}
