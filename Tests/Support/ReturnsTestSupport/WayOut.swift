import ReturnsDomain

/// Takes an open case to its end as an orderly desk would, to show that it has one.
public enum WayOut {
    /// What a desk does next, the first that is possible.
    private static let steps: [CommandKind] = [
        .close, .tell, .cancel, .confirmRefund, .recordRefund, .receive, .inspect, .resolve, .refund,
        .attachDocument,
        .shipBack, .exchange, .followUp,
    ]
    /// The longest way from any situation is about a dozen steps; a case of three lines repeats some.
    private static let stepsMax = 60

    /// Where there was no step left, or no end.
    public struct Stuck: Error, CustomStringConvertible {
        public var description: String
    }

    /// Returns the order after the case has ended.
    public static func end(
        _ value: Case, of order: Order, now: Instant, policy: ReturnPolicy
    ) throws(Stuck) -> Order {
        var (value, order, now) = (value, order, now)
        var taken: [CommandKind] = []
        while !value.state.isTerminal {
            now = now.adding(Milliseconds.minute)
            var refusals: [String] = []
            let found = next(value, order, now, policy, &refusals)
            guard let (kind, transition) = found, taken.count < stepsMax else {
                throw Stuck(description: "in \(value.state) after \(taken), \(refusals)")
            }
            taken.append(kind)
            value = transition.caseAfter
            order = transition.orderAfter
        }
        return order
    }

    private static func next(
        _ value: Case, _ order: Order, _ now: Instant, _ policy: ReturnPolicy, _ refusals: inout [String]
    ) -> (CommandKind, CaseTransition)? {
        let allowed = Set(value.allowedCommands(policy: policy, order: order))
        for kind in steps where allowed.contains(kind) {
            // Shipping can be refunded penny by penny, and an abandoned refund succeed late: neither has to be.
            if (kind == .refund || kind == .recordRefund) && !value.money.isOpen { continue }
            if kind == .attachDocument && value.missingDocuments.isEmpty { continue }
            // What is awaited comes; a stray parcel would only make work.
            if kind == .receive && value.lines.allSatisfy({ $0.units.awaited == 0 }) { continue }
            var moves = WellFormed.moves(kind, value, now: now)
            // Where late successes have filled the original payments, a supervisor pays by another method.
            if kind == .refund {
                let order = RefundOrder(otherMethod: "transfer", otherMethodReason: "the payments are full")
                moves.append(Move(.refund(order), Cast.only(.supervisor)))
            }
            for move in moves {
                // Somebody new: whoever inspected does not pay.
                let pays = move.actor.roles.contains(.finance)
                let actor = pays && kind != .confirmRefund ? Cast.only(.finance) : move.actor
                let decision = Case.decide(
                    value, order: order, command: move.command, actor: actor, now: now, policy: policy,
                    sla: Fixture.sla(of: value))
                switch decision {
                case .success(let transition): return (kind, transition)
                case .failure(let rejection): refusals.append("\(kind): \(rejection.code)")
                }
            }
        }
        // A clock can be what ends it.
        let sweep = Case.decide(
            value, order: order, command: .sweep, actor: .system, now: now, policy: policy,
            sla: Fixture.sla(of: value))
        if case .success(let transition) = sweep, !transition.entries.isEmpty { return (.sweep, transition) }
        return nil
    }
}
