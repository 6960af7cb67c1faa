import ReturnsDomain

/// What accepted commands were seen to make of states, tracks and clocks: all that Protocol/STATES.md tells of them.
public struct Observations: Equatable, Sendable {
    /// A command that was accepted, from the state that it found to the one that it left.
    public struct Step: Hashable, Sendable {
        public var command: CommandKind
        /// Nil for a submission.
        public var from: CaseState?
        public var to: CaseState

        public init(command: CommandKind, from: CaseState?, to: CaseState) {
            self.command = command
            self.from = from
            self.to = to
        }
    }

    public private(set) var steps: Set<Step> = []
    /// The values that each track took.
    public private(set) var money: Set<Track> = []
    public private(set) var goodsOut: Set<Track> = []
    public private(set) var customerTold: Set<Track> = []
    /// The states in which a clock of the kind ran.
    public private(set) var clockStates: [ClockKind: Set<CaseState>] = [:]
    /// The states that held a clock of the kind.
    public private(set) var clockHolds: [ClockKind: Set<CaseState>] = [:]
    public private(set) var clockEnds: [ClockKind: Set<ClockEnd>] = [:]
    public private(set) var closingNeeds: Set<ClosingNeedKind> = []

    public init() {}

    public mutating func add(_ transition: CaseTransition, _ command: CommandKind) {
        let after = transition.caseAfter
        steps.insert(Step(command: command, from: transition.stateFound(by: command), to: after.state))
        money.insert(after.money)
        goodsOut.insert(after.goodsOut)
        customerTold.insert(after.customerTold)
        for clock in after.clocks {
            if let end = clock.end {
                clockEnds[clock.kind, default: []].insert(end)
            } else {
                clockStates[clock.kind, default: []].insert(after.state)
                if clock.isPaused, clock.pauses.last?.isByState == true {
                    clockHolds[clock.kind, default: []].insert(after.state)
                }
            }
        }
        for need in after.closingNeeds { closingNeeds.insert(need.kind) }
    }

    public mutating func merge(_ other: Observations) {
        steps.formUnion(other.steps)
        money.formUnion(other.money)
        goodsOut.formUnion(other.goodsOut)
        customerTold.formUnion(other.customerTold)
        clockStates.merge(other.clockStates) { $0.union($1) }
        clockHolds.merge(other.clockHolds) { $0.union($1) }
        clockEnds.merge(other.clockEnds) { $0.union($1) }
        closingNeeds.formUnion(other.closingNeeds)
    }
}

extension CaseTransition {
    /// The state that the command found, after the clocks that had fallen due; nil for a submission.
    func stateFound(by command: CommandKind) -> CaseState? {
        guard let caseBefore, command != .sweep else { return caseBefore?.state }
        // What the order's timeline had is told first, by whoever did it.
        let own = entries.last { $0.actor.name != "system" && $0.kind != .paymentsChanged }
        if let own { return own.stateBefore }
        // A command that changes nothing, such as an assignment once more, writes no entry behind the end that a clock made.
        return entries.contains { $0.kind == .expired } ? caseAfter.state : caseBefore.state
    }
}

extension Observations {
    /// What was seen that the document does not tell, and what it tells that was not seen.
    public func differences(from document: StatesDocument) -> [String] {
        stepDifferences + trackDifferences(document)
            + ClockKind.allCases.flatMap { clockDifferences($0, document) }
            + Self.difference(closingNeeds, Set(document.closingNeeds), "closing needs")
    }

    private var stepDifferences: [String] {
        var found: [String] = []
        if steps.contains(where: { $0.from == nil && ($0.command != .submit || $0.to != .submitted) }) {
            found.append("a case was opened otherwise than by submit, in submitted")
        }
        for command in CommandKind.allCases {
            for from in CaseState.allCases {
                let seen = Set(steps.filter { $0.command == command && $0.from == from }.map(\.to))
                guard case .taken(let told, let settles) = StateCommandMatrix.cells[command]?[from] else {
                    if !seen.isEmpty { found.append("\(command) was taken in \(from)") }
                    continue
                }
                // Where the state settles, every walk compares it with the table of settling.
                if !settles { found += Self.difference(seen, told, "\(command) in \(from)") }
                if settles, seen.isEmpty { found.append("\(command) was not taken in \(from)") }
                // An end follows from nothing that is owed: it is told, and seen.
                let ends = seen.filter(\.isTerminal)
                if settles, ends != told { found += Self.difference(ends, told, "\(command) in \(from)") }
            }
        }
        return found
    }

    private func trackDifferences(_ document: StatesDocument) -> [String] {
        [("money", money), ("goods_out", goodsOut), ("customer_told", customerTold)].flatMap { name, seen in
            Self.difference(seen, document.tracks[name] ?? [], "values of \(name)")
        }
    }

    private func clockDifferences(_ kind: ClockKind, _ document: StatesDocument) -> [String] {
        guard let clock = document.clocks[kind] else { return ["no row for the clock \(kind)"] }
        var found = Self.difference(clockEnds[kind] ?? [], clock.ends, "ends of \(kind)")
        found += Self.difference(clockHolds[kind] ?? [], Set(clock.heldIn), "states that hold \(kind)")
        let seen = clockStates[kind] ?? []
        for state in seen.subtracting(document.states(clock.runsIn)) {
            found.append("\(kind) ran in \(state)")
        }
        for name in clock.runsIn where document.states([name]).isDisjoint(with: seen) {
            found.append("\(kind) did not run in \(name)")
        }
        return found
    }

    private static func difference<Value>(_ seen: Set<Value>, _ told: Set<Value>, _ what: String) -> [String]
    {
        (seen == told)
            ? [] : ["\(what): seen \(seen.map { "\($0)" }.sorted()), told \(told.map { "\($0)" }.sorted())"]
    }
}
