import NIOCore

/// How a client proves who it is (SPEC.md §4.1). Its description never shows the secret.
public enum RCPCredentials: Sendable, Hashable {
    case none
    case token([UInt8])
    /// The TLS layer has the client's certificate.
    case certificate
    /// A kind this release does not know; the server refuses it.
    case other(kind: UInt8, bytes: [UInt8])
}

extension RCPCredentials {
    /// Whether this is that token. How long the answer takes tells nothing but the length.
    public func isToken(_ token: some Collection<UInt8>) -> Bool {
        guard case .token(let given) = self, given.count == token.count else { return false }
        return zip(given, token).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension RCPCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String {
        switch self {
        case .none: "none"
        case .token: "token"
        case .certificate: "certificate"
        case .other(let kind, _): "kind \(kind)"
        }
    }

    // Reflection would print the secret where a test or a log dumps a value that contains this one.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The client's first frame (SPEC.md §4.1).
public struct RCPHello: Sendable, Hashable {
    /// Oldest version that the client speaks.
    public var versionMin: UInt8
    /// Newest version that the client speaks.
    public var versionMax: UInt8
    /// What the client offers (SPEC.md §8.2).
    public var features: RCPFeatures
    /// Largest payload of one frame that the client takes.
    public var framePayloadBytesMax: UInt32
    /// Largest message that the client takes.
    public var messageBytesMax: UInt32
    /// For the server's log: program and version.
    public var clientName: String
    /// Who calls.
    public var credentials: RCPCredentials

    /// - Parameter limits: gives the sizes that the client offers.
    public init(
        versionMin: UInt8 = RCPVersion.min, versionMax: UInt8 = RCPVersion.max,
        features: RCPFeatures = .offered, limits: RCPLimits = RCPLimits(), clientName: String,
        credentials: RCPCredentials
    ) {
        self.versionMin = versionMin
        self.versionMax = versionMax
        self.features = features
        framePayloadBytesMax = UInt32(limits.framePayloadBytesMax)
        messageBytesMax = UInt32(limits.messageBytesMax)
        self.clientName = clientName
        self.credentials = credentials
    }
}

/// The versions this release speaks (SPEC.md §8.1).
public enum RCPVersion {
    /// Oldest version that this library speaks.
    public static let min: UInt8 = 1
    /// Newest version that this library speaks.
    public static let max: UInt8 = 1
}

extension RCPHello {
    init(payload: ByteBuffer) throws(RCPViolation) {
        var bytes = payload
        guard let (versionMin, versionMax) = bytes.readMultipleIntegers(as: (UInt8, UInt8).self)
        else { throw .helloTruncated }
        guard versionMin >= 1, versionMin <= versionMax else { throw .helloVersion }
        guard versionMin <= RCPVersion.max, versionMax >= RCPVersion.min else { throw .helloVersion }
        guard
            let (features, framePayloadBytesMax, messageBytesMax) = bytes.readMultipleIntegers(
                as: (UInt32, UInt32, UInt32).self)
        else { throw .helloTruncated }
        self.versionMin = versionMin
        self.versionMax = versionMax
        self.features = RCPFeatures(rawValue: features)
        self.framePayloadBytesMax = framePayloadBytesMax
        self.messageBytesMax = messageBytesMax
        guard Int(framePayloadBytesMax) >= RCPLimits.framePayloadBytesMaxRange.lowerBound,
            Int(messageBytesMax) >= RCPLimits.messageBytesMaxRange.lowerBound
        else { throw .helloLimits }
        guard let nameBytes = bytes.readInteger(as: UInt8.self) else { throw .helloTruncated }
        guard Int(nameBytes) <= bytes.readableBytes else { throw .helloTruncated }
        guard nameBytes <= RCPLimits.clientNameBytesMax, let name = bytes.readText(bytes: Int(nameBytes))
        else { throw .helloClientName }
        clientName = name
        guard let (kind, credentialBytes) = bytes.readMultipleIntegers(as: (UInt8, UInt16).self)
        else { throw .helloTruncated }
        guard credentialBytes <= RCPLimits.credentialBytesMax else { throw .helloCredentials }
        guard let credential = bytes.readBytes(length: Int(credentialBytes)) else { throw .helloTruncated }
        switch kind {
        case 0: credentials = .none
        case 1: credentials = .token(credential)
        case 2: credentials = .certificate
        default: credentials = .other(kind: kind, bytes: credential)
        }
        if kind == 0 || kind == 2, !credential.isEmpty { throw .helloCredentials }
    }

    func writePayload(into out: inout ByteBuffer) {
        out.writeMultipleIntegers(
            versionMin, versionMax, features.rawValue, framePayloadBytesMax, messageBytesMax)
        out.writeText8(clientName, bytesMax: RCPLimits.clientNameBytesMax)
        let (kind, bytes): (UInt8, [UInt8]) =
            switch credentials {
            case .none: (0, [])
            case .token(let bytes): (1, bytes)
            case .certificate: (2, [])
            case .other(let kind, let bytes): (kind, bytes)
            }
        precondition(bytes.count <= RCPLimits.credentialBytesMax, "credential above credentialBytesMax")
        out.writeMultipleIntegers(kind, UInt16(bytes.count))
        out.writeBytes(bytes)
    }
}
