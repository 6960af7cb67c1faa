import ReturnsDomain

/// One case at work: keeps the case, its order and the time, and lets a command follow the other.
public struct Desk: Sendable {
    /// What a test did not expect: a refusal, or an acceptance.
    public struct Surprise: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    public var current: Case?
    public var order: Order
    public var policy: ReturnPolicy
    /// What windows and exclusions go by, where it is another one.
    public var purchasePolicy: PurchasePolicy?
    /// Every version there is, by number; a new case gets the first.
    public var slaPolicies: [UInt64: SLAPolicy]
    public var now: Instant
    /// What the store holds of the case.
    public var keeps = KeptFacts.all
    /// What every accepted command resulted in.
    public private(set) var transitions: [CaseTransition] = []

    public init(
        current: Case? = nil, order: Order = Fixture.order(), policy: ReturnPolicy = Fixture.policy(),
        slaPolicies: [UInt64: SLAPolicy] = Fixture.slaPolicies, now: Instant = Fixture.monday
    ) {
        self.current = current
        self.order = order
        self.policy = policy
        self.slaPolicies = slaPolicies
        self.now = now
    }

    /// The case, which has to exist by now.
    public var value: Case { current! }

    public func decide(_ command: Command, as actor: Actor) -> Result<CaseTransition, CaseRejection> {
        let base = command.kind == .submit ? nil : current
        return Case.decide(
            base, order: order, command: command, actor: actor, now: now, policy: policy,
            purchasePolicy: purchasePolicy, sla: slaPolicies[base?.slaVersion ?? 1]!, keeps: keeps
        ).sound
    }

    /// Takes the command, `after` milliseconds from the last one, and lets the case and the order follow.
    @discardableResult
    public mutating func run(
        _ command: Command, as actor: Actor, after milliseconds: Int64 = Milliseconds.minute
    ) throws -> CaseTransition {
        now = now.adding(milliseconds)
        switch decide(command, as: actor) {
        case .success(let transition):
            current = transition.caseAfter
            order = transition.orderAfter
            transitions.append(transition)
            return transition
        case .failure(let rejection):
            throw Surprise(
                description:
                    "\(command.kind) by \(actor.name) in \(current.map { "\($0.state)" } ?? "–") was refused: \(rejection)"
            )
        }
    }

    @discardableResult
    public mutating func submit(_ form: Submission = Fixture.submission()) throws -> CaseTransition {
        try run(.submit(form), as: Cast.shop)
    }

    @discardableResult
    public mutating func sweep(at time: Instant) throws -> CaseTransition {
        now = time
        return try run(.sweep, as: .system, after: 0)
    }

    /// The rejection that the command gets; the case stays as it is.
    public func refusal(_ command: Command, as actor: Actor) throws -> CaseRejection {
        switch decide(command, as: actor) {
        case .success(let transition):
            throw Surprise(
                description:
                    "\(command.kind) by \(actor.name) was taken and led to \(transition.caseAfter.state)")
        case .failure(let rejection): return rejection
        }
    }
}
