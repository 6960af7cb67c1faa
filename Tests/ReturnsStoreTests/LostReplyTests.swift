import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// What a caller is told of a change whose reply was lost: what was unknown once stays unknown.
    @Suite struct LostReplyTests {
        private typealias Fault = LossyTopology.Fault

        struct Row: Sendable, CustomTestStringConvertible {
            var name: String
            var faults: [LossyTopology.Fault]
            var outcome: StoreError.Outcome
            var isMade: Bool

            var testDescription: String { name }
        }

        @Test(arguments: [
            Row(name: "never sent", faults: [.noConnection], outcome: .notApplied, isMade: false),
            Row(name: "no time to send", faults: [.deadlinePasses], outcome: .notApplied, isMade: false),
            Row(
                name: "refused", faults: [.errorReply("READONLY You can't write")], outcome: .notApplied,
                isMade: false),
            Row(
                name: "lost, then no connection", faults: [.loseReply, .noConnection], outcome: .unknown,
                isMade: true),
            Row(
                name: "lost, then no time", faults: [.loseReply, .deadlinePasses], outcome: .unknown,
                isMade: true),
            Row(
                name: "lost, then refused", faults: [.loseReply, .errorReply("LOADING Redis is loading")],
                outcome: .unknown, isMade: true),
            Row(
                name: "lost, then the functions are gone and cannot be loaded",
                faults: [.loseReply, .errorReply("ERR Function not found"), .noConnection],
                outcome: .unknown, isMade: true),
            Row(
                name: "lost every time", faults: [.loseReply, .loseReply, .loseReply], outcome: .unknown,
                isMade: true),
        ])
        func aCommitThatFails(_ row: Row) async throws {
            try await StoreFixture.with { fixture in
                let store = Self.lossy(fixture, row.faults)
                let order = Fixture.order()
                let error = await #expect(throws: StoreError.self) {
                    try await store.commit(order, before: nil, result: 1, request: .test(1))
                }
                #expect(error?.outcome == row.outcome)
                let made = try await fixture.store.loadOrder(order.key)
                #expect((made != nil) == row.isMade)
            }
        }

        @Test func aCommitThatComesThroughIsToldOfTheFirst() async throws {
            try await StoreFixture.with { fixture in
                let store = Self.lossy(fixture, [.loseReply])
                let outcome = try await store.commit(
                    Fixture.order(), before: nil, result: 1, request: .test(1))
                guard case .replay = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
            }
        }

        /// A second one would be stale whether or not the first was made.
        @Test func aCommitWithoutARequestIsSentOnce() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order()
                _ = try await fixture.store.commit(order, before: nil, result: 1, request: .test(1))
                var desk = Desk(order: order)
                let partition = fixture.store.partitioning.partition(of: order.key)
                let id = CaseID(at: Fixture.monday, partition: partition, random: 7)
                let transition = try desk.run(
                    .submit(Fixture.submission(id: id)), as: Cast.shop, after: Milliseconds.minute)
                let lossy = LossyTopology(fixture.clients[0], [.loseReply])
                let store = ReturnsStore(redis: lossy, identity: fixture.store.identity)
                let error = await #expect(throws: StoreError.self) {
                    try await store.commit(transition, request: nil)
                }
                #expect(error?.outcome == .unknown)
                #expect(lossy.attempts == 1)
                #expect(try await fixture.store.loadCase(id) != nil)
            }
        }

        @Test func aReadIsNeverInDoubt() async throws {
            try await StoreFixture.with { fixture in
                let store = Self.lossy(fixture, [.loseReply, .noConnection])
                let error = await #expect(throws: StoreError.self) {
                    try await store.loadOrder(Fixture.order().key)
                }
                #expect(error?.outcome == .notApplied)
            }
        }

        // MARK: Steps behind a change

        @Test func whatFollowsAChangeDoesNotUnmakeIt() async throws {
            try await StoreFixture.with { fixture in
                let group = EventGroup(
                    name: "erp", instance: 1, filter: EventFilter(), acknowledgeMilliseconds: 60_000,
                    createdAt: Fixture.monday, createdBy: "boss",
                    start: OutboxCursor(
                        positions: Array(repeating: .at(0), count: StoreFixture.partitions),
                        seenThroughMilliseconds: 0))
                let adding = await #expect(throws: StoreError.self) {
                    try await Self.lossy(fixture, [.none, .noConnection])
                        .addEventGroup(group, request: .test(1))
                }
                #expect(adding?.outcome == .applied)
                let groups = try await fixture.store.loadEventGroups().records
                #expect(groups == [group])
                let removing = await #expect(throws: StoreError.self) {
                    try await Self.lossy(fixture, [.none, .noConnection])
                        .removeEventGroup("erp", request: .test(2))
                }
                #expect(removing?.outcome == .applied)
                #expect(try await fixture.store.loadEventGroups().records.isEmpty)
            }
        }

        @Test func aWebhookThatIsMadeStaysMade() async throws {
            try await StoreFixture.with { fixture in
                let webhook = Webhook(
                    name: "erp", instance: 1, url: "https://erp.example.com/in", secret: [7],
                    filter: EventFilter(), giveUpMilliseconds: 60_000, attemptsMax: 20,
                    createdAt: Fixture.monday, createdBy: "boss")
                let places = Array(
                    repeating: OutboxPlace(position: .at(0), ordinal: 0), count: StoreFixture.partitions)
                let error = await #expect(throws: StoreError.self) {
                    try await Self.lossy(fixture, [.none, .noConnection])
                        .addWebhook(webhook, state: WebhookState(epoch: 1, places: places), request: .test(1))
                }
                #expect(error?.outcome == .applied)
                let webhooks = try await fixture.store.loadWebhooks().records
                #expect(webhooks == [webhook])
            }
        }

        /// The hold on refunds is lifted for every channel, and once.
        @Test func aReconciliationThatIsConfirmedStaysConfirmed() async throws {
            try await StoreFixture.with { fixture in
                let run = try #require(fixture.store.identity.record?.run)
                func hold() async throws {
                    _ = try await fixture.command("HSET", .text(StoreKeys.store), "reconcile", "\(run)")
                }
                func confirm(_ faults: [Fault], _ number: Int) async throws(StoreError)
                    -> ReturnsStore.ReconciliationOutcome
                {
                    try await Self.lossy(fixture, faults)
                        .confirmReconciled("\(run)", note: "x", request: .test(number))
                }
                try await hold()
                #expect(try await confirm([.loseReply], 1) == .replay)
                #expect(try await confirm([], 1) == .replay)
                #expect(try await confirm([], 2) == .other(nil))
                try await hold()
                let error = await #expect(throws: StoreError.self) {
                    _ = try await confirm([.none, .noConnection], 3)
                }
                #expect(error?.outcome == .applied)
                let bound = await #expect(throws: StoreError.self) {
                    _ = try await fixture.store.within(.channels(["online"]))
                        .confirmReconciled("\(run)", note: "x", request: .test(4))
                }
                #expect(bound?.code == .outsideScope)
            }
        }

        /// Another's group may have the name by then.
        @Test func aRemovalIsToldWhoeverHasTheNameNow() async throws {
            try await StoreFixture.with { fixture in
                func group(_ instance: UInt64) -> EventGroup {
                    EventGroup(
                        name: "erp", instance: instance, filter: EventFilter(),
                        acknowledgeMilliseconds: 60_000, createdAt: Fixture.monday, createdBy: "boss",
                        start: OutboxCursor(
                            positions: Array(repeating: .at(0), count: StoreFixture.partitions),
                            seenThroughMilliseconds: 0))
                }
                let store = fixture.store
                _ = try await store.addEventGroup(group(1), request: .test(1))
                #expect(try await store.repeatedGroupRemoval("erp", request: .test(2)) == nil)
                #expect(try await store.removeEventGroup("erp", request: .test(2)) == .removed)
                _ = try await store.addEventGroup(group(2), request: .test(3))
                #expect(try await store.repeatedGroupRemoval("erp", request: .test(2)) == .replay)
                #expect(
                    try await store.repeatedGroupRemoval("erp", request: .test(2, content: 9))
                        == .requestIDReused)
                #expect(try await store.loadEventGroups().records == [group(2)])
            }
        }

        /// A lease is given back once: a second time it is nobody's, whoever's it was before.
        @Test func aLeaseGivenBackInDoubt() async throws {
            try await StoreFixture.with { fixture in
                let part = WorkPart(id: Fixture.caseID(1), role: .service)
                let lease = WorkLease(person: "sara", kind: .review, ordinal: 1)
                let taking = await #expect(throws: StoreError.self) {
                    try await Self.lossy(fixture, [.none, .noConnection])
                        .leaseWork(on: part, lease, over: nil, milliseconds: 60_000)
                }
                #expect(taking?.outcome == .applied)
                for faults in [[Fault.loseReply], [.none, .noConnection]] {
                    _ = try await fixture.store.leaseWork(on: part, lease, over: nil, milliseconds: 60_000)
                    let giving = await #expect(throws: StoreError.self) {
                        try await Self.lossy(fixture, faults).releaseWork(on: part.id, by: "sara")
                    }
                    #expect(giving?.outcome == .unknown)
                    #expect(try await fixture.store.workLeases(on: [part]) == [nil])
                }
            }
        }

        private static func lossy(_ fixture: StoreFixture, _ faults: [LossyTopology.Fault]) -> ReturnsStore {
            ReturnsStore(
                redis: LossyTopology(fixture.clients[0], faults), identity: fixture.store.identity)
        }
    }
}
