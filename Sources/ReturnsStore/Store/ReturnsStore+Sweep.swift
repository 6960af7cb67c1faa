import NIOCore
import RedisClient
import ReturnsDomain

/// What a sweep sees first.
public struct SweepView: Hashable, Sendable {
    /// Redis's own time, read with the same pipeline.
    public var redisTime: Instant
    /// By partition, when its earliest clock next fires; nil where none will.
    public var earliest: [Instant?]
}

extension ReturnsStore {
    /// Reads Redis's time and each partition's earliest firing with one pipeline.
    public func sweepView(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> SweepView {
        let heads = (0..<partitioning.count).map { partition in
            RedisCommand("ZRANGE", .text(StoreKeys(partition: partition).deadlines), 0, 0, "WITHSCORES")
        }
        let replies = try await pipeline([RedisCommand("TIME")] + heads, deadline: deadline)
        return SweepView(
            redisTime: try Self.time(replies[0]),
            // What has no time is looked at, and reported, by the sweep.
            earliest: replies.dropFirst().map { reply in
                reply.array?.last.map { Self.time(score: $0) ?? Instant(milliseconds: 0) }
            })
    }

    /// Loads the order of each case with one pipeline, as `loadOrder(of:)` does for one.
    public func loadOrders(
        of cases: [Case], partition: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<(order: Order?, isCaseUnchanged: Bool), StoreError>] {
        let keys = StoreKeys(partition: partition)
        let replies = try await repliesToReads(
            cases.flatMap(loadOrderCommands), key: keys.deadlines, deadline: deadline)
        return cases.indices.map { index in
            Self.result { () throws(StoreError) in
                try decodeOrder(of: cases[index], replies[2 * index], version: replies[2 * index + 1])
            }
        }
    }

    /// Commits a sweep's transitions in one partition with one pipeline; each commits, or does not, for itself.
    ///
    /// Not sent again when the connection ends under them: the next sweep finds what was not committed, so whoever
    /// counts firings counts none that somebody else made.
    public func commit(
        _ transitions: [CaseTransition], partition: Int, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> [Result<CommitOutcome, StoreError>] {
        guard !transitions.isEmpty else { return [] }
        let key = StoreKeys(partition: partition).deadlines
        let commands = transitions.map { commitCommand($0, request: nil) }
        var replies = try await sendOnce(commands, key: key, deadline: deadline)
        if replies.contains(where: { FunctionLibrary.isMissing($0) }) {
            try await reload(deadline: deadline)
            let missing = replies.indices.filter { FunctionLibrary.isMissing(replies[$0]) }
            let again = try await sendOnce(missing.map { commands[$0] }, key: key, deadline: deadline)
            for (index, reply) in zip(missing, again) { replies[index] = reply }
        }
        return replies.map { reply in
            Self.result { () throws(StoreError) in try outcome(of: try Self.checked(reply)) }
        }
    }

    // MARK: Leases

    /// Takes the lease of a partition that nobody holds.
    ///
    /// - Parameter token: names this taking of it, so that a look at the lease tells one from the next.
    /// - Returns: nil when it is taken, otherwise the token that it is held by.
    public func takeSweepLease(
        _ partition: Int, token: String, milliseconds: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> String? {
        let key = StoreKeys(partition: partition).sweepLease
        let replies = try await pipeline(
            [
                RedisCommand("SET", .text(key), .text(token), "NX", "PX", .integer(milliseconds)),
                RedisCommand("GET", .text(key)),
            ], key: key, deadline: deadline)
        let holder = replies[1].string
        // A pipeline that was sent again meets its own lease.
        return holder == token ? nil : holder ?? ""
    }

    /// Takes a lease whatever anybody else holds: for one whose holder has shown no life.
    public func seizeSweepLease(
        _ partition: Int, token: String, milliseconds: Int64, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        let key = StoreKeys(partition: partition).sweepLease
        _ = try await send(
            RedisCommand("SET", .text(key), .text(token), "PX", .integer(milliseconds)), key: key,
            effect: .once, deadline: deadline)
    }

    /// Puts a new token and a new term in the place of the old ones.
    ///
    /// - Returns: false when somebody else has the lease by now.
    public func renewSweepLease(
        _ partition: Int, token: String, newToken: String, milliseconds: Int64,
        deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> Bool {
        try await changeSweepLease(
            partition, [.text(token), .text(newToken), .integer(milliseconds)], deadline: deadline)
    }

    public func releaseSweepLease(
        _ partition: Int, token: String, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) {
        _ = try await changeSweepLease(partition, [.text(token)], deadline: deadline)
    }

    private func changeSweepLease(
        _ partition: Int, _ arguments: [RedisArgument], deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        let key = StoreKeys(partition: partition).sweepLease
        var command = RedisCommand("EVAL", .text(Self.changeSweepLeaseScript), 1, .text(key))
        for argument in arguments { command.append(argument) }
        return try await send(command, key: key, effect: .once, deadline: deadline).integer == 1
    }

    /// KEYS: the lease. ARGV: the token that must hold it | the token that follows | its term in ms; without the last two it
    /// is given up. Returns: whether the lease was held by the token.
    ///
    /// A script of its own and not the commit function: a lease guards nothing, and nothing is lost with it.
    private static let changeSweepLeaseScript = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        if ARGV[2] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) else redis.call('DEL', KEYS[1]) end
        return 1
        """

    // MARK: Replies

    private func sendOnce(
        _ commands: [RedisCommand], key: String, deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        do throws(RedisError) {
            return try await redis.pipeline(commands, key: key, deadline: deadline)
        } catch {
            throw StoreError(error, .once)
        }
    }
}
