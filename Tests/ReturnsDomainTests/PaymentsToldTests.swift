import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// A change of an order's payments is told in the story of each of its cases, once.
@Suite struct PaymentsToldTests: PaymentsSuite {
    private static func twoCases() throws -> (first: Desk, second: Desk) {
        var first = Desk()
        try first.follow("submit verify")
        var second = Desk(order: first.order, now: first.now)
        try second.submit(
            Fixture.submission(id: Fixture.caseID(2), lines: [RequestedLine(lineID: "2", quantity: 1)]))
        first.order = second.order
        return (first, second)
    }

    @Test func eachCaseIsToldOnceByWhateverComesNext() throws {
        var (first, second) = try Self.twoCases()
        let change = try Self.changed(first.order, [Self.card(9_899)]).get()
        first.order = change.orderAfter
        #expect(first.order.untoldCases == [first.value.id, second.value.id])
        first.now = Fixture.monday.adding(2 * Milliseconds.day)
        let told = try first.run(.note(text: "called"), as: Cast.sara)
        let entry = try #require(told.entries.first)
        #expect(entry.kind == .paymentsChanged && entry.actor.name == "sue" && entry.at == change.entry.at)
        #expect(entry.text == change.entry.text && entry.personalText == "card closed")
        #expect(entry.stateBefore == .submitted && entry.stateAfter == .submitted)
        #expect(told.events.contains { $0.kind == .paymentsChanged })
        #expect(first.order.untoldCases == [second.value.id])
        #expect(try first.run(.note(text: "again"), as: Cast.sara).entries.count == 1)
        second.order = first.order
        second.now = first.now
        #expect(try second.sweep(at: second.now).entries.first?.kind == .paymentsChanged)
        #expect(second.order.untold.isEmpty)
        #expect(second.decide(.sweep, as: .system) == .success(try second.sweep(at: second.now)))
        #expect(try second.sweep(at: second.now).isEmpty)
    }

    /// A refused command tells nothing; the sweeper does, in a case that has come to its end too.
    @Test func anEndedCaseIsTold() throws {
        var desk = Desk()
        try desk.follow("submit cancel")
        desk.order = try Self.changed(desk.order, [Self.card(9_899)]).get().orderAfter
        #expect(try desk.refusal(.close, as: Cast.sara).code == "NOT_ALLOWED_IN_STATE")
        #expect(desk.order.untoldCases == [desk.value.id])
        let transition = try desk.sweep(at: desk.now.adding(2 * Milliseconds.day))
        #expect(transition.entries.map(\.kind) == [.paymentsChanged] && desk.value.state == .cancelled)
        #expect(desk.order.untold.isEmpty)
    }

    @Test func changesWaitForTheirTelling() throws {
        var desk = Desk()
        try desk.submit()
        for number in 1...CountLimits.orderUntoldMax {
            desk.order = try Self.changed(desk.order, [Self.card(9_899, "card-\(number + 1)")]).get()
                .orderAfter
        }
        guard case .failure(let refused) = Self.changed(desk.order, [Self.card(9_899)]) else {
            return #expect(Bool(false), "taken")
        }
        #expect(refused.code == "CHANGES_UNTOLD" && refused.kind == .notAllowedNow)
        let transition = try desk.sweep(at: Fixture.monday.adding(2 * Milliseconds.day))
        #expect(transition.entries.count { $0.kind == .paymentsChanged } == CountLimits.orderUntoldMax)
        #expect(desk.order.untold.isEmpty && desk.order.entriesCount == CountLimits.orderUntoldMax)
    }
}
