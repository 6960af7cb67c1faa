import ReturnsDomain
import ReturnsTestSupport
import Testing

/// A timeline that is full takes no entry more, and drops none: the case can still be brought to its end.
@Suite struct TimelineLimitTests {
    private static let limit = CountLimits.caseTimelineEntriesMax

    @Test func entriesAreCounted() throws {
        var desk = Desk()
        try desk.follow(
            "submit verify approve tell ship receive inspect refund record_refund tell follow_up close")
        #expect(desk.value.timelineEntries == desk.transitions.reduce(0) { $0 + $1.entries.count })
    }

    @Test func aFullTimelineTakesOnlyWhatLeadsToTheEnd() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        desk.current!.timelineEntries = Self.limit
        #expect(try desk.refusal(.note(text: "called"), as: Cast.sara).code == "CASE_FULL")
        try desk.follow("inspect refund record_refund tell follow_up close")
        #expect(desk.value.state == .closed && desk.value.timelineEntries > Self.limit)
    }

    @Test func nothingButSweepsGoesOnWithoutEnd() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        desk.current!.timelineEntries = 2 * Self.limit
        #expect(
            try desk.refusal(
                WellFormed.moves(.inspect, desk.value, now: desk.now)[0].command, as: Cast.wang
            ).code == "CASE_FULL")
        try desk.sweep(at: desk.now.adding(30 * Milliseconds.day))
        #expect(desk.value.timelineEntries > 2 * Self.limit)
    }
}
