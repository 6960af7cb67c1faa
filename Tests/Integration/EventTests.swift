import Foundation
import NIOCore
import NIOPosix
import RCP
import RedisClient
import RedisTestSupport
import ReturnsAPI
import ReturnsClient
import ReturnsRecords
import Testing

/// Following events through the whole server.
@Suite(.serialized) struct EventTests {
    typealias Subscribe = Returns_V1_SubscribeRequest

    /// What a subscription has brought until it was left.
    private struct Heard: Sendable {
        var events: [Returns_V1_Event] = []
        var cursor = ""
        var replies = 0
    }

    private func submit(_ daemon: Daemon, _ number: String) async throws -> Returns_V1_Case {
        try await daemon.put(number)
        return try await daemon.client.cases.submitCase(Daemon.form(number)).message.case
    }

    /// Reads until `isOver` says that this is enough.
    private func hear(
        _ daemon: Daemon, _ request: Subscribe,
        until isOver: @Sendable (Returns_V1_SubscribeReply, Heard) -> Bool
    ) async throws -> Heard {
        try await daemon.client.events.subscribe(request) { replies in
            var heard = Heard()
            for try await reply in replies {
                heard.events += reply.events
                heard.cursor = reply.cursor
                heard.replies += 1
                if isOver(reply, heard) { break }
            }
            return heard
        }.message
    }

    private func all(_ daemon: Daemon, _ request: Subscribe = .with { $0.beginning = true }) async throws
        -> Heard
    {
        try await hear(daemon, request) { reply, _ in reply.caughtUp }
    }

    @Test func aCasesEventsComeInOrderAndOnce() async throws {
        try await Daemon.with { daemon in
            let first = try await submit(daemon, "1")
            let second = try await submit(daemon, "2")
            let heard = try await all(daemon)
            #expect(Set(heard.events.map(\.id)).count == heard.events.count)
            for value in [first, second] {
                let own = heard.events.filter { $0.caseID == value.id }
                #expect(own.first?.type == .submitted)
                #expect(own.allSatisfy { $0.order == value.order && $0.state == .submitted })
                #expect(own.map(\.caseVersion) == own.map(\.caseVersion).sorted())
            }
            // Behind the cursor there is nothing yet; what comes then, comes there.
            #expect(try await all(daemon, .with { $0.cursor = heard.cursor }).events.isEmpty)
            _ = try await daemon.client.cases.cancelCase(
                .with {
                    $0.target.caseID = first.id
                    $0.reason = "wants to keep it"
                })
            let more = try await all(daemon, .with { $0.cursor = heard.cursor })
            #expect(more.events.map(\.type).contains(.cancelled))
            #expect(more.events.allSatisfy { $0.caseID == first.id && $0.caseVersion == 2 })
        }
    }

    @Test func aSubscriptionGoesOnWithWhatComes() async throws {
        try await Daemon.with { daemon in
            _ = try await submit(daemon, "before")
            let (numbers, feeder) = AsyncStream.makeStream(of: Int.self)
            async let pushed: Void = {
                for await number in numbers { _ = try await submit(daemon, "\(number)") }
            }()
            let heard = try await daemon.client.events.subscribe(.with { $0.filter.types = [.submitted] }) {
                replies in
                var orders: [String] = []
                for try await reply in replies {
                    orders += reply.events.map(\.order.orderNo)
                    // The first reply tells the place, before there is any event.
                    if orders.count == 20 { break }
                    feeder.yield(orders.count)
                }
                return orders
            }.message
            feeder.finish()
            try await pushed
            #expect(!heard.contains("before"))
            #expect(Set(heard).isSubset(of: Set((0..<40).map(String.init))))
            #expect(heard.count == 20)
        }
    }

