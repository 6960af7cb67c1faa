import NIOCore
import RedisClient
import ReturnsDomain

extension ReturnsStore {
    /// Who works on each of these cases now; nil for nobody.
    public func workers(on ids: [CaseID], deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> [String?]
    {
        guard !ids.isEmpty else { return [] }
        return try await pipeline(
            ids.map { RedisCommand("GET", .text(StoreKeys(partition: $0.partition).workLease($0))) },
            deadline: deadline
        ).map(\.string)
    }

    /// Takes a case to work on it, or keeps it for longer.
    ///
    /// A lease only keeps two people from the same case. It forbids nothing, so that it may be lost at any time.
    /// - Returns: false when somebody else has it.
    public func leaseWork(
        on id: CaseID, by person: String, milliseconds: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let key = StoreKeys(partition: id.partition).workLease(id)
        let reply = try await send(
            RedisCommand(
                "EVAL", .text(Self.leaseScript), 1, .text(key), .text(person), .integer(milliseconds)),
            key: key, effect: .once, deadline: deadline)
        return reply.integer == 1
    }

    /// - Returns: false when the person did not have it.
    public func releaseWork(
        on id: CaseID, by person: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        let key = StoreKeys(partition: id.partition).workLease(id)
        let reply = try await send(
            RedisCommand("EVAL", .text(Self.releaseScript), 1, .text(key), .text(person)), key: key,
            effect: .once, deadline: deadline)
        return reply.integer == 1
    }

    /// KEYS: the case's lease. ARGV: who | for how many ms. Returns 1 when it is theirs now, 0 when it is another's.
    private static let leaseScript = """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """

    /// KEYS: the case's lease. ARGV: who. Returns 1 when it was theirs.
    private static let releaseScript = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """
}
