import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

/// The domain's limits and the commit's belong together: no decision makes more writes than one commit takes.
@Suite struct LargestCommitTests {
    /// As many clocks as can run and as many parcels as a case can have, every clock of them with all its firings due.
    private func largest() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        for parcel in 0..<CountLimits.caseShipmentsMax {
            try desk.run(
                .ship(carrier: "SF", trackingNumber: "T\(parcel)", waybill: nil), as: Cast.shop, after: 1)
        }
        let running = ClockKind.allCases.flatMap { kind in
            [ClockKind](
                repeating: kind,
                count: [.inspect, .notify, .refund].contains(kind) ? CountLimits.runningClocksPerKindMax : 1)
        }
        #expect(running.count == CountLimits.caseRunningClocksMax)
        desk.current!.clocks = running.enumerated().map { index, kind in
            var clock = Clock(
                kind: kind, ordinal: UInt32(index + 1), startedAt: desk.now,
                rawDueAt: desk.now.adding(Milliseconds.day),
                length: .wall(Milliseconds.day),
                warnBeforeMilliseconds: [3 * Milliseconds.hour, 2 * Milliseconds.hour, Milliseconds.hour],
                escalateAfterMilliseconds: [1, 2, 3], slaVersion: 1)
            clock.pauses = [
                Clock.Pause(
                    from: desk.now, endsAt: desk.now.adding(Milliseconds.hour), reason: "strike",
                    by: desk.value.enteredBy)
            ]
            return clock
        }
        desk.now = desk.now.adding(30 * Milliseconds.day)
        return desk
    }

    @Test func theLargestDecisionFitsOneCommit() throws {
        #expect(CommitBuilder.transitionWritesMax <= CommitBuilder.writesMax)
        let desk = try largest()
        for (command, actor) in [
            (Command.sweep, Actor.system), (Scenarios.all, Cast.wang),
            (.tell(Telling(channel: "sms", reference: "")), Cast.sara),
        ] {
            guard case .success(let transition) = desk.decide(command, as: actor) else { continue }
            #expect(transition.events.count >= CountLimits.caseRunningClocksMax * Clock.firingsMax)
            #expect(transition.events.count <= CountLimits.decisionEventsMax)
            var builder = CommitBuilder()
            builder.add(
                transition, TransitionRecord(transition, level: .highest),
                partition: transition.caseAfter.id.partition,
                run: StoreRun(number: .max, tag: .max))
            #expect(builder.writesCount <= CommitBuilder.transitionWritesMax)
        }
    }

    private enum Scenarios {
        static let all = Command.receive(Receipt(lines: [LineUnits(lineID: "1", units: 2)]))
    }
}
