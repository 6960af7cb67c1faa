import NIOCore
import Testing

@testable import RCPServer

@Suite struct LogGateTests {
    @Test func theSameMessagePassesOncePerPeriod() {
        let gate = LogGate(period: .seconds(10))
        let start = NIODeadline.now()
        #expect(gate.lets("a", now: start) && !gate.lets("a", now: start + .seconds(9)))
        #expect(gate.lets("b", now: start + .seconds(9)) && gate.lets("a", now: start + .seconds(10)))
    }

    /// Whoever varies its address must not fill the log.
    @Test func differentMessagesTogetherAreBounded() {
        let gate = LogGate(period: .seconds(10), messagesPerPeriodMax: 20)
        let start = NIODeadline.now()
        #expect((0..<1_000).count { gate.lets("\($0)", now: start) } == 20)
        #expect(gate.lets("later", now: start + .seconds(10)))
    }
}
