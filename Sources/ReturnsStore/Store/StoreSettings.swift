import NIOCore
import RedisClient
import ReturnsDomain

/// What a store was created with. Fixed for its life and checked at every start.
public struct StoreSettings: Hashable, Sendable {
    public var partitions: Int
    /// A store made for tests, whose time is told by `returnsctl admin advance-clock`.
    public var hasTestClock: Bool

    /// Of the records: 2 since clocks go by SLA policies, 3 since listings hold case ids alone.
    public static let format: Int64 = 3

    public init(partitions: Int = Partitioning.countDefault, hasTestClock: Bool = false) {
        self.partitions = partitions
        self.hasTestClock = hasTestClock
    }
}

/// What the running Redis is, and what it can lose.
public struct RedisFacts: Hashable, Sendable {
    public var version: String
    /// Empty when an acknowledged write survives everything short of losing the disk.
    public var persistenceWarning: String
}

extension ReturnsStore {
    /// Creates the store's settings, or checks that they are what this server expects.
    ///
    /// - Throws: `.misconfigured` with what to do, when partitions, format or test clock differ.
    public static func openSettings(
        _ wanted: StoreSettings, redis: any RedisTopology, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> StoreSettings {
        let key = StoreKeys.store
        let fields: [(String, Int64)] = [
            ("format", StoreSettings.format), ("partitions", Int64(wanted.partitions)),
            ("test_clock", wanted.hasTestClock ? 1 : 0),
        ]
        // HSETNX in this order: of two servers that create the store at once both end with the same settings or one refuses.
        let commands = fields.map { RedisCommand("HSETNX", .text(key), .text($0.0), .integer($0.1)) }
        let load = RedisCommand("HMGET", .text(key), "format", "partitions", "test_clock")
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await redis.pipeline(commands + [load], key: key, deadline: deadline)
            for reply in replies { _ = try reply.checked() }
        } catch {
            throw StoreError(error)
        }
        let found = (replies.last?.array ?? []).map { $0.integer ?? -1 }
        guard found.count == 3, found[0] == StoreSettings.format else {
            throw StoreError(
                .misconfigured,
                "the store in this Redis has format \(found.first ?? -1), this server reads \(StoreSettings.format)"
            )
        }
        guard found[1] == Int64(wanted.partitions) else {
            throw StoreError(
                .misconfigured,
                "the store has \(found[1]) partitions, not \(wanted.partitions); they are fixed when it is created: start with --partitions \(found[1])"
            )
        }
        guard found[2] == (wanted.hasTestClock ? 1 : 0) else {
            throw StoreError(
                .misconfigured,
                found[2] == 1
                    ? "this store was created for tests; start with --test-clock, or use another Redis"
                    : "this store holds real cases; a test clock needs a store of its own")
        }
        return wanted
    }

    /// Refuses a Redis that would lose keys (DESIGN §6).
    public func prepare(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> RedisFacts {
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await redis.pipeline(
                [RedisCommand("INFO", "server"), RedisCommand("CONFIG", "GET", "maxmemory-policy")]
                    + Self.persistenceCommands, key: nil, deadline: deadline)
        } catch {
            throw StoreError(error)
        }
        let policy = replies[1].array?.last?.string
        if let policy, policy != "noeviction" {
            throw StoreError(
                .misconfigured,
                "this Redis evicts keys (maxmemory-policy \(policy)) and would lose cases; set it to noeviction"
            )
        }
        return RedisFacts(
            version: Self.version(replies[0].string ?? ""),
            persistenceWarning: Self.persistenceWarning(
                appendOnly: replies[2].array?.last?.string, fsync: replies[3].array?.last?.string))
    }

