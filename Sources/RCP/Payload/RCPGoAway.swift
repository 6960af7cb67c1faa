import NIOCore

/// Why a connection ends. Extensible: an unknown code counts as PROTOCOL_ERROR (SPEC.md §5.2).
public struct RCPGoAwayCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Draining: open calls end as usual.
    public static let noError = RCPGoAwayCode(rawValue: 0)
    /// The peer broke the protocol.
    public static let protocolError = RCPGoAwayCode(rawValue: 1)
    /// A frame was above the negotiated limit.
    public static let frameTooLarge = RCPGoAwayCode(rawValue: 2)
    /// More was sent than the window allowed.
    public static let creditOverrun = RCPGoAwayCode(rawValue: 3)
    /// PINGs came too often.
    public static let tooManyPings = RCPGoAwayCode(rawValue: 4)
    /// The principal may no longer be connected.
    public static let unauthenticated = RCPGoAwayCode(rawValue: 5)
    /// A fault of the sender.
    public static let internalError = RCPGoAwayCode(rawValue: 6)
    /// Nothing was called for long.
    public static let idle = RCPGoAwayCode(rawValue: 7)
    /// The peer causes more work than it may.
    public static let excessiveLoad = RCPGoAwayCode(rawValue: 8)
    /// The peer reads or sends too slowly.
    public static let tooSlow = RCPGoAwayCode(rawValue: 9)

    public var description: String {
        switch self {
        case .noError: "NO_ERROR"
        case .protocolError: "PROTOCOL_ERROR"
        case .frameTooLarge: "FRAME_TOO_LARGE"
        case .creditOverrun: "CREDIT_OVERRUN"
        case .tooManyPings: "TOO_MANY_PINGS"
        case .unauthenticated: "UNAUTHENTICATED"
        case .internalError: "INTERNAL"
        case .idle: "IDLE"
        case .excessiveLoad: "EXCESSIVE_LOAD"
        case .tooSlow: "TOO_SLOW"
        default: "code \(rawValue)"
        }
    }
}

/// The announced end of a connection (SPEC.md §5.2, §11).
public struct RCPGoAway: Sendable, Hashable {
    /// The highest stream the sender has acted or will act on.
    public var lastStream: UInt32
    /// Why the connection ends.
    public var code: RCPGoAwayCode
    /// For people; at most `RCPLimits.noticeTextBytesMax`.
    public var text: String

    public init(lastStream: UInt32, code: RCPGoAwayCode, text: String) {
        self.lastStream = lastStream
        self.code = code
        self.text = text
    }
}

extension RCPGoAway {
    init(payload: ByteBuffer) throws(RCPViolation) {
        var bytes = payload
        guard let (lastStream, code) = bytes.readMultipleIntegers(as: (UInt32, UInt16).self),
            let text = bytes.readText16(), text.utf8.count <= RCPLimits.noticeTextBytesMax
        else { throw .goAwayTruncated }
        self.init(lastStream: lastStream, code: RCPGoAwayCode(rawValue: code), text: text)
    }

    func writePayload(into out: inout ByteBuffer) {
        out.writeMultipleIntegers(lastStream, code.rawValue)
        out.writeText16(text, bytesMax: RCPLimits.noticeTextBytesMax)
    }
}
