import ReturnsDomain

/// The registry: the principals, which tokens are good no more, and which requests changed it last. It lies in the store, and each
/// server keeps a copy in its data folder.
struct PrincipalList: Sendable, Hashable, Codable {
    /// The oldest changes are forgotten first; a request repeated after that counts as a new one.
    static let changesMax = 512
    /// The oldest revocations are forgotten first. They matter only to a store that comes back from an older copy.
    static let revokedMax = 4_096

    /// By name, in rising order.
    private(set) var principals: [PrincipalRecord]
    /// The oldest first.
    private(set) var changes: [PrincipalChange]
    /// The oldest first.
    private(set) var revoked: [RevokedToken]
    /// Of the registry in the store that this is a copy of; empty once it was changed here alone. Nil in a list that was never in a
    /// store, and in the store itself.
    private(set) var stamp: String?
    private var unknownKeys = UnknownKeys()

    enum CodingKeys: String, CodingKey, CaseIterable {
        case principals, changes, revoked, stamp
    }

    init(principals: [PrincipalRecord] = []) {
        self.principals = principals
        changes = []
        revoked = []
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        principals = try container.decode([PrincipalRecord].self, forKey: .principals)
            .sorted { $0.name < $1.name }
        // A list written by hand has none.
        changes = try container.decodeIfPresent([PrincipalChange].self, forKey: .changes) ?? []
        // Lists from when each server had its own have neither.
        revoked = try container.decodeIfPresent([RevokedToken].self, forKey: .revoked) ?? []
        stamp = try container.decodeIfPresent(String.self, forKey: .stamp)
        unknownKeys = try UnknownKeys(from: decoder, besides: CodingKeys.allCases)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(principals, forKey: .principals)
        try container.encode(changes, forKey: .changes)
        try container.encode(revoked, forKey: .revoked)
        try container.encodeIfPresent(stamp, forKey: .stamp)
        try unknownKeys.encode(to: encoder)
    }

    /// As the store holds it.
    var content: PrincipalList { with(stamp: nil) }

    func with(stamp: String?) -> PrincipalList {
        var list = self
        list.stamp = stamp
        return list
    }

    /// It was changed on this server alone.
    mutating func markBehindStore() { stamp = "" }

    mutating func revoke(tokenOf record: PrincipalRecord) {
        addRevoked(RevokedToken(tokenHash: record.tokenHash, name: record.name))
    }

    mutating func addRevoked(_ token: RevokedToken) {
        revoked.append(token)
        revoked.removeFirst(max(0, revoked.count - Self.revokedMax))
    }

    subscript(name: String) -> PrincipalRecord? {
        get { principals.first { $0.name == name } }
        set {
            principals.removeAll { $0.name == name }
            guard let newValue else { return }
            let place = principals.firstIndex { $0.name > name } ?? principals.endIndex
            principals.insert(newValue, at: place)
        }
    }

    mutating func remember(_ change: PrincipalChange) {
        changes.append(change)
        changes.removeFirst(max(0, changes.count - Self.changesMax))
    }

    /// The change that this request made earlier; nil if it made none.
    ///
    /// - Throws: `requestIDReused` if another request had this id.
    func change(by request: PrincipalRequest) throws(PrincipalError) -> PrincipalChange? {
        guard let change = changes.last(where: { $0.requestID == request.id }) else { return nil }
        guard change.fingerprint == Hexadecimal.text(of: request.fingerprint) else { throw .requestIDReused }
        return change
    }

    /// Which of them made the principal of that name, or took it away, last.
    func lastComingOrGoing(of name: String) -> PrincipalChange? {
        changes.last { $0.name == name && $0.isComingOrGoing }
    }
}

/// The list at one moment. Immutable, so that a loop may read it while another is made.
struct PrincipalSnapshot: Sendable {
    let list: PrincipalList
    private(set) var byToken: [TokenHash: PrincipalRecord] = [:]

    /// nil if names or tokens repeat, or names or roles are invalid. A role that this build does not know is a newer build's.
    init?(_ list: PrincipalList) {
        self.list = list
        var names: Set<String> = []
        for record in list.principals {
            guard PrincipalRecord.isValidName(record.name), !record.roles.isEmpty,
                record.roles.allSatisfy(PrincipalRecord.isValidName),
                record.team.map(PrincipalRecord.isValidName) ?? true,
                record.saleChannels.map({ (try? SaleChannelScope(words: $0)) != nil }) ?? true,
                names.insert(record.name).inserted,
                byToken.updateValue(record, forKey: record.tokenHash) == nil
            else { return nil }
        }
    }
}
