import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Cases are kept for ever: one that the store names and whose record is not there is damaged, and not one that never was.
    @Suite struct MissingRecordTests {
        private func delete(_ value: Case, _ fixture: StoreFixture) async throws {
            let key = StoreKeys(partition: value.id.partition).returnCase(value.id)
            #expect(try await fixture.command("DEL", .text(key)).integer == 1)
        }

        private func error(_ body: () async throws -> Void) async -> StoreError? {
            do {
                try await body()
                return nil
            } catch {
                return error as? StoreError
            }
        }

        @Test func itIsDamagedWhereverItIsReadAndOneThatNothingNamesIsUnknown() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let cases = try await ListedCases(30, into: store).values
                let missing = cases[4]
                try await delete(missing, fixture)
                for load in [
                    { _ = try await store.loadCase(missing.id) },
                    { _ = try await store.loadCase(missing.id, requestID: CommitRequest.test(9).id) },
                    { _ = try await store.loadEach([missing.id])[0].get() },
                    { _ = try await store.loadOwedDeciders(of: [cases[3].id, missing.id]) },
                ] as [() async throws -> Void] {
                    let found = await error(load)
                    #expect(
                        found?.code == .corrupt && found?.caseID == missing.id && found?.lacksRecord == true)
                }
                for sort in [CaseSort.newest, .oldest, .changed] {
                    let found = try await store.all(CaseFilter(), sort: sort)
                    #expect(found.unreadable == [missing.id] && found.ids.count == cases.count - 1)
                }
                let never = CaseID(at: Fixture.monday, partition: missing.id.partition, random: 999_999)
                #expect(try await store.loadCase(never) == nil)
                let areGone = [try await store.isGone(missing.id), try await store.isGone(never)]
                #expect(areGone == [false, true])
                // Nobody hears of one of another sale channel.
                let own = store.within(.channels([missing.order.saleChannel]))
                #expect(await error { _ = try await own.loadCase(missing.id) }?.lacksRecord == true)
                #expect(try await store.within(.channels(["other"])).loadCase(missing.id) == nil)
            }
        }

        /// A part of a record is no missing one, and none that never was.
        @Test func aRecordWithoutItsVersionIsDamaged() async throws {
            try await StoreFixture.with { fixture in
                let value = try await ListedCases(1, into: fixture.store).values[0]
                let keys = StoreKeys(partition: value.id.partition)
                _ = try await fixture.command("HDEL", .text(keys.returnCase(value.id)), "v")
                let found = await error { _ = try await fixture.store.loadCase(value.id) }
                #expect(found?.code == .corrupt && found?.lacksRecord == false)
                _ = try await fixture.command("HDEL", .text(keys.order(value.order)), "v")
                #expect(await error { _ = try await fixture.store.loadOrder(value.order) }?.code == .corrupt)
            }
        }

        /// What names it is all that tells of it until it is restored from a backup.
        @Test func verifyIndexesNamesItOnceAndTakesNothingAway() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(20, into: fixture.store).values
                let open = try #require(cases.first { !$0.state.isTerminal })
                let keys = StoreKeys(partition: open.id.partition)
                let entries = try await fixture.store.verifyIndexes(repair: false).entries
                try await delete(open, fixture)
                // Its story lags behind its order's timeline, too.
                _ = try await fixture.command(
                    "ZADD", .text(keys.deadlines), 5, .text(UntoldMember(open.id).text))
                for _ in 0..<2 {
                    let report = try await fixture.store.verifyIndexes(repair: true)
                    #expect(report.problems == 1 && report.repairs == 0 && report.entries == entries + 1)
                    #expect(report.findings.map(\.problem) == [.recordMissing])
                    #expect(report.findings.map(\.id) == [open.id])
                    #expect(report.findings.map(\.index) == [keys.returnCase(open.id)])
                }
                // Where the listings have lost it too, its order and its story still name it.
                for index in open.indexes {
                    _ = try await fixture.command(
                        "ZREM", .text(keys.index(index)), .bytes(open.id.asciiBytes))
                }
                _ = try await fixture.command("ZREM", .text(keys.changed), .bytes(open.id.asciiBytes))
                #expect(await error { _ = try await fixture.store.loadCase(open.id) }?.lacksRecord == true)
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.findings.map(\.problem) == [.recordMissing])
            }
        }
    }
}
