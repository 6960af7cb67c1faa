import NIOCore
import RCP
import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// An order is sent as it is stored, also where nothing can be decided on it; damage is told from what a newer build wrote.
    @Suite struct StoredOrderTests {
        private static let key = Fixture.order().key

        private static func redisKey(_ fixture: StoreFixture) -> RedisArgument {
            .text(fixture.store.keys(key).order(key))
        }

        private static func put(_ fixture: StoreFixture) async throws -> Order {
            let order = Fixture.order()
            #expect(
                try await fixture.store.commit(order, before: nil, result: 1, request: .test(1)) == .committed
            )
            return try #require(try await fixture.store.loadOrder(order.key))
        }

        private static func plant(
            _ record: OrderRecord, version: UInt64, _ fixture: StoreFixture
        ) async throws {
            var command = RedisCommand("HSET", redisKey(fixture))
            for argument in record.arguments(version: version) { command.append(argument) }
            _ = try await fixture.clients[0].send(command, key: nil).checked()
        }

        private static func failure(_ body: () async throws -> Void) async -> StoreError? {
            do {
                try await body()
                return nil
            } catch {
                return error as? StoreError
            }
        }

        private static func expectOnlyReads(
            _ order: Order, _ fixture: StoreFixture, _ what: Comment
        ) async throws {
            let store = fixture.store
            let error = await failure { _ = try await store.loadOrder(key) }
            #expect(error?.isNewer == true && error?.canBeRead == true && error?.orderKey == key, what)
            #expect(error?.description.hasPrefix("order \(key.text): ") == true, what)
            let found = try #require(try await store.readOrder(key), what)
            #expect(found.outline == OrderOutline(order), what)
            #expect(try await store.readOrderAndTimeline(key)?.order.outline == found.outline, what)
            let report = try await store.verifyIndexes(repair: true)
            #expect(report.findings.map(\.problem) == [.newer] && report.problems == 0, what)
        }

        @Test func whatANewerBuildWroteIsReadAndNotDecidedOn() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(fixture)
                let whole = OrderRecord(order)
                // An unknown field; the status once more, with a number that none has.
                for number in [1_000, 7] {
                    var unknown = RCPMessageWriter()
                    unknown.append(RCPField<Int64>(number), 99)
                    var everybody = whole.everybody
                    everybody.writeImmutableBuffer(unknown.buffer)
                    try await Self.plant(
                        OrderRecord(everybody: everybody, engine: whole.engine), version: order.version,
                        fixture)
                    try await Self.expectOnlyReads(order, fixture, "field \(number)")
                    let stored = try await fixture.store.readOrder(Self.key)?.stored
                    #expect(stored?.record.everybody == everybody)
                }
                // Of a level that brings another arithmetic: what does not add up here may do so there.
                var other = order
                other.lines[0].reservedUnits = 1_000_000
                #expect(other.inconsistency != nil)
                let next = WriterLevel(WriterLevel.highest.number + 1)
                try await Self.plant(OrderRecord(other, level: next), version: order.version, fixture)
                try await Self.expectOnlyReads(other, fixture, "level")
            }
        }

        /// The level is believed, so it is checked; and what stands behind the checksums is noticed.
        @Test func theChecksumsProveThemselves() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(fixture)
                let whole = try #require(
                    try await fixture.command("HGET", Self.redisKey(fixture), "c").bytes)
                var level = whole
                level.setInteger(WriterLevel.highest.number + 1, at: level.readerIndex)
                var longer = whole
                longer.writeInteger(UInt32(7))
                var shorter = whole
                shorter.moveWriterIndex(to: shorter.writerIndex - 1)
                for damaged in [level, longer, shorter, ByteBuffer()] {
                    _ = try await fixture.command("HSET", Self.redisKey(fixture), "c", .buffer(damaged))
                    for read in [
                        { _ = try await fixture.store.loadOrder(Self.key) },
                        { _ = try await fixture.store.readOrder(Self.key) },
                    ] as [() async throws -> Void] {
                        let error = await Self.failure(read)
                        #expect(error?.code == .corrupt && error?.isNewer == false)
                        #expect(error?.orderKey == Self.key)
                    }
                    let report = try await fixture.store.verifyIndexes(repair: true)
                    #expect(report.findings.map(\.problem) == [.unreadable])
                }
                // A further group's, ahead of their own.
                var further = try #require(whole.getSlice(at: whole.readerIndex, length: 9))
                further.writeInteger(UInt32(7))
                further.writeInteger(further.withUnsafeReadableBytes { CRC32C.of($0) })
                _ = try await fixture.command("HSET", Self.redisKey(fixture), "c", .buffer(further))
                try await Self.expectOnlyReads(order, fixture, "further checksum")
            }
        }

        @Test func aDamagedOrderOfAnotherNameOrVersionIsToldByReadsToo() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.put(fixture)
                var other = order
                other.key.orderNumber = "another"
                for (record, version) in [
                    (OrderRecord(other), order.version), (OrderRecord(order), order.version + 1),
                ] {
                    try await Self.plant(record, version: version, fixture)
                    let error = await Self.failure { _ = try await fixture.store.readOrder(Self.key) }
                    #expect(error?.code == .corrupt && error?.isNewer == false)
                }
            }
        }

        @Test func aDamagedEntryHidesNeitherTheOrderNorTheOthers() async throws {
            try await StoreFixture.with { fixture in
                let order = try await PaymentsCommitTests.open(1, fixture)
                let change = try await PaymentsCommitTests.changed(order, fixture)
                #expect(try await fixture.store.commit(change, request: .test(2)) == .committed)
                let timeline = RedisArgument.text(fixture.store.keys(order.key).orderTimeline(order.key))
                _ = try await fixture.command("RPUSH", timeline, "junk")
                _ = try await fixture.command("LPUSH", timeline, "")
                let found = try #require(try await fixture.store.readOrderAndTimeline(order.key))
                #expect(found.order.outline == OrderOutline(change.orderAfter))
                #expect(found.timeline.entries == [change.entry.bytes])
                #expect(found.timeline.unreadable == [1, 3])
                // A key of another type is the order's, too.
                _ = try await fixture.command("SET", timeline, "text")
                let error = await Self.failure {
                    _ = try await fixture.store.readOrderAndTimeline(order.key)
                }
                #expect(error?.refusal == .keyOfAnotherType && error?.orderKey == order.key)
            }
        }
    }
}
