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
    enum Kind: String, Sendable, Codable {
        case create, revoke
        case setTeam = "set_team"
        case setChannels = "set_channels"
    }

    let name: String
    /// Nil in files that were written when principals were only created and revoked.
    let kind: Kind?
    let requestID: String
    /// In hexadecimal digits.
    let fingerprint: String

    enum CodingKeys: String, CodingKey {
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
}
