/// One principal as the token file keeps it. The token itself is nowhere: only its hash.
public struct PrincipalRecord: Sendable, Hashable, Codable {
    public let name: String
    /// Words of `AccessRole`, sorted.
    public let roles: [String]
    let tokenHash: TokenHash
    /// Milliseconds since 1970, UTC.
    public let createdAtMilliseconds: Int64

    enum CodingKeys: String, CodingKey {
        case name, roles
        case tokenHash = "token_sha256"
        case createdAtMilliseconds = "created_at_ms"
    }

    static let nameBytesMax = 64

    /// - Throws: `invalidName` or `noRoles`.
    init(
        name: String, roles: Set<AccessRole>, tokenHash: TokenHash, createdAtMilliseconds: Int64
    ) throws(PrincipalError) {
        guard Self.isValidName(name) else { throw .invalidName }
        guard !roles.isEmpty else { throw .noRoles }
        self.name = name
        self.roles = roles.map(\.rawValue).sorted()
        self.tokenHash = tokenHash
        self.createdAtMilliseconds = createdAtMilliseconds
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

    var isAdministrator: Bool { roles.contains(AccessRole.admin.rawValue) }
}
