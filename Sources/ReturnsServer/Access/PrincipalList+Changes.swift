import RCP

/// A token that is good no more, whatever an older copy of the registry says.
struct RevokedToken: Sendable, Hashable, Codable {
    let tokenHash: TokenHash
    let name: String
    private var unknownKeys = UnknownKeys()

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name
        case tokenHash = "token_sha256"
    }

    init(tokenHash: TokenHash, name: String) {
        self.tokenHash = tokenHash
        self.name = name
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        tokenHash = try container.decode(TokenHash.self, forKey: .tokenHash)
        name = try container.decode(String.self, forKey: .name)
        unknownKeys = try UnknownKeys(from: decoder, besides: CodingKeys.allCases)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tokenHash, forKey: .tokenHash)
        try container.encode(name, forKey: .name)
        try unknownKeys.encode(to: encoder)
    }
}

/// What administrators do to the list. Each change knows the request that made it, and tells whether it had been made before.
extension PrincipalList {
    /// Adds a principal. A repeated request, whose reply was lost and the token with it, replaces the token.
    mutating func create(_ record: PrincipalRecord, request: PrincipalRequest) throws(PrincipalError) -> Bool
    {
        if let earlier = try change(by: request) {
            guard var created = self[record.name], lastComingOrGoing(of: record.name) == earlier else {
                throw .revokedSince(record.name)
            }
            if created.tokenHash != record.tokenHash {
                revoke(tokenOf: created)
                created.tokenHash = record.tokenHash
                self[record.name] = created
            }
            return true
        }
        if self[record.name] != nil { throw .nameTaken(record.name) }
        guard principals.count < PrincipalRegistry.principalsMax else { throw .tooManyPrincipals }
        self[record.name] = record
        remember(PrincipalChange(.create, name: record.name, request: request))
        return false
    }

    /// - Throws: `unknownName`, which repeats the name, only for a text that could be one.
    private func record(named name: String) throws(PrincipalError) -> PrincipalRecord {
        if let record = self[name] { return record }
        throw PrincipalRecord.isValidName(name) ? .unknownName(name) : .invalidName
    }

    mutating func revoke(name: String, request: PrincipalRequest) throws(PrincipalError) -> Bool {
        if try change(by: request) != nil { return true }
        let record = try record(named: name)
        var after = self
        after[name] = nil
        // Tokens that end are no help for ever: one administrator has to be left whose token does not.
        if record.isAdministrator, !after.principals.contains(where: \.isLastingAdministrator) {
            throw .lastAdministrator
        }
        self = after
        revoke(tokenOf: record)
        remember(PrincipalChange(.revoke, name: name, request: request))
        return false
    }

    mutating func setTeam(
        name: String, team: String?, request: PrincipalRequest
    ) throws(PrincipalError) -> Bool {
        if try change(by: request) != nil { return true }
        var record = try record(named: name)
        try record.set(team: team)
        self[name] = record
        remember(PrincipalChange(.setTeam, name: name, request: request))
        return false
    }

    mutating func setChannels(
        name: String, saleChannels: [String], request: PrincipalRequest
    ) throws(PrincipalError) -> Bool {
        if try change(by: request) != nil { return true }
        var record = try record(named: name)
        try record.set(saleChannels: saleChannels)
        self[name] = record
        remember(PrincipalChange(.setChannels, name: name, request: request))
        return false
    }

    /// Gives the first administrator another token and what it must have, and makes it where it has gone.
    mutating func renewFirstAdministrator(
        tokenHash: TokenHash, nowMilliseconds: Int64
    ) throws(PrincipalError) {
        let name = PrincipalRegistry.firstAdministratorName
        guard var record = self[name] else {
            self[name] = try PrincipalRecord(
                name: name, roles: AccessRole.firstAdministrator, saleChannels: [], tokenHash: tokenHash,
                createdAtMilliseconds: nowMilliseconds)
            return
        }
        revoke(tokenOf: record)
        record.renewAsFirstAdministrator(tokenHash)
        self[name] = record
    }

    // MARK: Two lists

    /// What the store holds, less what was revoked on this server: a revocation outlives a store that was away, or that came back
    /// from an older copy.
    ///
    /// - Parameter local: the last good list of this server.
    func enforcing(revocationsOf local: PrincipalList) -> PrincipalList {
        var list = self
        let known = Set(revoked.map(\.tokenHash))
        for token in local.revoked where !known.contains(token.tokenHash) { list.addRevoked(token) }
        let all = Set(list.revoked.map(\.tokenHash))
        for record in principals where all.contains(record.tokenHash) { list[record.name] = nil }
        let requests = Set(changes.map(\.requestID))
        for change in local.changes where change.kind == .revoke && !requests.contains(change.requestID) {
            list.remember(change)
        }
        return list
    }

    /// Takes over principals of a list that has never been in the store.
    ///
    /// - Returns: names that are taken by others in the store, and so were left out.
    mutating func adopt(_ list: PrincipalList) -> [String] {
        let tokens = Set(principals.map(\.tokenHash)).union(revoked.map(\.tokenHash))
        var leftOut: [String] = []
        for record in list.principals where !tokens.contains(record.tokenHash) {
            guard self[record.name] == nil, principals.count < PrincipalRegistry.principalsMax else {
                leftOut.append(record.name)
                continue
            }
            self[record.name] = record
        }
        return leftOut
    }

    /// Principals from before they were bound to sale channels have all, and say so from now on.
    mutating func bindThoseFromBefore() {
        for var record in principals where record.saleChannels == nil {
            record.bindToAll()
            self[record.name] = record
        }
    }
}
