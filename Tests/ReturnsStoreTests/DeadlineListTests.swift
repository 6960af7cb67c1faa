import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// The list of running clocks, merged over many sets, against the same made by sorting everything.
    @Suite struct DeadlineListTests {
        /// Puts clocks into the sets past the cases, which the list does not look at.
        private func fill(_ fixture: StoreFixture, _ clocks: [Deadline]) async throws {
            let commands = clocks.map { clock in
                RedisCommand(
                    "ZADD", .text(StoreKeys(partition: clock.member.id.partition).running(clock.member.kind)),
                    .integer(clock.dueAt.milliseconds), .text(clock.member.text))
            }
            for reply in try await fixture.clients[0].pipeline(commands, key: nil) { _ = try reply.checked() }
        }

        private func clock(_ number: Int, partition: Int, due: Int64, kind: ClockKind = .review) -> Deadline {
            let id = CaseID(at: Fixture.monday, partition: partition, random: UInt32(number))
            return Deadline(
                member: DeadlineMember(id: id, kind: kind, ordinal: 1), dueAt: Instant(milliseconds: due))
        }

        private func expected(_ clocks: [Deadline], _ limit: Int) -> [Deadline] {
            Array(
                clocks.sorted { ($0.dueAt, $0.member.id) < ($1.dueAt, $1.member.id) }.prefix(limit))
        }

        @Test(arguments: ["at once", "in one partition", "spread", "by partition"])
        func theFirstOfManySetsAreFound(shape: String) async throws {
            try await StoreFixture.with { fixture in
                var generator = SeededGenerator(seed: 7)
                let clocks = (0..<1_500).map { number in
                    let partition = shape == "in one partition" ? 9 : number % StoreFixture.partitions
                    let due: Int64 =
                        switch shape {
                        case "at once": 1_000
                        case "by partition": Int64(1_000 * partition + number)
                        default: .random(in: 1...2_000, using: &generator)
                        }
                    return clock(
                        number, partition: partition, due: due, kind: number % 3 == 0 ? .refund : .review)
                }
                try await fill(fixture, clocks)
                for limit in [1, 7, 50, 500] {
                    let found = try await fixture.store.running(limit: limit)
                    #expect(found.clocks == expected(clocks, limit) && found.next != nil)
                }
                let early = clocks.filter { $0.dueAt < Instant(milliseconds: 1_000) }
                let found = try await fixture.store.running(
                    before: Instant(milliseconds: 1_000), limit: 500)
                #expect(found.clocks == expected(early, 500))
                // Page by page each of them comes once, whatever the pages' sizes.
                var pages: [Deadline] = []
                var place: DuePlace?
                repeat {
                    let page = try await fixture.store.running(
                        after: place, limit: .random(in: 1...500, using: &generator))
                    pages += page.clocks
                    place = page.next
                } while place != nil
                #expect(pages == expected(clocks, clocks.count))
            }
        }

        /// Redis counts what it is asked for: a list of 500 must not read 500 of each set.
        @Test func whatIsReadDoesNotGrowWithTheSets() async throws {
            try await StoreFixture.with { fixture in
                let clocks = (0..<32_000).map { clock($0, partition: $0 % 64, due: 1_000) }
                try await fill(fixture, clocks)
                _ = try await fixture.command("CONFIG", "RESETSTAT")
                #expect(try await fixture.store.running(limit: 500).clocks.count == 500)
                let stats = try await fixture.command("INFO", "stats").string ?? ""
                let line = stats.split(whereSeparator: \.isNewline).first {
                    $0.hasPrefix("total_net_output_bytes:")
                }
                let bytes = Int(line?.split(separator: ":").last ?? "") ?? 0
                // An entry with its score is about 50 bytes; 500 of each of 64 sets would be 1.6 MB. Ids of one time are in order
                // of their partitions, so that the first 500 all stand in one set: the worst that can be.
                #expect(bytes > 25_000 && bytes < 500_000)
            }
        }

        // MARK: Within sale channels

        /// Every so many of the clocks are of a case of the channel, the rest of others'.
        private func fillMixed(
            _ fixture: StoreFixture, _ count: Int, own: (Int) -> Bool, due: (Int) -> Int64
        ) async throws -> [Deadline] {
            let clocks = (0..<count).map { number in
                clock(
                    number, partition: number % StoreFixture.partitions, due: due(number),
                    kind: ClockKind.allCases[number % 5])
            }
            try await fill(fixture, clocks)
            let owned = clocks.enumerated().filter { own($0.offset) }.map(\.element)
            let listed = owned.map { clock in
                RedisCommand(
                    "ZADD",
                    .text(StoreKeys(partition: clock.member.id.partition).index(.saleChannel("store"))), 0,
                    .bytes(clock.member.id.asciiBytes))
            }
            for reply in try await fixture.clients[0].pipeline(listed, key: nil) { _ = try reply.checked() }
            return expected(owned, owned.count)
        }

        private func bound(_ fixture: StoreFixture) -> ReturnsStore {
            fixture.store.within(.channels(Set(["store", "outlet"] + (0..<40).map { "shop-\($0)" })))
        }

        @Test func clocksBehindTenThousandOfOthersAreFound() async throws {
            try await StoreFixture.with { fixture in
                let own = try await fillMixed(
                    fixture, 10_040, own: { $0 >= 10_000 }, due: { Int64($0 / 7) })
                let page = try await bound(fixture).running(limit: 500)
                #expect(page.clocks == own && page.next == nil && !page.isCutOff)
                #expect(page.lookedAt == 10_040)
                // Nothing is looked at twice.
                let first = try await bound(fixture).running(limit: 5)
                #expect(first.clocks == Array(own.prefix(5)) && first.lookedAt <= 10_040)
                let nobody = fixture.store.within(.channels([]))
                #expect(try await nobody.running(limit: 5).clocks.isEmpty)
            }
        }

        @Test(arguments: ["spread", "at once"]) func pagesOfAChannelHoldEachClockOnce(shape: String)
            async throws
        {
            try await StoreFixture.with { fixture in
                var generator = SeededGenerator(seed: 3)
                let own = try await fillMixed(
                    fixture, 6_000, own: { $0 % 11 == 3 },
                    due: { _ in shape == "at once" ? 1_000 : .random(in: 1...900, using: &generator) })
                var pages: [Deadline] = []
                var place: DuePlace?
                var cutOff = 0
                repeat {
                    let page = try await bound(fixture).running(
                        after: place, limit: .random(in: 1...500, using: &generator),
                        lookedAtMax: .random(in: 1...1_500, using: &generator))
                    // What was looked at last is gone on from; nothing is counted on that was not looked at.
                    #expect(page.lookedAt < 1_500 + 4_096 && (!page.isCutOff || page.next != nil))
                    pages += page.clocks
                    cutOff += page.isCutOff ? 1 : 0
                    place = page.next
                } while place != nil
                #expect(pages == own && cutOff > 0)
            }
        }

        /// What stands in the sets and is no clock stops no walk.
        @Test func whatIsNoClockIsPassedOver() async throws {
            try await StoreFixture.with { fixture in
                let own = try await fillMixed(fixture, 400, own: { $0 % 4 == 0 }, due: { Int64($0) })
                for number in 0..<100 {
                    _ = try await fixture.command(
                        "ZADD", .text(StoreKeys(partition: number % 64).running(.review)),
                        .text("\(number).5"), .text("no clock \(number)"))
                }
                var pages: [Deadline] = []
                var place: DuePlace?
                repeat {
                    let page = try await bound(fixture).running(after: place, limit: 7)
                    pages += page.clocks
                    place = page.next
                } while place != nil
                #expect(pages == own)
            }
        }

        @Test func aFunctionLooksAtNoMoreThanItIsTold() async throws {
            try await StoreFixture.with { fixture in
                try await fill(fixture, (0..<3_000).map { clock($0, partition: 9, due: Int64($0)) })
                let keys = StoreKeys(partition: 9)
                let call = StoreCall(
                    FunctionLibrary.listings.name("running_after"), .partition(9),
                    keys: [keys.running(.review), keys.running(.refund), keys.index(.saleChannel("store"))],
                    isRead: true
                ).appending([2, "+inf", 0, "", 50, 256, 1])
                let reply = try await fixture.store.send(call, deadline: .distantFuture).array ?? []
                #expect(reply.count == 4 && reply[0].integer == 256 && reply[1].integer == 0)
                #expect(reply[3].string == "255")
            }
        }
    }
}
