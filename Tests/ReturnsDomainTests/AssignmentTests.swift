import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Who does which part of a case, and how that counts (R21, R26).
@Suite struct AssignmentTests {
    private static let hour = Milliseconds.hour

    private func submitted() throws -> Desk {
        var desk = Desk()
        try desk.submit()
        return desk
    }

    @Test func eachDepartmentHasOneAssignment() throws {
        var desk = try submitted()
        try desk.run(.assign(.warehouse, person: "wang", team: "dock"), as: Cast.sue)
        let transition = try desk.run(.assign(.service, person: "sara", team: ""), as: Cast.sara)
        #expect(desk.value.assignments.map(\.role) == [.service, .warehouse])
        #expect(transition.entries.map(\.text) == ["service to sara"])
        #expect(transition.events[0].detail == .assignment(role: .service, person: "sara", team: ""))
        // Again it is nothing new; then somebody else's, then nobody's.
        #expect(try desk.run(.assign(.service, person: "sara", team: ""), as: Cast.sara).isEmpty)
        try desk.run(.assign(.service, person: "", team: "night"), as: Cast.sara)
        #expect(desk.value.assignment(.service)?.team == "night")
        try desk.run(.assign(.service, person: "", team: ""), as: Cast.sara)
        #expect(desk.value.assignment(.service) == nil && desk.value.assignment(.warehouse) != nil)
    }

    @Test func departmentsAssignTheirOwnWork() throws {
        let desk = try submitted()
        let refusal = try desk.refusal(.assign(.warehouse, person: "wang", team: ""), as: Cast.sara)
        #expect(refusal.kind == .notPermitted && refusal.code == "OTHER_DEPARTMENT")
        for (role, person, code) in [
            (Role.channel, "x", "ROLE_NOT_ASSIGNED"), (.supervisor, "x", "ROLE_NOT_ASSIGNED"),
            (.service, "a|b", "NAME_MALFORMED"), (.service, "two words", "IDENTIFIER_MALFORMED"),
        ] {
            let refusal = try desk.refusal(.assign(role, person: person, team: ""), as: Cast.sue)
            #expect(refusal.code == code && refusal.kind == .invalid)
        }
    }

    /// Warnings and breaches go to whom the work was assigned to.
    @Test func firingsTellWhoseWorkItIs() throws {
        var desk = try submitted()
        try desk.run(.assign(.service, person: "", team: "night"), as: Cast.sue)
        let due = desk.value.clocks[0].dueAt
        #expect(try desk.sweep(at: due.adding(-Self.hour)).events.map(\.clock?.alert?.target) == ["night"])
        try desk.run(.assign(.service, person: "sara", team: "night"), as: Cast.sue)
        #expect(try desk.sweep(at: due).events.map(\.clock?.alert?.target) == ["sara"])
    }

    // MARK: Figures

    private var rejection: Command { .reject(code: "c", reason: "r", alternative: "a") }

    @Test func whoDoesTheWorkInTimeHasMetIt() throws {
        var desk = try submitted()
        let start = desk.now
        try desk.run(.assign(.service, person: "simon", team: "night"), as: Cast.sue)
        desk.now = start.adding(2 * Self.hour)
        try desk.run(.pauseClock(.review, reason: "strike"), as: Cast.sue, after: 0)
        desk.now = start.adding(5 * Self.hour)
        try desk.run(.resumeClock(.review, reason: "over"), as: Cast.sue, after: 0)
        desk.now = start.adding(6 * Self.hour)
        var sara = Cast.sara
        sara.team = "day"
        let found = try desk.run(rejection, as: sara, after: 0).attainments
        #expect(
            found == [
                Attainment(
                    kind: .review, isMet: true,
                    day: SLAPolicy.standard().plans[0].calendar.localDay(of: desk.now),
                    person: "sara", team: "day", takenMilliseconds: 3 * Self.hour,
                    pausedMilliseconds: 3 * Self.hour)
            ])
    }

    @Test func whatIsLateCountsWithWhoseItWas() throws {
        var desk = try submitted()
        try desk.run(.assign(.service, person: "simon", team: "night"), as: Cast.sue)
        var unassigned = try submitted()
        for late in [true, false] {
            if late {
                desk.now = desk.value.clocks[0].dueAt
                let found = try desk.run(rejection, as: Cast.sara, after: 0).attainments
                #expect(found.map(\.person) == ["simon"] && found.map(\.isMet) == [false])
            } else {
                unassigned.now = unassigned.value.clocks[0].dueAt
                let found = try unassigned.run(rejection, as: Cast.sara, after: 0).attainments
                #expect(found.map(\.person) == ["sara"] && found.map(\.isMet) == [false])
            }
        }
    }

    /// What fell away was nobody's work, and the customer's own deadlines measure nobody's.
    @Test func voidedAndCustomersClocksCountForNobody() throws {
        var desk = try submitted()
        #expect(try desk.run(.cancel(reason: "keeps it"), as: Cast.shop).attainments.isEmpty)
        var expiring = Desk()
        try expiring.follow("submit verify approve tell")
        let due = try #require(expiring.value.runningClock(.customerShip)?.dueAt)
        #expect(try expiring.sweep(at: due).attainments.isEmpty)
        var appealing = try submitted()
        try appealing.run(rejection, as: Cast.sara)
        // The shop's appeal ends APPEAL in time, and NOTIFY falls away.
        #expect(try appealing.run(.appeal(reason: "no"), as: Cast.shop).attainments.isEmpty)
    }

    /// Who merely happens to end a clock has neither done nor missed its work.
    @Test func aShopThatCancelsLateHasMissedNoReview() throws {
        var desk = try submitted()
        desk.now = desk.value.clocks[0].dueAt
        var assigned = desk
        let found = try desk.run(.cancel(reason: "late"), as: Cast.shop, after: 0).attainments
        #expect(found.map(\.kind) == [.review] && found.map(\.person) == [""] && !found[0].isMet)
        try assigned.run(.assign(.service, person: "simon", team: "night"), as: Cast.sue, after: 0)
        let blamed = try assigned.run(.cancel(reason: "late"), as: Cast.shop, after: 0).attainments
        #expect(blamed.map(\.person) == ["simon"] && blamed.map(\.team) == ["night"])
    }
}
