import Foundation
import Logging
import NIOCore
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Synchronization
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// A store knows itself: what was emptied, exchanged, set back or restarted under a server is noticed before it takes a change.
    @Suite struct StoreIdentityTests {
        static let partitions = 4

        /// A server's part: its identity, its connection, its store.
        struct Server {
            let client: RedisClient
            let store: ReturnsStore
            var identity: StoreIdentity { store.identity }

            func confirm(
                _ run: String, _ request: CommitRequest
            ) async throws(StoreError) -> ReturnsStore.ReconciliationOutcome {
                try await store.confirmReconciled(run, note: "x", request: request)
            }

            static func connect(
                _ redis: RedisServerProcess, mark: StoreMark = .none, acceptsLoss: Bool = false,
                toleratedChanges: Int64 = 0, partitions: Int = StoreIdentityTests.partitions,
                seconds: Int64 = 20
            ) async throws -> Server {
                let identity = identity(
                    mark: mark, acceptsLoss: acceptsLoss, toleratedChanges: toleratedChanges,
                    partitions: partitions)
                return try await connect(redis.socketPath, identity, seconds: seconds)
            }

            static func identity(
                mark: StoreMark = .none, acceptsLoss: Bool = false, toleratedChanges: Int64 = 0,
                partitions: Int = StoreIdentityTests.partitions
            ) -> StoreIdentity {
                StoreIdentity(
                    settings: StoreSettings(partitions: partitions), mark: mark, acceptsLoss: acceptsLoss,
                    toleratedChanges: toleratedChanges, logger: logger)
            }

            static var logger: Logger {
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                return logger
            }

            /// One of the connections of a server.
            static func connect(
                _ path: String, _ identity: StoreIdentity, seconds: Int64 = 20
            ) async throws -> Server {
                var configuration = RedisClientConfiguration(
                    url: RedisURL(address: .unix(path: path)))
                configuration.prepare = { try await identity.prepare($0) }
                configuration.backoff.initialMilliseconds = 5
                configuration.backoff.maximumMilliseconds = 50
                configuration.waitForConnectionMilliseconds = 5_000
                let client = RedisClient(configuration: configuration, on: storeLoops.next(), logger: logger)
                do {
                    try await client.connect(deadline: .now() + .seconds(seconds))
                } catch {
                    await client.shutdown()
                    throw StoreError(error)
                }
                return Server(client: client, store: ReturnsStore(redis: client, identity: identity))
            }

            func close() async { await client.shutdown() }

            func refusalOfAnotherCase(_ number: Int) async throws -> (RedisRefusal?, StoreError.Outcome)? {
                do {
                    try await open(number)
                    return nil
                } catch let error as StoreError {
                    return (error.refusal, error.outcome)
                }
            }

            /// Opens a case on an order of its own.
            @discardableResult
            func open(_ number: Int) async throws -> Case {
                let transition = try Fixture.opening(number, partition: store.partitioning.partition)
                #expect(try await store.commit(transition, request: nil) == .committed)
                return transition.caseAfter
            }

            func fault() async -> StoreFault.Code? {
                do throws(StoreError) {
                    try await identity.look(client)
                    return nil
                } catch {
                    return error.fault?.code
                }
            }
        }

        static func withRedis(
            _ arguments: [String] = [], _ body: (RedisServerProcess) async throws -> Void
        ) async throws {
            let redis = try RedisServerProcess(arguments: arguments)
            defer { redis.stop() }
            try await body(redis)
        }

        static func keys(_ redis: RedisServerProcess) async throws -> Int64 {
            let connection = try await RedisConnection.connect(
                to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
            ).get()
            defer { _ = connection.close() }
            return try await connection.send(RedisCommand("DBSIZE")).checked().integer ?? -1
        }

        static func command(_ redis: RedisServerProcess, _ command: RedisCommand) async throws -> RedisValue {
            let connection = try await RedisConnection.connect(
                to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
            ).get()
            defer { _ = connection.close() }
            return try await connection.send(command).checked()
        }

        @Test func changesThatAreRefusedFromOutsideLeaveReadingAsItWas() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                let value = try await server.open(1)
                server.identity.refuseChanges(.diskFull)
                let refused = try await server.refusalOfAnotherCase(2)
                #expect(refused?.0 == .diskFull && refused?.1 == .notApplied)
                #expect(try await server.store.loadCase(value.id)?.id == value.id)
                var filter = CaseFilter()
                filter.changedSince = Fixture.monday
                for sort in [CaseSort.newest, .changed] {
                    #expect(try await server.store.all(filter, sort: sort).ids == [value.id])
                }
                #expect(try await server.store.outboxEnds().contains { $0.last != .zero })
                server.identity.refuseChanges(nil)
                #expect(try await server.refusalOfAnotherCase(3) == nil)
                await server.close()
            }
        }

        /// The log is cut while nothing else is written, as long as that is let through.
        @Test func whatFreesIsLetThroughWhereChangesAreRefused() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                let value = try await server.open(1)
                func trim() async throws -> Int {
                    try await server.store.trimOutbox(
                        [value.id.partition], keeping: OutboxRetention(eventsMax: 0), now: Fixture.monday)[0]
                        .get().events
                }
                server.identity.refuseChanges(.diskFull)
                await #expect(throws: StoreError.self) { try await trim() }
                server.identity.refuseChanges(.diskFull, lettingFree: true)
                #expect(try await server.refusalOfAnotherCase(2)?.0 == .diskFull)
                #expect(try await trim() > 0)
                await server.close()
            }
        }

        @Test func anEmptiedRedisTakesNothing() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                let opened = try await server.open(1)
                _ = try await Self.command(redis, RedisCommand("FLUSHALL"))
                // On the open connection, before anybody has looked: a change, a read of what is gone, each small write.
                await #expect(throws: StoreError.self) { try await server.open(2) }
                #expect(server.identity.fault?.code == .emptied)
                await #expect(throws: StoreError.self) { try await server.store.loadCase(opened.id) }
                #expect(try await Self.keys(redis) == 0)
                // A new connection, and a new server with the old mark.
                let mark = server.identity.mark
                await server.close()
                await #expect(throws: StoreError.self) {
                    try await Server.connect(redis, mark: mark, seconds: 2)
                }
                #expect(try await Self.keys(redis) == 0)
                // Somebody accepts it: a store of its own begins, refunds wait, and other servers follow.
                let next = try await Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(next.identity.record?.replaced == [mark.storeID!])
                #expect(next.identity.record?.unreconciled == next.identity.record?.run)
                try await next.open(3)
                let other = try await Server.connect(redis, mark: mark)
                try await other.open(4)
                await next.close()
                await other.close()
            }
        }

        /// Every small write that is no commit is refused too, by the function itself.
        @Test func noWriteReachesARedisThatWasEmptied() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                let opened = try await server.open(1)
                let store = server.store
                let part = WorkPart(id: opened.id, role: .service)
                let group = EventGroup(
                    name: "g", instance: 1, filter: EventFilter(), acknowledgeMilliseconds: 1_000,
                    createdAt: Fixture.monday, createdBy: "a",
                    start: OutboxCursor(positions: Array(repeating: .zero, count: Self.partitions)))
                let event = EventID(
                    partition: opened.id.partition, position: OutboxID(milliseconds: 1, sequence: 0))
                let writes: [(String, () async throws -> Void)] = [
                    ("policy", { _ = try await store.add(Fixture.policy()) }),
                    (
                        "work lease",
                        {
                            _ = try await store.leaseWork(
                                on: part, WorkLease(person: "p", kind: .review, ordinal: 1), over: nil,
                                milliseconds: 1_000)
                        }
                    ),
                    ("work release", { _ = try await store.releaseWork(on: opened.id, by: "p") }),
                    (
                        "sweep lease",
                        { _ = try await store.takeSweepLease(1, token: "t", milliseconds: 1_000) }
                    ),
                    (
                        "seized sweep lease",
                        { try await store.seizeSweepLease(1, token: "t", milliseconds: 1_000) }
                    ),
                    ("hold", { try await store.holdOutbox("c", finished: event) }),
                    ("let go", { try await store.releaseOutbox("c") }),
                    ("acknowledgement", { try await store.acknowledge([event], group: group) }),
                    (
                        "trimming",
                        {
                            _ = try await store.trimOutbox(
                                [1], keeping: OutboxRetention(eventsMax: 1), now: Fixture.monday)[0].get()
                        }
                    ),
                    ("group", { _ = try await store.addEventGroup(group, request: .test(7)) }),
                    (
                        "webhook lease",
                        { _ = try await store.leaseWebhook("w", owner: "o", milliseconds: 1_000) }
                    ),
                    ("probe", { try await store.probe(now: Fixture.monday, deadline: .distantFuture) }),
                    ("test clock", { _ = try await store.testClock(start: Fixture.monday) }),
                ]
                for (name, write) in writes {
                    // Each meets an open gate, on the connection of before, and a Redis emptied since the last look.
                    _ = try await Self.command(redis, RedisCommand("FLUSHALL"))
                    server.identity.state.withLock {
                        $0.fault = nil
                        $0.connectionsRetiredAt = .distantFuture
                    }
                    await #expect(throws: StoreError.self, "\(name)") { try await write() }
                    #expect(try await Self.keys(redis) == 0, "\(name)")
                }
                await server.close()
            }
        }

        @Test func anotherStoreIsNoticed() async throws {
            try await Self.withRedis { redis in
                let first = try await Server.connect(redis)
                let mark = first.identity.mark
                await first.close()
                try await Self.withRedis { other in
                    let second = try await Server.connect(other, partitions: 8)
                    await second.close()
                    let before = try await Self.keys(other)
                    let error = await #expect(throws: StoreError.self) {
                        try await Server.connect(other, mark: mark, seconds: 2)
                    }
                    #expect(error?.fault?.code == .exchanged)
                    #expect(try await Self.keys(other) == before)
                }
            }
        }

        @Test func anEarlierStateIsNoticedAtTheNextLookAndAtAStart() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                try await server.open(1)
                let copies = try await Self.dump(redis)
                try await server.open(2)
                try await server.open(3)
                try await Self.restore(copies, redis)
                #expect(await server.fault() == .lost)
                #expect(server.identity.fault?.text.contains("at least 2 ") == true)
                await #expect(throws: StoreError.self) { try await server.open(4) }
                let mark = server.identity.mark
                await server.close()
                // Any server stops now, also one that has missed nothing.
                let fresh = await #expect(throws: StoreError.self) {
                    try await Server.connect(redis, seconds: 2)
                }
                #expect(fresh?.fault?.code == .lost)
                let accepting = try await Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(accepting.identity.record?.unreconciled != nil)
                try await accepting.open(5)
                // The loss is accepted once, for all.
                let other = try await Server.connect(redis, mark: mark)
                try await other.open(6)
                #expect(other.identity.record?.loss == "")
                await accepting.close()
                await other.close()
            }
        }

        @Test func aToleratedLossGoesOnByItselfAndMakesRefundsWait() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 2)
                let copies = try await Self.dump(redis)
                try await server.open(1)
                try await Self.restore(copies, redis)
                #expect(await server.fault() == nil)
                let run = try #require(server.identity.record?.unreconciled)
                try await server.open(2)
                #expect(
                    try await server.confirm("\(run.number).0", .test(1)) == .other(run))
                #expect(try await server.confirm("\(run)", .test(2)) == .confirmed)
                #expect(server.identity.record?.unreconciled == nil)
                #expect(try await server.confirm("\(run)", .test(2)) == .replay)
                #expect(try await server.confirm("\(run)", .test(3)) == .other(nil))
                await server.close()
            }
        }

        /// Redis restarts with all that was acknowledged: nothing is lost, and calls go on in another run.
        @Test func aRestartWithEverythingIsARunOfItsOwn() async throws {
            try await Self.withRedis(StoreFixture.durable) { redis in
                let server = try await Server.connect(redis)
                let opened = try await server.open(1)
                let before = server.identity.record?.run
                redis.killHard()
                try redis.start(arguments: StoreFixture.durable)
                try await server.open(2)
                #expect(try await server.store.loadCase(opened.id) == opened)
                let record = try #require(server.identity.record)
                #expect(record.run != before && record.runs.count == 2 && record.unreconciled == nil)
                await server.close()
            }
        }

        @Test func cursorsAreGoodUpToWhereTheStoreWasSetBackTo() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                func cursor() async throws -> OutboxCursor {
                    var cursor = OutboxCursor(positions: try await server.store.outboxEnds().map(\.last))
                    server.identity.sign(&cursor)
                    return try #require(OutboxCursor(cursor.text, partitions: Self.partitions))
                }
                try await server.open(1)
                let before = try await cursor()
                let copies = try await Self.dump(redis)
                try await server.open(2)
                let after = try await cursor()
                try await Self.restore(copies, redis)
                #expect(await server.fault() == nil)
                // Also once the log has grown past the lost events again.
                try await server.open(3)
                #expect(server.identity.lostBefore(before) == nil)
                let since = try #require(server.identity.lostBefore(after))
                #expect(since <= before.positions.max()!.recordedAt)
                #expect(server.identity.lostBefore(try await cursor()) == nil)
                // One of a run that this store never had.
                var strange = before
                strange.run = StoreRun(number: 77, tag: 1)
                #expect(server.identity.lostBefore(strange) != nil)
                await server.close()
            }
        }

        @Test func aReplicaAndAnEvictingRedisTakeNothing() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                _ = try await Self.command(
                    redis, RedisCommand("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
                #expect(await server.fault() == .evicting)
                await #expect(throws: StoreError.self) { try await server.open(1) }
                _ = try await Self.command(
                    redis, RedisCommand("CONFIG", "SET", "maxmemory-policy", "noeviction"))
                #expect(await server.fault() == nil)
                try await server.open(2)
                // Of a primary that is not there: it keeps what it has, and takes nothing.
                _ = try await Self.command(redis, RedisCommand("REPLICAOF", "127.0.0.1", "1"))
                #expect(await server.fault() == .replica)
                await #expect(throws: StoreError.self) { try await server.open(3) }
                _ = try await Self.command(redis, RedisCommand("REPLICAOF", "NO", "ONE"))
                #expect(await Self.eventually { await server.fault() == nil })
                try await server.open(4)
                await server.close()
            }
        }

        @Test func aFullMemoryIsRefusedInItsOwnWords() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                _ = try await Self.command(redis, RedisCommand("CONFIG", "SET", "maxmemory", "1"))
                let error = await #expect(throws: StoreError.self) {
                    try await server.store.probe(now: Fixture.monday, deadline: .distantFuture)
                }
                #expect(error?.refusal == .memoryFull && error?.outcome == .notApplied)
                #expect(server.identity.condition.map { $0.warnings.isEmpty } == true)
                #expect(await server.fault() == nil)
                #expect(server.identity.condition?.warnings.count == 1)
                #expect(server.identity.condition?.warnings.first?.contains("takes no changes") == true)
                await server.close()
            }
        }

        // MARK: What somebody says

        /// The mark was put back with the store, so nothing is found missing, and yet changes are.
        @Test(arguments: [true, false])
        func anAcceptanceBeginsALossAlsoWhereNothingIsFoundMissing(isMarkKept: Bool) async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                try await server.open(1)
                let copies = try await Self.dump(redis)
                let mark = server.identity.mark
                try await server.open(2)
                var cursor = OutboxCursor(positions: try await server.store.outboxEnds().map(\.last))
                server.identity.sign(&cursor)
                await server.close()
                try await Self.restore(copies, redis)
                let next = try await Server.connect(
                    redis, mark: isMarkKept ? mark : .none, acceptsLoss: true)
                let record = try #require(next.identity.record)
                #expect(record.unreconciled == record.run && record.accepted == [record.run])
                #expect(record.runs.count == 2)
                #expect(next.identity.lostBefore(cursor) != nil)
                // Once: neither a later look nor another server begins another one.
                #expect(await next.fault() == nil)
                let other = try await Server.connect(redis, mark: mark)
                #expect(other.identity.record == next.identity.record)
                await next.close()
                await other.close()
            }
        }

        @Test func anAcceptanceOnAnEmptyRedisIsALossAlsoWithoutAMark() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis, acceptsLoss: true)
                let record = try #require(server.identity.record)
                #expect(record.runs == [record.run] && record.unreconciled == record.run)
                await server.close()
            }
        }

        /// Does something before one of the exchanges with Redis.
        private final class InterferingWire: StoreWire {
            private let connection: RedisConnection
            private let exchanges = Mutex(0)
            private let interference: @Sendable (Int) async -> Void

            init(_ connection: RedisConnection, _ interference: @escaping @Sendable (Int) async -> Void) {
                self.connection = connection
                self.interference = interference
            }

            nonisolated(nonsending) func replies(
                to commands: [RedisCommand], deadline: NIODeadline
            ) async throws(RedisError) -> [RedisValue] {
                await interference(
                    exchanges.withLock { number in
                        defer { number += 1 }
                        return number
                    })
                return try await connection.pipeline(commands, deadline: deadline)
            }
        }

        @Test func anAcceptanceIsNotLostToARunOfAnotherServer() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                try await server.open(1)
                let first = try #require(server.identity.record?.run)
                let connection = try await RedisConnection.connect(
                    to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
                ).get()
                let identity = Server.identity(mark: server.identity.mark, acceptsLoss: true)
                let begin = FunctionLibrary.store.name("begin")
                let wire = InterferingWire(connection) { exchange in
                    // The look's first steps read; the third begins the run.
                    guard exchange == 2 else { return }
                    let other = RedisCommand(
                        "FCALL", .text(begin), 1, .text(StoreKeys.store), .text(first.description),
                        .text(StoreRun(number: first.number + 1, tag: 5).description))
                    let reply = try? await Self.command(redis, other)
                    #expect(reply?.array?.first?.string == "OK")
                }
                try await identity.look(wire, loads: nil, deadline: .distantFuture)
                let record = try #require(identity.record)
                #expect(record.runs.count == 3 && record.unreconciled == record.run)
                _ = connection.close()
                await server.close()
            }
        }

        // MARK: What is damaged

        @Test(arguments: [
            ["runs", "4294967295.1", "run", "4294967295.1", "redis_run", "x"],
            ["runs", "4294967296.1"], ["runs", ""], ["id", ""], ["accepted", "1"], ["reconcile", "x"],
        ])
        func aDamagedRecordIsAFaultThatNobodyCanAccept(fields: [String]) async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                let mark = server.identity.mark
                var command = RedisCommand("HSET", .text(StoreKeys.store))
                for field in fields { command.append(field) }
                _ = try await Self.command(redis, command)
                #expect(await server.fault() == .damaged)
                await server.close()
                for acceptsLoss in [false, true] {
                    let error = await #expect(throws: StoreError.self) {
                        try await Server.connect(redis, mark: mark, acceptsLoss: acceptsLoss, seconds: 2)
                    }
                    #expect(error?.fault?.code == .damaged)
                }
            }
        }

        @Test func countsThatAreDamagedAreALoss() async throws {
            try await Self.withRedis { redis in
                let server = try await Server.connect(redis)
                try await server.open(1)
                var mark = server.identity.mark
                mark.acknowledged = mark.acknowledged.map { _ in .max }
                let run = try #require(server.identity.record?.run)
                await server.close()
                for slot in StoreSlot.all(partitions: Self.partitions) {
                    var command = RedisCommand("HSET", .text(slot.mark), "n", "-9223372036854775808")
                    command.append("began:\(run)")
                    command.append("-9223372036854775808 0-0")
                    _ = try await Self.command(redis, command)
                }
                let error = await #expect(throws: StoreError.self) {
                    try await Server.connect(redis, mark: mark, seconds: 2)
                }
                #expect(error?.fault?.code == .lost)
            }
        }

        // MARK: Another Redis behind the address

        /// A planned failover: the primary becomes a replica, and the address leads to the new one. Connections stay.
        @Test(arguments: [true, false])
        func theAddressIsAskedAnewAfterAFailover(isLookedAt: Bool) async throws {
            try await Self.withRedis { former in
                try await Self.withRedis { primary in
                    let address = "\(former.directory)/address.sock"
                    try Self.link(address, to: former)
                    let identity = Server.identity()
                    let servers = [
                        try await Server.connect(address, identity),
                        try await Server.connect(address, identity),
                    ]
                    try await servers[0].open(1)
                    try await servers[1].open(2)
                    try await Self.restore(try await Self.dump(former), primary)
                    try Self.link(address, to: primary)
                    _ = try await Self.command(former, RedisCommand("REPLICAOF", "127.0.0.1", "1"))
                    if isLookedAt {
                        #expect(await Self.eventually { await servers[0].fault() == nil })
                    }
                    // Each connection, also one on which nobody looks.
                    for (number, server) in [(3, servers[1]), (4, servers[0])] {
                        #expect(await Self.eventually { (try? await server.open(number)) != nil })
                    }
                    #expect(identity.record?.runs.count == 2)
                    for server in servers { await server.close() }
                }
            }
        }

        static func link(_ path: String, to redis: RedisServerProcess) throws {
            let new = path + ".new"
            try FileManager.default.createSymbolicLink(
                atPath: new, withDestinationPath: redis.socketPath)
            // Replaces the one that is there in one step.
            #expect(rename(new, path) == 0)
        }

        static func eventually(_ isTrue: () async -> Bool) async -> Bool {
            let limit = NIODeadline.now() + .seconds(20)
            while NIODeadline.now() < limit {
                if await isTrue() { return true }
                try? await Task.sleep(for: .milliseconds(5))
            }
            return false
        }

        @Test func aMarkIsReadAsItWasWritten() throws {
            let mark = StoreMark(
                storeID: "ab", runs: [StoreRun(number: 1, tag: 7), StoreRun(number: 2, tag: .max)],
                acknowledged: [0, 12, .max])
            #expect(StoreMark(mark.text) == mark)
            #expect(StoreMark(StoreMark.none.text) == StoreMark.none)
            for cut in 0..<mark.text.count { #expect(StoreMark(String(mark.text.prefix(cut))) == nil) }
            #expect(StoreMark(mark.text.replacing("12", with: "-1")) == nil)
        }

        // MARK: Copies

        /// Everything in a Redis, as DUMP has it.
        static func dump(_ redis: RedisServerProcess) async throws -> [(key: String, bytes: ByteBuffer)] {
            let keys = try await command(redis, RedisCommand("KEYS", "*")).array ?? []
            var copies: [(key: String, bytes: ByteBuffer)] = []
            for key in keys.compactMap(\.string) {
                if let bytes = try await command(redis, RedisCommand("DUMP", .text(key))).bytes {
                    copies.append((key, bytes))
                }
            }
            return copies
        }

        /// Sets a Redis back, under its open connections.
        static func restore(
            _ copies: [(key: String, bytes: ByteBuffer)], _ redis: RedisServerProcess
        ) async throws {
            _ = try await command(redis, RedisCommand("FLUSHALL"))
            for copy in copies {
                _ = try await command(
                    redis, RedisCommand("RESTORE", .text(copy.key), 0, .buffer(copy.bytes)))
            }
        }
    }
}
