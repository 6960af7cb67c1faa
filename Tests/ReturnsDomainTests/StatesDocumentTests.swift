import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// Protocol/STATES.md against the domain. What can only be seen of cases at work, such as where commands lead, is compared by
/// `RandomWalkTests` over all its walks.
@Suite struct StatesDocumentTests {
    private let document = StatesDocument.shared

    @Test func statesAndGroups() {
        #expect(document.states.map(\.state) == CaseState.allCases)
        #expect(Set(document.states.map(\.head)).count == CaseState.allCases.count)
        let groups: [String: Set<CaseState>] = [
            "after arrival": Set(CaseState.allCases.filter(\.isAfterArrival)),
            "resting": Set(CaseState.allCases.filter(\.isRestingPlace)),
            "end": Set(CaseState.allCases.filter(\.isTerminal)),
        ]
        #expect(document.groups == groups)
    }

    @Test func everyRoleHasALetter() {
        #expect(Set(document.letters.values) == Set(Role.allCases))
    }

    /// Beside where they lead (`StateCommandMatrixTests`, `RandomWalkTests`) and who takes them (`RoleTests`).
    @Test func commands() {
        #expect(Set(document.leadsToTheEnd.keys) == Set(CommandKind.allCases))
        for kind in CommandKind.allCases {
            #expect(document.leadsToTheEnd[kind] == kind.rule.leadsToTheEnd, "\(kind)")
        }
        for (kind, row) in StateCommandMatrix.rows {
            for (state, cell) in row.cells where kind != .submit {
                #expect(kind.isPossible(in: state) == (cell != .refused), "\(kind) in \(state)")
            }
        }
    }

    /// Each condition of the table of settling has its meaning in the tests.
    @Test func settling() {
        #expect(Set(document.settling.map(\.condition)) == Set(Settling.conditions.keys))
        #expect(document.settling.count == Settling.conditions.count)
        let states = Set(document.settling.map(\.state))
        #expect(states == document.states(["after arrival", "in_transit"]))
    }

    @Test func tracks() {
        #expect(Set(document.tracks.keys) == ["money", "goods_out", "customer_told"])
    }

    @Test func resolutions() throws {
        #expect(Set(document.resolutions.keys) == Set(UnitResolution.allCases))
        var refused = Desk()
        try refused.follow("submit verify approve ship receive inspect:1 tell")
        var lost = Desk()
        try lost.follow("submit verify approve ship report_exception tell")
        var awaited = Desk()
        try awaited.follow("submit verify approve ship")
        try awaited.run(Scenarios.receipt(1), as: Cast.wang)
        try awaited.run(Scenarios.inspection(accepted: 1, refused: 0), as: Cast.wang)
        try awaited.follow("tell")
        for (resolution, applies) in document.resolutions {
            for (desk, applies) in zip([refused, lost, awaited], applies) {
                let result = desk.decide(Scenarios.resolution(resolution, 1), as: Cast.sue)
                let isTaken = if case .success = result { true } else { false }
                #expect(isTaken == applies, "\(resolution) in \(desk.value.state)")
            }
        }
    }

    @Test(arguments: ClockKind.allCases)
    func clock(_ kind: ClockKind) throws {
        let clock = try #require(document.clocks[kind])
        let target = SLAPolicy.standard().plans[0].target(kind)
        #expect(kind.owner == clock.owner)
        #expect(Self.text(target.length, kind) == clock.target)
        #expect(
            (target.warnBeforeMilliseconds.isEmpty
                ? "–" : target.warnBeforeMilliseconds.map(Self.text).joined(separator: ", "))
                == clock.warnings)
        #expect(target.escalations.map(\.role) == clock.escalations)
        if !target.escalations.isEmpty {
            let day = if case .wall = target.length { Milliseconds.day } else { 9 * Milliseconds.hour }
            #expect(target.escalations.map(\.afterMilliseconds) == [4 * Milliseconds.hour, day, 3 * day])
        }
        #expect(kind.rule.steps == clock.work)
        #expect(kind.rule.heldIn.map { [$0] } ?? [] == clock.heldIn)
        let atBreach =
            switch kind.rule.atBreach {
            case .nothing: "–"
            case .end(let state): "ends in \(state)"
            case .expire(let state): "expires in \(state)"
            }
        #expect(atBreach == clock.atBreach)
    }

    @Test func closingNeedsAndDocuments() {
        #expect(document.closingNeeds == ClosingNeedKind.allCases)
        #expect(Set(document.documents.keys) == Set(DocumentType.allCases))
    }

    @Test func duties() throws {
        let names: [SeparateDuty: String] = [
            .review: "review", .decideOwed: "decide_owed", .changePayments: "change_payments",
            .refund: "refund",
        ]
        #expect(Set(document.duties.keys) == Set(names.values))
        for duty in SeparateDuty.allCases {
            let steps = CommandKind.allCases.filter { $0.rule.duty == duty }
            #expect(try document.duties[#require(names[duty])] == steps)
        }
    }

    private static func text(_ length: ClockTarget.Length, _ kind: ClockKind) -> String {
        switch length {
        case .wall(let milliseconds): kind == .pickup ? "as agreed" : text(milliseconds)
        case .working(let milliseconds): "\(text(milliseconds)) of business"
        case .workingDays(let days): "\(days) working day\(days == 1 ? "" : "s")"
        }
    }

    private static func text(_ milliseconds: Int64) -> String {
        let days = milliseconds / Milliseconds.day
        if days > 1 && milliseconds % Milliseconds.day == 0 { return "\(days) days" }
        if milliseconds == Milliseconds.day { return "1 day" }
        return "\(milliseconds / Milliseconds.hour) hours"
    }
}
