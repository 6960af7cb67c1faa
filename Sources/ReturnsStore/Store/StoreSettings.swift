import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords

/// What a store was created with. Fixed for its life and checked at every start.
public struct StoreSettings: Hashable, Sendable {
    public var partitions: Int
    /// A store made for tests, whose time is told by `returnsctl admin advance-clock`.
    public var hasTestClock: Bool
    /// The highest writer level that the server knows: its build's, but in tests, where servers of two builds meet.
    package var highestLevel = WriterLevel.highest

    /// Of the records and keys: 3 since a store knows itself, listings hold case ids alone, and orders tell what was overpaid; 4
    /// since a store has a key for its cursors; 5 since records and events are kept as the API's messages;
    /// 6 since an order's level stands under a checksum; 7 since the run that a case was opened in does.
    public static let format: Int64 = 7

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
    /// What the running Redis is, and what it can lose.
    public func facts(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> RedisFacts {
        let replies: [RedisValue]
        do throws(RedisError) {
            replies = try await redis.pipeline(Self.persistenceCommands, key: nil, deadline: deadline)
        } catch {
            throw identity.failure(error)
        }
        return RedisFacts(
            version: identity.condition?.version ?? "unknown",
            persistenceWarning: Self.persistenceWarning(
                appendOnly: replies[0].array?.last?.string, fsync: replies[1].array?.last?.string))
    }

    /// Tries whether Redis takes writes.
    ///
    /// - Throws: `refused` with the reason, where it does not.
    public func probe(now: Instant, deadline: NIODeadline) async throws(StoreError) {
        let call = StoreCall(FunctionLibrary.store.name("probe"), .settings, keys: [StoreKeys.store])
            .appending([.integer(now.milliseconds)])
        _ = try await send(call, effect: .once, deadline: deadline)
    }

    /// What came of confirming that refunds were compared with the gateway.
    public enum ReconciliationOutcome: Hashable, Sendable {
        case confirmed
        /// This request confirmed it before.
        case replay
        /// Another loss waits, or none (nil).
        case other(StoreRun?)
    }

    /// Finance has compared the refunds with the gateway since a loss.
    ///
    /// - Parameter note: who and when.
    /// - Throws: `outsideScope` for somebody bound to some sale channels: refunds of every channel are let go.
    public func confirmReconciled(
        _ run: String, note: String, request: CommitRequest, deadline: NIODeadline = .distantFuture
    ) async throws(StoreError) -> ReconciliationOutcome {
        try requireEveryChannel()
        let call = StoreCall(FunctionLibrary.store.name("reconciled"), .settings, keys: [StoreKeys.store])
            .appending([.text(run), .text(note), .bytes(request.fingerprint + Array(request.id.utf8))])
        let reply = try await send(call, effect: .once, deadline: deadline)
        let outcome: ReconciliationOutcome
        switch reply.array?.first?.string {
        case "OK": outcome = .confirmed
        case "REPLAY": outcome = .replay
        default: outcome = .other(reply.array?.last?.string.flatMap { StoreRun($0) })
        }
        do throws(StoreError) {
            try await identity.look(redis, deadline: deadline)
        } catch {
            if case .other = outcome { throw error }
            throw error.behind(.applied)
        }
        return outcome
    }

    /// Asked before somebody is told that something is not there: it may be the whole store that is not.
    public func confirmRun(deadline: NIODeadline = .distantFuture) async throws(StoreError) {
        let run = try identity.run()
        let reply = try await send(
            RedisCommand("HGET", .text(StoreKeys.store), "run"), key: StoreKeys.store, deadline: deadline)
        if reply.string != run.description { try await identity.look(redis, deadline: deadline) }
    }

    /// Whether Redis writes each commit to disk before it answers (`appendfsync always`); false where it does not tell.
    public func waitsForDisk(deadline: NIODeadline = .distantFuture) async throws(StoreError) -> Bool {
        do throws(RedisError) {
            let replies = try await redis.pipeline(Self.persistenceCommands, key: nil, deadline: deadline)
            return replies.map { $0.array?.last?.string } == ["yes", "always"]
        } catch {
            throw identity.failure(error)
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
        let call = StoreCall(
            FunctionLibrary.store.name("test_clock"), .settings, keys: [StoreKeys.store]
        ).appending([.integer(start.milliseconds)])
        let reply = try await send(call, effect: .once, deadline: deadline)
        return Instant(milliseconds: reply.integer ?? start.milliseconds)
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
        let call = StoreCall(
            FunctionLibrary.store.name("test_clock_advance"), .settings, keys: [StoreKeys.store]
        ).appending([
            .text(request.id), .bytes(request.fingerprint), .integer(milliseconds),
            .integer(Self.testClockStepsMax),
        ])
        let reply = try await send(call, effect: .once, deadline: deadline)
        guard let parts = reply.array, let word = parts.first?.string else {
            throw StoreError(.corrupt, "the test clock answered something else")
        }
        if word == "REUSED" { return nil }
        return TestClockStep(now: Instant(milliseconds: parts.last?.integer ?? 0), isReplay: word == "REPLAY")
    }

    /// The last steps of the test clock are remembered in its store, by their request ids.
    private static let testClockStepsMax: Int64 = 256

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
