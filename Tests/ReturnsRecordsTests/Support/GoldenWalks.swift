import ReturnsDomain
import ReturnsTestSupport

/// Random walks that leave behind what a store would keep: whatever the domain can come to stands in one of them.
enum GoldenWalks {
    static let attempts = 60

    /// What one step leaves.
    struct Step {
        /// Nil where the order alone changed.
        var transition: CaseTransition?
        var orderEntry: OrderEntry?
        var order: Order
    }

    /// - Parameter use: Is handed each step.
    static func run(seeds: Range<UInt64>, policy: ReturnPolicy = Fixture.policy(), _ use: (Step) -> Void) {
        var rows = WalkRows()
        for seed in seeds {
            var generator = WalkGenerator(seed: seed, rows: rows)
            walk(&generator, policy, use)
            rows = generator.rows
        }
    }

    private static func walk(
        _ generator: inout WalkGenerator, _ policy: ReturnPolicy, _ use: (Step) -> Void
    ) {
        var order = generator.order(number: "SO-1")
        var cases: [Case] = []
        var now = Fixture.monday
        for attempt in 0..<attempts {
            now = now.adding(generator.pause())
            if !cases.isEmpty, generator.random.chance(4) {
                let changed = Order.changePayments(
                    generator.paymentsChange(order), of: order, owedDeciders: OrderOwedDeciders(cases),
                    actor: generator.paymentsChanger(cases), now: now)
                if case .success(let transition) = changed {
                    order = transition.orderAfter
                    use(Step(transition: nil, orderEntry: transition.entry, order: order))
                }
            }
            let open = cases.indices.last { !cases[$0].state.isTerminal }
            let index = open ?? cases.indices.last
            let opens = cases.isEmpty || (open == nil && cases.count < 3 && generator.random.chance(50))
            let move =
                opens
                ? generator.submission(id: Fixture.caseID(UInt32(attempt), at: now), order: order)
                : generator.move(cases[index!], order: order, now: now, policy: policy)
            let current = opens ? nil : cases[index!]
            let result = Case.decide(
                current, order: order, command: move.command, actor: move.actor, now: now, policy: policy,
                sla: Fixture.sla(of: current))
            guard case .success(let transition) = result else { continue }
            generator.accepted(transition, move.command.kind)
            order = transition.orderAfter
            if opens { cases.append(transition.caseAfter) } else { cases[index!] = transition.caseAfter }
            use(Step(transition: transition, orderEntry: nil, order: order))
        }
    }
}
