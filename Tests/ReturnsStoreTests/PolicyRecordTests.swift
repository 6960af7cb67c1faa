import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

@Suite struct PolicyRecordTests {
    private static let calendar: WorkingCalendar = {
        var calendar = WorkingCalendar.standard
        calendar.version = 7
        calendar.week[5] = [.init(opensMinute: 540, closesMinute: 720)]
        calendar.specialDays = [
            20_498: .init(kind: .makeupDay, hours: calendar.week[0], title: "春节 Spring Festival"),
            20_499: .init(kind: .holiday, title: "春节 Spring Festival"),
            20_819: .init(kind: .halfDay, hours: [.init(opensMinute: 0, closesMinute: 1_440)]),
        ]
        calendar.createdAt = Fixture.monday
        calendar.createdBy = "admin"
        return calendar
    }()

    private static let sla: SLAPolicy = {
        var policy = Fixture.slaPolicies[2]!
        policy.createdAt = Fixture.monday
        policy.createdBy = "admin"
        var plan = policy.plans[0]
        plan.name = "vip"
        plan.calendar = calendar
        plan.reviewCountsNet = true
        plan.quietHours = QuietHours(fromMinute: 1_200, untilMinute: 480, includesDaysOff: true)
        plan.condition = SLACondition(
            saleChannels: ["online"], reasons: ["damaged", "faulty"], customerClasses: ["vip"],
            orderValue: .init(currency: CurrencyCode("EUR")!, fromMinor: 1, belowMinor: 9))
        plan.targets[.notify] = ClockTarget(
            .working(Milliseconds.hour), warnBefore: [3, 2, 1],
            escalations: [.init(afterMilliseconds: 4, role: .supervisor, target: "night-team")])
        policy.plans.insert(plan, at: 0)
        return policy
    }()

    @Test func aCalendarIsReadBackAsItWasWritten() throws {
        let read = try Self.calendar.encodeRecord().withUnsafeBytes { try WorkingCalendar(record: $0) }
        #expect(read == Self.calendar)
    }

    @Test func anSLAPolicyIsReadBackAsItWasWritten() throws {
        let calendars = [
            Self.calendar.reference: Self.calendar, WorkingCalendar.standard.reference: .standard,
        ]
        let record = Self.sla.encodeRecord()
        #expect(try record.withUnsafeBytes { try SLAPolicy(record: $0, calendars: calendars) } == Self.sla)
        // A calendar that is not there is said to be missing, and not taken for another version.
        let other = [WorkingCalendar.standard.reference: WorkingCalendar.standard]
        let error = #expect(throws: RecordError.self) {
            try record.withUnsafeBytes { bytes throws(RecordError) in
                try SLAPolicy(record: bytes, calendars: other)
            }
        }
        #expect(error?.what == "calendar standard 7 is missing")
    }

    @Test func damagedRecordsAreRefused() throws {
        for record in [Self.calendar.encodeRecord(), Self.sla.encodeRecord()] {
            for length in stride(from: 0, to: record.count - 1, by: 7) {
                record.prefix(length).withUnsafeBytes { bytes in
                    #expect(throws: RecordError.self) { try WorkingCalendar(record: bytes) }
                    #expect(throws: RecordError.self) { try SLAPolicy(record: bytes, calendars: [:]) }
                }
            }
        }
    }
}

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
