import ReturnsServer

extension PrincipalRequest {
    /// A request that no other test makes.
    static func random() -> PrincipalRequest {
        PrincipalRequest(
            id: String(UInt64.random(in: .min ... .max), radix: 16), fingerprint: [1, 2, 3])
    }
}

extension PrincipalRegistry {
    func create(name: String, roles: Set<AccessRole>, nowMilliseconds: Int64) async throws -> AccessToken {
        try await create(
            name: name, roles: roles, saleChannels: ["*"], nowMilliseconds: nowMilliseconds,
            request: .random()
        ).token
    }

    func revoke(name: String) async throws {
        _ = try await revoke(name: name, request: .random())
    }
}
