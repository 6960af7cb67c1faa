import NIOCore
import RedisClient
import ReturnsDomain

extension ReturnsStore {
    /// Every policy version there is, the current one last.
    public func loadPolicies(deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> [ReturnPolicy]
    {
        let reply = try await send(
            RedisCommand("HVALS", .text(StoreKeys.policies)), key: StoreKeys.policies, deadline: deadline)
        var policies: [ReturnPolicy] = []
        for value in reply.array ?? [] {
            policies.append(
                try decode(value.bytes, "policy") { bytes throws(RecordError) in
                    try ReturnPolicy(record: bytes)
                })
        }
        return policies.sorted { $0.version < $1.version }
    }

    public func policyCount(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> UInt64 {
        let reply = try await send(
            RedisCommand("HLEN", .text(StoreKeys.policies)), key: StoreKeys.policies, deadline: deadline)
        return UInt64(reply.integer ?? 0)
    }

    /// Adds a version. False when that version exists already: someone else was faster.
    public func addPolicy(_ policy: ReturnPolicy, deadline: NIODeadline = .distantFuture)
        async throws(StoreError) -> Bool
    {
        let reply = try await send(
            RedisCommand(
                "HSETNX", .text(StoreKeys.policies), .text(String(policy.version)),
                .bytes(policy.encodeRecord())),
            key: StoreKeys.policies, effect: .eachTime, deadline: deadline)
        return reply.integer == 1
    }
}
