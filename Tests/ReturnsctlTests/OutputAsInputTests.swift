import Foundation
import MoneyFormat
import ReturnsAPI
import Testing

@testable import returnsctl

/// What is printed can be typed.
@Suite struct OutputAsInputTests {
    @Test(
        "an order as it is printed, or by its number",
        arguments: [
            ("store/P-1", nil, "store", "P-1"), ("P-1", nil, "online", "P-1"),
            ("P-1", "store", "store", "P-1"),
            ("store/P-1", "store", "store", "P-1"), ("a/1", "store", "store", "a/1"),
            // No channel begins like that, so it is a number.
            ("A/1", nil, "online", "A/1"), ("/1", nil, "online", "/1"), ("store/", nil, "online", "store/"),
            ("online/A/1", nil, "online", "A/1"),
        ] as [(String, String?, String, String)])
    func order(text: String, channel: String?, saleChannel: String, number: String) {
        let key = OrderName.key(text, channel: channel)
        #expect(key.saleChannel == saleChannel && key.orderNo == number)
        let printed = Returns_V1_Case.with { $0.order = key }.orderName
        #expect(OrderName.key(printed, channel: nil) == key)
    }

    @Test func ordersInVerbs() throws {
        let list = try #require(
            try Returnsctl.parseAsRoot(["case", "list", "--order", "store/P-1"]) as? CaseList)
        let request = try list.request(0)
        #expect(request.order.saleChannel == "store" && request.order.orderNo == "P-1")
    }

    @Test func clocks() throws {
        for ordinal in [UInt32(1), 2, 11] {
            let clock = Returns_V1_Clock.with {
                $0.kind = .customerShip
                $0.ordinal = ordinal
            }
            let name = try ClockName.parse(clock.name)
            #expect(name.kind == .customerShip && name.ordinal ?? 1 == ordinal)
            #expect(
                try ClockName.parse("customer_ship #\(ordinal)")
                    == ClockName(kind: .customerShip, ordinal: ordinal))
        }
        let pause = try #require(
            try Returnsctl.parseAsRoot(["sla", "pause", "C1", "refund", "2", "--reason", "x"]) as? SlaPause)
        #expect(pause.clock.name == ClockName(kind: .refund) && pause.clock.number == 2)
    }

    @Test(arguments: [(1_234, "GBP"), (5, "JPY"), (0, "GBP"), (1_234_567, "KWD")] as [(Int64, String)])
    func amounts(minor: Int64, currency: String) throws {
        #expect(try MoneyFormat.parse(MoneyFormat.text(minor, currency), currency) == minor)
        #expect(try MoneyFormat.parse(MoneyFormat.number(minor, currency), currency) == minor)
        #expect(throws: MoneyFormat.Fault.self) { try MoneyFormat.parse("1 EUR", currency) }
    }

    @Test func words() {
        for type in Returns_V1_EventType.ofCases {
            let printed = word(type).replacing("_", with: " ")
            #expect(value(ofWord: printed, as: Returns_V1_EventType.self) == type)
        }
    }

    @Test func timesAndDurations() {
        let times = StoryTests.shanghai
        #expect(times.parse(times.text(milliseconds: 1_795_413_360_000)) == 1_795_413_360_000)
        #expect(TimeFormat.utc.parse(times.text(milliseconds: 1_795_413_360_000)) == 1_795_413_360_000)
        #expect(DurationFormat.parse(DurationFormat.text(milliseconds: 7_800_000)) == 7_800_000)
    }

    @Test func businessHours() throws {
        let hours = try #require(BusinessHoursOption(argument: "9:00-12:00,13:00-18:30")).hours
        #expect(BusinessHoursOption(argument: BusinessHoursOption.text(hours))?.hours == hours)
        #expect(Weekday(argument: "Mon") == .mon)
    }

    @Test func documents() throws {
        let hash = String(repeating: "ab", count: 32)
        let document = try DocumentSource.document("WB-1@sha256:\(hash)", .waybill)
        let text = CaseDetail(value: .with { $0.documents = [document] }, nowMilliseconds: 0).text(.plain)
        #expect(text.contains("waybill WB-1@sha256:\(hash)"))
    }

    // MARK: Zones

    @Test(
        "one zone a screen: --zone, else TZ, else the machine's",
        arguments: [
            (["case", "list", "--zone", "Asia/Shanghai"], ["TZ": "Europe/London"], "Asia/Shanghai"),
            (["--zone=Asia/Shanghai", "case", "list"], [:], "Asia/Shanghai"),
            (["case", "list"], ["TZ": "Europe/London"], "Europe/London"),
            (["case", "list"], ["TZ": ":Europe/London"], "Europe/London"),
            (
                ["case", "note", "C1", "--", "--zone", "Asia/Shanghai"], ["TZ": "Europe/London"],
                "Europe/London"
            ),
            (["case", "list"], [:], TimeZone.current.identifier),
        ] as [([String], [String: String], String)])
    func zone(arguments: [String], environment: [String: String], identifier: String) {
        #expect(ScreenZone.zone(of: arguments, environment: environment).identifier == identifier)
    }

    @Test func aZoneThatIsNone() {
        #expect(throws: (any Error).self) {
            try Returnsctl.parseAsRoot(["case", "list", "--zone", "Nowhere/Town"])
        }
    }

    @Test func timesInTextsAreThoseOfTheScreen() {
        let london = FormatTests.london
        #expect(
            london.restated("moved from 2026-03-02 18:00 +08:00 to 2026-06-30 00:30 +08:00: late")
                == "moved from 2026-03-02 10:00 +00:00 to 2026-06-29 17:30 +01:00: late")
        for text in [
            "2026-13-02 18:00 +08:00", "2026-03-02",
            // Of a day that is counted in that zone.
            "last day 2026-11-29; asked 2026-11-29 23:59 -05:00 (America/New_York)",
            "asked 2026-11-29 23:59 +05:45 (UTC+05:45)", "order 12026-03-02 18:00 +08:001", "",
        ] {
            #expect(london.restated(text) == text)
        }
    }

    /// London's clocks went back at 2026-10-25 01:00 UTC.
    @Test func aDayOnWhichClocksChangeHasBothOffsets() {
        let reply = Returns_V1_GetTimelineReply.with {
            $0.entries = [Int64(1_792_884_600_000), 1_792_893_600_000].map { at in
                .with {
                    $0.kind = .noted
                    $0.atMs = at
                }
            }
        }
        let text = TimelineStory(reply: reply, times: FormatTests.london).text(.plain)
        #expect(text.contains("Sun 2026-10-25 (+01:00)\n  00:30:00"))
        #expect(text.contains("Sun 2026-10-25 (+00:00)\n            … 2h 30m later\n  02:00:00"))
    }
}
