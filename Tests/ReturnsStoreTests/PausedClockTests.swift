import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// The listing of clocks that are paused, beside that of those that go on.
    @Suite struct PausedClockTests {
        /// A case that is put into the store, and goes on in it.
        private struct StoredDesk {
            let store: ReturnsStore
            var desk: Desk
            private var stored = 0

            init(_ store: ReturnsStore) async throws {
                self.store = store
                let order = Fixture.order()
                desk = Desk(order: order)
                _ = try await store.commit(order, before: nil, result: 1, request: .test(1))
                let id = CaseID(
                    at: Fixture.monday, partition: store.partitioning.partition(of: order.key), random: 1)
                try desk.submit(Fixture.submission(id: id))
                try await commit()
            }

            mutating func take(_ command: Command, as actor: Actor = Cast.sue) async throws {
                _ = try desk.run(command, as: actor)
                try await commit()
            }

            private mutating func commit() async throws {
                for transition in desk.transitions.dropFirst(stored) {
                    #expect(try await store.commit(transition, request: nil) == .committed)
                }
                stored = desk.transitions.count
            }

            func listed(paused: Bool) async throws -> [ClockKind] {
                let page = try await store.running(paused: paused, limit: 10)
                let count = try await store.countRunning(paused: paused, before: nil)
                #expect(count == UInt64(page.clocks.count))
                #expect(page.clocks.allSatisfy { $0.dueAt == desk.value.runningClock($0.member.kind)?.dueAt })
                return page.clocks.map(\.member.kind)
            }
        }

        @Test func aClockStandsInOneOfTheTwo() async throws {
            try await StoreFixture.with { fixture in
                var stored = try await StoredDesk(fixture.store)
                #expect(try await stored.listed(paused: false) == [.review])
                #expect(try await stored.listed(paused: true).isEmpty)
                // By a person.
                try await stored.take(.pauseClock(.review, reason: "strike", until: nil))
                #expect(try await stored.listed(paused: false).isEmpty)
                #expect(try await stored.listed(paused: true) == [.review])
                #expect(try await fixture.store.countPaused()[.review] == 1)
                try await stored.take(.resumeClock(.review, reason: "over"))
                #expect(try await stored.listed(paused: false) == [.review])
                #expect(try await stored.listed(paused: true).isEmpty)
                // By the state: the question holds the review until its answer. It has to be told.
                try await stored.take(.requestInfo(question: "Which one?"), as: Cast.sara)
                #expect(try await stored.listed(paused: false) == [.notify])
                #expect(try await stored.listed(paused: true) == [.review])
                // A case at its end has no clock.
                try await stored.take(.cancel(reason: "keeps it"), as: Cast.shop)
                #expect(try await stored.listed(paused: false).isEmpty)
                #expect(try await stored.listed(paused: true).isEmpty)
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
            }
        }

        /// A pause behind a breach takes nothing off it: it is counted as late, and listed as paused.
        @Test func aPauseHidesNoBreach() async throws {
            try await StoreFixture.with { fixture in
                var stored = try await StoredDesk(fixture.store)
                stored.desk.now = stored.desk.now.adding(25 * Milliseconds.hour)
                try await stored.take(.pauseClock(.review, reason: "strike", until: nil))
                #expect(stored.desk.value.runningClock(.review)?.isLate == true)
                for paused in [false, true] { #expect(try await stored.listed(paused: paused) == [.review]) }
                let late = try await fixture.store.countRunning([.review], before: stored.desk.now)
                #expect(late == 1)
                // One that is missing is found, and put back with the next step.
                let key = StoreKeys(partition: stored.desk.value.id.partition).running(.review)
                _ = try await fixture.command("DEL", .text(key))
                #expect(try await fixture.store.verifyIndexes(repair: false).findings.map(\.index) == [key])
                try await stored.take(.note(text: "called"), as: Cast.sara)
                #expect(try await stored.listed(paused: false) == [.review])
                try await stored.take(.resumeClock(.review, reason: "over"))
                #expect(try await stored.listed(paused: false) == [.review])
                #expect(try await stored.listed(paused: true).isEmpty)
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
            }
        }

        /// An entry that is gone is found and put back, by the check or by the next commit; one that is nobody's is taken out.
        @Test func theListingIsProvedAndRepaired() async throws {
            try await StoreFixture.with { fixture in
                var stored = try await StoredDesk(fixture.store)
                try await stored.take(.pauseClock(.review, reason: "strike", until: nil))
                let key = StoreKeys(partition: stored.desk.value.id.partition).paused(.review)
                _ = try await fixture.command("DEL", .text(key))
                let found = try await fixture.store.verifyIndexes(repair: true)
                #expect(found.findings.map(\.index) == [key] && found.findings[0].problem == .missing)
                #expect(try await stored.listed(paused: true) == [.review])
                _ = try await fixture.command("DEL", .text(key))
                try await stored.take(.note(text: "called"), as: Cast.sara)
                #expect(try await stored.listed(paused: true) == [.review])
                try await stored.take(.resumeClock(.review, reason: "over"))
                let member = DeadlineMember(id: stored.desk.value.id, kind: .review, ordinal: 1).text
                _ = try await fixture.command("ZADD", .text(key), 5, .text(member))
                let stale = try await fixture.store.verifyIndexes(repair: true)
                #expect(stale.findings.map(\.problem) == [.stale] && stale.repairs == 1)
                #expect(try await stored.listed(paused: true).isEmpty)
            }
        }
    }
}
