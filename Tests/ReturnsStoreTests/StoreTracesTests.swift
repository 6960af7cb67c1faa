import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// A key by which a store knows itself is gone, and the rest is there: no Redis counts as empty then, and no slot as new.
    @Suite struct StoreTracesTests {
        /// A store with a case, whose server has ended.
        private static func withStore(
            _ body: (RedisServerProcess, StoreMark, Case) async throws -> Void
        ) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let value = try await server.open(1)
                _ = try await server.store.add(Fixture.policy())
                let mark = server.identity.mark
                await server.close()
                try await body(redis, mark, value)
            }
        }

        private static func delete(_ keys: [String], _ redis: RedisServerProcess) async throws {
            var command = RedisCommand("DEL")
            for key in keys { command.append(key) }
            _ = try await IdentityLab.command(redis, command)
        }

        private static func refusal(
            _ redis: RedisServerProcess, mark: StoreMark = .none, acceptsLoss: Bool = false,
            partitions: Int = IdentityLab.partitions
        ) async throws -> StoreError? {
            let before = try await IdentityLab.keys(redis)
            let error = await #expect(throws: StoreError.self) {
                try await IdentityLab.Server.connect(
                    redis, mark: mark, acceptsLoss: acceptsLoss, partitions: partitions, seconds: 2)
            }
            #expect(try await IdentityLab.keys(redis) == before)
            return error
        }

        private static var marks: [String] {
            StoreSlot.all(partitions: IdentityLab.partitions).map(\.mark)
        }

        /// Also where the marks of all slots are gone with it: cases are still there.
        @Test(arguments: [false, true])
        func aStoreWithoutItsRecordIsNoEmptyRedis(isWithoutMarks: Bool) async throws {
            try await Self.withStore { redis, mark, _ in
                try await Self.delete([StoreKeys.store] + (isWithoutMarks ? Self.marks : []), redis)
                #expect(try await Self.refusal(redis, mark: mark)?.fault == .recordGone)
                for partitions in [1, IdentityLab.partitions] {
                    for acceptsLoss in [false, true] {
                        let error = try await Self.refusal(
                            redis, acceptsLoss: acceptsLoss, partitions: partitions)
                        #expect(error?.fault == .recordGone, "a server that has never known the store")
                    }
                }
                if isWithoutMarks {
                    let error = try await Self.refusal(redis, mark: mark, acceptsLoss: true)
                    #expect(error?.fault == .recordGone)
                }
            }
        }

        @Test func aRunningServerSaysSoToo() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                try await Self.delete([StoreKeys.store], redis)
                #expect(await server.fault() == .damaged && server.identity.fault == .recordGone)
                await server.close()
            }
        }

        /// The way out: the same store goes on, as after a loss.
        @Test func aServerThatKnowsTheStoreMakesItsRecordAnew() async throws {
            try await Self.withStore { redis, mark, value in
                try await Self.delete([StoreKeys.store], redis)
                let other = try await Self.refusal(redis, mark: mark, acceptsLoss: true, partitions: 64)
                #expect(
                    other?.code == .misconfigured && other?.description.contains("--partitions 4") == true)
                let next = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                let record = try #require(next.identity.record)
                #expect(record.id == mark.storeID && record.partitions == 4 && !record.hasTestClock)
                #expect(record.runs == mark.runs + [record.run] && record.run.number == 2)
                #expect(record.unreconciled == record.run && record.accepted == [record.run])
                #expect(record.losses.map(\.fork) == [mark.runs[0]])
                #expect(try await next.store.loadCase(value.id) == value)
                try await next.open(2)
                // Once; other servers follow.
                #expect(await next.fault() == nil && next.identity.record == record)
                for mark in [mark, .none] {
                    let other = try await IdentityLab.Server.connect(redis, mark: mark)
                    #expect(other.identity.record == record)
                    await other.close()
                }
                await next.close()
            }
        }

        /// Of another store than the server's, also where the record that would tell is gone.
        @Test func aServerOfAnotherStoreMakesNoRecord() async throws {
            try await Self.withStore { redis, mark, _ in
                try await Self.delete([StoreKeys.store], redis)
                var strange = mark
                strange.runs = [StoreRun(number: 1, tag: mark.runs[0].tag &+ 1)]
                #expect(try await Self.refusal(redis, mark: strange, acceptsLoss: true)?.fault == .recordGone)
            }
        }

        /// What others keep in the same Redis is nobody's store.
        @Test func keysOfOthersAreNoStore() async throws {
            try await IdentityLab.withRedis { redis in
                for key in ["x", "{p00}:other", "returns:else"] {
                    _ = try await IdentityLab.command(redis, RedisCommand("SET", .text(key), "1"))
                }
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                await server.close()
            }
        }

        /// A slot's mark is gone and its cases are there: no server writes another mark over that, whether it knew the store or not.
        @Test(arguments: [true, false])
        func aSlotWithoutItsMarkIsNotEntered(isKnown: Bool) async throws {
            try await Self.withStore { redis, mark, value in
                for slot in [StoreSlot.partition(value.id.partition), .policies] {
                    let copies = try await IdentityLab.dump(redis)
                    try await Self.delete([slot.mark], redis)
                    // In another process of Redis, too.
                    for process in [nil, "x"] {
                        if let process {
                            let change = RedisCommand(
                                "HSET", .text(StoreKeys.store), "redis_run", .text(process))
                            _ = try await IdentityLab.command(redis, change)
                        }
                        let before = try await IdentityLab.command(
                            redis, RedisCommand("HGET", .text(StoreKeys.store), "runs"))
                        let error = try await Self.refusal(redis, mark: isKnown ? mark : .none)
                        #expect(error?.fault == .torn(slot))
                        let after = try await IdentityLab.command(
                            redis, RedisCommand("HGET", .text(StoreKeys.store), "runs"))
                        #expect(after.string == before.string)
                    }
                    try await IdentityLab.restore(copies, redis)
                }
                let server = try await IdentityLab.Server.connect(redis, mark: isKnown ? mark : .none)
                await server.close()
            }
        }
    }
}
