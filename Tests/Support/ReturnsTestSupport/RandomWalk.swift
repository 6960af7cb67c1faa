import ReturnsDomain

/// One random walk in the pure domain: a few cases on one order, random commands, time passing, and after every
/// accepted command a comparison with the second ledger.
public struct RandomWalk: Sendable {
    public struct Outcome: Sendable {
        public var accepted = 0
        public var refused = 0
        public var closed = 0
        /// Cases that were still open after the walk, and were then brought to their end (`WayOut`).
        public var ended = 0
        /// Refunds that were recorded as paid, and whose start was lost.
        public var lostRefunds = 0
        /// Empty when domain and ledger agree.
        public var differences: [String] = []
    }

    public static let casesMax = 3
    public static let attempts = 48

    /// - Parameter visit: Sees the case and its order after each command that was accepted.
    public static func run(
        _ generator: inout WalkGenerator, policy: ReturnPolicy, visit: (Case, Order) -> Void = { _, _ in }
    ) -> Outcome {
        var outcome = Outcome()
        var order = generator.order(number: "SO-1")
        var ledger = WalkLedger(order: order)
        var cases: [Case] = []
        var now = Fixture.monday
        /// Texts of the order's timeline that each case's story lacks.
        var untold: [CaseID: [String]] = [:]
        for attempt in 0..<attempts {
            now = now.adding(generator.pause())
            if !cases.isEmpty, generator.random.chance(4) {
                let change = generator.paymentsChange(order)
                let changer = generator.paymentsChanger(cases)
                if case .success(let transition) = Order.changePayments(
                    change, of: order, owedDeciders: OrderOwedDeciders(cases), actor: changer, now: now)
                {
                    order = transition.orderAfter
                    ledger.book(change, by: changer)
                    for value in cases { untold[value.id, default: []].append(transition.entry.text) }
                }
            }
            let allEnded = cases.allSatisfy(\.state.isTerminal)
            let opensCase =
                cases.isEmpty || (cases.count < casesMax && generator.random.chance(allEnded ? 50 : 4))
            let index = pick(cases, &generator)
            let move =
                opensCase
                ? generator.submission(id: Fixture.caseID(UInt32(attempt), at: now), order: order)
                : generator.move(cases[index!], order: order, now: now, policy: policy)
            let current = opensCase ? nil : cases[index!]
            let result = Case.decide(
                current, order: order, command: move.command, actor: move.actor, now: now, policy: policy,
                sla: Fixture.sla(of: current))
            guard case .success(let transition) = result.sound else {
                outcome.refused += 1
                continue
            }
            outcome.accepted += 1
            generator.accepted(transition, move.command.kind)
            let after = transition.caseAfter
            order = transition.orderAfter
            if opensCase { cases.append(after) } else { cases[index!] = after }
            visit(after, order)
            if after.state == .closed && current?.state != .closed { outcome.closed += 1 }
            ledger.book(dutyOf: move, on: after.id)
            ledger.book(move.command, transition)
            outcome.differences = ledger.differences(after, order) + breaches(transition, policy: policy)
            outcome.differences += MoneyProof(order, cases: cases).findings.map {
                "the money does not add up: \($0)"
            }
            outcome.differences += transition.events.filter { !$0.tellsWhatItsKindTells }.map {
                "an event of kind \($0.kind) tells \($0.detail as Any)"
            }
            if case .recordRefund(let report) = move.command {
                if report.lost != nil { outcome.lostRefunds += 1 }
                if transition.events.contains(where: { $0.kind == .refundStarted }) {
                    outcome.differences.append("a result asks for a payment")
                }
            }
            let told = transition.entries.filter { $0.kind == .paymentsChanged }.map(\.text)
            if told != untold.removeValue(forKey: after.id) ?? [] {
                outcome.differences.append("the story tells \(told) of the order")
            }
            if order.untoldCases != Set(untold.keys) {
                outcome.differences.append("the order has others to tell than lack it")
            }
            if !outcome.differences.isEmpty {
                outcome.differences.insert(
                    "\(move.command.kind) in \(current.map { "\($0.state)" } ?? "–")", at: 0)
                return outcome
            }
        }
        for open in cases where !open.state.isTerminal {
            do throws(WayOut.Stuck) {
                order = try WayOut.end(open, of: order, now: now, policy: policy)
                outcome.ended += 1
            } catch {
                outcome.differences.append("no way out of \(open.state): \(error)")
            }
        }
        return outcome
    }

