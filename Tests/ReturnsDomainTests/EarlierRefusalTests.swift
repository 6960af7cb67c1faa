import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// What an order's cases refused, as the next review of the same goods sees it, and who may take that review (R8).
@Suite struct EarlierRefusalTests {
    private static let approve = Command.approve(returnAddress: "", instructions: "", overrideReason: "")
    private static let reject = Command.reject(code: "c", reason: "r", alternative: "a")

    /// Monday 2 March 2026, 10:02 in Shanghai: Sara refuses two units of line 1. Then the same goods are asked for again.
    private func desk(
        after path: String = "submit reject tell",
        lines: [RequestedLine] = [RequestedLine(lineID: "1", quantity: 1)]
    ) throws -> Desk {
        var first = Desk()
        try first.follow(path)
        var second = Desk(order: first.order, now: first.now)
        try second.submit(Fixture.submission(id: Fixture.caseID(2), lines: lines))
        try second.follow("verify")
        return second
    }

    private func refusals(_ desk: Desk) -> [Check] {
        desk.value.checks.filter { $0.kind == .earlierRefusals }
    }

    @Test func aFormForTheSameGoodsShowsIt() throws {
        let desk = try desk()
        #expect(refusals(desk).map(\.result) == [.noted])
        #expect(
            refusals(desk)[0].detail
                == "refused before: case \(Fixture.caseID(1)) on 2026-03-02 10:02 +08:00 by sara, line 1: 2 units, can be appealed until 2026-03-16 10:03 +08:00"
        )
        // Other goods are another matter, and a case is no earlier one of itself.
        #expect(refusals(try self.desk(lines: [RequestedLine(lineID: "2", quantity: 1)])).isEmpty)
        var own = Desk()
        try own.follow("submit reject appeal")
        #expect(refusals(own).isEmpty && own.order.refusals.isEmpty)
    }

    /// A case that was open by then holds other units of the line.
    @Test func aCaseThatWasOpenByThenIsAnotherMatter() throws {
        var first = Desk()
        try first.submit()
        var second = Desk(order: first.order, now: first.now)
        try second.submit(
            Fixture.submission(id: Fixture.caseID(2), lines: [RequestedLine(lineID: "1", quantity: 1)]))
        first.order = second.order
        first.now = second.now
        try first.follow("reject")
        second.order = first.order
        second.now = first.now
        try second.follow("verify")
        #expect(refusals(second).isEmpty && second.order.refusals.count == 1)
        try second.run(Self.reject, as: Cast.sara)
    }

    @Test func itBlocksNothingForAnotherReviewer() throws {
        var desk = try desk()
        #expect(try desk.refusal(Self.approve, as: Cast.sara).code == "OTHER_REVIEWER_REQUIRED")
        let refused = try desk.refusal(Self.reject, as: Cast.sara)
        #expect(refused.kind == .notPermitted && refused.text.contains("in another case of the order"))
        let agent = Actor(name: "erp", roles: [.service], onBehalfOf: "sara")
        #expect(try desk.refusal(Self.approve, as: agent).code == "OTHER_REVIEWER_REQUIRED")
        let transition = try desk.run(Self.approve, as: Cast.simon)
        #expect(desk.value.state == .approved && transition.dependsOnOrder)
    }

    @Test func itIsAllowedAndMarkedForOthers() throws {
        let desk = try desk()
        func marked(_ actor: Actor) -> [CommandKind] {
            desk.value.allowedSteps(
                order: desk.order, actor: actor, now: desk.now, policy: desk.policy, sla: .standard(),
                hasOpenLoss: false
            ).steps.filter(\.isForOthers).map(\.kind)
        }
        #expect(marked(Cast.sara) == [.approve, .reject] && marked(Cast.simon).isEmpty)
    }

    /// The customer has 14 days to appeal. After them anybody reviews; the refusal is shown all the same.
    @Test func afterTheAppealWindowAnybodyReviews() throws {
        var desk = try desk()
        desk.now = Fixture.monday.adding(14 * Milliseconds.day + 2 * Milliseconds.minute)
        #expect(try desk.refusal(Self.reject, as: Cast.sara).code == "OTHER_REVIEWER_REQUIRED")
        try desk.run(Self.reject, as: Cast.sara)
        #expect(desk.value.state == .rejected)
        #expect(desk.order.refusals.map(\.caseID) == [Fixture.caseID(1), Fixture.caseID(2)])
        #expect(refusals(desk).map(\.result) == [.noted])
    }

    /// What ends the customer's time in the first case ends it for the next one.
    @Test(arguments: [
        ("submit reject accept_alternative", 1), ("submit reject tell close", 1), ("submit reject appeal", 0),
        ("submit reject tell wait:14d sweep", 1),
    ]) func itEndsWithTheCustomersTime(_ path: String, _ kept: Int) throws {
        var first = Desk()
        try first.follow(path)
        #expect(first.order.refusals.count == kept)
        #expect(first.order.refusals.allSatisfy { $0.appealUntil.map { $0 <= first.now } ?? false })
        guard path != "submit reject appeal" else { return }
        var second = Desk(order: first.order, now: first.now)
        try second.submit(Fixture.submission(id: Fixture.caseID(2, at: first.now)))
        try second.follow("verify")
        try second.run(Self.approve, as: Cast.sara)
    }

    /// A paused clock has no end, a longer one another; time that ran out before the customer was told begins anew with the telling.
    @Test func itFollowsTheClock() throws {
        var desk = Desk()
        try desk.follow("submit reject tell")
        let due = try #require(desk.value.runningClock(.appeal)?.dueAt)
        #expect(desk.order.refusals.map(\.appealUntil) == [due])
        try desk.run(.pauseClock(.appeal, reason: "r"), as: Cast.sue)
        #expect(desk.order.refusals.map(\.appealUntil) == [nil])
        try desk.run(.resumeClock(.appeal, reason: "r"), as: Cast.sue)
        #expect(desk.order.refusals.map(\.appealUntil) == [due.adding(Milliseconds.minute)])
        var untold = Desk()
        try untold.follow("submit reject wait:15d sweep")
        #expect(untold.order.refusals.map(\.appealUntil) == [nil])
        try untold.follow("tell")
        #expect(untold.order.refusals.map(\.appealUntil) == [untold.value.runningClock(.appeal)?.dueAt])
    }

    @Test func anOrderForgetsTheOldestThatNobodyCanAppealFirst() {
        var order = Fixture.order()
        func refusal(_ number: UInt32, lines: Int, until: Instant?) -> OrderRefusal {
            OrderRefusal(
                caseID: Fixture.caseID(number), at: Fixture.monday,
                by: ActorRecord(name: "sara", role: .service), appealUntil: until,
                lines: (0..<lines).map { LineUnits(lineID: "\($0)", units: 1) })
        }
        let half = CountLimits.orderRefusedLinesMax / 2
        order.add(refusal(1, lines: 1, until: nil), at: Fixture.monday)
        order.add(refusal(2, lines: half, until: Fixture.monday), at: Fixture.monday)
        order.add(refusal(3, lines: half, until: nil), at: Fixture.monday)
        #expect(order.refusals.map(\.caseID) == [Fixture.caseID(1), Fixture.caseID(3)])
        order.add(refusal(4, lines: half, until: nil), at: Fixture.monday)
        #expect(order.refusals.map(\.caseID) == [Fixture.caseID(3), Fixture.caseID(4)])
    }

    @Test func severalAreCounted() throws {
        var order = Fixture.order()
        for number in 11...15 as ClosedRange<UInt32> {
            order.cases.append(OrderCase(id: Fixture.caseID(number), channelRef: ""))
            order.refusals.append(
                OrderRefusal(
                    caseID: Fixture.caseID(number), at: Fixture.monday.adding(Int64(number)),
                    by: ActorRecord(name: "sara", role: .service), appealUntil: Fixture.monday,
                    lines: [LineUnits(lineID: "1", units: 1)]))
        }
        var desk = Desk(order: order)
        try desk.submit()
        let detail = refusals(desk)[0].detail
        #expect(detail.hasPrefix("refused before: case \(Fixture.caseID(15)) on"))
        #expect(detail.hasSuffix("; and 2 before") && !detail.contains("can be appealed"))
        #expect(desk.value.checks.allSatisfy { !$0.blocksApproval })
    }
}
