import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Records for lists that show little of them are read some at a time.
    @Suite struct CaseSliceTests {
        @Test func eachCaseIsHandedOverOnceAndFewAreReadTogether() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(150, into: fixture.store).values
                let ids = cases.map(\.id)
                let outlines = try await fixture.store.outlines(of: ids)
                #expect(outlines.map(\.id) == ids)
                #expect(
                    outlines.map(\.isAssigned)
                        == cases.map { !$0.state.isTerminal && !$0.assignments.isEmpty })
                let topology = LossyTopology(fixture.clients[0], [])
                let store = ReturnsStore(redis: topology, identity: fixture.store.identity)
                var found: [Case] = []
                #expect(try await store.readCases(outlines, isReadOnly: false) { found.append($0) }.isEmpty)
                #expect(found == cases)
                // 64 at most, and 256 KiB.
                let bytes = outlines.reduce(0) { $0 + $1.recordBytes }
                #expect(topology.attempts >= 3 && topology.attempts >= bytes / (256 << 10))
            }
        }

        @Test func whatIsMissingOrDamagedIsNamedAndWhatIsOfOthersIsLeftOut() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(40, into: fixture.store).values
                func set(_ value: Case, _ field: String) async throws {
                    let key = StoreKeys(partition: value.id.partition).returnCase(value.id)
                    _ = try await fixture.command("HSET", .text(key), .text(field), "x")
                }
                let own = cases.filter { $0.order.saleChannel == "store" }
                try await set(own[0], "f")
                try await set(own[1], "b")
                let missing = cases.first { $0.order.saleChannel != "store" }!.id
                for id in [missing, own[2].id] {
                    let key = StoreKeys(partition: id.partition).returnCase(id)
                    _ = try await fixture.command("DEL", .text(key))
                }
                let store = fixture.store.within(.channels(["store"]))
                let outlines = try await store.outlines(of: cases.map(\.id))
                // Of one that is missing the facts do not tell the sale channel; its listings do, when it is read.
                #expect(outlines.map(\.id).filter { $0 != missing } == own.map(\.id))
                #expect(outlines[0].isAssigned && outlines[0].mayBeDue(before: Fixture.monday))
                var found: [CaseID] = []
                let unshown = try await store.readCases(outlines, isReadOnly: true) { found.append($0.id) }
                #expect(unshown.damaged == own.prefix(3).map(\.id) && unshown.newer.isEmpty)
                #expect(found == own.dropFirst(3).map(\.id))
            }
        }

        /// Which listing is the shortest is found by counts over all channels; that is nobody's business and refuses nobody.
        @Test func lateCasesOfAChannelAreListedWhateverListingTheyAreReadFrom() async throws {
            try await StoreFixture.with { fixture in
                let cases = try await ListedCases(60, into: fixture.store).values
                var filter = CaseFilter()
                filter.visibleSaleChannels = ["store"]
                filter.dueBefore = Fixture.monday.adding(400 * Milliseconds.day)
                var limits = CasePageLimits(casesMax: 500)
                limits.narrowedMin = 0
                let page = try await fixture.store.within(.channels(["store"])).page(
                    filter, sort: .newest, limits: limits)
                let own = cases.filter { $0.order.saleChannel == "store" && !$0.dueTimes(.highest).isEmpty }
                #expect(page.cases.map(\.id).sorted() == own.map(\.id).sorted() && !own.isEmpty)
            }
        }
    }
}
