import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// The address leads to another Redis, a loss is accepted there, and then it leads back: what happened meanwhile is lost.
    @Suite struct StoreReturnTests {
        /// More was acknowledged before the loss than since, so no count tells of it.
        private static func acceptElsewhere(
            _ former: RedisServerProcess, _ other: RedisServerProcess, toleratedChanges: Int64 = 0
        ) async throws -> IdentityLab.Server {
            let server = try await IdentityLab.Server.connect(former)
            try await server.open(1)
            let copies = try await IdentityLab.dump(former)
            for number in 2...7 { try await server.open(number) }
            let mark = server.identity.mark
            await server.close()
            try await IdentityLab.restore(copies, other)
            let next = try await IdentityLab.Server.connect(
                other, mark: mark, acceptsLoss: toleratedChanges == 0, toleratedChanges: toleratedChanges)
            try await next.open(8)
            return next
        }

        private static func expectLost(
            _ redis: RedisServerProcess, _ mark: StoreMark, toleratedChanges: Int64 = 0
        ) async throws {
            let error = await #expect(throws: StoreError.self) {
                try await IdentityLab.Server.connect(
                    redis, mark: mark, toleratedChanges: toleratedChanges, seconds: 2)
            }
            #expect(error?.fault?.code == .lost)
        }

        @Test(arguments: [0, 1_000])
        func aReturnToTheFormerRedisIsALossThatNoSettingTolerates(toleratedChanges: Int64) async throws {
            try await IdentityLab.withRedis { former in
                try await IdentityLab.withRedis { other in
                    let server = try await Self.acceptElsewhere(
                        former, other, toleratedChanges: toleratedChanges)
                    let mark = server.identity.mark
                    var cursor = OutboxCursor(positions: try await server.store.outboxEnds().map(\.last))
                    server.identity.sign(&cursor)
                    await server.close()
                    try await Self.expectLost(former, mark, toleratedChanges: toleratedChanges)

                    let accepting = try await IdentityLab.Server.connect(
                        former, mark: mark, acceptsLoss: true)
                    let record = try #require(accepting.identity.record)
                    #expect(record.unreconciled == record.run)
                    #expect(accepting.identity.losses(since: mark.runs.last).map(\.run) == [record.run])
                    // From where the Redis went on without it, also when further runs have begun.
                    let ends = try await accepting.store.outboxEnds().map(\.last)
                    #expect(
                        accepting.identity.lostBefore(cursor)
                            == ends.filter { $0 != .zero }.min()?.recordedAt)
                    try await accepting.open(9)
                    // Another server, which was at the other Redis too, follows.
                    let following = try await IdentityLab.Server.connect(former, mark: mark)
                    #expect(following.identity.record == record)
                    await following.close()
                    await accepting.close()
                }
            }
        }

        /// A server that has missed nothing has begun a run on the former Redis.
        @Test func aReturnIsALossAlsoWhereAnotherServerWasFirst() async throws {
            try await IdentityLab.withRedis { former in
                try await IdentityLab.withRedis { other in
                    let server = try await Self.acceptElsewhere(former, other)
                    await server.close()
                    _ = try await IdentityLab.command(
                        former, RedisCommand("HSET", .text(StoreKeys.store), "redis_run", "x"))
                    let first = try await IdentityLab.Server.connect(former)
                    try await first.open(9)
                    try await Self.expectLost(former, server.identity.mark)
                    #expect(await first.fault() == .lost)
                    await first.close()
                }
            }
        }

        /// Each of the two Redis has accepted losses of its own, so neither's acceptance speaks for the other.
        @Test func aSecondReturnIsALossToo() async throws {
            try await IdentityLab.withRedis { former in
                try await IdentityLab.withRedis { other in
                    let server = try await Self.acceptElsewhere(former, other)
                    await server.close()
                    var mark = server.identity.mark
                    for redis in [former, other, former, other] {
                        try await Self.expectLost(redis, mark)
                        let accepting = try await IdentityLab.Server.connect(
                            redis, mark: mark, acceptsLoss: true)
                        #expect(await accepting.fault() == nil)
                        mark = try #require(StoreMark(accepting.identity.mark.text))
                        await accepting.close()
                    }
                }
            }
        }

        /// Two stores, each of which was put in the other's place.
        @Test func aReturnToAStoreThatWasReplacedIsALoss() async throws {
            try await IdentityLab.withRedis { former in
                try await IdentityLab.withRedis { other in
                    var mark = StoreMark.none
                    for redis in [former, other, former] {
                        let server = try await IdentityLab.Server.connect(
                            redis, mark: mark, acceptsLoss: mark.storeID != nil)
                        try await server.open(1 + mark.left.count)
                        mark = server.identity.mark
                        await server.close()
                    }
                    try await Self.expectLost(other, mark)
                }
            }
        }

        /// Redis was set back, and ended again before every slot had entered the first run of its new process.
        @Test func aLossIsFoundBehindARunThatSlotsHavePassedOver() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                let copies = try await IdentityLab.dump(redis)
                for number in 2...7 { try await server.open(number) }
                var cursor = OutboxCursor(positions: try await server.store.outboxEnds().map(\.last))
                server.identity.sign(&cursor)
                let mark = server.identity.mark
                let first = try #require(server.identity.record?.run)
                await server.close()
                try await IdentityLab.restore(copies, redis)
                let ended = StoreRun(number: first.number + 1, tag: 0xabcd)
                _ = try await IdentityLab.command(
                    redis,
                    RedisCommand(
                        "FCALL", .text(FunctionLibrary.store.name("begin")), 1, .text(StoreKeys.store),
                        .text(first.description), .text(ended.description), "redis_run", "x"))
                let error = await #expect(throws: StoreError.self) {
                    try await IdentityLab.Server.connect(redis, mark: mark, seconds: 2)
                }
                #expect(error?.fault?.text.contains("at least ") == true)
                let accepting = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(accepting.identity.record?.losses.map(\.fork) == [ended])
                #expect(accepting.identity.lostBefore(cursor) != nil)
                await accepting.close()
            }
        }
    }
}
