import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Every open case has a running clock with an owner, and a way to `closed`, or to the end that it had come to: proven over all that
/// commands with good contents, and clocks left to run out, can make of a case of two units.
@Suite struct ReachabilityTests {
    /// What tells two cases apart for this proof; times and texts do not.
    private struct Shape: Hashable {
        let state: CaseState
        let tracks: [Track]
        let units: [Int64]
        let balanceIsOpen: Bool
        let refunds: [RefundStatus]
        let clocks: Set<ClockKind>
        let isWithdrawn: Bool
        let isVerified: Bool
        let isFollowedUp: Bool
        let missing: [DocumentType]
        let appeals: Int
        let shipments: Bool
        /// Of one that has ended but for goods that wait to go back: its end.
        let end: CaseState?

        init(_ value: Case) {
            state = value.state
            tracks = [value.money, value.goodsOut, value.customerTold]
            units = value.lines.flatMap { line -> [Int64] in
                let units = line.units
                return [
                    units.awaited, units.uninspected, units.accepted, units.undecided, units.sentBack,
                    units.lostUndecided, units.released,
                ]
            }
            balanceIsOpen = value.balanceMinor > 0
            refunds = value.refunds.suffix(2).map(\.status)
            clocks = Set(value.runningClocks.map(\.kind))
            isWithdrawn = value.isWithdrawn
            isVerified = value.verification != nil
            isFollowedUp = !value.followUps.isEmpty
            missing = value.missingDocuments
            appeals = value.appeals
            shipments = !value.shipments.isEmpty
            end = value.stateBefore
        }
    }

    /// The story goes on for ever with these, and to no other state.
    private static let leftOut: Set<CommandKind> = [
        .submit, .verify, .track, .note, .pauseClock, .resumeClock, .extendClock, .sweep, .recompute,
        .assign, .reopen, .deduct, .takeBackDeduction, .recordReturnedRefund,
    ]

    private func successors(of desk: Desk) throws -> [(String, Desk)] {
        var next: [(String, Desk)] = []
        for kind in CommandKind.allCases where !Self.leftOut.contains(kind) {
            for (choice, move) in WellFormed.moves(kind, desk.value, now: desk.now).enumerated() {
                // A third refund is not started, but one that runs is brought to its end.
                let startsRefund = kind == .refund && desk.value.liveRefund == nil
                guard desk.value.outbound.count < 3, !startsRefund || desk.value.refunds.count < 2,
                    desk.value.pickups.count < 2, desk.value.clocks.count < 24,
                    kind != .ship || desk.value.shipments.count < 2,
                    // Money that is owed anew behind two refunds would need the third.
                    kind != .correctInspection || desk.value.refunds.isEmpty
                else { continue }
                var after = desk
                after.now = desk.now.adding(Milliseconds.minute)
                guard case .success(let transition) = after.decide(move.command, as: move.actor) else {
                    continue
                }
                after.current = transition.caseAfter
                after.order = transition.orderAfter
                next.append(("\(kind):\(choice)", after))
            }
        }
        if let firing = desk.value.nextFiringAt {
            var after = desk
            try after.sweep(at: max(firing, desk.now))
            next.append(("clock", after))
        }
        return next
    }

    @Test func everyOpenCaseHasAClockAnOwnerAndAWayToClosed() throws {
        var start = Desk()
        try start.follow("submit verify")
        var desks = [start]
        var known = [Shape(start.value): 0]
        var edges: [[(label: String, to: Int)]] = []
        var position = 0
        while position < desks.count {
            let desk = desks[position]
            if !desk.value.state.isTerminal {
                #expect(!desk.value.runningClocks.isEmpty, "\(desk.value.state) has no clock")
            } else {
                #expect(desk.value.runningClocks.isEmpty)
            }
            var out: [(label: String, to: Int)] = []
            for (label, after) in try successors(of: desk) where known.count < 6_000 {
                let shape = Shape(after.value)
                if let index = known[shape] {
                    out.append((label, index))
                } else {
                    known[shape] = desks.count
                    out.append((label, desks.count))
                    desks.append(after)
                }
            }
            edges.append(out)
            position += 1
        }
        #expect(known.count < 6_000, "the exploration was cut short")

        var stepsToClosed = desks.map { $0.value.state == .closed ? 0 : Int.max }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in desks.indices {
                for edge in edges[index]
                where stepsToClosed[edge.to] != .max && stepsToClosed[edge.to] + 1 < stepsToClosed[index] {
                    stepsToClosed[index] = stepsToClosed[edge.to] + 1
                    hasChanged = true
                }
            }
        }
        for state in CaseState.allCases where !state.isTerminal {
            let indices = desks.indices.filter { desks[$0].value.state == state }
            #expect(!indices.isEmpty, "the exploration never came to \(state)")
            let stuck = indices.filter { index in
                let value = desks[index].value
                guard let end = value.stateBefore, end.isTerminal else { return stepsToClosed[index] == .max }
                return !edges[index].contains { desks[$0.to].value.state == end }
            }
            #expect(stuck.isEmpty, "\(stuck.count) of \(indices.count) cases in \(state) cannot close")
            let closing = indices.filter { stepsToClosed[$0] != .max }
            guard var at = closing.max(by: { stepsToClosed[$0] < stepsToClosed[$1] }), stuck.isEmpty else {
                continue
            }
            var path: [String] = []
            while stepsToClosed[at] > 0 {
                let edge = edges[at].first { stepsToClosed[$0.to] == stepsToClosed[at] - 1 }!
                path.append(edge.label)
                at = edge.to
            }
            print("longest way from \(state) to closed: \(path.joined(separator: " "))")
        }
        print("\(desks.count) shapes explored")
    }

    @Test func allScenariosHaveAClockExactlyWhileTheyAreOpen() throws {
        for (state, desks) in try Scenarios.desks.get() {
            for desk in desks { #expect(desk.value.runningClocks.isEmpty == state.isTerminal) }
        }
    }
}
