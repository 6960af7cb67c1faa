import ReturnsDomain
import ReturnsTestSupport
import Testing

/// How many clocks a case can run, and how much one decision can record: what a commit has to have room for.
@Suite struct ClockLimitTests {
    private static let lineCount = 60

    /// An order of many lines, all of them in one case that has arrived.
    private func arrived(_ sla: SLAPolicy = .standard()) throws -> Desk {
        var order = Fixture.order()
        order.lines = (1...Self.lineCount).map {
            OrderLine(lineID: "L\($0)", sku: "S\($0)", quantity: 1, unitPriceMinor: 100)
        }
        order.shippingPaidMinor = 0
        order.payments = [
            Payment(reference: "card-1", method: .card, amountMinor: Int64(Self.lineCount) * 100)
        ]
        var desk = Desk(order: order, slaPolicies: [1: sla])
        try desk.submit(
            Fixture.submission(lines: order.lines.map { RequestedLine(lineID: $0.lineID, quantity: 1) }))
        try desk.follow("verify approve tell ship")
        return desk
    }

    private func inspection(_ line: Int) -> Command {
        Scenarios.inspection(accepted: 1, refused: 0, line: "L\(line)")
    }

    /// A warehouse system that receives and inspects line by line on one day starts one clock of each kind, not sixty.
    @Test func oneDaysWorkIsOneDeadline() throws {
        var desk = try arrived()
        for line in 1...Self.lineCount {
            try desk.run(Scenarios.receipt(1, line: "L\(line)"), as: Cast.wang, after: 1)
        }
        #expect(desk.value.clocks.filter { $0.kind == .inspect }.map(\.units) == [Int64(Self.lineCount)])
        for line in 1...Self.lineCount { try desk.run(inspection(line), as: Cast.wang, after: 1) }
        #expect(desk.value.clocks.count { $0.kind == .refund } == 1)
        #expect(desk.value.clocks.count { $0.kind == .inspect && $0.end == .met } == 1)
        let transition = try desk.sweep(at: desk.now.adding(60 * Milliseconds.day))
        #expect(transition.events.count <= Clock.firingsMax * 2)
    }

    /// A clock that is paused, or late, is no deadline for new work.
    @Test func aPausedClockTakesNoNewWork() throws {
        var desk = try arrived()
        try desk.run(Scenarios.receipt(1, line: "L1"), as: Cast.wang)
        try desk.run(.pauseClock(.inspect, reason: "strike"), as: Cast.sue)
        try desk.run(Scenarios.receipt(1, line: "L2"), as: Cast.wang)
        #expect(desk.value.runningClocks.filter { $0.kind == .inspect }.map(\.isPaused) == [true, false])
    }

    /// Under wall-clock targets every receipt and inspection has a due time of its own: the largest case there is.
    @Test func noDecisionRecordsMoreThanItsLimit() throws {
        var sla = SLAPolicy.standard()
        let hours = [1, 2, 3].map { $0 * Milliseconds.hour }
        for kind in [ClockKind.inspect, .refund] {
            sla.plans[0].targets[kind] = ClockTarget(
                .wall(20 * Milliseconds.day), warnBefore: hours.reversed(),
                escalations: hours.map { .init(afterMilliseconds: $0, role: .supervisor) })
        }
        var desk = try arrived(sla)
        for line in 1...Self.lineCount {
            try desk.run(Scenarios.receipt(1, line: "L\(line)"), as: Cast.wang, after: 1)
        }
        for line in 1..<Self.lineCount / 2 { try desk.run(inspection(line), as: Cast.wang, after: 1) }
        let running = desk.value.runningClocks
        #expect(running.count { $0.kind == .refund } == CountLimits.runningClocksPerKindMax)
        #expect(running.count <= CountLimits.caseRunningClocksMax)
        // No clock was given up: the units are those that are left.
        #expect(running.reduce(0) { $0 + $1.units } == Int64(Self.lineCount - Self.lineCount / 2 + 1))
        var inspected = desk
        inspected.now = desk.now.adding(200 * Milliseconds.day)
        let transition = try inspected.run(inspection(Self.lineCount), as: Cast.wang, after: 0)
        #expect(transition.entries.last?.kind == .inspected)
        #expect(transition.events.count > (Clock.firingsMax - 1) * 10)
        #expect(transition.events.count <= CountLimits.decisionEventsMax)
    }

    /// More clocks than the domain starts, as only a damaged store has them: several decisions fire them all.
    @Test func theFoldIsBounded() throws {
        var desk = Desk()
        try desk.submit()
        desk.current!.clocks += [Clock](repeating: desk.value.clocks[0], count: 139)
        let late = desk.now.adding(90 * Milliseconds.day)
        var fired: [Int] = []
        for _ in 0..<5 { fired.append(try desk.sweep(at: late).entries.count) }
        let most = CountLimits.foldedFiringsMax
        // A warning, the breach and three escalations each.
        #expect(fired == [most, most, 700 - 2 * most, 0, 0])
    }
}