    /// Mostly the last case that is still open, so that cases come far; ended ones now and then.
    private static func pick(_ cases: [Case], _ generator: inout WalkGenerator) -> Int? {
        guard !cases.isEmpty else { return nil }
        let open = cases.indices.filter { !cases[$0].state.isTerminal }
        let mayPayLate = cases.indices.filter { index in
            cases[index].state == .closed && cases[index].refunds.contains { $0.status == .abandoned }
        }
        if let late = mayPayLate.first, generator.random.chance(15) { return late }
        let mayComeBack = cases.indices.filter { index in
            cases[index].state == .closed && cases[index].refunds.contains { $0.status == .succeeded }
        }
        if let late = mayComeBack.first, generator.random.chance(8) { return late }
        guard let last = open.last, !generator.random.chance(6) else {
            return generator.random.pick(Array(cases.indices))
        }
        return generator.random.chance(70) ? last : generator.random.pick(open)
    }

    /// What holds for every transition, whatever the command.
    private static func breaches(_ transition: CaseTransition, policy: ReturnPolicy) -> [String] {
        var found: [String] = []
        let after = transition.caseAfter
        let versions = after.version - (transition.caseBefore?.version ?? 0)
        let isSilent = transition.entries.isEmpty && transition.caseBefore == after
        if versions != (isSilent ? 0 : 1) { found.append("the version grew by \(versions)") }
        if transition.changesOrder != (transition.orderBefore != transition.orderAfter) {
            found.append("the order changed without a new version")
        }
        if after.state.isTerminal != after.runningClocks.isEmpty {
            found.append("\(after.state) and its clocks")
        }
        if after.state == .closed
            && (after.money.isOpen || after.goodsOut.isOpen || after.customerTold.isOpen)
        {
            found.append("closed with an open track")
        }
        if (after.state == .refunding) != (after.money == .inProgress)
            || (after.state == .refundFailed) != (after.money == .failed)
        {
            found.append("\(after.state) with money \(after.money)")
        }
        let follows = StatesDocument.shared.states(["after arrival", "in_transit"]).contains(after.state)
        if follows, let settled = Settling.state(of: after), settled != after.state {
            found.append("\(after.state), though \(settled) follows from what is owed")
        }
        if let before = transition.caseBefore {
            for (index, clock) in before.clocks.enumerated() {
                let kept = after.clocks[index]
                if clock.breachedAt != nil && kept.breachedAt != clock.breachedAt {
                    found.append("a breach was erased")
                }
                if clock.end != nil && kept != clock { found.append("an ended clock changed") }
            }
        }
        // A rule of each step and not of what is read: cases of builds that took up roundings for no unit stay as they are.
        for line in after.lines where line.shareMinor > 0 {
            let units = line.units
            let sharing =
                units.accepted - units.acceptedExchanged + units.conceded + units.lostConceded + units.kept
            if sharing == 0 { found.append("line \(line.lineID) owes \(line.shareMinor) for no unit") }
        }
        let inspecting = after.runningClocks.filter { $0.kind == .inspect }.reduce(0) { $0 + $1.units }
        let uninspected = after.lines.reduce(0) { $0 + $1.units.uninspected }
        if inspecting != uninspected { found.append("clocks wait for \(inspecting) of \(uninspected) units") }
        let awaited = after.lines.reduce(0) { $0 + $1.units.awaited }
        let arrives = after.runningClocks.contains { $0.kind == .transit || $0.kind == .customerShip }
        if awaited > 0 && !after.shipments.isEmpty && !after.state.isTerminal && !arrives {
            found.append("\(awaited) units are awaited after a shipment and no clock watches them")
        }
        if after.state == .closed && awaited > 0 { found.append("closed while units are awaited") }
        if after.runningClocks.count > CountLimits.caseRunningClocksMax
            || transition.events.count > CountLimits.decisionEventsMax
        {
            found.append("\(after.runningClocks.count) clocks, \(transition.events.count) events")
        }
        if after.clocks.contains(where: { $0.breachedAt != nil && $0.end != nil && $0.end != .missed }) {
            found.append("a breached clock did not end missed")
        }
        if Set(after.refunds.map(\.id)).count != after.refunds.count {
            found.append("two refunds share an id")
        }
        return found
    }
}
