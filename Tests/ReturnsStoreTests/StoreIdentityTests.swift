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
        @Test func changesThatAreRefusedFromOutsideLeaveReadingAsItWas() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
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
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
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
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let opened = try await server.open(1)
                _ = try await IdentityLab.command(redis, RedisCommand("FLUSHALL"))
                // On the open connection, before anybody has looked: a change, a read of what is gone, each small write.
                await #expect(throws: StoreError.self) { try await server.open(2) }
                #expect(server.identity.fault?.code == .emptied)
                await #expect(throws: StoreError.self) { try await server.store.loadCase(opened.id) }
                #expect(try await IdentityLab.keys(redis) == 0)
                // A new connection, and a new server with the old mark.
                let mark = server.identity.mark
                await server.close()
                await #expect(throws: StoreError.self) {
                    try await IdentityLab.Server.connect(redis, mark: mark, seconds: 2)
                }
                #expect(try await IdentityLab.keys(redis) == 0)
                // Somebody accepts it: a store of its own begins, refunds wait, and other servers follow.
                let next = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(next.identity.record?.replaced == [mark.storeID!])
                #expect(next.identity.record?.unreconciled == next.identity.record?.run)
                try await next.open(3)
                let other = try await IdentityLab.Server.connect(redis, mark: mark)
                try await other.open(4)
                await next.close()
                await other.close()
            }
        }

        /// Whoever finds nothing asks first whether the store itself is there.
        @Test func nothingIsSaidNotToBeThereInARedisThatWasEmptied() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let value = try await server.open(1)
                let store = server.store
                let reads: [(String, () async throws -> Void)] = [
                    ("case", { _ = try await store.loadCase(value.id) }),
                    ("order", { _ = try await store.loadOrder(value.order) }),
                    ("timeline", { _ = try await store.timeline(value.id) }),
                    ("principals", { _ = try await store.loadAccess() }),
                    ("webhook", { _ = try await store.loadWebhook("w") }),
                    ("group", { _ = try await store.loadEventGroup("g") }),
                ]
                for (name, read) in reads {
                    _ = try await IdentityLab.command(redis, RedisCommand("FLUSHALL"))
                    server.identity.state.withLock {
                        $0.fault = nil
                        $0.connectionsRetiredAt = .distantFuture
                    }
                    let error = await #expect(throws: StoreError.self, "\(name)") { try await read() }
                    #expect(error?.fault?.code == .emptied, "\(name)")
                }
                await server.close()
            }
        }

        /// Every small write that is no commit is refused too, by the function itself.
        @Test func noWriteReachesARedisThatWasEmptied() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let opened = try await server.open(1)
                let store = server.store
                let part = WorkPart(id: opened.id, role: .service)
                let group = EventGroup(
                    name: "g", instance: 1, filter: EventFilter(), acknowledgeMilliseconds: 1_000,
                    createdAt: Fixture.monday, createdBy: "a",
                    start: OutboxCursor(positions: Array(repeating: .zero, count: IdentityLab.partitions)))
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
                    _ = try await IdentityLab.command(redis, RedisCommand("FLUSHALL"))
                    server.identity.state.withLock {
                        $0.fault = nil
                        $0.connectionsRetiredAt = .distantFuture
                    }
                    await #expect(throws: StoreError.self, "\(name)") { try await write() }
                    #expect(try await IdentityLab.keys(redis) == 0, "\(name)")
                }
                await server.close()
            }
        }

        @Test func anotherStoreIsNoticed() async throws {
            try await IdentityLab.withRedis { redis in
                let first = try await IdentityLab.Server.connect(redis)
                let mark = first.identity.mark
                await first.close()
                try await IdentityLab.withRedis { other in
                    let second = try await IdentityLab.Server.connect(other, partitions: 8)
                    await second.close()
                    let before = try await IdentityLab.keys(other)
                    let error = await #expect(throws: StoreError.self) {
                        try await IdentityLab.Server.connect(other, mark: mark, seconds: 2)
                    }
                    #expect(error?.fault?.code == .exchanged)
                    #expect(try await IdentityLab.keys(other) == before)
                }
            }
        }

        @Test func anEarlierStateIsNoticedAtTheNextLookAndAtAStart() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                let copies = try await IdentityLab.dump(redis)
                try await server.open(2)
                try await server.open(3)
                try await IdentityLab.restore(copies, redis)
                #expect(await server.fault() == .lost)
                #expect(server.identity.fault?.text.contains("at least 2 ") == true)
                await #expect(throws: StoreError.self) { try await server.open(4) }
                let mark = server.identity.mark
                await server.close()
                // Any server stops now, also one that has missed nothing.
                let fresh = await #expect(throws: StoreError.self) {
                    try await IdentityLab.Server.connect(redis, seconds: 2)
                }
                #expect(fresh?.fault?.code == .lost)
                let accepting = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(accepting.identity.record?.unreconciled != nil)
                try await accepting.open(5)
                // The loss is accepted once, for all.
                let other = try await IdentityLab.Server.connect(redis, mark: mark)
                try await other.open(6)
                #expect(other.identity.record?.loss == "")
                await accepting.close()
                await other.close()
            }
        }

        @Test func aToleratedLossGoesOnByItselfAndMakesRefundsWait() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis, toleratedChanges: 2)
                let copies = try await IdentityLab.dump(redis)
                try await server.open(1)
                try await IdentityLab.restore(copies, redis)
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

        /// A reply that comes when a loss was accepted already tells of a change that may be lost with it.
        @Test func aLateReplyCountsForItsOwnRunAlone() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis, toleratedChanges: 100)
                let before = try #require(server.identity.record?.run)
                let copies = try await IdentityLab.dump(redis)
                let slot = StoreSlot.partition(try await server.open(1).id.partition)
                try await IdentityLab.restore(copies, redis)
                #expect(await server.fault() == nil)
                let counts = server.identity.mark.acknowledged
                server.identity.acknowledge(slot, counter: 7, in: before)
                #expect(server.identity.mark.acknowledged == counts)
                #expect(await server.fault() == nil)
                // A reply of the present run counts.
                let run = try #require(server.identity.record?.run)
                server.identity.acknowledge(slot, counter: 7, in: run)
                #expect(server.identity.mark.acknowledged.contains(7))
                await server.close()
            }
        }

        /// Without an accepted loss the store promises to keep it.
        @Test func aLateReplyFromBeforeARestartCounts() async throws {
            try await IdentityLab.withRedis(StoreFixture.durable) { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let slot = StoreSlot.partition(try await server.open(1).id.partition)
                let before = try #require(server.identity.record?.run)
                redis.killHard()
                try redis.start(arguments: StoreFixture.durable)
                try await server.open(2)
                #expect(server.identity.record?.run != before)
                server.identity.acknowledge(slot, counter: 7, in: before)
                #expect(await server.fault() == .lost)
                await server.close()
            }
        }

        /// Redis restarts with all that was acknowledged: nothing is lost, and calls go on in another run.
        @Test func aRestartWithEverythingIsARunOfItsOwn() async throws {
            try await IdentityLab.withRedis(StoreFixture.durable) { redis in
                let server = try await IdentityLab.Server.connect(redis)
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
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis, toleratedChanges: 1_000)
                func cursor() async throws -> OutboxCursor {
                    var cursor = OutboxCursor(positions: try await server.store.outboxEnds().map(\.last))
                    server.identity.sign(&cursor)
                    return try #require(OutboxCursor(cursor.text, partitions: IdentityLab.partitions))
                }
                try await server.open(1)
                let before = try await cursor()
                let copies = try await IdentityLab.dump(redis)
                try await server.open(2)
                let after = try await cursor()
                try await IdentityLab.restore(copies, redis)
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
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                _ = try await IdentityLab.command(
                    redis, RedisCommand("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
                #expect(await server.fault() == .evicting)
                await #expect(throws: StoreError.self) { try await server.open(1) }
                _ = try await IdentityLab.command(
                    redis, RedisCommand("CONFIG", "SET", "maxmemory-policy", "noeviction"))
                #expect(await server.fault() == nil)
                try await server.open(2)
                // Of a primary that is not there: it keeps what it has, and takes nothing.
                _ = try await IdentityLab.command(redis, RedisCommand("REPLICAOF", "127.0.0.1", "1"))
                #expect(await server.fault() == .replica)
                await #expect(throws: StoreError.self) { try await server.open(3) }
                _ = try await IdentityLab.command(redis, RedisCommand("REPLICAOF", "NO", "ONE"))
                #expect(await IdentityLab.eventually { await server.fault() == nil })
                try await server.open(4)
                await server.close()
            }
        }

        @Test func aFullMemoryIsRefusedInItsOwnWords() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                _ = try await IdentityLab.command(redis, RedisCommand("CONFIG", "SET", "maxmemory", "1"))
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

        @Test func aMarkIsReadAsItWasWritten() throws {
            let mark = StoreMark(
                storeID: "ab", runs: [StoreRun(number: 1, tag: 7), StoreRun(number: 2, tag: .max)],
                acknowledged: [0, 12, .max], left: [StoreRun(number: 2, tag: 3)])
            #expect(StoreMark(mark.text) == mark)
            #expect(StoreMark(StoreMark.none.text) == StoreMark.none)
            for cut in 0..<mark.text.count { #expect(StoreMark(String(mark.text.prefix(cut))) == nil) }
            #expect(StoreMark(mark.text.replacing("12", with: "-1")) == nil)
        }
    }
}
