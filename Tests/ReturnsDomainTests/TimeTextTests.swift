import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Days and times as people read them, written by hand.
@Suite struct TimeTextTests {
    private static let days: [(Int32, String)] = [
        (0, "1970-01-01"), (-1, "1969-12-31"), (59, "1970-03-01"), (20_514, "2026-03-02"),
        (11_016, "2000-02-29"), (-719_528, "0000-01-01"),
        (2_932_896, "9999-12-31"), (2_932_897, "10000-01-01"),
    ]

    @Test(arguments: days.indices) func aDay(_ index: Int) {
        let (day, text) = Self.days[index]
        #expect(TimeZoneTable.dateText(ofDay: day) == text)
    }

    private static func zone(_ seconds: Int32) -> TimeZoneTable {
        TimeZoneTable(name: "X/Y", offsets: [.init(from: Instant(milliseconds: 0), seconds: seconds)])
    }

    /// East of UTC, of half hours and west of it; over midnight both ways; the last minute of a day; years of five digits.
    private static let times: [(Int32, Instant, String)] = [
        (28_800, Fixture.utc(2026, 3, 2, 10), "2026-03-02 18:00 +08:00"),
        (20_700, Fixture.utc(2026, 3, 2, 19, 5), "2026-03-03 00:50 +05:45"),
        (-12_600, Fixture.utc(2026, 3, 1, 1), "2026-02-28 21:30 -03:30"),
        (0, Fixture.utc(2026, 12, 31, 23, 59), "2026-12-31 23:59 +00:00"),
        (-1_800, Instant(milliseconds: 0), "1969-12-31 23:30 -00:30"),
        (3_600, Instant(milliseconds: 253_402_300_799_000), "10000-01-01 00:59 +01:00"),
    ]

    @Test(arguments: times.indices) func aTime(_ index: Int) {
        let (seconds, instant, text) = Self.times[index]
        #expect(Self.zone(seconds).localText(instant) == text)
    }

    /// A form of few lines and one of many are judged alike: the line that is late is named, the others are not.
    @Test(arguments: [3, 16, 17, 40]) func eachLineIsFoundHoweverManyThereAre(_ count: Int) throws {
        var order = Fixture.order()
        order.lines = (1...count).map { number in
            var line = OrderLine(lineID: "L\(number)", sku: "S\(number)", quantity: 1, unitPriceMinor: 100)
            // Delivered on 27 February, asked for on 2 March: only the second line's days are over.
            line.returnDays = number == 2 ? 1 : 30
            return line
        }
        order.payments = [
            Payment(reference: "card", method: .card, amountMinor: Int64(count) * 100 + 500)
        ]
        var desk = Desk(order: order, now: Fixture.utc(2026, 3, 2))
        // In another order than the order's.
        try desk.submit(
            Fixture.submission(
                lines: (1...count).reversed().map { RequestedLine(lineID: "L\($0)", quantity: 1) }))
        let window = try #require(desk.value.checks.first { $0.kind == .returnWindow })
        #expect(window.result == .failed)
        #expect(window.detail.hasPrefix("line L2: last day 2026-02-28, 1 day from the day after delivery"))
    }
}
