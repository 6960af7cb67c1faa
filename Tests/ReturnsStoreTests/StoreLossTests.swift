import NIOCore
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Places that lie in the store are set back with it, and tell of a loss by the run that they were written in.
    @Suite struct StoreLossTests {
        private typealias Server = IdentityLab.Server
        private static let now = Instant(milliseconds: 9_000_000_000_000)

        private static func run(_ number: UInt32, _ tag: UInt32 = 1) -> StoreRun {
            StoreRun(number: number, tag: tag)
        }

        private static func loss(_ fork: UInt32, _ run: UInt32, at milliseconds: Int64) -> StoreLoss {
            StoreLoss(fork: Self.run(fork), run: Self.run(run), at: Instant(milliseconds: milliseconds))
        }

        /// Loses what happened since a copy, which the settings tolerate.
        private static func lose(
            _ server: Server, _ copies: [(key: String, bytes: ByteBuffer)], _ redis: RedisServerProcess
        ) async throws {
            try await IdentityLab.restore(copies, redis)
            #expect(await server.fault() == nil)
        }

        private static func places(_ server: Server) async throws -> [OutboxPlace] {
            try await server.store.outboxEnds().map {
                OutboxPlace(position: $0.last, ordinal: 1, run: server.identity.presentRun)
            }
        }

        @Test func aPlaceOfBeforeALossIsToldOnceAndOneOfAfterItIsNot() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                for number in 1...8 { try await server.open(number) }
                let places = try await Self.places(server)
                let copies = try await IdentityLab.dump(redis)
                for number in 11...14 { try await server.open(number) }
                let ahead = try await Self.places(server)
                try await Self.lose(server, copies, redis)
                let run = try #require(server.identity.presentRun)
                for (partition, place) in places.enumerated() {
                    let (entered, loss) = try #require(
                        server.identity.entering(place, of: partition, now: Self.now))
                    // Each partition has its own fork.
                    #expect(loss?.after == place.position && loss?.run == run && loss?.events == nil)
                    #expect(loss?.last == Self.now && loss?.since != Self.now)
                    #expect(entered.position == place.position && entered.run == run)
                    #expect(server.identity.entering(entered, of: partition, now: Self.now) == nil)
                    // One that no run was written with is of before.
                    var old = place
                    old.run = nil
                    #expect(server.identity.entering(old, of: partition, now: Self.now)?.loss == loss)
                    // One that was not set back does not lie beyond what is left: what comes would be passed over.
                    let back = server.identity.entering(ahead[partition], of: partition, now: Self.now)
                    #expect(back?.place.position == place.position)
                    #expect((back?.place.ordinal == nil) == (ahead[partition].position > place.position))
                }
                await server.close()
            }
        }

        /// Otherwise one empty partition would make everybody read everything again.
        @Test func aPartitionWithoutEventsHasLostNoneOfBeforeTheOthersLastOnes() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                for number in 1...2 { try await server.open(number) }
                let places = try await Self.places(server)
                let last = try #require(places.map(\.position).filter { $0 != .zero }.min())
                #expect(places.contains { $0.position == .zero })
                let copies = try await IdentityLab.dump(redis)
                for number in 11...18 { try await server.open(number) }
                try await Self.lose(server, copies, redis)
                let setBack = try #require(server.identity.setBack(since: places[0].run))
                #expect(setBack.last == last)
                for (partition, place) in places.enumerated() {
                    let loss = try #require(
                        server.identity.entering(place, of: partition, now: Self.now)?.loss)
                    #expect(loss.after == place.position)
                    #expect(server.identity.last(beforeLossesSince: loss.since) == last)
                }
                #expect(server.identity.last(beforeLossesSince: Self.now) == .zero)
                #expect(server.identity.setBack(since: server.identity.presentRun) == nil)
                await server.close()
            }
        }

        @Test func aRestartWithoutALossTellsNobody() async throws {
            try await IdentityLab.withRedis(StoreFixture.durable) { redis in
                let server = try await Server.connect(redis)
                try await server.open(1)
                let places = try await Self.places(server)
                redis.killHard()
                try redis.start(arguments: StoreFixture.durable)
                try await server.open(2)
                for (partition, place) in places.enumerated() {
                    let (entered, loss) = try #require(
                        server.identity.entering(place, of: partition, now: Self.now))
                    #expect(loss == nil && entered.position == place.position)
                    #expect(entered.run == server.identity.presentRun)
                }
                #expect(server.identity.losses(since: nil).isEmpty)
                await server.close()
            }
        }

        /// The copy was put back with Redis, so another run begins before the loss is found; the fork is that run.
        @Test(arguments: [true, false])
        func theForkIsTheFirstRunThatMayLackSomething(isFoundFirst: Bool) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis)
                try await server.open(1)
                let mark = server.identity.mark
                let copies = try await IdentityLab.dump(redis)
                try await server.open(2)
                let later = server.identity.mark
                await server.close()
                redis.killHard()
                try redis.start(arguments: [])
                try await IdentityLab.restore(copies, redis)
                if isFoundFirst {
                    await #expect(throws: StoreError.self) {
                        try await Server.connect(redis, mark: later, seconds: 2)
                    }
                }
                // A server that was never there accepts what another one has found.
                let next = try await Server.connect(
                    redis, mark: isFoundFirst ? .none : mark, acceptsLoss: true)
                let record = try #require(next.identity.record)
                #expect(record.losses.map(\.run) == [record.run])
                #expect(record.losses[0].fork == record.runs[1])
                #expect(record.losses[0].at > Fixture.monday || record.losses[0].at.milliseconds > 0)
                #expect(record.lossFork == nil)
                await next.close()
            }
        }

        @Test func aSecondLossIsToldWhetherOrNotTheFirstWas() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                let opened = try await server.open(1)
                let partition = opened.id.partition
                let place = try await Self.places(server)[partition]
                var copies = try await IdentityLab.dump(redis)
                try await server.open(2)
                try await Self.lose(server, copies, redis)
                let told = try #require(server.identity.entering(place, of: partition, now: Self.now))
                try await server.open(3)
                copies = try await IdentityLab.dump(redis)
                try await server.open(4)
                try await Self.lose(server, copies, redis)
                let losses = server.identity.losses(since: nil)
                #expect(losses.count == 2 && losses[0].at < losses[1].at)
                let both = try #require(server.identity.entering(place, of: partition, now: Self.now)?.loss)
                #expect(both.after == told.loss?.after && both.run == losses[1].run)
                let second = try #require(
                    server.identity.entering(told.place, of: partition, now: Self.now)?.loss)
                #expect(second.after >= both.after && second.run == losses[1].run)
                #expect(second.joined(told.loss) == both)
                await server.close()
            }
        }

        @Test func aGroupIsConfirmedOnceUpToALoss() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                try await server.open(1)
                let store = server.store
                let group = EventGroup(
                    name: "g", instance: 7, filter: EventFilter(), acknowledgeMilliseconds: 1_000,
                    createdAt: Fixture.monday, createdBy: "a",
                    start: OutboxCursor(positions: try await store.outboxEnds().map(\.last)),
                    run: server.identity.presentRun)
                #expect(try await store.addEventGroup(group, request: .test(1)) == .added)
                #expect(try await store.loadEventGroup("g") == group)
                var run = group.run
                for number in 2...3 {
                    let copies = try await IdentityLab.dump(redis)
                    try await server.open(number)
                    try await Self.lose(server, copies, redis)
                    // The copy has the runs and losses of before the loss, too.
                    let losses = server.identity.losses(since: run)
                    #expect(losses.count == 1)
                    let confirmed = try #require(try await store.confirmLoss(losses[0], of: group))
                    #expect(confirmed.run == losses[0].run)
                    #expect(try await store.loadEventGroup("g") == confirmed)
                    #expect(server.identity.losses(since: confirmed.run).isEmpty)
                    #expect(try await store.confirmLoss(losses[0], of: group) == confirmed)
                    run = confirmed.run
                }
                let loss = Self.loss(1, 99, at: 1)
                var other = group
                other.instance = 8
                #expect(try await store.confirmLoss(loss, of: other) == nil)
                #expect(try await store.removeEventGroup("g", request: .test(2)) == .removed)
                #expect(try await store.confirmLoss(loss, of: group) == nil)
                await server.close()
            }
        }

        // MARK: What is remembered

        @Test func lossesAreWrittenAndRead() throws {
            let losses = [Self.loss(1, 3, at: 5), Self.loss(4, 6, at: 70)]
            let text = losses.map(\.text).joined(separator: " ")
            #expect(text == "1.1/3.1/5 4.1/6.1/70")
            #expect(StoreLoss.list(text) == losses && StoreLoss.list("") == [])
            for wrong in ["1.1/3.1", "1.1/3.1/x", "1.1/3/5", "1.1/3.1/5/6", "-"] {
                #expect(StoreLoss.list(wrong) == nil)
            }
            let place = OutboxPlace(position: .at(3), ordinal: 2, attempts: 1, run: Self.run(6, 0xAB))
            #expect(place.text == "3-0 2 1 6.ab" && OutboxPlace(place.text) == place)
            #expect(OutboxPlace("3-0 2 1") == OutboxPlace(position: .at(3), ordinal: 2, attempts: 1))
            #expect(OutboxPlace("3-0 2 1 x") == nil && OutboxPlace("3-0 2 1 6.ab 7") == nil)
            let loss = OutboxLoss(
                after: .at(1), through: .at(2), events: nil, since: Fixture.monday, last: Fixture.monday,
                run: Self.run(6))
            #expect(OutboxLoss(loss.text) == loss && OutboxLoss(loss.text + " 7") == nil)
        }

        @Test func earlierLossesCountAsAPartOfTheOldestThatIsRemembered() {
            var losses: [StoreLoss] = []
            for number in 0..<UInt32(StoreLoss.rememberedMax + 2) {
                // A clock that stands, or goes back: a time names one loss all the same.
                losses = StoreLoss.adding(
                    Self.loss(10 * number + 1, 10 * number + 3, at: 100 - Int64(number)), to: losses)
            }
            #expect(losses.count == StoreLoss.rememberedMax)
            #expect(losses[0].fork == Self.run(1) && losses[0].run == Self.run(23))
            #expect(
                losses.map(\.at.milliseconds) == (102..<(102 + Int64(StoreLoss.rememberedMax))).map(\.self))
        }

        @Test func aRunIsOfBeforeALossByItsNumberAlsoWhenItIsForgotten() throws {
            let runs = (40...104).map { "\($0).1" }.joined(separator: " ")
            let texts = [
                "s", "\(StoreSettings.format)", "4", "0", runs, "p", "", "", "", "", "",
                "28.1/30.1/7 49.1/50.1/9", CursorKey.randomText(), "104.1", "1",
            ]
            let fields = texts.map { RedisValue.bulkString(ByteBuffer(string: $0)) }
            var reply = fields
            for empty in [9, 10] { reply[empty] = .null }
            let record = try #require(try StoreRecord(.array(reply)))
            func told(_ run: StoreRun?) -> [UInt32] { record.losses(since: run).map(\.run.number) }
            #expect(told(nil) == [30, 50] && told(Self.run(29)) == [30, 50])
            #expect(told(Self.run(30)) == [50] && told(Self.run(49)) == [50])
            #expect(told(Self.run(50)) == [] && told(Self.run(104)) == [])
            // Of a run that was lost itself nothing is known.
            #expect(told(Self.run(104, 2)) == [30, 50])
            #expect(record.remembered.first == Self.run(28) && record.remembered.count == 66)
        }
    }
}
