/// The request on whose behalf principals are changed; under the same id and fingerprint it is the same request.
public struct PrincipalRequest: Sendable, Hashable {
    /// 32 hexadecimal digits.
    public let id: String
    /// SHA-256 of who asks, the method and the message.
    public let fingerprint: [UInt8]
    /// Who asks, and from where, for the log.
    public let by: String
    public let peer: String

    public init(id: String, fingerprint: [UInt8], by: String = "", peer: String = "") {
        self.id = id
        self.fingerprint = fingerprint
        self.by = by
        self.peer = peer
    }
}

/// A change that was made, remembered for whoever repeats its request because the reply was lost (SPEC.md §7.3).
struct PrincipalChange: Sendable, Hashable, Codable {
    /// A word, since a newer build knows more of them.
    struct Kind: RawRepresentable, Sendable, Hashable, Codable {
        let rawValue: String

        static let create = Kind(rawValue: "create")
        static let revoke = Kind(rawValue: "revoke")
        static let setTeam = Kind(rawValue: "set_team")
        static let setChannels = Kind(rawValue: "set_channels")
    }

    let name: String
    /// Nil in files that were written when principals were only created and revoked.
    let kind: Kind?
    let requestID: String
    /// In hexadecimal digits.
    let fingerprint: String
    private var unknownKeys = UnknownKeys()

    /// Whether it made the principal or took it away.
    var isComingOrGoing: Bool { kind == nil || kind == .create || kind == .revoke }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, kind
        case requestID = "request_id"
        case fingerprint = "request_sha256"
    }

    init(_ kind: Kind, name: String, request: PrincipalRequest) {
        self.name = name
        self.kind = kind
        requestID = request.id
        fingerprint = Hexadecimal.text(of: request.fingerprint)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decodeIfPresent(Kind.self, forKey: .kind)
        requestID = try container.decode(String.self, forKey: .requestID)
        fingerprint = try container.decode(String.self, forKey: .fingerprint)
        unknownKeys = try UnknownKeys(from: decoder, besides: CodingKeys.allCases)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(kind, forKey: .kind)
        try container.encode(requestID, forKey: .requestID)
        try container.encode(fingerprint, forKey: .fingerprint)
        try unknownKeys.encode(to: encoder)
    }
}
