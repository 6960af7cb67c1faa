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
    /// What a store's identity makes of an acceptance, of damage, and of another Redis behind the address.
    @Suite struct StoreIdentityChangeTests {
        // MARK: What somebody says

        /// The mark was put back with the store, so nothing is found missing, and yet changes are.
        @Test(arguments: [true, false])
        func anAcceptanceBeginsALossAlsoWhereNothingIsFoundMissing(isMarkKept: Bool) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                let copies = try await IdentityLab.dump(redis)
                let mark = server.identity.mark
                try await server.open(2)
                var cursor = OutboxCursor(positions: try await server.store.outboxEnds().map(\.last))
                server.identity.sign(&cursor)
                await server.close()
                try await IdentityLab.restore(copies, redis)
                let next = try await IdentityLab.Server.connect(
                    redis, mark: isMarkKept ? mark : .none, acceptsLoss: true)
                let record = try #require(next.identity.record)
                #expect(record.unreconciled == record.run && record.accepted == [record.run])
                #expect(record.runs.count == 2)
                #expect(next.identity.lostBefore(cursor) != nil)
                // Once: neither a later look nor another server begins another one.
                #expect(await next.fault() == nil)
                let other = try await IdentityLab.Server.connect(redis, mark: mark)
                #expect(other.identity.record == next.identity.record)
                await next.close()
                await other.close()
            }
        }

        @Test func anAcceptanceOnAnEmptyRedisIsALossAlsoWithoutAMark() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis, acceptsLoss: true)
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
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                let first = try #require(server.identity.record?.run)
                let connection = try await RedisConnection.connect(
                    to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
                ).get()
                let identity = IdentityLab.Server.identity(mark: server.identity.mark, acceptsLoss: true)
                let begin = FunctionLibrary.store.name("begin")
                let wire = InterferingWire(connection) { exchange in
                    // The look's first steps read; the third begins the run.
                    guard exchange == 2 else { return }
                    let other = RedisCommand(
                        "FCALL", .text(begin), 1, .text(StoreKeys.store), .text(first.description),
                        .text(StoreRun(number: first.number + 1, tag: 5).description))
                    let reply = try? await IdentityLab.command(redis, other)
                    #expect(reply?.array?.first?.string == "OK")
                }
                try await identity.look(wire, loads: nil, deadline: .distantFuture)
                let record = try #require(identity.record)
                #expect(record.runs.count == 3 && record.unreconciled == record.run)
                _ = connection.close()
                await server.close()
            }
        }

        /// Looks of one server run beside each other: what one has read is not compared with what another has let go meanwhile.
        @Test func aLookThatAnotherOneOvertakesAfterAnAcceptanceFindsNoLoss() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                let copies = try await IdentityLab.dump(redis)
                try await server.open(2)
                try await server.open(3)
                let mark = server.identity.mark
                await server.close()
                try await IdentityLab.restore(copies, redis)
                let accepting = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                let run = accepting.identity.record?.run
                func connection() async throws -> RedisConnection {
                    try await RedisConnection.connect(
                        to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
                    ).get()
                }
                let (first, second) = (try await connection(), try await connection())
                let identity = IdentityLab.Server.identity(mark: mark)
                // The whole of another look before the first one reads, whose counts are those of before.
                let wire = InterferingWire(first) { exchange in
                    guard exchange == 0 else { return }
                    do {
                        try await identity.look(second, loads: nil, deadline: .distantFuture)
                    } catch {
                        Issue.record(error)
                    }
                }
                try await identity.look(wire, loads: nil, deadline: .distantFuture)
                #expect(identity.fault == nil && identity.record?.run == run)
                #expect(await accepting.fault() == nil && accepting.identity.record?.loss == "")
                for connection in [first, second] { _ = connection.close() }
                await accepting.close()
            }
        }

        /// A store was made anew in the place of another one: what was acknowledged of that one is no loss of this one.
        @Test func aServerThatFollowsAnotherStoreForgetsWhatItWasTold() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                for number in 1...6 { try await server.open(number) }
                let mark = server.identity.mark
                await server.close()
                _ = try await IdentityLab.command(redis, RedisCommand("FLUSHALL"))
                let accepting = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                let following = try await IdentityLab.Server.connect(redis, mark: mark)
                #expect(await following.fault() == nil)
                #expect(following.identity.mark.acknowledged == accepting.identity.mark.acknowledged)
                await accepting.close()
                await following.close()
            }
        }

        // MARK: What is damaged

        @Test(arguments: [
            ["runs", "4294967295.1", "run", "4294967295.1", "redis_run", "x"],
            ["runs", "4294967296.1"], ["runs", ""], ["id", ""], ["accepted", "1"], ["reconcile", "x"],
        ])
        func aDamagedRecordIsAFaultThatNobodyCanAccept(fields: [String]) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let mark = server.identity.mark
                var command = RedisCommand("HSET", .text(StoreKeys.store))
                for field in fields { command.append(field) }
                _ = try await IdentityLab.command(redis, command)
                #expect(await server.fault() == .damaged)
                await server.close()
                for acceptsLoss in [false, true] {
                    let error = await #expect(throws: StoreError.self) {
                        try await IdentityLab.Server.connect(
                            redis, mark: mark, acceptsLoss: acceptsLoss, seconds: 2)
                    }
                    #expect(error?.fault?.code == .damaged)
                }
            }
        }

        /// What is left of it may say what nothing else does: so nothing is written over it, until somebody has put it aside.
        @Test(arguments: [["id", "format"], ["format"], ["partitions"], ["test_clock"], ["run"], []])
        func aRecordThatLacksFieldsIsDamagedAndMadeAnewOnceItIsPutAside(fields: [String]) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let value = try await server.open(1)
                let mark = server.identity.mark
                if fields.isEmpty {
                    // One of another type.
                    _ = try await IdentityLab.command(redis, RedisCommand("SET", .text(StoreKeys.store), "x"))
                } else {
                    var command = RedisCommand("HDEL", .text(StoreKeys.store))
                    for field in fields { command.append(field) }
                    _ = try await IdentityLab.command(redis, command)
                }
                #expect(await server.fault() == .damaged)
                #expect(server.identity.fault?.text.contains("gone") == false)
                await server.close()
                let keys = try await IdentityLab.keys(redis)
                for acceptsLoss in [false, true] {
                    let error = await #expect(throws: StoreError.self) {
                        try await IdentityLab.Server.connect(
                            redis, mark: mark, acceptsLoss: acceptsLoss, seconds: 2)
                    }
                    #expect(error?.fault?.code == .damaged)
                }
                _ = try await IdentityLab.command(
                    redis, RedisCommand("RENAME", .text(StoreKeys.store), "returns:store.damaged"))
                #expect(try await IdentityLab.keys(redis) == keys)
                let accepting = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(accepting.identity.record?.id == mark.storeID)
                #expect(try await accepting.store.loadCase(value.id) == value)
                await accepting.close()
            }
        }

        @Test func aMarkOfAnotherTypeIsDamageThatCanBePutAside() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                let value = try await server.open(1)
                let mark = server.identity.mark
                let key = StoreSlot.partition(1).mark
                _ = try await IdentityLab.command(redis, RedisCommand("SET", .text(key), "x"))
                #expect(await server.fault() == .damaged)
                #expect(server.identity.fault?.text.contains("partition 1 ") == true)
                await server.close()
                _ = try await IdentityLab.command(
                    redis, RedisCommand("RENAME", .text(key), .text("\(key).damaged")))
                let accepting = try await IdentityLab.Server.connect(redis, mark: mark, acceptsLoss: true)
                #expect(try await accepting.store.loadCase(value.id) == value)
                await accepting.close()
            }
        }

        /// A mark's counts and starts are numbers; one that is none leaves open what is missing, and no function adds to it.
        @Test(arguments: [
            ("n", "0", StoreFault.Code.lost), ("n", "-9223372036854775808", .damaged),
            ("n", "many", .damaged),
            ("n", "", .damaged), ("kept", "abc", .damaged), ("kept", "9223372036854775807", .damaged),
            ("cuts", "1.5", .damaged), ("began", "-9223372036854775808 0-0", .damaged),
            ("began", "junk", .damaged),
        ])
        func aMarkIsCompared(field: String, value: String, code: StoreFault.Code) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis)
                try await server.open(1)
                var mark = server.identity.mark
                mark.acknowledged = mark.acknowledged.map { _ in .max }
                let run = try #require(server.identity.record?.run)
                await server.close()
                for slot in StoreSlot.all(partitions: IdentityLab.partitions) {
                    var command = RedisCommand("HSET", .text(slot.mark), "n", "0")
                    command.append("began:\(run)")
                    command.append("0 0-0")
                    command.append(field == "began" ? "began:\(run)" : field)
                    command.append(value)
                    _ = try await IdentityLab.command(redis, command)
                }
                let error = await #expect(throws: StoreError.self) {
                    try await IdentityLab.Server.connect(redis, mark: mark, seconds: 2)
                }
                #expect(error?.fault?.code == code)
            }
        }

        // MARK: Another Redis behind the address

        /// A planned failover: the primary becomes a replica, and the address leads to the new one. Connections stay.
        @Test(arguments: [true, false])
        func theAddressIsAskedAnewAfterAFailover(isLookedAt: Bool) async throws {
            try await IdentityLab.withRedis { former in
                try await IdentityLab.withRedis { primary in
                    let address = "\(former.directory)/address.sock"
                    try IdentityLab.link(address, to: former)
                    let identity = IdentityLab.Server.identity()
                    let servers = [
                        try await IdentityLab.Server.connect(address, identity),
                        try await IdentityLab.Server.connect(address, identity),
                    ]
                    try await servers[0].open(1)
                    try await servers[1].open(2)
                    try await IdentityLab.restore(try await IdentityLab.dump(former), primary)
                    try IdentityLab.link(address, to: primary)
                    _ = try await IdentityLab.command(former, RedisCommand("REPLICAOF", "127.0.0.1", "1"))
                    if isLookedAt {
                        #expect(await IdentityLab.eventually { await servers[0].fault() == nil })
                    }
                    // Each connection, also one on which nobody looks.
                    for (number, server) in [(3, servers[1]), (4, servers[0])] {
                        #expect(await IdentityLab.eventually { (try? await server.open(number)) != nil })
                    }
                    #expect(identity.record?.runs.count == 2)
                    for server in servers { await server.close() }
                }
            }
        }
    }
}
