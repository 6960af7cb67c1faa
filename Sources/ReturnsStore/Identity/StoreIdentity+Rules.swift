import NIOCore
import RedisClient

/// Which versions of policies, SLA policies and calendars a store has, by their number alone.
public enum StoredRules: Hashable, Sendable {
    case whole
    /// A new store is given some.
    case none
    /// So many of them are gone, but of each kind there are some.
    case lacks(versions: Int64)
}

extension StoreIdentity {
    private static let ruleKeys: [(key: String, words: String)] = [
        (key: StoreKeys.policies, words: "policies"), (StoreKeys.slaPolicies, "SLA policies"),
        (StoreKeys.calendars, "calendars"),
    ]

    /// Looks whether what cases are decided by is there. Versions are added and never removed, and their slot counts each of them: so
    /// some are gone where there are fewer, or where none is there and cases are.
    ///
    /// - Throws: `unfit` where all of one kind are gone: no others stand in for them.
    public func storedRules(
        _ redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> StoredRules {
        // The count first: whoever adds a version meanwhile adds it to both.
        var commands = [RedisCommand("HGET", .text(StoreSlot.policies.mark), "n")]
        commands += Self.ruleKeys.map { RedisCommand("HLEN", .text($0.key)) }
        commands += (0..<settings.partitions).map {
            RedisCommand("EXISTS", .text(StoreKeys(partition: $0).index(.all)))
        }
        let replies = try await replies(TopologyWire(redis: redis), commands, areRecords: true, deadline)
        for ((key, _), reply) in zip(Self.ruleKeys, replies.dropFirst()) { _ = try Self.hash(reply, at: key) }
        let counts = replies.dropFirst().prefix(Self.ruleKeys.count).map { $0.integer ?? 0 }
        let missing = (replies[0].integer ?? 0) - counts.reduce(0, +)
        let gone = zip(Self.ruleKeys, counts).filter { $0.1 == 0 }.map(\.0.words)
        guard !gone.isEmpty else { return missing > 0 ? .lacks(versions: missing) : .whole }
        let hasCases = replies.dropFirst(1 + Self.ruleKeys.count).contains { $0.integer == 1 }
        guard missing <= 0, !hasCases else { throw StoreError(.rulesGone(gone)) }
        return .none
    }

    /// - Throws: for a key that holds something of another type.
    static func hash(_ reply: RedisValue, at key: String) throws(StoreError) -> RedisValue {
        guard case .error(let error) = reply, error.prefix == "WRONGTYPE" else {
            return try ReturnsStore.checked(reply)
        }
        throw StoreError(.keyOfAnotherType, at: key)
    }
}
