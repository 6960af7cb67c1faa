import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct VerifyIndexesTests {
        /// Order and tracking numbers that look like keys disturb nothing, and nothing is repaired that is right.
        @Test func numbersThatLookLikeKeysAreNumbers() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order(number: "x}:index:y")
                #expect(
                    try await fixture.store.commit(order, before: nil, result: 1, request: .test(1))
                        == .committed)
                let id = CaseID(
                    at: Fixture.monday, partition: Partitioning(count: 64).partition(of: order.key), random: 1
                )
                var desk = Desk(order: order)
                try desk.submit(Fixture.submission(id: id))
                try desk.follow("verify approve tell")
                try desk.run(
                    .ship(carrier: "SF", trackingNumber: "A}:running:B", waybill: nil), as: Cast.shop)
                for (number, transition) in desk.transitions.enumerated() {
                    #expect(
                        try await fixture.store.commit(transition, request: .test(2 + number)) == .committed)
                }
                for repair in [false, true] {
                    let report = try await fixture.store.verifyIndexes(repair: repair)
                    #expect(report.problems == 0 && report.orders == 1 && report.cases == 1)
                }
            }
        }

        /// A damaged score is what the tool is for: it is found and taken out.
        @Test(arguments: ["inf", "-inf", "1e300", "0.5"]) func aScoreThatIsNoTimeIsRepaired(_ score: String)
            async throws
        {
            try await StoreFixture.with { fixture in
                let id = Fixture.caseID(1)
                let keys = StoreKeys(partition: id.partition)
                _ = try await fixture.command(
                    "ZADD", .text(keys.deadlines), .text(score),
                    .text(DeadlineMember(id: id, kind: .review, ordinal: 1).text))
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.problems == 1 && report.findings[0].problem == .stale)
                #expect(report.findings[0].isRepaired)
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
            }
        }
        /// A kind of clock that only a newer build knows: its entries are the case's, and the case tells whose they are.
        @Test(arguments: [true, false]) func aClockOfANewerBuildIsNoDamage(_ isNewer: Bool) async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                let keys = StoreKeys(partition: value.id.partition)
                if isNewer {
                    var facts = CaseFacts(value, CaseRecord(value))
                    facts.level = WriterLevel(WriterLevel.highest.number + 1)
                    _ = try await fixture.command(
                        "HSET", .text(keys.returnCase(value.id)), "f", .bytes(facts.encode()))
                }
                let running = keys.running(.review).replacing("review", with: "dispute")
                let entries = [keys.deadlines, running]
                for key in entries {
                    _ = try await fixture.command("ZADD", .text(key), 5, .text("\(value.id)/dispute/1"))
                }
                // A key of the partition that only a newer build has.
                _ = try await fixture.command("SET", .text("\(keys.outbox):place"), "5")
                let due = try await fixture.store.dueCases(
                    partition: value.id.partition, now: Instant(milliseconds: 5), limit: 10)
                #expect(due == [value.id])
                #expect(
                    try await fixture.store.nextFiring(after: Instant(milliseconds: 0))
                        == Instant(milliseconds: 5))
                for repair in [false, true] {
                    let report = try await fixture.store.verifyIndexes(repair: repair)
                    if isNewer {
                        #expect(report.problems == 0 && report.newer == 1)
                    } else {
                        #expect(report.problems == 2 && report.repairs == (repair ? 2 : 0))
                        #expect(report.findings.allSatisfy { $0.problem == .stale && $0.id == value.id })
                    }
                }
                for key in entries {
                    let left = try await fixture.command("ZSCORE", .text(key), .text("\(value.id)/dispute/1"))
                    #expect(left.isNull != isNewer)
                }
            }
        }
    }
}
