import NIOCore

/// Why a handshake failed. Extensible: an unknown code is kept as it came (SPEC.md §4.3).
public struct RCPRefusedCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let version = RCPRefusedCode(rawValue: 1)
    public static let unauthenticated = RCPRefusedCode(rawValue: 2)
    public static let malformed = RCPRefusedCode(rawValue: 3)
    public static let overloaded = RCPRefusedCode(rawValue: 4)
    public static let draining = RCPRefusedCode(rawValue: 5)
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
    public var code: RCPRefusedCode
    public var versionMin: UInt8
    public var versionMax: UInt8
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
