import RCP
import ReturnsDomain

/// One principal as the token file keeps it. The token itself is nowhere: only its hash.
public struct PrincipalRecord: Sendable, Hashable, Codable {
    public let name: String
    /// Words of `AccessRole`, sorted; of a newer build also others, which admit to nothing here.
    public private(set) var roles: [String]
    /// Replaced when the request that made this principal is repeated, because its reply was lost.
    var tokenHash: TokenHash
    /// Milliseconds since 1970, UTC.
    public let createdAtMilliseconds: Int64
    /// From then on the token is no longer good; nil means that it does not end.
    public private(set) var expiresAtMilliseconds: Int64?
    /// Whose figures its work counts in.
    public private(set) var team: String?
    /// Names of sale channels, sorted, or `*` alone. Nil in lists from before principals were bound: then it is all of them.
    public private(set) var saleChannels: [String]?
    private var unknownKeys = UnknownKeys()

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, roles, team
        case saleChannels = "sale_channels"
        case tokenHash = "token_sha256"
        case createdAtMilliseconds = "created_at_ms"
        case expiresAtMilliseconds = "expires_at_ms"
    }

    static let nameBytesMax = 64

    /// - Parameter saleChannels: Names of channels, or `*` alone. None at all is all of them, but for a principal whose only role is
    ///   `channel`, which has to name its own.
    /// - Throws: `invalidName`, `invalidTeam`, `noRoles`, `noSaleChannels`, `invalidSaleChannels`, `boundAdministrator` or
    ///   `expiresBeforeItBegins`.
    init(
        name: String, roles: Set<AccessRole>, saleChannels: [String], tokenHash: TokenHash,
        createdAtMilliseconds: Int64, expiresAtMilliseconds: Int64? = nil, team: String? = nil
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
        if saleChannels.isEmpty {
            guard roles != [.channel] else { throw .noSaleChannels }
            self.saleChannels = SaleChannelScope.all.words
        } else {
            try set(saleChannels: saleChannels)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        roles = try container.decode([String].self, forKey: .roles)
        tokenHash = try container.decode(TokenHash.self, forKey: .tokenHash)
        createdAtMilliseconds = try container.decode(Int64.self, forKey: .createdAtMilliseconds)
        expiresAtMilliseconds = try container.decodeIfPresent(Int64.self, forKey: .expiresAtMilliseconds)
        team = try container.decodeIfPresent(String.self, forKey: .team)
        saleChannels = try container.decodeIfPresent([String].self, forKey: .saleChannels)
        unknownKeys = try UnknownKeys(from: decoder, besides: CodingKeys.allCases)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(roles, forKey: .roles)
        try container.encode(tokenHash, forKey: .tokenHash)
        try container.encode(createdAtMilliseconds, forKey: .createdAtMilliseconds)
        try container.encodeIfPresent(expiresAtMilliseconds, forKey: .expiresAtMilliseconds)
        try container.encodeIfPresent(team, forKey: .team)
        try container.encodeIfPresent(saleChannels, forKey: .saleChannels)
        try unknownKeys.encode(to: encoder)
    }

    /// - Throws: `noSaleChannels`, `invalidSaleChannels` or `boundAdministrator`.
    mutating func set(saleChannels words: [String]) throws(PrincipalError) {
        guard !words.isEmpty else { throw .noSaleChannels }
        let scope = try SaleChannelScope(words: words)
        // Whoever may make principals of all channels is bound to none.
        guard scope == .all || !isAdministrator else { throw .boundAdministrator }
        saleChannels = scope.words
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

    /// What is stored was checked when it was read (`PrincipalSnapshot`); what were not good opens nothing.
    var principal: RCPPrincipal {
        let scope = saleChannels.map { (try? SaleChannelScope(words: $0)) ?? .channels([]) } ?? .all
        return RCPPrincipal(
            name: name, roles: Set(roles).subtracting(unknownRoles), isAdministrator: isAdministrator,
            attributes: ReturnsPrincipal(
                roles: Set(roles.compactMap { Role(name: $0) }), team: team ?? "", saleChannels: scope))
    }

    /// Those of a newer build.
    var unknownRoles: [String] { roles.filter { AccessRole(rawValue: $0) == nil } }

    /// What a newer build keeps of the principal, by name. This one cannot tell whether it restricts it.
    var unknownKeyNames: [String] { unknownKeys.names }

    /// Whether this build may let it in: it knows all that is kept of it. The first administrator is let in whatever is kept of it,
    /// since otherwise nobody could act on a server where nobody is known in whole.
    var isKnownInWhole: Bool {
        unknownKeyNames.isEmpty || name == PrincipalRegistry.firstAdministratorName
    }

    mutating func bindToAll() { saleChannels = SaleChannelScope.all.words }

    /// Gives it another token and what the first administrator has; the rest stays as it is.
    mutating func renewAsFirstAdministrator(_ hash: TokenHash) {
        tokenHash = hash
        roles = Set(roles).union(AccessRole.firstAdministrator.map(\.rawValue)).sorted()
        expiresAtMilliseconds = nil
        bindToAll()
    }

    /// It is from before principals were bound to sale channels, and acts for customers.
    var isUnboundByAge: Bool { saleChannels == nil && roles == [AccessRole.channel.rawValue] }

    var isAdministrator: Bool { roles.contains(AccessRole.admin.rawValue) }
    var isLastingAdministrator: Bool { isAdministrator && expiresAtMilliseconds == nil && isKnownInWhole }
}
