/// What holds of every command of a kind, whatever it contains and whoever gives it. Each command's file has its rule; its
/// roles and its name stand in the .proto (`CommandKind`).
struct CommandRule: Sendable {
    /// In which the step can be taken at all; the ledgers may still forbid it.
    let states: CaseStates
    /// A step that a case must be able to take on its way to an end, so that it does not stay open for being full.
    let leadsToTheEnd: Bool
    /// The duty that all such steps belong to; nil for the many that decide over no money by themselves.
    let duty: SeparateDuty?
    /// A step that a case takes also where it has ended but for goods that wait to go out (`Case.endToComeBackTo`).
    let isOfGoodsThatWait: Bool
    /// Whether the step is listed among those that are allowed, in a state that takes it.
    let isWorthwhile: @Sendable (CommandOffer) -> Bool

    init(
        in states: CaseStates, leadsToTheEnd: Bool = false, duty: SeparateDuty? = nil,
        isOfGoodsThatWait: Bool = false,
        isWorthwhile: @escaping @Sendable (CommandOffer) -> Bool = { _ in true }
    ) {
        self.states = states
        self.leadsToTheEnd = leadsToTheEnd
        self.duty = duty
        self.isOfGoodsThatWait = isOfGoodsThatWait
        self.isWorthwhile = isWorthwhile
    }
}

/// What decides whether a step is worth offering.
struct CommandOffer {
    let value: Case
    let policy: ReturnPolicy
    /// Tells whether shipping alone can be refunded.
    let order: Order?
    /// Changes were lost and not reconciled yet: no refund starts, and one that was paid is recorded.
    let hasOpenLoss: Bool
}

extension CommandKind {
    /// The states in which the step can be taken at all; the ledgers may still forbid it. Submission starts from none.
    public func isPossible(in state: CaseState) -> Bool { rule.states.contains(state) }

    /// Whether the step judges the form (`Check`).
    public var judgesForm: Bool { [.submit, .verify, .approve].contains(self) }
}
