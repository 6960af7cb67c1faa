import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Events that somebody removes from the log by hand are lost to those who have not read them, who are told by the next read.
    @Suite struct OutboxCutTests {
        fileprivate static let key = StoreKeys(partition: 0).outbox

        /// A log of one partition with the events of some cases.
        private struct Lab {
            let server: IdentityLab.Server
            let redis: RedisServerProcess
            /// Of the events, the oldest first.
            var ids: [OutboxID]

            var store: ReturnsStore { server.store }

            func cut(_ name: String, _ arguments: RedisArgument...) async throws {
                var command = RedisCommand(named: name)
                command.append(OutboxCutTests.key)
                for argument in arguments { command.append(argument) }
                _ = try await IdentityLab.command(redis, command)
            }

            func page(after id: OutboxID) async throws -> OutboxPage {
                try await store.readOutbox(
                    [EventID(partition: 0, position: id)], limit: 100, checksEnd: true)[0]
            }
        }

        private static func with(_ body: (Lab) async throws -> Void) async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await IdentityLab.Server.connect(redis, partitions: 1)
                for number in 1...4 { try await server.open(number) }
                var lab = Lab(server: server, redis: redis, ids: [])
                guard case .events(let events) = try await lab.page(after: .zero) else {
                    Issue.record("the log cannot be read")
                    return
                }
                lab.ids = events.map(\.id.position)
                try #require(lab.ids.count >= 4)
                try await body(lab)
                await server.close()
            }
        }

        private func isTrimmed(_ page: OutboxPage) -> Bool {
            if case .trimmed = page { true } else { false }
        }

        @Test func aLogThatWasTrimmedByHandIsNotReadOnInSilence() async throws {
            try await Self.with { lab in
                let last = try #require(lab.ids.last)
                try await lab.cut("XTRIM", "MAXLEN", 1)
                #expect(isTrimmed(try await lab.page(after: lab.ids[0])))
                guard case .events(let none) = try await lab.page(after: last) else {
                    Issue.record("who has read everything has lost nothing")
                    return
                }
                #expect(none.isEmpty)
                // What happens from then on is read as before.
                try await lab.server.open(9)
                guard case .events(let more) = try await lab.page(after: last) else {
                    Issue.record("the log goes on")
                    return
                }
                #expect(!more.isEmpty)
            }
        }

        @Test func aLogThatWasDeletedIsNotReadOnInSilence() async throws {
            for isAddedTo in [false, true] {
                try await Self.with { lab in
                    try await lab.cut("DEL")
                    if isAddedTo { try await lab.server.open(9) }
                    let last = try #require(lab.ids.last)
                    guard case .trimmed(let through) = try await lab.page(after: last) else {
                        Issue.record("nothing was noticed")
                        return
                    }
                    guard case .events(let events) = try await lab.page(after: through) else {
                        Issue.record("the log goes on behind what is gone")
                        return
                    }
                    #expect(events.isEmpty == !isAddedTo)
                }
            }
        }

        @Test func anEventThatIsRemovedFromTheMiddleIsMissed() async throws {
            try await Self.with { lab in
                try await lab.cut("XDEL", .text("\(lab.ids[2])"))
                #expect(isTrimmed(try await lab.page(after: lab.ids[0])))
                #expect(!isTrimmed(try await lab.page(after: lab.ids[2])))
            }
        }

        @Test func aGroupIsTold() async throws {
            for isDeleted in [false, true] {
                try await Self.with { lab in
                    let group = EventGroup(
                        name: "erp", instance: 1, filter: EventFilter(), acknowledgeMilliseconds: 60_000,
                        createdAt: Fixture.monday, createdBy: "boss",
                        start: OutboxCursor(positions: [lab.ids[0]]))
                    #expect(try await lab.store.addEventGroup(group, request: .test(1)) == .added)
                    if isDeleted { try await lab.cut("DEL") } else { try await lab.cut("XTRIM", "MAXLEN", 1) }
                    func read() async throws -> EventGroupPage {
                        try await lab.store.readEventGroup(group, consumer: "a", [(0, .next)], limit: 9)[0]
                    }
                    var page = try await read()
                    if page == .missing {
                        #expect(try await lab.store.placeEventGroup(group))
                        page = try await read()
                    }
                    #expect(page == .trimmed)
                    let state = try await lab.store.eventGroupState(group)
                    #expect(state.isBehind && state.lag == nil)
                }
            }
        }

        /// A partition that has lost the group with its log: how much the group was not given, nobody knows.
        @Test func aGroupWithoutItsLogIsNotUpToDate() async throws {
            try await Self.with { lab in
                let last = try #require(lab.ids.last)
                let group = EventGroup(
                    name: "erp", instance: 1, filter: EventFilter(), acknowledgeMilliseconds: 60_000,
                    createdAt: Fixture.monday, createdBy: "boss", start: OutboxCursor(positions: [last]))
                #expect(try await lab.store.addEventGroup(group, request: .test(1)) == .added)
                var state = try await lab.store.eventGroupState(group)
                #expect(!state.isBehind && state.lag == 0)
                try await lab.server.open(9)
                try await lab.cut("DEL")
                _ = try await self.trim(lab)
                state = try await lab.store.eventGroupState(group)
                #expect(state.isBehind && state.lag == nil && state.unfinishedSince == last)
            }
        }

        /// The store's own trimming is none; a cut is counted once, whoever notices it.
        @Test func trimmingTellsItApart() async throws {
            try await Self.with { lab in
                var trim = try await self.trim(lab, keeping: lab.ids.count - 1)
                #expect(trim.events == 1 && trim.cuts == 0 && !trim.hasNoticedCut)
                try await lab.cut("XDEL", .text("\(lab.ids[1])"))
                trim = try await self.trim(lab)
                #expect(trim.cuts == 1 && trim.hasNoticedCut)
                trim = try await self.trim(lab)
                #expect(trim.cuts == 1 && !trim.hasNoticedCut)
            }
        }

        private func trim(_ lab: Lab, keeping events: Int = 1_000) async throws -> OutboxTrim {
            try await lab.store.trimOutbox(
                [0], keeping: OutboxRetention(eventsMax: events), now: Fixture.monday)[0].get()
        }
    }
}
