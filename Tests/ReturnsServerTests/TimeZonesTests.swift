import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsServer

@Suite struct TimeZonesTests {
    private func texts(_ name: String, _ instants: [Instant]) -> [String] {
        let table = TimeZones.table(name)
        return instants.map(table.localText)
    }

    /// London's changes of 2026, and one of 1996, each a second before and at it.
    @Test func changesFallOnTheirSecond() {
        let spring = Fixture.utc(2026, 3, 29, 1)
        let autumn = Fixture.utc(2026, 10, 25, 1)
        #expect(
            texts("Europe/London", [spring.adding(-1), spring, autumn.adding(-1), autumn]) == [
                "2026-03-29 00:59 +00:00", "2026-03-29 02:00 +01:00", "2026-10-25 01:59 +01:00",
                "2026-10-25 01:00 +00:00",
            ])
        #expect(texts("Europe/London", [Fixture.utc(1996, 3, 31, 1)]) == ["1996-03-31 02:00 +01:00"])
        #expect(texts("America/St_Johns", [Fixture.utc(2026, 7, 1)]) == ["2026-06-30 21:30 -02:30"])
        #expect(texts("Asia/Shanghai", [Fixture.utc(2026, 7, 1)]) == ["2026-07-01 08:00 +08:00"])
        #expect(TimeZones.table("UTC").offsets.map(\.seconds) == [0])
    }

    @Test(arguments: ["Asia/Peking", "CST", "GMT+8", "Mars", "../etc/passwd", "", "Europe/"])
    func whatIsNoNameHasNoOffsets(_ name: String) {
        #expect(TimeZones.table(name) == TimeZoneTable(name: name))
    }

    @Test func eachNameIsFoundOnce() {
        #expect(TimeZones.table("Europe/Paris") == TimeZones.table("Europe/Paris"))
        #expect(TimeZones.table("Europe/Paris").offsets.count < CountLimits.calendarOffsetsMax)
    }
}
