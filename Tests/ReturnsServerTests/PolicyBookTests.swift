import Foundation
import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import SwiftProtobuf
import TestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// Nothing is decided by a version that cannot be read, and no other one stands in for it.
@Suite(.serialized) struct PolicyBookTests {
    private static func with(_ body: (Sweeping, PolicyBook) async throws -> Void) async throws {
        try await Sweeping.with { sweeping in
            let store = sweeping.store
            #expect(try await store.add(WorkingCalendar.standard))
            #expect(try await store.add(SLAPolicy.standard()))
            #expect(try await store.add(Fixture.policy()))
            try await body(sweeping, PolicyBook(store.loadPolicies()))
        }
    }

    private static let newerPolicy: ByteBuffer = {
        var policy = Fixture.policy()
        policy.version = 2
        let bytes: [UInt8] = try! policy.message.serializedBytes()
        return CheckedRecord.encode(try! Returns_V1_Policy(serializedBytes: bytes + [0xA0, 0x1F, 1]))
    }()

    /// Three versions: of 1 March, of 10 March, and of 20 March 2026.
    @Test func theVersionInForceIsThatOfThePurchase() {
        let versions = [1, 10, 20].enumerated().map { index, day in
            var policy = Fixture.policy()
            policy.version = UInt64(index + 1)
            policy.createdAt = Fixture.utc(2026, 3, day)
            return policy
        }
        func book(_ policies: [ReturnPolicy], unreadable: [RuleVersion: StoreError] = [:]) -> PolicyBook {
            var stored = StoredPolicies(
                policies: policies, slaPolicies: [.standard()], calendars: [.standard])
            stored.unreadable = unreadable
            return PolicyBook(stored)
        }
        let all = book(versions)
        for (time, version) in [
            (Fixture.utc(2026, 3, 1), 1), (Fixture.utc(2026, 3, 10).adding(-1), 1),
            (Fixture.utc(2026, 3, 10), 2), (Fixture.utc(2026, 4, 1), 3),
            // Nobody had promised anything then.
            (Fixture.utc(2026, 2, 28), 3),
        ] {
            #expect(all.versionInForce(at: time) == UInt64(version))
        }
        // No other version stands in for one that cannot be read.
        let damaged = book(
            [versions[0], versions[2]], unreadable: [.policy(2): StoreError(.corrupt, "damaged")])
        #expect(damaged.versionInForce(at: Fixture.utc(2026, 3, 12)) == 2)
        #expect(damaged.versionInForce(at: Fixture.utc(2026, 3, 25)) == 3)
        // The newest cannot be read: it takes no order that was placed before the version behind it was in force.
        let newest = book(
            Array(versions.prefix(2)), unreadable: [.policy(3): StoreError(.corrupt, "damaged")])
        #expect(newest.versionInForce(at: Fixture.utc(2026, 3, 5)) == 1)
        #expect(newest.versionInForce(at: Fixture.utc(2026, 3, 12)) == 3)
        // Of two that cannot be read neither tells since when it was.
        let two = book(
            [versions[0]],
            unreadable: [2, 3].reduce(into: [:]) { $0[.policy($1)] = StoreError(.corrupt, "damaged") })
        #expect(two.versionInForce(at: Fixture.utc(2026, 3, 5)) == 3)
        #expect(two.versionInForce(at: Fixture.utc(2026, 2, 5)) == 3)
    }

    /// Orders go by the version at their purchase, so what an earlier one promised keeps them, too.
    @Test func theLongestWindowIsThatOfAllVersions() {
        let versions = [(1, 30), (2, 1_000), (3, 14)].map { number, days in
            var policy = Fixture.policy()
            (policy.version, policy.returnWindowDays) = (UInt64(number), Int64(days))
            return policy
        }
        func book(_ policies: [ReturnPolicy], unreadable: [RuleVersion: StoreError] = [:]) -> PolicyBook {
            var stored = StoredPolicies(
                policies: policies, slaPolicies: [.standard()], calendars: [.standard])
            stored.unreadable = unreadable
            return PolicyBook(stored)
        }
        #expect(book(versions).longestWindowDays == 1_000)
        let some = book(
            [versions[0], versions[2]], unreadable: [.policy(2): StoreError(.corrupt, "damaged")])
        #expect(some.longestWindowDays == nil)
        // One that no version leads up to is none.
        let stray = book([versions[0]], unreadable: [.policy(9): StoreError(.corrupt, "damaged")])
        #expect(stray.longestWindowDays == 30)
    }