    /// Whether Redis writes each commit to disk before it answers (`appendfsync always`); false where it does not tell.
    public func waitsForDisk(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Bool {
        do throws(RedisError) {
            let replies = try await redis.pipeline(Self.persistenceCommands, key: nil, deadline: deadline)
            return replies.map { $0.array?.last?.string } == ["yes", "always"]
        } catch {
            throw StoreError(error)
        }
    }

    private static let persistenceCommands = [
        RedisCommand("CONFIG", "GET", "appendonly"), RedisCommand("CONFIG", "GET", "appendfsync"),
    ]

    /// Redis's own time, with which a server compares its own.
    public func redisTime(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Instant {
        try Self.time(try await send(RedisCommand("TIME"), key: StoreKeys.store, deadline: deadline))
    }

    /// What TIME has answered.
    static func time(_ reply: RedisValue) throws(StoreError) -> Instant {
        let parts = (reply.array ?? []).map { $0.integer ?? 0 }
        guard parts.count == 2 else { throw StoreError(.corrupt, "Redis told no time") }
        return Instant(milliseconds: parts[0] * 1_000 + parts[1] / 1_000)
    }

    /// The test clock's time; it starts at the given one when it was never set.
    public func testClock(start: Instant, deadline: NIODeadline = .distantFuture) async throws(StoreError)
        -> Instant
    {
        let replies = try await pipeline(
            [
                RedisCommand("HSETNX", .text(StoreKeys.store), "test_now_ms", .integer(start.milliseconds)),
                RedisCommand("HGET", .text(StoreKeys.store), "test_now_ms"),
            ], key: StoreKeys.store, deadline: deadline)
        return Instant(milliseconds: replies[1].integer ?? start.milliseconds)
    }

    /// What came of moving the test clock.
    public struct TestClockStep: Hashable, Sendable {
        public var now: Instant
        /// The request was carried out before: `now` is the time it led to.
        public var isReplay: Bool
    }

    /// Moves the test clock, once for each request.
    ///
    /// - Returns: Nil when the request id was used for another request.
    public func advanceTestClock(
        by milliseconds: Int64, request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> TestClockStep? {
        let reply = try await send(
            RedisCommand(
                "EVAL", .text(Self.advanceTestClockScript), 1, .text(StoreKeys.store),
                .text(request.id), .bytes(request.fingerprint), .integer(milliseconds),
                .integer(Self.testClockStepsMax)),
            key: StoreKeys.store, effect: .once, deadline: deadline)
        guard let parts = reply.array, let word = parts.first?.string else {
            throw StoreError(.corrupt, "the test clock answered something else")
        }
        if word == "REUSED" { return nil }
        return TestClockStep(now: Instant(milliseconds: parts.last?.integer ?? 0), isReplay: word == "REPLAY")
    }

    /// The last steps of the test clock are remembered in its store, by their request ids.
    private static let testClockStepsMax: Int64 = 256

    /// KEYS: the store's settings. ARGV: request id | fingerprint | step in ms | steps remembered.
    /// Returns: {"OK", new time} · {"REPLAY", time it led to} · {"REUSED"}.
    ///
    /// A script of its own and not the commit function: that one guards records of a partition, and only stores made
    /// for tests have this clock.
    private static let advanceTestClockScript = """
        local steps = redis.call('HGET', KEYS[1], 'test_steps')
        steps = steps and cmsgpack.unpack(steps) or {}
        for _, step in ipairs(steps) do
          if step[1] == ARGV[1] then
            if step[2] == ARGV[2] then return { 'REPLAY', step[3] } end
            return { 'REUSED' }
          end
        end
        local now = redis.call('HINCRBY', KEYS[1], 'test_now_ms', ARGV[3])
        table.insert(steps, { ARGV[1], ARGV[2], tostring(now) })
        while #steps > tonumber(ARGV[4]) do table.remove(steps, 1) end
        redis.call('HSET', KEYS[1], 'test_steps', cmsgpack.pack(steps))
        return { 'OK', tostring(now) }
        """

    private static func version(_ info: String) -> String {
        info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("redis_version:") }
            .map { String($0.dropFirst("redis_version:".count)) } ?? "unknown"
    }

    private static func persistenceWarning(appendOnly: String?, fsync: String?) -> String {
        switch (appendOnly, fsync) {
        case ("yes", "always"): ""
        case ("yes", "everysec"):
            "appendfsync everysec: a crash of the machine can lose the last second of acknowledged writes"
        case ("yes", let other):
            "appendfsync \(other ?? "unknown"): a crash of the machine can lose acknowledged writes"
        case (nil, _):
            "this Redis does not tell its settings (CONFIG GET): what a crash loses, and whether it evicts cases when memory is short, is not known"
        default: "appendonly no: a crash of Redis loses every write since its last snapshot"
        }
    }
}
