import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// The log keeps to its limits whoever holds it, and whoever loses by that finds it written down.
    @Suite struct OutboxLimitTests {
        private func loss(_ after: UInt64, _ through: UInt64, _ events: Int64, since: Int64, last: Int64)
            -> OutboxLoss
        {
            OutboxLoss(
                after: .at(after), through: .at(through), events: events,
                since: Instant(milliseconds: since), last: Instant(milliseconds: last))
        }

        @Test func atItsLimitTheLogGoesPastAConsumerAndNotesIt() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                try await fixture.store.holdOutbox("slow", finished: .at(3))
                try await fixture.store.holdOutbox("quick", finished: .at(7))
                #expect(
                    try await fixture.trim(keeping: 1, held: 5, now: 70)
                        == OutboxTrim(events: 5, hasMore: false, isHeld: true, overtaken: ["slow"]))
                #expect(try await fixture.page(after: 4) == .trimmed(.at(5)))
                #expect(try await fixture.page(after: 5).times == [6, 7, 8, 9, 10])
                #expect(try await fixture.noted("slow") == loss(3, 5, 2, since: 70, last: 70))
                #expect(try await fixture.noted("quick") == nil)
                // Below the limit it is held back as ever.
                #expect(try await fixture.trim(keeping: 1, held: 5, now: 71).events == 0)
                // What it loses next is added.
                try await fixture.addEvents(11...13)
                #expect(
                    try await fixture.trim(keeping: 1, held: 5, now: 80).overtaken.sorted() == [
                        "quick", "slow",
                    ])
                #expect(try await fixture.noted("slow") == loss(3, 8, 5, since: 70, last: 80))
                #expect(try await fixture.noted("quick") == loss(7, 8, 1, since: 80, last: 80))
            }
        }

        /// Only whoever has come past it, or holds nothing any more, is rid of it.
        @Test func aLossIsNotedUntilTheConsumerHasPassedIt() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                try await fixture.store.holdOutbox("slow", finished: .at(3))
                _ = try await fixture.trim(keeping: 1, held: 4)
                let noted = loss(3, 6, 3, since: 0, last: 0)
                #expect(try await fixture.noted("slow") == noted)
                try await fixture.store.holdOutbox("slow", finished: .at(5))
                #expect(try await fixture.noted("slow") == noted)
                try await fixture.store.holdOutbox("slow", finished: .at(6))
                #expect(try await fixture.noted("slow") == nil)
                try await fixture.addEvents(11...12)
                _ = try await fixture.trim(keeping: 1, held: 4, now: 5)
                #expect(try await fixture.noted("slow") == loss(6, 8, 2, since: 5, last: 5))
                try await fixture.store.releaseOutbox("slow")
                #expect(try await fixture.noted("slow") == nil)
                let left = try await fixture.command("KEYS", "*outbox:lost").array
                #expect(left?.isEmpty == true)
            }
        }

        /// Entries of many sizes; what Redis needs for all of it is measured in full.
        @Test func theLogKeepsToItsBytesWhoeverHoldsIt() async throws {
            try await StoreFixture.with { fixture in
                let outbox = StoreKeys(partition: 3).outbox
                try await fixture.store.holdOutbox("slow", finished: .at(0))
                let bytesMax: Int64 = 262_144
                var added: UInt64 = 0
                for round in 0..<12 {
                    _ = try await fixture.command(
                        "EVAL",
                        """
                        for number = 1, 200 do
                          redis.call('XADD', KEYS[1], ARGV[1] + number .. '-0', 'type', 'noted', 'case', 'CASE',
                            'version', number, 'note', string.rep('x', (number * ARGV[2]) % 900))
                        end
                        """, "1", .text(outbox), .integer(Int64(added)), .integer(Int64(round * 37 + 1)))
                    added += 200
                    while try await fixture.trim(keeping: 100_000, bytes: bytesMax).hasMore {}
                    let bytes = try await fixture.command("MEMORY", "USAGE", .text(outbox), "SAMPLES", "0")
                    let share = Double(try #require(bytes.integer)) / Double(bytesMax)
                    #expect(share < 1.1)
                    if round > 4 { #expect(share > 0.8) }
                }
                let ends = try await fixture.store.outboxEnds()[3]
                let noted = try #require(try await fixture.noted("slow"))
                #expect(noted.after == .at(0) && noted.through == ends.trimmed)
                #expect(noted.events == Int64(ends.trimmed.milliseconds))
                #expect(ends.last == .at(added))
            }
        }

        /// What groups do not acknowledge takes far more than the log here, and is no reason to trim it.
        @Test func whatGroupsDoNotAcknowledgeTakesNothingFromTheLog() async throws {
            try await StoreFixture.with { fixture in
                let outbox = StoreKeys(partition: 3).outbox
                func usage() async throws -> Int64 {
                    try #require(
                        try await fixture.command("MEMORY", "USAGE", .text(outbox), "SAMPLES", "0").integer)
                }
                try await fixture.addEvents(1...1_500)
                let own = try await usage()
                for group in ["a", "b", "c"] {
                    _ = try await fixture.command("XGROUP", "CREATE", .text(outbox), .text(group), "0")
                    _ = try await fixture.command(
                        "XREADGROUP", "GROUP", .text(group), "consumer", "COUNT",
                        .integer(Int64(ReturnsStore.groupPendingMax)), "STREAMS", .text(outbox), ">")
                }
                #expect(try await usage() > 5 * own)
                let trim = try await fixture.trim(keeping: 100_000, bytes: own * 5 / 4)
                #expect(trim.events == 0 && trim.fullGroups == ["a", "b", "c"])
                let figures = try await fixture.store.consumerFigures([.at(0)], of: "")[0]
                #expect(abs(Double(figures.bytes) / Double(own) - 1) < 0.2)
                // Its own bytes are still limited.
                while try await fixture.trim(keeping: 100_000, bytes: own / 2).hasMore {}
                for group in ["a", "b", "c"] {
                    _ = try await fixture.command("XGROUP", "DESTROY", .text(outbox), .text(group))
                }
                #expect(abs(Double(try await usage()) / Double(own / 2) - 1) < 0.25)
            }
        }

        /// What Swift asks for and what outbox.lua takes is one number.
        @Test func limitsAreThoseOfTheFunctions() async throws {
            for (name, value) in [
                ("READ_MAX", ReturnsStore.outboxReadMax), ("TRIM_MAX", ReturnsStore.outboxTrimMax),
                ("PENDING_MAX", ReturnsStore.groupPendingMax),
            ] {
                let lines = FunctionLibrary.outbox.source.split(separator: "\n")
                let line = try #require(lines.first { $0.hasPrefix("local \(name) = ") })
                #expect(line.split(separator: " ")[3] == "\(value)")
            }
        }

        /// A note that cannot be read keeps no log from being trimmed, and no consumer from going on.
        @Test func aDamagedNoteIsWrittenAnew() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...10)
                try await fixture.store.holdOutbox("slow", finished: .at(3))
                let lost = StoreKeys(partition: 3).outboxLost
                _ = try await fixture.command("HSET", .text(lost), "slow", "damaged")
                #expect(try await fixture.trim(keeping: 1, held: 5, now: 70).events == 5)
                #expect(try await fixture.noted("slow") == loss(3, 5, 2, since: 70, last: 70))
                _ = try await fixture.command("HSET", .text(lost), "slow", "damaged 1 2 3 4")
                try await fixture.store.holdOutbox("slow", finished: .at(4))
                #expect(try await fixture.command("HLEN", .text(lost)).integer == 0)
            }
        }

        /// What one partition holds fails there alone.
        @Test func aPartitionThatCannotBeTrimmedKeepsNoOtherFromIt() async throws {
            try await StoreFixture.with { fixture in
                for partition in 0...3 { try await fixture.addEvents(1...10, partition: partition) }
                _ = try await fixture.command("SET", .text(StoreKeys(partition: 1).outboxHeld), "text")
                _ = try await fixture.command(
                    "HSET", .text(StoreKeys(partition: 2).outboxHeld), "slow", "damaged")
                let trims = try await fixture.store.trimOutbox(
                    [0, 1, 2, 3], keeping: OutboxRetention(eventsMax: 4, heldEventsMax: 4),
                    now: Instant(milliseconds: 0))
                #expect(trims.map { try? $0.get().events } == [6, nil, nil, 6])
                try await fixture.store.holdOutbox("webhook:gone@1", finished: .at(3, partition: 0))
                await #expect(throws: StoreError.self) { try await fixture.store.releaseStrayWebhooks() }
                let held = StoreKeys(partition: 0).outboxHeld
                #expect(try await fixture.command("HLEN", .text(held)).integer == 0)
            }
        }

        @Test func howMuchIsUsedOfWhatIsHeld() async throws {
            try await StoreFixture.with { fixture in
                try await fixture.addEvents(1...100)
                let figures = try await fixture.store.consumerFigures([.at(60)], of: "")[0]
                let place = OutboxPlace(position: .at(60), ordinal: 60)
                func share(_ events: Int, _ bytes: Int64 = .max) -> Double {
                    figures.heldShare(
                        of: place, OutboxRetention(heldEventsMax: events, bytesMax: bytes), partitions: 1)
                }
                #expect(share(80) == 0.5)
                #expect(share(40) == 1 && share(10) == 1)
                // By bytes, of which 40 of 100 events have two fifths.
                #expect(abs(share(1_000_000, figures.bytes) - 0.4) < 0.001)
                // A place whose number is not known may have everything before it.
                #expect(
                    figures.heldShare(
                        of: OutboxPlace(position: .at(60), ordinal: nil),
                        OutboxRetention(heldEventsMax: 200), partitions: 1) == 0.5)
            }
        }

        // MARK: Whatever interrupts

        /// One consumer as a runner is: it reads, delivers and leaps, records that, and holds what it has recorded. It is
        /// stopped anywhere and begins anew from what was recorded.
        private struct Consumer {
            var place = OutboxPlace(position: .zero, ordinal: 0)
            var recorded = OutboxPlace(position: .zero, ordinal: 0)
            var delivered: Set<UInt64> = []
            var lost: OutboxLoss?

            mutating func restart() { place = recorded }
        }

        /// At every step each event is delivered, recorded as lost, behind the place in the log, or between place and watermark;
        /// and what trimming has noted covers the latter.
        @Test(arguments: [1, 2, 3, 4] as [UInt64])
        func placeLogAndLossAgreeAtEveryStep(_ seed: UInt64) async throws {
            var random = SeededGenerator(seed: seed)
            try await StoreFixture.with { fixture in
                let webhook = Webhook(
                    name: "erp", instance: 1, url: "https://erp.example.com/", secret: [1],
                    filter: EventFilter(), giveUpMilliseconds: 1_000, attemptsMax: 3,
                    createdAt: Fixture.monday, createdBy: "boss")
                var consumer = Consumer()
                var added: UInt64 = 0
                try await fixture.store.holdOutbox(
                    webhook.holder, finished: EventID(partition: 3, position: .zero))
                func figures(_ place: OutboxPlace) async throws -> ConsumerFigures {
                    try await fixture.store.consumerFigures(
                        [EventID(partition: 3, position: place.position)], of: webhook.holder)[0]
                }
                for step in 1...400 {
                    switch Int.random(in: 0..<8, using: &random) {
                    case 0, 1, 2:
                        for _ in 0..<Int.random(in: 1...6, using: &random) {
                            added += 1
                            try await fixture.addEvent(Int(added))
                        }
                    case 3, 4:
                        _ = try await fixture.trim(
                            keeping: Int.random(in: 0...4, using: &random),
                            held: Int.random(in: 4...12, using: &random), now: Int64(step),
                            limit: Int.random(in: 1...9, using: &random))
                    case 5:
                        switch try await fixture.page(after: consumer.place.position.milliseconds, limit: 3) {
                        case .events(let events):
                            for event in events {
                                consumer.delivered.insert(event.id.position.milliseconds)
                                consumer.place = OutboxPlace(
                                    position: event.id.position,
                                    ordinal: consumer.place.ordinal.map { $0 + 1 })
                                // What was delivered is recorded, in nearly all cases.
                                if Int.random(in: 0..<8, using: &random) > 0 {
                                    consumer.recorded = consumer.place
                                }
                            }
                        case .trimmed:
                            let figures = try await figures(consumer.place)
                            let loss = try #require(
                                figures.loss(at: consumer.place, now: Instant(milliseconds: Int64(step))))
                            consumer.place = figures.beginning
                            // In one step with the place, or not at all.
                            if Bool.random(using: &random) {
                                consumer.recorded = consumer.place
                                consumer.lost = loss.joined(consumer.lost)
                            } else {
                                consumer.restart()
                            }
                        case .ahead: Issue.record("ahead")
                        }
                    case 6:
                        try await fixture.store.holdOutbox(
                            webhook.holder,
                            finished: EventID(partition: 3, position: consumer.recorded.position))
                    default: consumer.restart()
                    }
                    let now = try await figures(consumer.recorded)
                    let ordinal = Int64(consumer.recorded.position.milliseconds)
                    #expect(consumer.recorded.ordinal == ordinal, "event n is the n-th")
                    let open = now.loss(at: consumer.recorded, now: Instant(milliseconds: 0))
                    if let open {
                        #expect(open.events == Int64(open.through.milliseconds) - ordinal)
                        let noted = try #require(now.noted)
                        #expect(noted.after <= open.after && noted.through == open.through)
                        #expect(try #require(noted.events) >= #require(open.events))
                    }
                    // Whatever is not known to be lost was delivered, or will be.
                    let lost = consumer.lost?.events ?? 0
                    let firsts = consumer.delivered.filter { $0 <= consumer.recorded.position.milliseconds }
                    #expect(Int64(firsts.count) + lost >= ordinal)
                    #expect(now.lag(of: consumer.recorded) == Int64(added) - ordinal)
                }
            }
        }

        /// What one call writes is there whole or not at all, however Redis ends.
        @Test func killedAmidTrimmingWatermarkAndLossAgree() async throws {
            try await StoreFixture.with(arguments: StoreFixture.durable) { fixture in
                try await fixture.store.holdOutbox("slow", finished: .at(0))
                var next = 1
                for round in 1...6 {
                    for _ in 0..<40 {
                        try await fixture.addEvent(next)
                        next += 1
                    }
                    let trimming = Task {
                        while true {
                            // Short, since nothing answers once Redis is killed.
                            let trim = try await fixture.store.trimOutbox(
                                [3], keeping: OutboxRetention(eventsMax: 1, heldEventsMax: 4),
                                now: Instant(milliseconds: Int64(round)), limit: 3,
                                deadline: .now() + .milliseconds(300))[0].get()
                            if !trim.hasMore { return }
                        }
                    }
                    for _ in 0..<round { await Task.yield() }
                    fixture.server.killHard()
                    _ = await trimming.result
                    try fixture.server.start(arguments: StoreFixture.durable)
                    let ends = try await fixture.store.outboxEnds()[3]
                    #expect(ends.last == .at(UInt64(next - 1)))
                    let noted = try await fixture.noted("slow")
                    #expect((noted?.through ?? .zero) == ends.trimmed)
                    #expect((noted?.events ?? 0) == Int64(ends.trimmed.milliseconds))
                    let first = try await fixture.page(after: ends.trimmed.milliseconds).times?.first
                    #expect(first == ends.trimmed.milliseconds + 1)
                }
            }
        }
    }
}
