import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// A timeline is read page by page, from either end, and nothing of it is left out in silence.
    @Suite struct TimelineTests {
        private static let id = Fixture.caseID(1)
        private static let key = RedisArgument.text(StoreKeys(partition: id.partition).timeline(id))

        private func add(_ texts: [String], _ fixture: StoreFixture) async throws {
            let records = texts.enumerated().map { index, text in
                NumberedEntry(
                    TimelineEntry(
                        at: Fixture.monday, kind: .noted, actor: ActorRecord(name: "sara", role: .service),
                        stateBefore: .submitted, stateAfter: .submitted, text: text, caseVersion: 1),
                    number: index + 1
                ).record
            }
            var command = RedisCommand("RPUSH")
            command.append(StoreKeys(partition: Self.id.partition).timeline(Self.id))
            for record in records { command.append(record) }
            _ = try await fixture.clients[0].send(command, key: nil).checked()
        }

        @Test(arguments: [1, 7, 64, 150, 1_000]) func pagesFromBothEndsHoldEveryEntry(limit: Int) async throws
        {
            try await StoreFixture.with { fixture in
                try await add((1...150).map { "\($0)" }, fixture)
                for newestFirst in [false, true] {
                    var numbers: [Int] = []
                    var from: Int?
                    repeat {
                        let page = try await fixture.store.timeline(
                            Self.id, from: from, newestFirst: newestFirst, limit: limit)
                        #expect(page.items.count <= limit && page.total == 150)
                        #expect(
                            page.items.allSatisfy {
                                (try? NumberedEntry(bytes: $0.message))?.entry.text == "\($0.number)"
                            })
                        numbers += page.items.map(\.number)
                        from = page.next
                    } while from != nil
                    #expect(numbers == (newestFirst ? Array((1...150).reversed()) : Array(1...150)))
                }
            }
        }

        @Test func aPageEndsWithItsBytes() async throws {
            try await StoreFixture.with { fixture in
                try await add((1...400).map { "\($0) " + String(repeating: "x", count: 4_000) }, fixture)
                let first = try await fixture.store.timeline(Self.id)
                let bytes = first.items.reduce(0) { $0 + $1.message.readableBytes }
                #expect(first.next == first.items.count + 1 && bytes < 2 * ReturnsStore.timelinePageBytesMax)
                #expect(try await fixture.store.loadTimeline(Self.id).count == 400)
            }
        }

        @Test func aDamagedEntryIsNamedAndHidesNoOther() async throws {
            try await StoreFixture.with { fixture in
                try await add((1...9).map { "\($0)" }, fixture)
                _ = try await fixture.command("LSET", Self.key, 4, "nonsense")
                let page = try await fixture.store.timeline(Self.id, newestFirst: true, limit: 6)
                #expect(page.items.map(\.number) == [9, 8, 7, 6, 4] && page.unreadable == [5])
                #expect(page.next == 3)
            }
        }

        @Test func aCaseWithoutATimelineHasNone() async throws {
            try await StoreFixture.with { fixture in
                for newestFirst in [false, true] {
                    let page = try await fixture.store.timeline(Self.id, from: 5, newestFirst: newestFirst)
                    #expect(page == TimelinePage())
                }
            }
        }
    }
}
