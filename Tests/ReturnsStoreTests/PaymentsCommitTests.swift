import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// A change of an order's payments, kept with the order, and whom it is still to be told to.
    @Suite struct PaymentsCommitTests {
        private static let change = PaymentsChange(
            payments: [Payment(reference: "card-2", method: .card, amountMinor: 9_899)], reason: "card closed"
        )

        /// An order with some cases, as it is in the store.
        static func open(_ cases: Int, _ fixture: StoreFixture) async throws -> Order {
            var order = Fixture.order()
            #expect(
                try await fixture.store.commit(order, before: nil, result: 1, request: .test(1)) == .committed
            )
            for number in 1...cases {
                let id = CaseID(
                    at: Fixture.monday, partition: fixture.store.partitioning.partition(of: order.key),
                    random: UInt32(number))
                let lines = [RequestedLine(lineID: "\(number)", quantity: 1)]
                let transition = try Case.decide(
                    nil, order: order, command: .submit(Fixture.submission(id: id, lines: lines)),
                    actor: Cast.shop, now: Fixture.monday, policy: Fixture.policy(), sla: .standard()
                ).get()
                #expect(try await fixture.store.commit(transition, request: nil) == .committed)
                order = transition.orderAfter
            }
            return order
        }

        /// The only case of its order, which has taken these steps, as it is in the store.
        static func opened(_ steps: String, _ fixture: StoreFixture) async throws -> Desk {
            var desk = Desk()
            desk.order = try await open(1, fixture)
            desk.current = try await fixture.store.loadCase(desk.order.cases[0].id)
            try desk.follow(steps)
            for transition in desk.transitions {
                #expect(try await fixture.store.commit(transition, request: nil) == .committed)
            }
            return desk
        }

        static func changed(_ order: Order, _ fixture: StoreFixture) async throws -> OrderTransition {
            let deciders = try await fixture.store.loadOwedDeciders(of: order.cases.map(\.id))
            return try Order.changePayments(
                change, of: order, owedDeciders: deciders, actor: Cast.sue, now: Fixture.monday
            ).get()
        }

        private func tell(_ id: CaseID, _ fixture: StoreFixture) async throws -> CommitOutcome {
            let value = try #require(try await fixture.store.loadCase(id))
            let order = try await fixture.store.loadOrder(of: value).order
            let transition = try Case.decide(
                value, order: order, command: .sweep, actor: .system, now: Fixture.monday,
                policy: Fixture.policy(), sla: .standard()
            ).get()
            return transition.isEmpty
                ? .committed : try await fixture.store.commit(transition, request: nil)
        }

        @Test func orderTimelineAndUntoldCasesAreOneCommit() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let order = try await Self.open(2, fixture)
                let change = try await Self.changed(order, fixture)
                #expect(try await store.commit(change, request: .test(2)) == .committed)
                let found = try #require(try await store.readOrderAndTimeline(order.key))
                #expect(try await store.loadOrder(order.key) == change.orderAfter)
                #expect(found.order.outline.untoldCases == Set(order.cases.map(\.id)))
                #expect(found.timeline.entries == [change.entry.bytes])
                #expect(found.timeline.unreadable.isEmpty)
                let partition = store.partitioning.partition(of: order.key)
                func due() async throws -> Set<CaseID?> {
                    Set(try await store.dueCases(partition: partition, now: Fixture.monday, limit: 10))
                }
                let ids = order.cases.map(\.id)
                #expect(try await due() == Set(ids))
                let replay = RequestRecord(
                    fingerprint: [UInt8](repeating: 1, count: 32),
                    outcome: .changedPayments(version: change.orderAfter.version))
                #expect(try await store.commit(change, request: .test(2)) == .replay(replay))
                #expect(try await store.commit(change, request: .test(3)) == .stale)

                // The first is told and the server ends; whoever comes next tells the second, and the first no more.
                #expect(try await tell(ids[0], fixture) == .committed)
                #expect(try await due() == [ids[1]])
                for id in ids + ids { #expect(try await tell(id, fixture) == .committed) }
                #expect(try await due() == [])
                for id in ids {
                    let story = try await store.loadTimeline(id)
                    #expect(story.count { $0.kind == .paymentsChanged } == 1)
                    #expect(
                        story.last?.text == change.entry.text && story.last?.personalText == "card closed")
                }
                #expect(try await store.loadOrder(order.key)?.untold == [])
                #expect(try await store.verifyIndexes(repair: false).problems == 0)
            }
        }

        /// Whoever inspects goods while the payments are changed does so ahead of the change, or behind it.
        @Test func aCaseThatMovedMeanwhileRefusesTheChange() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.open(2, fixture)
                let change = try await Self.changed(order, fixture)
                let value = try #require(try await fixture.store.loadCase(order.cases[1].id))
                let note = try Case.decide(
                    value, order: order, command: .note(text: "x"), actor: Cast.sue, now: Fixture.monday,
                    policy: Fixture.policy(), sla: .standard()
                ).get()
                #expect(!note.changesOrder)
                #expect(try await fixture.store.commit(note, request: nil) == .committed)
                #expect(try await fixture.store.commit(change, request: .test(2)) == .stale)
                let again = try await Self.changed(order, fixture)
                #expect(again.caseVersions[value.id] == note.caseAfter.version)
                var unseen = again
                unseen.caseVersions[value.id] = nil
                #expect(try await fixture.store.commit(unseen, request: .test(3)) == .stale)
                #expect(try await fixture.store.commit(again, request: .test(4)) == .committed)
            }
        }

        /// An inspection that was decided before its person changed the payments is decided anew, although it changes
        /// nothing of the order.
        @Test func aChangeMeanwhileRefusesAnInspectionDecidedBefore() async throws {
            try await StoreFixture.with { fixture in
                let desk = try await Self.opened("verify approve tell ship receive", fixture)
                let key = desk.order.key
                let inspection = LineInspection(
                    lineID: "1", isAppearanceOK: false, isQuantityOK: true, isPackagingOK: true,
                    isUnusedOK: true, acceptedUnits: 0, refusedUnits: 1)
                func inspected() async throws -> CaseTransition {
                    try Case.decide(
                        desk.value, order: try await fixture.store.loadOrder(key),
                        command: .inspect(lines: [inspection], report: nil), actor: Cast.wang,
                        now: desk.now, policy: Fixture.policy(), sla: .standard()
                    ).get()
                }
                let early = try await inspected()
                #expect(!early.changesOrder && early.dependsOnOrder)
                let change = try await Self.changed(desk.order, fixture)
                #expect(try await fixture.store.commit(change, request: .test(2)) == .committed)
                #expect(try await fixture.store.commit(early, request: nil) == .stale)
                #expect(try await fixture.store.commit(try await inspected(), request: nil) == .committed)
            }
        }

        /// A concession and a change of payments by one person: whichever is decided first, the other is decided anew, and
        /// refused.
        @Test func aConcessionAndAChangeByOnePersonAreNeverBothKept() async throws {
            try await StoreFixture.with { fixture in
                let desk = try await Self.opened("verify approve tell ship report_exception tell", fixture)
                let key = desk.order.key
                let id = desk.value.id
                func conceded() async throws -> Result<CaseTransition, CaseRejection> {
                    Case.decide(
                        try await fixture.store.loadCase(id),
                        order: try await fixture.store.loadOrder(key),
                        command: .resolve(
                            lines: [LineResolution(lineID: "1", resolution: .concede, units: 1)],
                            reason: "r"),
                        actor: Cast.sue, now: desk.now, policy: Fixture.policy(), sla: .standard())
                }
                let concession = try await conceded().get()
                let change = try await Self.changed(desk.order, fixture)
                #expect(try await fixture.store.commit(concession, request: nil) == .committed)
                #expect(try await fixture.store.commit(change, request: .test(2)) == .stale)
                let known = try #require(try await fixture.store.loadCase(id))
                #expect(known.owedDeciders == ["sue"])
                let found = try #require(try await fixture.store.loadOrder(key))
                await #expect(throws: CaseRejection.self) { try await Self.changed(found, fixture) }
            }
        }

        /// Two that tell one case at once: the version guard lets one of them.
        @Test func twoTellersTellACaseOnce() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.open(1, fixture)
                #expect(
                    try await fixture.store.commit(try await Self.changed(order, fixture), request: .test(2))
                        == .committed)
                let value = try #require(try await fixture.store.loadCase(order.cases[0].id))
                let found = try await fixture.store.loadOrder(of: value).order
                let transition = try Case.decide(
                    value, order: found, command: .sweep, actor: .system, now: Fixture.monday,
                    policy: Fixture.policy(), sla: .standard()
                ).get()
                #expect(try await fixture.store.commit(transition, request: nil) == .committed)
                #expect(try await fixture.store.commit(transition, request: nil) == .stale)
                let story = try await fixture.store.loadTimeline(value.id)
                #expect(story.count { $0.kind == .paymentsChanged } == 1)
            }
        }

        @Test func whatIsUntoldIsProvenAndRepaired() async throws {
            try await StoreFixture.with { fixture in
                let order = try await Self.open(2, fixture)
                #expect(
                    try await fixture.store.commit(try await Self.changed(order, fixture), request: .test(2))
                        == .committed)
                let ids = order.cases.map(\.id)
                let key = StoreKeys(partition: ids[0].partition).deadlines
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
                _ = try await fixture.command("ZREM", .text(key), .text(UntoldMember(ids[0]).text))
                var report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.problems == 1 && report.findings[0].problem == .missing)
                #expect(report.findings[0].isRepaired && report.findings[0].id == ids[0])
                for id in ids { #expect(try await tell(id, fixture) == .committed) }
                _ = try await fixture.command("ZADD", .text(key), "1", .text(UntoldMember(ids[1]).text))
                report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.problems == 1 && report.findings[0].problem == .stale)
                #expect(report.findings[0].isRepaired)
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
            }
        }
    }
}
