import NIOCore

/// Why a handshake failed. Extensible: an unknown code is kept as it came (SPEC.md §4.3).
public struct RCPRefusedCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Client and server have no version in common.
    public static let version = RCPRefusedCode(rawValue: 1)
    /// The server knows no such principal.
    public static let unauthenticated = RCPRefusedCode(rawValue: 2)
    /// HELLO could not be read.
    public static let malformed = RCPRefusedCode(rawValue: 3)
    /// The server has too many connections.
    public static let overloaded = RCPRefusedCode(rawValue: 4)
    /// The server is stopping.
    public static let draining = RCPRefusedCode(rawValue: 5)
    /// No complete HELLO came in time.
    public static let helloTimeout = RCPRefusedCode(rawValue: 6)

    public var description: String {
        switch self {
        case .version: "VERSION"
        case .unauthenticated: "UNAUTHENTICATED"
        case .malformed: "MALFORMED"
        case .overloaded: "OVERLOADED"
        case .draining: "DRAINING"
        case .helloTimeout: "HELLO_TIMEOUT"
        default: "code \(rawValue)"
        }
    }
}

/// The server's no (SPEC.md §4.3).
public struct RCPRefused: Sendable, Hashable {
    /// Why the server takes no calls on this connection.
    public var code: RCPRefusedCode
    /// Oldest version that the server speaks.
    public var versionMin: UInt8
    /// Newest version that the server speaks.
    public var versionMax: UInt8
    /// For people; at most `RCPLimits.noticeTextBytesMax`.
    public var text: String

    public init(
        code: RCPRefusedCode, versionMin: UInt8 = RCPVersion.min, versionMax: UInt8 = RCPVersion.max,
        text: String
    ) {
        self.code = code
        self.versionMin = versionMin
        self.versionMax = versionMax
        self.text = text
    }
}

extension RCPRefused {
    init(payload: ByteBuffer) throws(RCPViolation) {
        var bytes = payload
        guard
            let (code, versionMin, versionMax) = bytes.readMultipleIntegers(as: (UInt16, UInt8, UInt8).self),
            let text = bytes.readText16(), text.utf8.count <= RCPLimits.noticeTextBytesMax
        else { throw .refusedTruncated }
        self.init(
            code: RCPRefusedCode(rawValue: code), versionMin: versionMin, versionMax: versionMax, text: text)
    }

    func writePayload(into out: inout ByteBuffer) {
        out.writeMultipleIntegers(code.rawValue, versionMin, versionMax)
        out.writeText16(text, bytesMax: RCPLimits.noticeTextBytesMax)
    }
}
