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
                    let found = try await fixture.store.running(before: nil, limit: limit)
                    #expect(found == expected(clocks, limit))
                }
                let early = clocks.filter { $0.dueAt < Instant(milliseconds: 1_000) }
                let found = try await fixture.store.running(
                    before: Instant(milliseconds: 1_000), limit: 500)
                #expect(found == expected(early, 500))
            }
        }

        /// Redis counts what it is asked for: a list of 500 must not read 500 of each set.
        @Test func whatIsReadDoesNotGrowWithTheSets() async throws {
            try await StoreFixture.with { fixture in
                let clocks = (0..<32_000).map { clock($0, partition: $0 % 64, due: 1_000) }
                try await fill(fixture, clocks)
                _ = try await fixture.command("CONFIG", "RESETSTAT")
                #expect(try await fixture.store.running(before: nil, limit: 500).count == 500)
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
    }
}
