import ReturnsDomain
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
    }
}