    @Test func filtersPassOverAndTheCursorGoesOn() async throws {
        try await Daemon.with { daemon in
            for number in 1...10 { _ = try await submit(daemon, "\(number)") }
            let none = try await all(
                daemon,
                .with {
                    $0.beginning = true
                    $0.filter.saleChannels = ["elsewhere"]
                })
            #expect(none.events.isEmpty && !none.cursor.isEmpty)
            #expect(try await all(daemon, .with { $0.cursor = none.cursor }).events.isEmpty)
            let submitted = try await all(
                daemon,
                .with {
                    $0.beginning = true
                    $0.filter.types = [.submitted, .closed]
                    $0.filter.states = [.submitted]
                    $0.filter.saleChannels = ["online"]
                })
            #expect(submitted.events.count == 10)
            #expect(
                try await all(
                    daemon,
                    .with {
                        $0.beginning = true
                        $0.filter.states = [.closed]
                    }
                ).events.isEmpty)
        }
    }

    @Test func aLimitEndsTheCallWhereItsCursorSays() async throws {
        try await Daemon.with { daemon in
            for number in 1...5 { _ = try await submit(daemon, "\(number)") }
            let total = try await all(daemon).events.map(\.id)
            var ids: [String] = []
            var cursor: String?
            for _ in total {
                let heard = try await hear(
                    daemon,
                    .with {
                        $0.limit = 1
                        if let cursor { $0.cursor = cursor } else { $0.beginning = true }
                    }
                ) { _, _ in false }
                #expect(heard.events.count == 1)
                ids += heard.events.map(\.id)
                cursor = heard.cursor
            }
            #expect(ids.sorted() == total.sorted() && Set(ids).count == ids.count)
        }
    }

    @Test func aTimeIsAPlaceToo() async throws {
        try await Daemon.with { daemon in
            _ = try await submit(daemon, "1")
            let before = Int64(Date().timeIntervalSince1970 * 1_000)
            #expect(try await !all(daemon, .with { $0.sinceMs = before - 60_000 }).events.isEmpty)
            // A time to come is now.
            #expect(try await all(daemon, .with { $0.sinceMs = before + 3_600_000 }).events.isEmpty)
        }
    }

    @Test func whatIsMalformedIsRefused() async throws {
        try await Daemon.with { daemon in
            for (request, reason) in [
                (Subscribe.with { $0.cursor = "nonsense" }, "CURSOR_MALFORMED"),
                (Subscribe.with { $0.filter.types = [.UNRECOGNIZED(77)] }, "VALUE_UNKNOWN"),
                (Subscribe.with { $0.filter.saleChannels = ["A B"] }, "SALE_CHANNEL_MALFORMED"),
            ] {
                let status = await #expect(throws: RCPStatus.self) { try await all(daemon, request) }
                #expect(status?.code == .invalidArgument && status?.details.first?.reason == reason)
            }
        }
    }

    @Test func aCursorBehindTheLogSaysHowToResync() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        var cursor = ""
        try await Daemon.with(redis, name: "first") { daemon in
            cursor = try await all(daemon).cursor
            let id = try await submit(daemon, "1").id
            for number in 1...5 {
                _ = try await daemon.client.cases.addNote(
                    .with {
                        $0.target.caseID = id
                        $0.text = "note \(number)"
                    })
            }
        }
        try await Daemon.with(redis, name: "second", eventsKept: 1) { daemon in
            try await eventually { !redis.keys("*:outbox:trimmed").isEmpty }
            let status = await #expect(throws: RCPStatus.self) {
                try await all(daemon, .with { $0.cursor = cursor })
            }
            #expect(status?.code == .outOfRange && status?.details.first?.reason == "CURSOR_BEHIND_LOG")
            #expect(status?.text.contains("list the cases changed since 20") == true)
            #expect(status?.retryRule == .never)
            // The beginning is that of what is kept.
            #expect(try await !all(daemon).events.isEmpty)
        }
    }

    @Test func aCursorOfAnotherStoreIsNoticed() async throws {
        var cursor = ""
        try await Daemon.with { daemon in
            _ = try await submit(daemon, "1")
            cursor = try await all(daemon).cursor
        }
        try await Daemon.with { daemon in
            let status = await #expect(throws: RCPStatus.self) {
                try await all(daemon, .with { $0.cursor = cursor })
            }
            #expect(status?.details.first?.reason == "CURSOR_OF_LOST_EVENTS")
        }
    }

    /// A subscriber who reads nothing costs its own stream's window, and nobody else waits.
    @Test func aSlowSubscriberHoldsUpNobody() async throws {
        try await Daemon.with { daemon in
            for number in 1...300 { _ = try await submit(daemon, "\(number)") }
            let total = try await all(daemon).events.count
            _ = try await daemon.client.events.subscribe(.with { $0.beginning = true }) { slow in
                var iterator = slow.makeAsyncIterator()
                var count = try #require(try await iterator.next()).events.count
                // While it stands still, another one reads everything, and calls are answered.
                #expect(try await all(daemon).events.count == total)
                _ = try await submit(daemon, "301")
                while count < total, let reply = try await iterator.next() { count += reply.events.count }
                #expect(count >= total)
            }
        }
    }

    /// Who follows learns that going on elsewhere helps.
    @Test func aStopEndsSubscriptions() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (clients, client) = AsyncStream.makeStream(of: RCPClientConfiguration.self)
        async let end: RCPStatus? = {
            guard let configuration = await clients.first(where: { _ in true }) else { return nil }
            let client = ReturnsClient(configuration: configuration)
            let status = await #expect(throws: RCPStatus.self) {
                try await client.events.subscribe(.init()) { replies in
                    for try await _ in replies { beginning.yield() }
                }
            }
            await client.shutdown()
            return status
        }()
        try await Daemon.with(redis, name: "first") { daemon in
            client.yield(daemon.configuration)
            _ = await begun.first { _ in true }
        }
        let status = await end
        #expect(status?.code == .unavailable)
        #expect(status?.retryRule == .freely)
    }

    // MARK: Groups

    private func create(_ daemon: Daemon, acknowledgeMs: Int64 = 60_000) async throws {
        _ = try await daemon.client.events.createEventGroup(
            .with {
                $0.name = "erp"
                $0.filter.types = [.submitted]
                $0.acknowledgeMs = acknowledgeMs
            })
    }

    private func group(_ daemon: Daemon) async throws -> Returns_V1_EventGroup {
        try #require(try await daemon.client.events.listEventGroups(.init()).message.groups.first)
    }

    /// Takes deliveries and acknowledges each, until so many have come.
    private func consume(
        _ daemon: Daemon, _ consumer: String, count: Int, acknowledges: Bool = true
    ) async throws -> [Returns_V1_Delivery] {
        try await daemon.client.events.consume { requests, replies in
            try await requests.send(
                .with {
                    $0.group = "erp"
                    $0.consumer = consumer
                    $0.inFlightMax = 7
                })
            var deliveries: [Returns_V1_Delivery] = []
            // What comes behind the end of the requests is left to others.
            for try await reply in replies where deliveries.count < count {
                #expect(reply.deliveries.count <= 7)
                deliveries += reply.deliveries
                if acknowledges, !reply.deliveries.isEmpty {
                    try await requests.send(.with { $0.acknowledged = reply.deliveries.map(\.event.id) })
                }
                if deliveries.count >= count { await requests.finish() }
            }
            return deliveries
        }.message
    }

    @Test func consumersShareAGroupsEvents() async throws {
        try await Daemon.with { daemon in
            try await create(daemon, acknowledgeMs: 1_000)
            for number in 1...30 { _ = try await submit(daemon, "\(number)") }
            // One consumer takes a few and is gone; the other one takes what is left.
            let first = try await consume(daemon, "a", count: 10)
            let second = try await consume(daemon, "b", count: 30 - first.count)
            let orders = (first + second).map(\.event.order.orderNo)
            #expect(orders.sorted() == (1...30).map(String.init).sorted())
            #expect((first + second).allSatisfy { $0.event.type == .submitted })
            #expect(first.allSatisfy { !$0.redelivered })
            let group = try await group(daemon)
            #expect(group.pending == 0 && !group.behindLog && group.createdBy == "admin")
        }
    }

    @Test func whatAConsumerLeavesGoesToAnother() async throws {
        try await Daemon.with { daemon in
            try await create(daemon, acknowledgeMs: 1_000)
            for number in 1...5 { _ = try await submit(daemon, "\(number)") }
            let left = try await consume(daemon, "a", count: 5, acknowledges: false)
            #expect(try await group(daemon).pending == 5)
            let taken = try await consume(daemon, "b", count: 5)
            #expect(taken.map(\.event.id).sorted() == left.map(\.event.id).sorted())
            #expect(taken.filter { !$0.redelivered }.isEmpty)
            #expect(try await group(daemon).pending == 0)
        }
    }

    @Test func aConsumerThatComesBackGetsItsOwnAtOnce() async throws {
        try await Daemon.with { daemon in
            try await create(daemon, acknowledgeMs: 3_600_000)
            for number in 1...5 { _ = try await submit(daemon, "\(number)") }
            let left = try await consume(daemon, "a", count: 5, acknowledges: false)
            let again = try await consume(daemon, "a", count: 5)
            #expect(again.map(\.event.id).sorted() == left.map(\.event.id).sorted())
            #expect(again.filter { !$0.redelivered }.isEmpty)
        }
    }

    @Test func groupsAreCreatedOnceAndDeleted() async throws {
        try await Daemon.with { daemon in
            try await create(daemon)
            try await create(daemon)
            let other = await #expect(throws: RCPStatus.self) {
                try await create(daemon, acknowledgeMs: 2_000)
            }
            #expect(other?.code == .alreadyExists)
            let ended = await #expect(throws: RCPStatus.self) {
                try await daemon.client.events.consume { requests, replies in
                    try await requests.send(.with { $0.group = "erp" })
                    for try await _ in replies {
                        _ = try await daemon.client.events.deleteEventGroup(.with { $0.name = "erp" })
                        // So that there is something to read, and the loss of the group is met.
                        _ = try await submit(daemon, "1")
                    }
                }
            }
            #expect(ended?.code == .notFound && ended?.details.first?.reason == "GROUP_UNKNOWN")
            #expect(try await daemon.client.events.listEventGroups(.init()).message.groups.isEmpty)
        }
    }
    /// Makes the group's record one of the next form, or damages it.
    private static func rewriteGroup(_ daemon: Daemon, isNewer: Bool) async throws {
        let connection = try await RedisConnection.connect(
            to: RedisURL(address: .unix(path: daemon.redis.socketPath)),
            on: MultiThreadedEventLoopGroup.singleton.next()
        ).get()
        defer { _ = connection.close() }
        let key = RedisArgument.text("returns:{event-groups}")
        let found = try await connection.send(RedisCommand("HGET", key, "erp")).checked()
        var record = try #require(found.bytes).getSlice(at: 0, length: found.bytes!.readableBytes - 4)!
        record.setInteger(record.getInteger(at: 0, as: UInt8.self)! + 1, at: 0)
        let checksum = record.withUnsafeReadableBytes { CRC32C.of($0) }
        record.writeInteger(isNewer ? checksum : checksum ^ 1)
        _ = try await connection.send(RedisCommand("HSET", key, "erp", .buffer(record))).checked()
    }

    /// As a newer build writes it while consumers are served.
    @Test(arguments: [true, false]) func aGroupThatANewerBuildRewritesIsGivenNothingMore(
        _ isNewer: Bool
    ) async throws {
        try await Daemon.with { daemon in
            try await create(daemon)
            _ = try await submit(daemon, "1")
            let ended = await #expect(throws: RCPStatus.self) {
                try await daemon.client.events.consume { requests, replies in
                    try await requests.send(.with { $0.group = "erp" })
                    var isRewritten = false
                    for try await reply in replies where !reply.deliveries.isEmpty && !isRewritten {
                        try await Self.rewriteGroup(daemon, isNewer: isNewer)
                        isRewritten = true
                    }
                }
            }
            #expect(ended?.details.map(\.reason) == [isNewer ? "RECORD_NEWER" : "RECORD_UNREADABLE"])
            _ = try await submit(daemon, "2")
            let again = await #expect(throws: RCPStatus.self) { try await consume(daemon, "a", count: 1) }
            #expect(again?.code == ended?.code)
        }
    }
}
