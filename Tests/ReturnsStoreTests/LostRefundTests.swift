import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Refunds that the gateway paid and the store has lost: what it lost tells which they can be, and each counts once.
    @Suite struct LostRefundTests {
        private typealias Server = IdentityLab.Server

        /// What a loss concerns goes by this run alone: no bit of it can change unnoticed.
        @Test func everyBitOfTheRunOfACaseIsProved() async throws {
            for run in [StoreRun(number: 1, tag: 0xa1b2_c3d4), StoreRun(number: .max, tag: 0)] {
                let record = run.record
                #expect(try record.withUnsafeBytes { try StoreRun(record: $0) } == run)
                for bit in 0..<record.count * 8 {
                    var damaged = record
                    damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                    #expect(throws: RecordError.self) {
                        try damaged.withUnsafeBytes { try StoreRun(record: $0) }
                    }
                }
            }
        }

        @Test func nothingIsSaidOfACaseWhoseRunIsDamaged() async throws {
            try await IdentityLab.withRedis { redis in
                let server = try await Server.connect(redis, toleratedChanges: 1_000)
                let early = try await server.open(1)
                let copies = try await IdentityLab.dump(redis)
                _ = try await server.open(2)
                try await IdentityLab.restore(copies, redis)
                #expect(await server.fault() == nil)
                let key = StoreKeys(partition: early.id.partition).returnCase(early.id)
                for (damage, problem) in [
                    (RedisCommand("HSET", .text(key), "r", "2.0"), Returns_V1_IndexProblem.unreadable),
                    (RedisCommand("HDEL", .text(key), "r"), .missing),
                ] {
                    _ = try await IdentityLab.command(redis, damage)
                    let error = await #expect(throws: StoreError.self) {
                        try await server.store.losses(concerning: early.id)
                    }
                    #expect(error?.code == .corrupt && error?.caseID == early.id)
                    let report = try await server.store.verifyIndexes(repair: true)
                    let finding = report.findings.first { $0.index == "\(key) r" }
                    #expect(finding?.problem == problem && finding?.isRepaired == false)
                }
            }
        }

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

        private static func desk(_ fixture: StoreFixture, _ number: Int) async throws -> Desk {
            let order = Fixture.order(number: "SO-\(number)")
            var desk = Desk(order: order)
            try desk.submit(
                Fixture.submission(
                    id: CaseID(
                        at: Fixture.monday, partition: fixture.store.partitioning.partition(of: order.key),
                        random: UInt32(number))))
            try desk.follow("verify approve tell ship receive inspect")
            let placed = try await fixture.store.commit(order, before: nil, result: 1, request: .test(number))
            #expect(placed == .committed)
            for transition in desk.transitions {
                #expect(try await fixture.store.commit(transition, request: nil) == .committed)
            }
            return desk
        }

        private static func record(_ refund: String, at desk: inout Desk) throws -> CaseTransition {
            try desk.run(
                .recordRefund(
                    RefundReport(
                        refundID: refund, result: .succeeded(voucher: "V", document: nil),
                        lost: LostRefund(amountMinor: 100))), as: Cast.fei)
        }

        /// As if the claim had been made before the time for which it is left alone.
        private static func age(_ refund: String, of gone: CaseID, _ fixture: StoreFixture) async throws {
            let key = StoreKeys(partition: gone.partition).lostRefunds
            let text = try #require(try await fixture.command("HGET", .text(key), .text(refund)).string)
            let parts = text.split(separator: "/")
            let aged = "\(parts[0])/\(parts[1])/\(Int64(parts[2])! - LostRefundClaim.committingMilliseconds)"
            _ = try await fixture.command("HSET", .text(key), .text(refund), .text(aged))
        }

        @Test func aRefundIsClaimedByOneCase() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let (gone, first, second) = (Fixture.caseID(1), Fixture.caseID(2), Fixture.caseID(3))
                let refund = "\(gone)-1"
                #expect(try await store.standing(ofLostRefund: refund, of: gone, for: first) == .free)
                // The case may claim it again, and no other one while its commit may be under way.
                for _ in 0..<2 {
                    #expect(
                        try await store.claim(lostRefund: refund, of: gone, at: first) == .claimed(fence: 0))
                    #expect(
                        try await store.claim(lostRefund: refund, of: gone, at: second)
                            == .refused(.beingRecorded(at: first)))
                }
                #expect(
                    try await store.standing(ofLostRefund: refund, of: gone, for: second)
                        == .beingRecorded(at: first))
                #expect(
                    try await store.claim(lostRefund: "\(gone)-2", of: gone, at: second) == .claimed(fence: 0)
                )
                // What was given back is anybody's, and given back by its own case alone.
                try await store.giveBack(lostRefund: refund, of: gone, at: second)
                #expect(
                    try await store.standing(ofLostRefund: refund, of: gone, for: second)
                        == .beingRecorded(at: first))
                try await store.giveBack(lostRefund: refund, of: gone, at: first)
                #expect(try await store.standing(ofLostRefund: refund, of: gone, for: second) == .free)
            }
        }

        /// The commit that a claim was made for comes after all: late, when another case has taken the refund.
        @Test(arguments: [false, true]) func aRefundIsRecordedOnceHoweverLateItsCommitComes(
            _ isGivenBack: Bool
        ) async throws {
            try await StoreFixture.with { fixture in
                let (store, gone) = (fixture.store, Fixture.caseID(1))
                let refund = "\(gone)-1"
                var (first, second) = (try await Self.desk(fixture, 1), try await Self.desk(fixture, 2))
                let (b, c) = (first.value.id, second.value.id)
                guard case .claimed(let late) = try await store.claim(lostRefund: refund, of: gone, at: b)
                else { return #expect(Bool(false), "not claimed") }
                if isGivenBack {
                    // By another request of the same case, to which it was refused.
                    try await store.giveBack(lostRefund: refund, of: gone, at: b)
                } else {
                    try await Self.age(refund, of: gone, fixture)
                }
                guard case .claimed(let fence) = try await store.claim(lostRefund: refund, of: gone, at: c)
                else { return #expect(Bool(false), "not claimed") }
                let lateCommit = try Self.record(refund, at: &first)
                #expect(
                    try await store.commit(lateCommit, request: .test(8), lostRefundFence: late) == .stale)
                let commit = try Self.record(refund, at: &second)
                #expect(
                    try await store.commit(commit, request: .test(9), lostRefundFence: fence) == .committed)
                // From now on it is recorded: nobody takes it, and it is not given back.
                try await store.giveBack(lostRefund: refund, of: gone, at: c)
                try await Self.age(refund, of: gone, fixture)
                #expect(
                    try await store.claim(lostRefund: refund, of: gone, at: b)
                        == .refused(.recorded(at: c)))
                #expect(try await store.verifyIndexes(repair: true).problems == 0)
            }
        }

        @Test func aCaseThatCannotBeReadKeepsItsRefund() async throws {
            try await StoreFixture.with { fixture in
                let (store, gone) = (fixture.store, Fixture.caseID(1))
                let refund = "\(gone)-1"
                let desk = try await Self.desk(fixture, 1)
                let holder = desk.value.id
                _ = try await store.claim(lostRefund: refund, of: gone, at: holder)
                try await Self.age(refund, of: gone, fixture)
                let keys = StoreKeys(partition: holder.partition)
                _ = try await fixture.command("DEL", .text(keys.returnCase(holder)))
                #expect(
                    try await store.claim(lostRefund: refund, of: gone, at: Fixture.caseID(3))
                        == .refused(.unreadable(at: holder)))
                let report = try await store.verifyIndexes(repair: true)
                let key = StoreKeys(partition: gone.partition).lostRefunds
                #expect(
                    report.findings.contains {
                        $0.index == key && $0.id == holder && $0.problem == .unreadable && !$0.isRepaired
                    })
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
                _ = try await fixture.command("HSET", .text(key), "\(gone)-8", .text("\(desk.value.id)/0/1"))
                let pending = try await fixture.store.claim(
                    lostRefund: "\(gone)-9", of: gone, at: desk.value.id)
                #expect(pending == .claimed(fence: 0))
                for repair in [false, true] {
                    let report = try await fixture.store.verifyIndexes(repair: repair)
                    #expect(Set(report.findings.map(\.problem)) == [.missing, .stale])
                    #expect(report.findings.allSatisfy { $0.index == key && $0.isRepaired == repair })
                }
                #expect(try await fixture.store.verifyIndexes(repair: false).problems == 0)
                for (number, standing): (Int, LostRefundStanding) in [
                    (1, .recorded(at: desk.value.id)), (8, .free), (9, .beingRecorded(at: desk.value.id)),
                ] {
                    let found = try await fixture.store.standing(
                        ofLostRefund: "\(gone)-\(number)", of: gone, for: Fixture.caseID(3))
                    #expect(found == standing)
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
