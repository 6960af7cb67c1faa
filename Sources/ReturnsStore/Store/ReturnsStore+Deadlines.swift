import NIOCore
import RedisClient
import ReturnsDomain

/// A clock that will fire, and when.
public struct Deadline: Hashable, Sendable {
    public let member: DeadlineMember
    public let firesAt: Instant
}

extension ReturnsStore {
    /// The cases of one partition with a clock due by `now`, the longest due first, each once.
    public func dueCases(
        partition: Int, now: Instant, limit: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [CaseID] {
        let key = StoreKeys(partition: partition).deadlines
        let reply = try await send(
            RedisCommand("ZRANGEBYSCORE", .text(key), "-inf", .integer(now.milliseconds), "LIMIT", 0, .integer(Int64(limit))),
            key: key, deadline: deadline)
        var ids: [CaseID] = []
        for value in reply.array ?? [] {
            let id = try member(value).id
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// The partitions that have something due, found with one pipeline.
    public func duePartitions(now: Instant, deadline: NIODeadline = .distantFuture) async throws(StoreError) -> [Int] {
        let replies = try await pipeline(
            (0..<partitioning.count).map { partition in
                RedisCommand(
                    "ZRANGEBYSCORE", .text(StoreKeys(partition: partition).deadlines), "-inf", .integer(now.milliseconds), "LIMIT", 0, 1)
            }, deadline: deadline)
        return replies.indices.filter { !(replies[$0].array ?? []).isEmpty }
    }

    /// When something next falls due anywhere; nil when nothing will.
    public func nextFiring(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Instant? {
        try await deadlines(before: nil, limit: 1, deadline: deadline).first?.firesAt
    }

    /// Clocks by their next firing, the most urgent first, merged over all partitions.
    public func deadlines(
        before: Instant?, limit: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Deadline] {
        let end: RedisArgument = before.map { .text("(\($0.milliseconds)") } ?? "+inf"
        let replies = try await pipeline(
            (0..<partitioning.count).map { partition in
                RedisCommand(
                    "ZRANGEBYSCORE", .text(StoreKeys(partition: partition).deadlines), "-inf", end, "WITHSCORES", "LIMIT", 0, .integer(Int64(limit)))
            }, deadline: deadline)
        var found: [Deadline] = []
        for reply in replies {
            let parts = reply.array ?? []
            for position in stride(from: 0, to: parts.count - 1, by: 2) {
                guard let score = parts[position + 1].string.flatMap(Double.init) else {
                    throw StoreError(.corrupt, "a deadline without a time")
                }
                found.append(
                    Deadline(member: try member(parts[position]), firesAt: Instant(milliseconds: Int64(score))))
            }
        }
        found.sort { ($0.firesAt, $0.member.id) < ($1.firesAt, $1.member.id) }
        return Array(found.prefix(limit))
    }

    /// How many clocks fire before a time.
    public func countDeadlines(before: Instant?, deadline: NIODeadline = .distantFuture) async throws(StoreError) -> UInt64 {
        let end: RedisArgument = before.map { .text("(\($0.milliseconds)") } ?? "+inf"
        let replies = try await pipeline(
            (0..<partitioning.count).map { partition in
                RedisCommand("ZCOUNT", .text(StoreKeys(partition: partition).deadlines), "-inf", end)
            }, deadline: deadline)
        return replies.reduce(0) { $0 + UInt64($1.integer ?? 0) }
    }

    private func member(_ value: RedisValue) throws(StoreError) -> DeadlineMember {
        guard let member = value.string.flatMap(DeadlineMember.init) else {
            throw StoreError(.corrupt, "the deadlines hold something else than clocks")
        }
        return member
    }
}
