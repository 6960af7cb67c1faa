import ReturnsWire

/// One principal as the token file keeps it. The token itself is nowhere: only its hash.
public struct PrincipalRecord: Sendable, Hashable, Codable {
    public let name: String
    /// Words of `AccessRole`, sorted.
    public let roles: [String]
    /// Replaced when the request that made this principal is repeated, because its reply was lost.
    var tokenHash: TokenHash
    /// Milliseconds since 1970, UTC.
    public let createdAtMilliseconds: Int64
    /// From then on the token is no longer good; nil means that it does not end.
    public let expiresAtMilliseconds: Int64?
    /// Whose figures its work counts in.
    public private(set) var team: String?

    enum CodingKeys: String, CodingKey {
        case name, roles, team
        case tokenHash = "token_sha256"
        case createdAtMilliseconds = "created_at_ms"
        case expiresAtMilliseconds = "expires_at_ms"
    }

    static let nameBytesMax = 64

    /// - Throws: `invalidName`, `invalidTeam`, `noRoles` or `expiresBeforeItBegins`.
    init(
        name: String, roles: Set<AccessRole>, tokenHash: TokenHash, createdAtMilliseconds: Int64,
        expiresAtMilliseconds: Int64? = nil, team: String? = nil
    ) throws(PrincipalError) {
        guard Self.isValidName(name) else { throw .invalidName }
        try Self.check(team: team)
        guard !roles.isEmpty else { throw .noRoles }
        if let end = expiresAtMilliseconds, end <= createdAtMilliseconds { throw .expiresBeforeItBegins }
        self.name = name
        self.roles = roles.map(\.rawValue).sorted()
        self.tokenHash = tokenHash
        self.createdAtMilliseconds = createdAtMilliseconds
        self.expiresAtMilliseconds = expiresAtMilliseconds
        self.team = team
    }

    /// - Throws: `invalidTeam`.
    mutating func set(team: String?) throws(PrincipalError) {
        try Self.check(team: team)
        self.team = team
    }

    private static func check(team: String?) throws(PrincipalError) {
        guard team.map(isValidName) ?? true else { throw .invalidTeam }
    }

    /// Lower-case letters, digits, '-', '_', '.' and '@'; 1 to 64 bytes.
    static func isValidName(_ name: String) -> Bool {
        (1...nameBytesMax).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
    }

    func isExpired(atMilliseconds now: Int64) -> Bool { expiresAtMilliseconds.map { $0 <= now } ?? false }

    var principal: RCPPrincipal { RCPPrincipal(name: name, roles: Set(roles), team: team ?? "") }

    var isAdministrator: Bool { roles.contains(AccessRole.admin.rawValue) }
    var isLastingAdministrator: Bool { isAdministrator && expiresAtMilliseconds == nil }
}