    /// Another server added a version in the second since the last look: an order that was placed behind that look goes by it.
    @Test func anOrderPlacedBehindTheLastLookMakesItLook() async throws {
        try await Self.with { sweeping, book in
            let (look, change) = (Fixture.utc(2026, 3, 2), Fixture.utc(2026, 3, 2).adding(500))
            try await book.refresh(sweeping.store, now: look)
            var policy = Fixture.policy()
            policy.version = 2
            policy.createdAt = change
            #expect(try await sweeping.store.add(policy))
            func inForce(at time: Instant) async throws -> UInt64 {
                try await book.look(
                    sweeping.store, behind: time, now: change.adding(200), deadline: .distantFuture)
                return book.versionInForce(at: time)
            }
            #expect(try await inForce(at: look.adding(-1)) == 1 && book.policies.highest == 1)
            #expect(try await inForce(at: change.adding(100)) == 2)
        }
    }

    @Test func aVersionThatIsGoneIsNamed() async throws {
        try await Self.with { sweeping, book in
            var value = try Fixture.opening(1, partition: sweeping.store.partitioning.partition).caseAfter
            value.slaVersion = 7
            let error = await #expect(throws: StoreError.self) {
                try await book.rules(for: value, store: sweeping.store, deadline: .distantFuture)
            }
            #expect(error?.record == .rules(.slaPolicy(7)))
            let status = RCPStatus(try #require(error))
            #expect(status.code == .dataLoss)
            #expect(
                status.text.hasPrefix("version 7 of the SLA policy is not there, and others name it. Nothing")
            )
        }
    }

    @Test func aNewerCurrentVersionIsRefusedAndTheOthersAreRead() async throws {
        try await Self.with { sweeping, book in
            #expect(try book.current() == Fixture.policy() && book.warnings.isEmpty)
            _ = try await sweeping.command(
                "HSET", .text(StoreKeys.policies), "2", .buffer(Self.newerPolicy))
            try await book.refresh(sweeping.store)
            let error = #expect(throws: StoreError.self) { try book.current() }
            #expect(error?.isNewer == true && error?.record == .rules(.policy(2)))
            #expect(throws: StoreError.self) { try book.policies.replaced() }
            #expect(try book.policies.version(1) == Fixture.policy() && book.policies.highest == 2)
            #expect(try book.currentSLA() == .standard())
            #expect(
                book.warnings == [
                    "version 2 of the policy was written by a newer returnsd, so here nothing is decided by it, and no new case is taken (RECORD_NEWER); upgrade this server (RUNBOOK.md, \"A record of a newer server\")"
                ])
            // A case that is not approved goes by the current policy.
            let value = try Fixture.opening(1, partition: sweeping.store.partitioning.partition).caseAfter
            let refused = await #expect(throws: StoreError.self) {
                try await book.rules(for: value, store: sweeping.store, deadline: .distantFuture)
            }
            #expect(refused?.isNewer == true)
            let status = RCPStatus(try #require(error))
            #expect(status.details.map(\.reason) == ["RECORD_NEWER"])
            #expect(status.text.hasPrefix("the record of version 2 of the policy was written by a newer"))
            // Mended, or taken back, it is noticed although their number is the same.
            var policy = Fixture.policy()
            policy.version = 2
            _ = try await sweeping.command("HSET", .text(StoreKeys.policies), "2", .buffer(policy.record))
            try await book.refresh(sweeping.store)
            #expect(try book.current() == policy && book.warnings.isEmpty)
        }
    }

    @Test func aDamagedVersionIsToldAsThatAndANewOneTakesItsPlace() async throws {
        try await Self.with { sweeping, book in
            _ = try await sweeping.command("HSET", .text(StoreKeys.slaPolicies), "2", "junk")
            try await book.refresh(sweeping.store)
            let error = #expect(throws: StoreError.self) { try book.currentSLA() }
            #expect(error?.isNewer == false)
            let status = RCPStatus(try #require(error))
            #expect(status.details.map(\.reason) == ["RECORD_UNREADABLE"])
            #expect(try book.slaPolicies.replaced() == nil && book.slaPolicies.highest == 2)
            #expect(
                book.warnings.count == 1
                    && book.warnings[0].contains("version 2 of the SLA policy is damaged"))
            // A case keeps its own.
            let value = try Fixture.opening(1, partition: sweeping.store.partitioning.partition).caseAfter
            _ = try await book.rules(for: value, store: sweeping.store, deadline: .distantFuture)
            var sla = SLAPolicy.standard()
            sla.version = 3
            #expect(try await sweeping.store.add(sla))
            try await book.refresh(sweeping.store)
            #expect(try book.currentSLA() == sla)
        }
    }

    /// Decided by from memory it may be, since versions never change; but it is told as it is, and putting it again mends it.
    @Test func aVersionThatWasKnownBeforeItsRecordWasDamagedIsDecidedByAndReplaced() async throws {
        try await Self.with { sweeping, book in
            for key in [StoreKeys.policies, StoreKeys.slaPolicies] {
                _ = try await sweeping.command("HSET", .text(key), "1", "junk")
            }
            let calendar = WorkingCalendar.standard.reference
            _ = try await sweeping.command(
                "HSET", .text(StoreKeys.calendars), .text("\(calendar)"), "junk")
            try await book.reload(sweeping.store)
            #expect(try book.current() == Fixture.policy() && book.currentSLA() == .standard())
            let calendars = try #require(book.calendars[calendar.name])
            #expect(try calendars.current() == .standard)
            #expect(try book.policies.replaced() == nil && book.slaPolicies.replaced() == nil)
            #expect(try calendars.replaced() == nil && calendars.next() == 2)
            let known = "is damaged in the store: this server knows it from before and still decides by it"
            #expect(book.warnings.count == 3 && book.warnings.allSatisfy { $0.contains(known) })
            // One that starts from now on.
            let anew = try await PolicyBook(sweeping.store.loadPolicies())
            #expect(throws: StoreError.self) { try anew.current() }
            #expect(anew.warnings.count == 3 && !anew.warnings.contains { $0.contains(known) })
            #expect(anew.warnings.filter { $0.contains("no new case is taken") }.count == 2)
        }
    }

    /// It would be the current one for ever, and its number plus one could not be told.
    @Test func aDamagedVersionThatNoneLeadsUpToIsNotTheCurrentOne() async throws {
        try await Self.with { sweeping, book in
            for name in ["2", "3", "900", "18446744073709551615"] {
                _ = try await sweeping.command("HSET", .text(StoreKeys.policies), .text(name), "junk")
            }
            try await book.refresh(sweeping.store)
            #expect(book.policies.highest == 3)
            #expect(try book.policies.next() == 4 && book.policies.replaced() == nil)
            #expect(throws: StoreError.self) { try book.policies.version(900) }
            let told = book.warnings
            #expect(
                told.count == 4
                    && told.contains {
                        $0.hasPrefix("an entry among the policies that is no version is there")
                    })
            #expect(
                told.contains {
                    $0.hasPrefix("version 900 of the policy is damaged, and no version leads up to it")
                })
            #expect(told.filter { $0.contains("no new case is taken") }.count == 1)
            // What the next version would make the current one has to go first.
            _ = try await sweeping.command("HSET", .text(StoreKeys.policies), "5", "junk")
            try await book.refresh(sweeping.store)
            let error = #expect(throws: StoreError.self) { try book.policies.next() }
            #expect(error?.record == .rules(.policy(5)))
            _ = try await sweeping.command("HDEL", .text(StoreKeys.policies), "5")
            try await book.refresh(sweeping.store)
            #expect(try book.policies.next() == 4)
        }
    }

    /// The alert on overdue clocks, and the look at the clocks of two machines, go on.
    @Test(arguments: [false, true])
    func whatCannotBeReadKeepsTheWatchFromNothingElse(isOfAnotherType: Bool) async throws {
        try await Self.with { sweeping, book in
            let due = try await sweeping.open(1)[0].clocks.map(\.dueAt).min()
            if isOfAnotherType {
                _ = try await sweeping.command("SET", .text(StoreKeys.policies), "junk")
            } else {
                _ = try await sweeping.command(
                    "HSET", .text(StoreKeys.policies), "2", .buffer(Self.newerPolicy))
            }
            let log = CapturedLog()
            let time = TestClock(start: try #require(due).adding(Milliseconds.day))
            let watch = StoreWatch(
                policies: book, time: time, clock: nil, store: sweeping.store,
                metrics: ReturnsMetrics(factory: sweeping.registry, schema: ""), logger: log.logger)
            for _ in 1...3 { await watch.look() }
            let overdue = try #require(
                sweeping.registry.text().split(separator: "\n")
                    .first { $0.hasPrefix("returns_clock_overdue_seconds ") })
            #expect(Double(overdue.split(separator: " ")[1]) ?? 0 >= 86_400)
            let told = isOfAnotherType ? "the store cannot be watched" : "version 2 of the policy was written"
            #expect(log.text.components(separatedBy: "error \(told)").count == 2)
        }
    }
}
