import ReturnsDomain
import ReturnsTestSupport
import Testing

@Suite struct ResolveTextTests {
    /// One unit of the two has come and is accepted; the other is awaited, and can only be released.
    @Test func whatIsAwaitedIsToldFromWhatIsLost() throws {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 2)]))
        try desk.follow("verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        for resolution in [UnitResolution.sendBack, .exchange, .dispose, .concede] {
            let refusal = try desk.refusal(Scenarios.resolution(resolution, 1), as: Cast.sue)
            #expect(refusal.code == "NOTHING_THERE" && refusal.field == "lines[0].resolution")
            #expect(
                refusal.text
                    == "no unit of line 1 is refused or lost; one that is awaited can only be released")
        }
        let refusal = try desk.refusal(Scenarios.resolution(.release, 2), as: Cast.sara)
        #expect(refusal.text == "line 1 has 1 lost or awaited unit left to decide over")
        try desk.run(Scenarios.resolution(.release, 1), as: Cast.sara)
        #expect(desk.value.lines[0].units.awaited == 0)
    }

    @Test func numbersAgreeWithTheirNouns() throws {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 2)]))
        try desk.follow("verify approve tell ship")
        let received = try desk.run(Scenarios.receipt(1), as: Cast.wang)
        #expect(received.entries.last?.text == "1 unit")
        let refusal = try desk.refusal(Scenarios.inspection(accepted: 2, refused: 0), as: Cast.wang)
        #expect(refusal.text == "line 1 has 1 unit left to inspect")
    }
}
