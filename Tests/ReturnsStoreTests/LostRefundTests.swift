import RedisClient
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Refunds that the gateway paid and the store has lost: what it lost tells which they can be, and each counts once.
    @Suite struct LostRefundTests {
        private typealias Server = IdentityLab.Server

        @Test func aCaseTellsByItsRunWhatLossesCanConcernIt() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                let early = try await server.open(1)
                let nothing = CaseLosses(mayLackChanges: false, mayReplaceAnother: false)
                #expect(try await server.store.losses(concerning: early.id) == nothing)
                let copies = try await IdentityLab.dump(redis)
                let lost = try await server.open(2)
                var isGone = try await server.store.isGone(lost.id)
                #expect(!isGone)
                try await IdentityLab.restore(copies, redis)
                #expect(await server.fault() == nil)
                #expect(server.identity.losses(since: nil).count == 1)
                let late = try await server.open(3)
                #expect(
                    try await server.store.losses(concerning: early.id)
                        == CaseLosses(mayLackChanges: true, mayReplaceAnother: false))
                #expect(
                    try await server.store.losses(concerning: late.id)
                        == CaseLosses(mayLackChanges: false, mayReplaceAnother: true))
                isGone = try await server.store.isGone(lost.id)
                #expect(isGone)
                // Whatever the caller may see.
                let other = server.store.within(.channels(["nobody's"]))
                #expect(try await other.loadCase(early.id) == nil)
                isGone = try await other.isGone(early.id)
                #expect(!isGone)
                // No partition of this store can have had it.
                let foreign = CaseID(at: Fixture.monday, partition: IdentityLab.partitions, random: 1)
                isGone = try await server.store.isGone(foreign)
                #expect(!isGone)
                await server.close()
            }
        }

        @Test func aRefundIsClaimedByOneCase() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let (gone, first, second) = (Fixture.caseID(1), Fixture.caseID(2), Fixture.caseID(3))
                let refund = "\(gone)-1"
                let nobody = try await store.holder(ofLostRefund: refund, of: gone)
                #expect(nobody == nil)
                // The server that claimed it may have ended before its commit: the case claims it again.
                for id in [first, first, second, first] {
                    #expect(try await store.claim(lostRefund: refund, of: gone, at: id) == first)
                }
                #expect(try await store.holder(ofLostRefund: refund, of: gone) == first)
                #expect(try await store.claim(lostRefund: "\(gone)-2", of: gone, at: second) == second)
            }
        }

        @Test func verifyIndexesKnowsTheClaims() async throws {
            try await StoreFixture.with { fixture in
                let order = Fixture.order(number: "SO-1")
                var desk = Desk(order: order)
                try desk.submit(
                    Fixture.submission(
                        id: CaseID(
                            at: Fixture.monday,
                            partition: fixture.store.partitioning.partition(of: order.key),
                            random: 5)))
                try desk.follow("verify approve tell ship receive inspect")
                let gone = Fixture.caseID(1)
                try desk.run(
                    .recordRefund(
                        RefundReport(
                            refundID: "\(gone)-1", result: .succeeded(voucher: "V", document: nil),
                            lost: LostRefund(amountMinor: 100))), as: Cast.fei)
                #expect(
                    try await fixture.store.commit(order, before: nil, result: 1, request: .test(1))
                        == .committed)
                for transition in desk.transitions {
                    #expect(try await fixture.store.commit(transition, request: nil) == .committed)
                }
                // The refund is recorded and not claimed; a claim that nothing came of is old, and another one is under way.
                let key = StoreKeys(partition: gone.partition).lostRefunds
                _ = try await fixture.command("HSET", .text(key), "\(gone)-8", .text("\(desk.value.id)/1"))
                let pending = try await fixture.store.claim(
                    lostRefund: "\(gone)-9", of: gone, at: desk.value.id)
                #expect(pending == desk.value.id)
                for repair in [false, true] {
                    let report = try await fixture.store.verifyIndexes(repair: repair)
                    #expect(Set(report.findings.map(\.problem)) == [.missing, .stale])
                    #expect(report.findings.allSatisfy { $0.index == key && $0.isRepaired == repair })
                }
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
                for (number, holder) in [(1, desk.value.id), (8, nil), (9, desk.value.id)] {
                    let found = try await fixture.store.holder(ofLostRefund: "\(gone)-\(number)", of: gone)
                    #expect(found == holder)
                }
                // What cannot be read is nobody's to give away.
                _ = try await fixture.command("HSET", .text(key), "\(gone)-9", "nonsense")
                let report = try await fixture.store.verifyIndexes(repair: true)
                #expect(report.findings.map(\.problem) == [.unreadable] && report.repairs == 0)
                await #expect(throws: StoreError.self) {
                    try await fixture.store.claim(lostRefund: "\(gone)-9", of: gone, at: desk.value.id)
                }
            }
        }
    }
}
