import RCP
import RCPServer

@testable import ReturnsServer

extension PrincipalRequest {
    /// A request that no other test makes.
    static func random() -> PrincipalRequest {
        PrincipalRequest(
            id: String(UInt64.random(in: .min ... .max), radix: 16), fingerprint: [1, 2, 3])
    }
}

/// Changes of a server's own list, as they are made in the store's registry.
extension PrincipalRegistry {
    func authenticate(_ credentials: RCPCredentials) -> RCPAuthentication {
        authenticate(credentials, peer: nil)
    }

    func create(
        name: String, roles: Set<AccessRole>, saleChannels: [String] = [], nowMilliseconds: Int64,
        expiresAtMilliseconds: Int64? = nil, request: PrincipalRequest
    ) async throws -> (token: AccessToken, isReplay: Bool) {
        let token = AccessToken.random()
        let record = try PrincipalRecord(
            name: name, roles: roles, saleChannels: saleChannels, tokenHash: token.hash,
            createdAtMilliseconds: nowMilliseconds, expiresAtMilliseconds: expiresAtMilliseconds)
        let isReplay = try await change { list throws(PrincipalError) in
            try list.create(record, request: request)
        }
        return (token, isReplay)
    }

    func create(name: String, roles: Set<AccessRole>, nowMilliseconds: Int64) async throws -> AccessToken {
        try await create(
            name: name, roles: roles, saleChannels: ["*"], nowMilliseconds: nowMilliseconds,
            request: .random()
        ).token
    }

    func revoke(name: String, request: PrincipalRequest) async throws -> Bool {
        try await change { list throws(PrincipalError) in try list.revoke(name: name, request: request) }
    }

    func revoke(name: String) async throws { _ = try await revoke(name: name, request: .random()) }

    func setTeam(name: String, team: String?, request: PrincipalRequest) async throws -> Bool {
        try await change { list throws(PrincipalError) in
            try list.setTeam(name: name, team: team, request: request)
        }
    }

    func setChannels(name: String, saleChannels: [String], request: PrincipalRequest) async throws -> Bool {
        try await change { list throws(PrincipalError) in
            try list.setChannels(name: name, saleChannels: saleChannels, request: request)
        }
    }
}
