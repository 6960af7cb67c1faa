import ReturnsDomain
import ReturnsTestSupport
import Testing

@Suite struct StateCommandMatrixTests {
    private let scenarios: [CaseState: [Desk]]

    init() throws {
        scenarios = try Scenarios.desks.get()
    }

    @Test func theGridNamesEveryStateAndCommand() {
        #expect(Set(StateCommandMatrix.cells.keys) == Set(CommandKind.allCases))
        for (kind, cells) in StateCommandMatrix.cells {
            #expect(Set(cells.keys) == Set(CaseState.allCases), "the row of \(kind) lacks states")
        }
        #expect(Set(scenarios.keys) == Set(CaseState.allCases))
    }

    @Test(arguments: CaseState.allCases, CommandKind.allCases)
    func cell(_ state: CaseState, _ kind: CommandKind) throws {
        let cell = StateCommandMatrix.cells[kind]?[state]
        guard kind != .submit else {
            // A submission opens a new case, so no case takes it in any state.
            #expect(cell == .refused && !kind.isPossible(in: state))
            return
        }
        let results = try outcomes(kind, in: state)
        let refusals = results.compactMap { result -> CaseRejection? in
            if case .failure(let rejection) = result { rejection } else { nil }
        }
        #expect(!results.isEmpty)
        switch cell {
        case .taken:
            #expect(
                refusals.count < results.count,
                "no scenario of \(state) takes \(kind): \(refusals.map(\.code))")
            #expect(!refusals.contains { $0.code == "NOT_ALLOWED_IN_STATE" })
        case .neverByLedgers:
            #expect(refusals.count == results.count)
            #expect(!refusals.contains { $0.code == "NOT_ALLOWED_IN_STATE" })
        case .refused, nil:
            #expect(refusals.count == results.count, "\(state) takes \(kind)")
            for refusal in refusals {
                #expect(refusal.code == "NOT_ALLOWED_IN_STATE" && refusal.kind == .notAllowedNow)
                #expect(Set(refusal.allowed).isSubset(of: StateCommandMatrix.taken(in: state)))
                #expect(refusal.text.contains("\(state)") && refusal.text.contains("\(kind)"))
            }
        }
    }

    /// What `allowed` lists can be done, and what can be done is listed.
    @Test(arguments: CaseState.allCases)
    func allowedListsExactlyWhatSucceeds(_ state: CaseState) throws {
        for desk in try #require(scenarios[state]) {
            let listed = Set(desk.value.allowedCommands(policy: desk.policy, order: desk.order))
            for kind in CommandKind.allCases where ![.submit, .sweep, .recompute].contains(kind) {
                let succeeds = WellFormed.moves(kind, desk.value, now: desk.now).contains { move in
                    if case .success = desk.decide(move.command, as: move.actor) { true } else { false }
                }
                #expect(
                    listed.contains(kind) == succeeds, "\(kind) in \(state): listed \(listed.contains(kind))")
            }
        }
    }

    @Test func withoutACaseOnlySubmissionIsTaken() throws {
        var desk = Desk()
        try desk.submit()
        for kind in CommandKind.allCases where kind != .submit {
            for move in WellFormed.moves(kind, desk.value, now: desk.now) {
                let refusal = try Desk().refusal(move.command, as: move.actor)
                #expect(refusal.code == "CASE_UNKNOWN" && refusal.kind == .notFound)
            }
        }
    }

    private func outcomes(_ kind: CommandKind, in state: CaseState) throws -> [Result<
        CaseTransition, CaseRejection
    >] {
        var results: [Result<CaseTransition, CaseRejection>] = []
        for var desk in try #require(scenarios[state]) {
            if kind == .resumeClock, !state.isTerminal {
                for move in WellFormed.moves(.pauseClock, desk.value, now: desk.now) {
                    if case .success = desk.decide(move.command, as: move.actor) {
                        try desk.run(move.command, as: move.actor)
                    }
                }
            }
            for move in WellFormed.moves(kind, desk.value, now: desk.now) {
                results.append(desk.decide(move.command, as: move.actor))
            }
        }
        return results
    }
}
