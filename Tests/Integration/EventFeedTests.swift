import Logging
import NIOCore
import NIOPosix
import RedisClient
import RedisTestSupport
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import SwiftProtobuf
import Testing

@testable import ReturnsServer

/// The tail and its followers on a real log, with limits so small that everybody falls behind and catches up all the time.
@Suite(.serialized) struct EventFeedTests {
    private static let partitions = 5
    private static let events = 3_000
    private static let feeds = 4

    private static let limits: EventLimits = {
        var limits = EventLimits()
        limits.recentEventsMax = 12
        limits.lookEventsMax = 5
        limits.lookMillisecondsMin = 1
        limits.lookMillisecondsMax = 2
        limits.catchUpEventsMax = 7
        limits.catchUpPartitionsMax = 3
        limits.catchUpReadsMax = 2
        limits.tickMilliseconds = 5
        return limits
    }()

    private static func with(
        _ redis: RedisServerProcess, _ body: (EventTail, RedisClient) async throws -> Void
    ) async throws {
        let loops = MultiThreadedEventLoopGroup.singleton
        var logger = Logger(label: "test")
        logger.logLevel = .error
        var configuration = RedisClientConfiguration(url: try RedisURL("unix://\(redis.socketPath)"))
        let identity = StoreIdentity(settings: StoreSettings(partitions: partitions))
        configuration.prepare = { try await identity.prepare($0) }
        let clients = [loops.next(), loops.next()].map {
            RedisClient(configuration: configuration, on: $0, logger: logger)
        }
        for client in clients { try await client.connect(deadline: .now() + .seconds(20)) }
        let tail = EventTail(
            store: ReturnsStore(redis: clients[0], identity: identity),
            limits: limits, logger: logger)
        let running = Task { try await tail.run() }
        do {
            try await body(tail, clients[1])
        } catch {
            Issue.record(error)
        }
        running.cancel()
        try await running.value
        for client in clients { await client.shutdown() }
    }

    private static func add(_ partition: Int, _ number: Int, _ redis: RedisClient) async throws {
        let key = "{p0\(partition)}:outbox"
        let event = Returns_V1_Event.with {
            $0.type = .noted
            $0.caseID = CaseID(at: Instant(milliseconds: 1), partition: partition, random: 1).description
            $0.caseVersion = 1
            $0.state = .submitted
            $0.atMs = 1
            $0.order = .with {
                $0.saleChannel = "online"
                $0.orderNo = "1"
            }
        }
        _ = try await redis.send(
            RedisCommand(
                "XADD", .text(key), .text("\(number)-0"), "e", .bytes(try event.serializedBytes())),
            key: key
        ).checked()
    }

    /// Reads until so many events have come, pausing where `dawdles` says so.
    private static func follow(
        _ tail: EventTail, count: Int, dawdles: @Sendable (Int) -> Bool
    ) async throws -> [EventID] {
        let seat = try tail.admit("reader")
        defer { tail.leave(seat) }
        var feed = EventFeed(
            tail: tail, cursor: OutboxCursor(positions: Array(repeating: .zero, count: partitions)))
        var ids: [EventID] = []
        while ids.count < count {
            try tail.check()
            let step = try await feed.next()
            ids += step.events.map(\.id)
            // As by a client that has stopped reading: the log goes on meanwhile.
            if dawdles(ids.count) { try await Task.sleep(for: .milliseconds(3)) }
            if step.isCaughtUp, ids.count < count { await seat.doorbell.wait() }
        }
        return ids
    }

    @Test func everyFollowerGetsEverythingOnceAndInOrder() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await Self.with(redis) { tail, writer in
            try await withThrowingTaskGroup(of: [EventID].self) { tasks in
                for number in 0..<Self.feeds {
                    tasks.addTask {
                        try await Self.follow(tail, count: Self.events) { count in
                            number > 0 && count.isMultiple(of: 5 * number)
                        }
                    }
                }
                for number in 1...Self.events {
                    // Most go to one partition, so that the others' places are old.
                    let partition = number.isMultiple(of: 3) ? number % Self.partitions : 0
                    try await Self.add(partition, number, writer)
                }
                for try await ids in tasks {
                    #expect(Set(ids).count == Self.events && ids.count == Self.events)
                    for partition in 0..<Self.partitions {
                        let own = ids.filter { $0.partition == partition }.map(\.position)
                        #expect(own == own.sorted())
                    }
                }
            }
        }
    }

    @Test func seatsAreLimitedForAllAndForEachPrincipal() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await Self.with(redis) { tail, _ in
            var seats: [EventTail.Seat] = []
            for _ in 0..<tail.limits.followersPerPrincipalMax { seats.append(try tail.admit("greedy")) }
            #expect(throws: (any Error).self) { try tail.admit("greedy") }
            for number in seats.count..<tail.limits.followersMax {
                seats.append(try tail.admit("other-\(number)"))
            }
            #expect(throws: (any Error).self) { try tail.admit("last") }
            for seat in seats { tail.leave(seat) }
            tail.leave(try tail.admit("greedy"))
        }
    }

    /// A log that cannot be read for long ends the calls, so that clients look for another server; then it works again.
    @Test func anOutageIsTold() async throws {
        // One that keeps what it has: an empty one is another store.
        let durable = ["--appendonly", "yes", "--appendfsync", "always"]
        let redis = try RedisServerProcess(arguments: durable)
        defer { redis.stop() }
        try await Self.with(redis) { tail, _ in
            let seat = try tail.admit("reader")
            defer { tail.leave(seat) }
            try await eventually { tail.end != nil }
            try tail.check()
            redis.killHard()
            var isTold = false
            for _ in 0..<2_000 where !isTold {
                do {
                    try tail.check()
                    try await Task.sleep(for: .milliseconds(10))
                } catch is StoreError {
                    isTold = true
                }
            }
            #expect(isTold)
            try redis.start(arguments: durable)
            try await eventually { (try? tail.check()) != nil }
        }
    }
}
