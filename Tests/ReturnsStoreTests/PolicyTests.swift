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
                other.plans[0].reviewCountsNet = true
                #expect(try await !store.add(other))
                #expect(try await store.policyCount() == 3)
                let stored = try await store.loadPolicies()
                #expect(stored.calendars == [.standard] && stored.slaPolicies == [.standard()])
                #expect(stored.policies == [.standard()])
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
                #expect(try await store.policyCount() == stored.count)
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
