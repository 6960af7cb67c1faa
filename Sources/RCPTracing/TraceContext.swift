public import Instrumentation

/// Where a call stands in its trace, as W3C Trace Context tells it from process to process (`traceparent`, `tracestate`).
public struct TraceContext: Sendable, Hashable {
    /// The key of metadata that carries `parent`.
    public static let parentKey = "traceparent"
    /// The key of metadata that carries `state`.
    public static let stateKey = "tracestate"
    /// A longer `tracestate` may be dropped (Trace Context §3.3.1.5), and is.
    public static let stateBytesMax = 512

    /// Shared by all spans of the trace.
    public var traceID: TraceID
    /// Of the span that is the parent of what follows; never zero.
    public var spanID: UInt64
    /// Whether the spans of this trace are recorded.
    public var isSampled: Bool
    /// What other systems want to be passed on; empty if nothing.
    public var state: String

    public init(traceID: TraceID, spanID: UInt64, isSampled: Bool, state: String = "") {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// - Returns: nil for a parent that is none: a trace then begins anew (Trace Context §4.3).
    public init?(parent: String, state: String = "") {
        let bytes = Array(parent.utf8)
        // version "-" trace id "-" parent id "-" flags; later versions may go on behind another dash.
        guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || (version > 0 && bytes[55] == Self.dash),
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]),
            let spanID = Self.number(bytes[36..<52]), let flags = Self.number(bytes[53..<55]),
            high | low != 0, spanID != 0
        else { return nil }
        self.init(
            traceID: TraceID(high: high, low: low), spanID: spanID, isSampled: flags & 1 != 0,
            state: state.utf8.count <= Self.stateBytesMax ? state : "")
    }

    /// The value of `traceparent`.
    public var parent: String { "00-\(traceID)-\(Self.hexadecimal(spanID))-\(isSampled ? "01" : "00")" }

    private static let dash = UInt8(ascii: "-")

    /// Lower-case digits only, as the standard has them.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - 0x57)
            default: return nil
            }
        }
        return number
    }

    /// Sixteen digits, as a span's id is written.
    public static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// 128 bits, never all zero.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Thirty-two digits.
    public var description: String { TraceContext.hexadecimal(high) + TraceContext.hexadecimal(low) }
}

private enum TraceContextKey: InstrumentationContextKey {
    typealias Value = TraceContext
}

extension InstrumentationContext {
    /// Where the current task stands in its trace; nil outside any.
    public var traceContext: TraceContext? {
        get { self[TraceContextKey.self] }
        set { self[TraceContextKey.self] = newValue }
    }
}
