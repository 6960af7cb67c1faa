import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// A running clock, and when it is due.
public struct Deadline: Hashable, Sendable {
    public let member: DeadlineMember
    public let dueAt: Instant
}

extension ReturnsStore {
    /// The cases of one partition with a clock due by `now`, or with a story that lags behind their order's timeline, the
    /// longest due first; a case stands there once for each of its clocks, nil for an entry that names no case.
    ///
    /// - Parameter offset: Entries to pass over: those that stay due because they cannot be fired.
    public func dueCases(
        partition: Int, now: Instant, offset: Int = 0, limit: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [CaseID?] {
        let key = StoreKeys(partition: partition).deadlines
        let reply = try await send(
            RedisCommand(
                "ZRANGEBYSCORE", .text(key), "-inf", .integer(now.milliseconds), "LIMIT",
                .integer(Int64(offset)), .integer(Int64(limit))),
            key: key, deadline: deadline)
        return (reply.array ?? []).map { CaseID(ofDeadline: $0.string ?? "") }
    }

    /// When a clock next fires anywhere after `now`; nil when none will. Partitions that cannot be read are left for the sweep to
    /// report.
    public func nextFiring(after now: Instant, deadline: NIODeadline = .distantFuture)
        async throws(StoreError)
        -> Instant?
    {
        let replies = try await readEach(
            (0..<partitioning.count).map { partition in
                RedisCommand(
                    "ZRANGEBYSCORE", .text(StoreKeys(partition: partition).deadlines),
                    .text("(\(now.milliseconds)"), "+inf", "WITHSCORES", "LIMIT", 0, 1)
            }, deadline: deadline)
        return replies.compactMap { reply in
            guard case .success(let reply) = reply else { return nil }
            return reply.array?.last.flatMap { Self.time(score: $0) }
        }.min()
    }

    /// How many running clocks of these kinds are due before a time.
    ///
    /// - Parameter paused: Those that are paused instead of those that go on.
    public func countRunning(
        _ kinds: [ClockKind] = ClockKind.allCases, paused: Bool = false, before: Instant?,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> UInt64 {
        try requireEveryChannel()
        return try await countOfEveryChannel(kinds, paused: paused, before: before, deadline: deadline)
    }

    /// How many clocks of each kind are paused; none where the store keeps no listing of them.
    public func countPaused(
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [ClockKind: UInt64] {
        try requireEveryChannel()
        guard identity.level.listsPausedClocks else { return [:] }
        var counts: [ClockKind: UInt64] = [:]
        for kind in ClockKind.allCases {
            counts[kind] = try await countOfEveryChannel(
                [kind], paused: true, before: nil, deadline: deadline)
        }
        return counts
    }

    /// Refuses a list of paused clocks that the store does not keep.
    public func requirePausedClocks() throws(StoreError) {
        guard identity.level.listsPausedClocks else {
            throw .tooLow(for: WriterLevel.listingPausedClocks)
        }
    }

    /// The same for choosing the shortest way to a list, whose reader is not told the number.
    func countOfEveryChannel(
        _ kinds: [ClockKind] = ClockKind.allCases, paused: Bool = false, before: Instant?,
        deadline: NIODeadline
    ) async throws(StoreError) -> UInt64 {
        let replies = try await pipeline(
            runningKeys(kinds, paused: paused).map {
                RedisCommand("ZCOUNT", .text($0), "-inf", Self.end(before))
            },
            deadline: deadline)
        return replies.reduce(0) { $0 + UInt64($1.integer ?? 0) }
    }

    /// How many running clocks of each kind are due before the first of these times, between each two, and from the last on.
    /// They are counted one after the other, while clocks go on.
    public func countRunning(
        between times: [Instant], deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [ClockKind: [UInt64]] {
        try requireEveryChannel()
        let starts: [RedisArgument] = ["-inf"] + times.map { .integer($0.milliseconds) }
        let ends: [RedisArgument] = times.map { Self.end($0) } + ["+inf"]
        var counts: [ClockKind: [UInt64]] = [:]
        // A kind at a time, so that the others' commands come between.
        for kind in ClockKind.allCases {
            let keys = runningKeys([kind])
            let replies = try await pipeline(
                zip(starts, ends).flatMap { start, end in
                    keys.map { RedisCommand("ZCOUNT", .text($0), start, end) }
                }, deadline: deadline)
            counts[kind] = starts.indices.map { range in
                (0..<keys.count).reduce(0) { $0 + UInt64(replies[range * keys.count + $1].integer ?? 0) }
            }
        }
        return counts
    }

    private func runningKeys(_ kinds: [ClockKind], paused: Bool = false) -> [String] {
        (0..<partitioning.count).flatMap { partition in
            let keys = StoreKeys(partition: partition)
            return kinds.map(paused ? keys.paused : keys.running)
        }
    }

    private static func end(_ before: Instant?) -> RedisArgument {
        before.map { .text("(\($0.milliseconds)") } ?? "+inf"
    }

    static func time(score: RedisValue) -> Instant? {
        score.string.flatMap(Double.init).flatMap { Int64(exactly: $0.rounded()) }
            .map { Instant(milliseconds: $0) }
    }
}
