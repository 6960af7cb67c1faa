import NIOCore
import RedisClient
import ReturnsDomain

/// A running clock, and when it is due.
public struct Deadline: Hashable, Sendable {
    public let member: DeadlineMember
    public let dueAt: Instant
}

extension ReturnsStore {
    /// The cases of one partition with a clock due by `now`, the longest due first, each once.
    public func dueCases(
        partition: Int, now: Instant, limit: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [CaseID] {
        let key = StoreKeys(partition: partition).deadlines
        let reply = try await send(
            RedisCommand(
                "ZRANGEBYSCORE", .text(key), "-inf", .integer(now.milliseconds), "LIMIT", 0,
                .integer(Int64(limit))),
            key: key, deadline: deadline)
        var ids: [CaseID] = []
        for value in reply.array ?? [] {
            let id = try member(value).id
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// The partitions that have something due, found with one pipeline.
    public func duePartitions(now: Instant, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> [Int]
    {
        let replies = try await pipeline(
            (0..<partitioning.count).map { partition in
                RedisCommand(
                    "ZRANGEBYSCORE", .text(StoreKeys(partition: partition).deadlines), "-inf",
                    .integer(now.milliseconds), "LIMIT", 0, 1)
            }, deadline: deadline)
        return replies.indices.filter { !(replies[$0].array ?? []).isEmpty }
    }

    /// When a clock next fires anywhere; nil when none will.
    public func nextFiring(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Instant? {
        let keys = (0..<partitioning.count).map { StoreKeys(partition: $0).deadlines }
        return try await earliest(of: keys, before: nil, limit: 1, deadline: deadline).first?.dueAt
    }

    /// Running clocks by their due time, the longest late first, merged over all partitions; clocks that have fired all
    /// they have among them, since what is most overdue must not drop out of sight.
    ///
    /// - Parameter before: Only those due before this time; nil means all.
    public func running(
        _ kinds: [ClockKind] = ClockKind.allCases, before: Instant?, limit: Int,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Deadline] {
        try await earliest(of: runningKeys(kinds), before: before, limit: limit, deadline: deadline)
    }

    /// How many running clocks of these kinds are due before a time.
    public func countRunning(
        _ kinds: [ClockKind] = ClockKind.allCases, before: Instant?, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> UInt64 {
        let replies = try await pipeline(
            runningKeys(kinds).map { RedisCommand("ZCOUNT", .text($0), "-inf", Self.end(before)) },
            deadline: deadline)
        return replies.reduce(0) { $0 + UInt64($1.integer ?? 0) }
    }

    private func runningKeys(_ kinds: [ClockKind]) -> [String] {
        (0..<partitioning.count).flatMap { partition in
            kinds.map { StoreKeys(partition: partition).running($0) }
        }
    }

    private static func end(_ before: Instant?) -> RedisArgument {
        before.map { .text("(\($0.milliseconds)") } ?? "+inf"
    }

    private func earliest(
        of keys: [String], before: Instant?, limit: Int, deadline: NIODeadline
    ) async throws(StoreError) -> [Deadline] {
        let replies = try await pipeline(
            keys.map { key in
                RedisCommand(
                    "ZRANGEBYSCORE", .text(key), "-inf", Self.end(before), "WITHSCORES", "LIMIT", 0,
                    .integer(Int64(limit)))
            }, deadline: deadline)
        var found: [Deadline] = []
        for reply in replies {
            let parts = reply.array ?? []
            for position in stride(from: 0, to: parts.count - 1, by: 2) {
                guard let score = parts[position + 1].string.flatMap(Double.init) else {
                    throw StoreError(.corrupt, "a deadline without a time")
                }
                found.append(
                    Deadline(member: try member(parts[position]), dueAt: Instant(milliseconds: Int64(score))))
            }
        }
        found.sort { ($0.dueAt, $0.member.id) < ($1.dueAt, $1.member.id) }
        return Array(found.prefix(limit))
    }

    private func member(_ value: RedisValue) throws(StoreError) -> DeadlineMember {
        guard let member = value.string.flatMap(DeadlineMember.init) else {
            throw StoreError(.corrupt, "the deadlines hold something else than clocks")
        }
        return member
    }
}
