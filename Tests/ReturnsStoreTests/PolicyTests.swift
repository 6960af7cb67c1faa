import NIOCore
import RedisClient
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import SwiftProtobuf
import Testing

@testable import ReturnsStore

extension StoreTests {
    @Suite struct PolicyTests {
        @Test func versionsAreAddedAndNeverReplaced() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                var calendar = WorkingCalendar.standard
                #expect(try await store.add(calendar))
                #expect(try await store.add(SLAPolicy.standard()))
                #expect(try await store.add(ReturnPolicy.standard()))
                calendar.timeZone = "elsewhere"
                #expect(try await !store.add(calendar))
                var other = SLAPolicy.standard()
                other.plans[0].quietHours = QuietHours(
                    fromMinute: 1_320, untilMinute: 420, includesDaysOff: true)
                #expect(try await !store.add(other))
                let stored = try await store.loadPolicies()
                #expect(stored.calendars == [.standard] && stored.slaPolicies == [.standard()])
                #expect(stored.policies == [.standard()])
            }
        }

        /// What an older server could not decide by is put only where none is left.
        @Test func aVersionOfALaterLevelIsRefused() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                let error = await #expect(throws: StoreError.self) {
                    try await Self.add(to: store, needing: WriterLevel(WriterLevel.highest.number + 1))
                }
                #expect(error?.code == .levelTooLow && error?.outcome == .notApplied)
                let stored = try await store.loadPolicies()
                #expect(stored.policies.isEmpty && stored.unreadable.isEmpty)
                #expect(try await Self.add(to: store, needing: .first))
            }
        }

        private static func add(to store: ReturnsStore, needing level: WriterLevel) async throws -> Bool {
            try await store.add(
                ReturnPolicy.standard(), needing: level, as: "1", to: StoreKeys.policies,
                deadline: .distantFuture)
        }

        /// A name far ahead of all versions would be the current one for ever, and nobody could count on from the largest number.
        @Test(arguments: ["0", "1000001", "18446744073709551615", "01", "standard 1"])
        func aNameThatNoVersionHasIsNone(_ name: String) async throws {
            try await StoreFixture.with { fixture in
                for key in [StoreKeys.policies, StoreKeys.slaPolicies] {
                    _ = try await fixture.command("HSET", .text(key), .text(name), "junk")
                }
                if name != "standard 1" {
                    _ = try await fixture.command(
                        "HSET", .text(StoreKeys.calendars), .text("standard \(name)"), "junk")
                }
                let stored = try await fixture.store.loadPolicies()
                #expect(
                    stored.unreadable.keys.allSatisfy {
                        if case .unnamed = $0 { true } else { false }
                    })
                #expect(stored.unreadable.count == (name == "standard 1" ? 2 : 3) && !stored.hasBegun)
            }
        }

        /// One that cannot be read may be mended, and is not read again before that.
        @Test func whatCannotBeReadIsUnchangedUntilSomebodyMendsIt() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                #expect(try await store.add(WorkingCalendar.standard))
                #expect(try await store.add(SLAPolicy.standard()))
                #expect(try await store.add(ReturnPolicy.standard()))
                let empty = StoredPolicies(policies: [], slaPolicies: [], calendars: [])
                #expect(try await !store.isUnchanged(since: empty.mark))
                var mark = try await store.loadPolicies().mark
                #expect(try await store.isUnchanged(since: mark))
                for (key, name) in [
                    (StoreKeys.policies, "2"), (StoreKeys.slaPolicies, "x"), (StoreKeys.calendars, "odd 3"),
                ] {
                    _ = try await fixture.command("HSET", .text(key), .text(name), "junk")
                    #expect(try await !store.isUnchanged(since: mark))
                    mark = try await store.loadPolicies().mark
                    #expect(try await store.isUnchanged(since: mark))
                }
                var policy = ReturnPolicy.standard()
                policy.version = 2
                _ = try await fixture.command(
                    "HSET", .text(StoreKeys.policies), "2", .buffer(policy.record))
                #expect(try await !store.isUnchanged(since: mark))
                mark = try await store.loadPolicies().mark
                _ = try await fixture.command("HDEL", .text(StoreKeys.slaPolicies), "x")
                #expect(try await !store.isUnchanged(since: mark))
            }
        }

        /// As a newer build would write it: with a field 500.
        private static func newer(_ message: some Message) throws -> RedisArgument {
            let bytes: [UInt8] = try message.serializedBytes()
            return .buffer(
                CheckedRecord.encode(try type(of: message).init(serializedBytes: bytes + [0xA0, 0x1F, 1])))
        }

        @Test func aVersionThatCannotBeReadHidesNoOther() async throws {
            try await StoreFixture.with { fixture in
                let store = fixture.store
                #expect(try await store.add(WorkingCalendar.standard))
                #expect(try await store.add(SLAPolicy.standard()))
                #expect(try await store.add(ReturnPolicy.standard()))
                var policy = ReturnPolicy.standard()
                policy.version = 2
                _ = try await fixture.command(
                    "HSET", .text(StoreKeys.policies), "2", try Self.newer(policy.message), "3", "junk", "4",
                    .buffer(policy.record), "next", .buffer(policy.record))
                // A plan by a calendar of a newer build is as little known, and one by a calendar that is damaged is damaged.
                var calendar = WorkingCalendar.standard
                var sla = SLAPolicy.standard()
                for version in UInt64(2)...3 {
                    calendar.version = version
                    sla.version = version
                    for index in sla.plans.indices { sla.plans[index].calendar = calendar }
                    _ = try await fixture.command(
                        "HSET", .text(StoreKeys.calendars), .text("\(calendar.reference)"),
                        version == 2 ? try Self.newer(calendar.message) : "junk")
                    #expect(try await store.add(sla))
                }
                let stored = try await store.loadPolicies()
                #expect(stored.policies == [.standard()] && stored.slaPolicies == [.standard()])
                #expect(stored.calendars == [.standard] && stored.hasBegun)
                #expect(try await store.isUnchanged(since: stored.mark))
                let newer = stored.unreadable.filter(\.value.isNewer).keys
                #expect(
                    Set(newer) == [
                        .policy(2), .slaPolicy(2), .calendar(.init(name: calendar.name, version: 2)),
                    ])
                let damaged = stored.unreadable.filter { !$0.value.isNewer }.keys
                #expect(
                    Set(damaged) == [
                        .policy(3), .policy(4), .unnamed(among: "policies"), .slaPolicy(3),
                        .calendar(.init(name: calendar.name, version: 3)),
                    ])
                #expect(stored.unreadable.allSatisfy { $0.value.record == .rules($0.key) })
            }
        }
    }
}
