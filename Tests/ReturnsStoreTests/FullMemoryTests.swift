import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// At Redis's memory limit changes are refused. Everything is read on, and what frees memory goes on.
    @Suite struct FullMemoryTests {
        @Test func readingAndFreeingGoOn() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis, partitions: 1)
                let store = server.store
                var opened: [CaseID] = []
                for number in 1...4 { opened.append(try await server.open(number).id) }
                let group = EventGroup(
                    name: "erp", instance: 1, filter: EventFilter(), acknowledgeMilliseconds: 60_000,
                    createdAt: Fixture.monday, createdBy: "boss", start: OutboxCursor(positions: [.zero]))
                #expect(try await store.addEventGroup(group, request: .test(1)) == .added)
                _ = try await store.placeEventGroup(group)
                func read() async throws -> [OutboxEvent] {
                    let start = EventID(partition: 0, position: .zero)
                    guard
                        case .events(let events) = try await store.readOutbox(
                            [start], limit: 100, checksEnd: true)[0]
                    else { return [] }
                    return events
                }
                func consume() async throws -> EventGroupPage {
                    try await store.readEventGroup(group, consumer: "a", [(0, .next)], limit: 2)[0]
                }
                let events = try await read()
                #expect(events.count >= 4)
                guard case .events = try await consume() else {
                    Issue.record("the group is given nothing")
                    return
                }

                _ = try await IdentityLab.command(redis, RedisCommand("CONFIG", "SET", "maxmemory", "1"))
                let refusal = try await server.refusalOfAnotherCase(5)
                #expect(refusal?.0 == .memoryFull && refusal?.1 == .notApplied)
                #expect(try await read() == events)
                #expect(try await store.outboxEnds()[0].last == events.last?.id.position)
                let limits = CasePageLimits(casesMax: 10)
                var filter = CaseFilter()
                filter.states = Set(CaseState.allCases.filter { !$0.isTerminal })
                let page = try await store.page(filter, sort: .oldest, limits: limits)
                #expect(page.cases.map(\.id).sorted() == opened.sorted())
                #expect(
                    try await store.page(CaseFilter(), sort: .changed, limits: limits).cases.count == 4)
                // What was given is acknowledged, what was read is let go, and the log is trimmed.
                let error = await #expect(throws: StoreError.self) { try await consume() }
                #expect(error?.refusal == .memoryFull)
                try await store.acknowledge(events.prefix(2).map(\.id), group: group)
                try await store.holdOutbox("hook", finished: events[1].id)
                let trim = try await store.trimOutbox(
                    [0], keeping: OutboxRetention(eventsMax: 1), now: Fixture.monday)[0].get()
                #expect(trim.events == 2 && trim.isHeld)
                #expect(try await store.removeEventGroup("erp", request: .test(2)) != .missing)
                await server.close()
            }
        }
    }
}
