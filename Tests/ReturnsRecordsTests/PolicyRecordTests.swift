import NIOCore
import RCP
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords

@Suite struct PolicyRecordTests {
    static let calendar: WorkingCalendar = {
        var calendar = WorkingCalendar.standard
        calendar.version = 7
        calendar.offsets.append(.init(from: Fixture.monday, seconds: 9 * 3_600))
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

    static let sla: SLAPolicy = {
        var policy = Fixture.slaPolicies[2]!
        policy.createdAt = Fixture.monday
        policy.createdBy = "admin"
        var plan = policy.plans[0]
        plan.name = "vip"
        plan.calendar = calendar
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
        #expect(try WorkingCalendar(record: Self.calendar.record) == Self.calendar)
    }

    @Test func aPolicyIsReadBackAsItWasWritten() throws {
        var policy = Fixture.policy()
        policy.isReturnlessAllowed = true
        policy.createdBy = "admin"
        policy.returnRules = [
            ReturnRule(skus: ["A", "B"], returnDays: 0, reason: "made to order 定制"),
            ReturnRule(categories: ["fresh"], returnDays: 2, reason: "fresh"),
        ]
        policy.channelZones = [ChannelZone(saleChannels: ["online", "store"], zone: Self.calendar.zone)]
        policy.reasons[1].isRetired = true
        #expect(policy.reasons[0].texts.map(\.locale) == ["en", "zh-CN"])
        #expect(try ReturnPolicy(record: policy.record) == policy)
    }

    @Test func anSLAPolicyIsReadBackAsItWasWritten() throws {
        let calendars = [
            Self.calendar.reference: Self.calendar, WorkingCalendar.standard.reference: .standard,
        ]
        #expect(try SLAPolicy(record: Self.sla.record, calendars: calendars) == Self.sla)
        // A calendar that is not there is said to be missing, and not taken for another version.
        let other = [WorkingCalendar.standard.reference: WorkingCalendar.standard]
        let error = #expect(throws: RecordError.self) {
            try SLAPolicy(record: Self.sla.record, calendars: other)
        }
        #expect(error?.what == "calendar standard 7 is missing" && error?.isNewer == false)
    }

    @Test func aVersionNeedsTheLevelOfWhatItGives() {
        // Numbers of policy.proto and sla.proto.
        let levels = RCPSchemaLevels(
            fields: [
                "returns.v1.SlaPlan": [6: 2], "returns.v1.Escalation": [1: 3], "returns.v1.Policy": [11: 4],
            ],
            values: ["returns.v1.SpecialDay": [2: [3: 5]]])
        var policy = ReturnPolicy.standard()
        #expect(policy.neededLevel(levels) == .first && policy.neededLevel.number == 2)
        policy.isReturnlessAllowed = true
        policy.reasons = [ReturnReason(code: "other", title: "Other", isCovered: true)]
        #expect(policy.neededLevel(levels).number == 4 && policy.neededLevel == .first)
        var sla = Self.sla
        #expect(sla.neededLevel(levels).number == 3)
        for plan in sla.plans.indices {
            for kind in sla.plans[plan].targets.keys { sla.plans[plan].targets[kind]?.escalations = [] }
        }
        #expect(sla.neededLevel(levels).number == 2)
        #expect(Self.calendar.neededLevel(levels).number == 5)
        #expect(WorkingCalendar.standard.neededLevel(levels) == .first)
    }

    @Test func damagedRecordsAreRefused() throws {
        for record in [Self.calendar.record, Self.sla.record] {
            for length in stride(from: 0, to: record.readableBytes - 1, by: 7) {
                let cut = record.getSlice(at: record.readerIndex, length: length)!
                #expect(throws: RecordError.self) { try WorkingCalendar(record: cut) }
                #expect(throws: RecordError.self) { try SLAPolicy(record: cut, calendars: [:]) }
            }
        }
    }
}
