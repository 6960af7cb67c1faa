extension Case {
    /// Decides over a command: the transition it makes, or why it is refused. Pure.
    ///
    /// Before anything else every clock firing due by `now` is folded in, so an act after a due time records the
    /// breach in the same commit. So is what the order's timeline has and the case's story does not tell yet.
    ///
    /// - Parameters:
    ///   - current: The case as loaded; nil for a submission.
    ///   - order: The case's order as loaded; nil refuses with `ORDER_UNKNOWN`.
    ///   - policy: The version the case is pinned to, or the current one before approval.
    ///   - purchasePolicy: The version that windows and exclusions go by (`Order.purchasePolicyVersion`), for commands that judge the
    ///     form; nil where it is `policy`.
    ///   - sla: The version the case keeps; the current one for a submission.
    ///   - orderRetention: A submission on an order that is kept no longer is refused as if there were none.
    ///   - hasOpenLoss: Changes were lost and not reconciled yet, so that a refusal lists no refund as allowed (`allowedCommands`).
    ///   - keeps: What the store that the case is kept in holds of it.
    public static func decide(
        _ current: Case?, order: Order?, command: Command, actor: Actor, now: Instant, policy: ReturnPolicy,
        purchasePolicy: PurchasePolicy? = nil, sla: SLAPolicy, orderRetention: OrderRetention = .forever,
        hasOpenLoss: Bool = false, keeps: KeptFacts = .all
    ) -> Result<CaseTransition, CaseRejection> {
        do throws(CaseRejection) {
            guard let role = command.kind.roles.first(where: actor.roles.contains) else {
                throw .notPermitted("ROLE_REQUIRED", roleText(command.kind))
            }
            let by = ActorRecord(name: actor.name, role: role, onBehalfOf: actor.onBehalfOf)
            guard let order,
                current != nil || !orderRetention.isOver(for: order, now: now)
            else {
                throw .unknownOrder(
                    "order", advice: "push it first or check channel and number",
                    keptDays: orderRetention.days)
            }
            if case .submit(let submission) = command {
                precondition(current == nil, "submission of a case that exists")
                return .success(
                    try CaseDraft.submitting(
                        submission, order: order, actor: actor, by: by, now: now, policy: policy,
                        purchasePolicy: purchasePolicy, sla: sla, keeps: keeps))
            }
            guard let current else {
                throw CaseRejection(
                    kind: .notFound, code: "CASE_UNKNOWN", field: "case_id",
                    text: "no such case; check the id")
            }
            var draft = CaseDraft.opening(
                current, order: order, actor: actor, by: by, now: now, policy: policy,
                purchasePolicy: purchasePolicy, sla: sla, keeps: keeps)
            let found = draft.value
            do throws(CaseRejection) {
                guard command.kind.isPossible(in: found.state) else {
                    let ended =
                        found.endToComeBackTo.map {
                            "; it is \($0), and open only until the goods that came to it are out again"
                        } ?? ""
                    throw draft.refusal(
                        "NOT_ALLOWED_IN_STATE",
                        "a case in state \(found.state) does not take \(command.kind)\(ended)")
                }
                if let end = found.endToComeBackTo, !found.takes(command.kind) {
                    throw draft.refusal(
                        "CASE_ENDED",
                        "the case is \(end), and open only until the goods that came to it are out again; it does not take \(command.kind)"
                    )
                }
                if let bar = draft.priorActs.bar(from: command) { throw bar }
                try draft.apply(command)
                try draft.requireBounded(command.kind, before: found)
            } catch {
                var rejection = error
                if rejection.kind == .notAllowedNow {
                    rejection.allowed = found.allowedCommands(
                        policy: policy, order: draft.orderFound, hasOpenLoss: hasOpenLoss, keeps: keeps)
                }
                throw rejection
            }
            return .success(try draft.finish(dependsOnOrder: command.dependsOnOrder))
        } catch {
            return .failure(error)
        }
    }

    /// What the case would take if it were asked now: with everything due by now folded in, as `decide` does.
    ///
    /// - Parameters:
    ///   - order: Without it no step is taken.
    ///   - actor: Who asks. Steps that others have to take, for what this one did before, are listed and marked.
    public func allowedSteps(
        order: Order?, actor: Actor, now: Instant, policy: ReturnPolicy, sla: SLAPolicy, hasOpenLoss: Bool,
        keeps: KeptFacts = .all
    ) -> (state: CaseState, steps: [AllowedStep]) {
        guard let order else { return (state, []) }
        let draft = CaseDraft.opening(
            self, order: order, actor: actor, by: .system, now: now, policy: policy, sla: sla, keeps: keeps)
        let acts = draft.priorActs
        let commands = draft.value.allowedCommands(
            policy: policy, order: order, hasOpenLoss: hasOpenLoss, keeps: keeps)
        let steps = commands.map { kind in
            AllowedStep(
                kind: kind, isForOthers: acts.bars(from: kind),
                isOfLostRefund: kind == .recordRefund && !draft.value.hasRefundWithOpenResult)
        }
        return (draft.value.state, steps)
    }

    /// The commands that the state and the ledgers allow now, whoever asks. SUBMIT and SWEEP are never listed.
    ///
    /// - Parameters:
    ///   - order: Tells whether shipping alone can be refunded; without it such a refund is not listed.
    ///   - hasOpenLoss: Changes were lost and not reconciled yet: no refund starts, and one that was paid is recorded.
    ///   - keeps: What the store holds: a step that it cannot keep is none.
    public func allowedCommands(
        policy: ReturnPolicy, order: Order? = nil, hasOpenLoss: Bool = false, keeps: KeptFacts = .all
    ) -> [CommandKind] {
        let offer = CommandOffer(value: self, policy: policy, order: order, hasOpenLoss: hasOpenLoss)
        return CommandKind.allCases.filter {
            takes($0) && keeps.isSuperset(of: $0.needs) && $0.rule.isWorthwhile(offer)
        }
    }

    /// Whether the case takes such a step at all. One that has ended, and is open only for goods that came unexpected, takes what it
    /// would take at its end, and what brings the goods out: nothing is inspected, decided or paid that nobody approved.
    func takes(_ kind: CommandKind) -> Bool {
        guard kind.isPossible(in: state) else { return false }
        guard let end = endToComeBackTo else { return true }
        return kind.isPossible(in: end) || kind.rule.isOfGoodsThatWait
    }

    private static func roleText(_ kind: CommandKind) -> String {
        let names = kind.roles.map(\.description).joined(separator: ", ")
        return "\(kind) needs one of the roles \(names); ask someone who has it"
    }
}

/// A step that a case takes now.
public struct AllowedStep: Hashable, Sendable {
    public var kind: CommandKind
    /// Not of who asked, for what they did before (`PriorActs`): somebody else of the step's roles has to take it.
    public var isForOthers: Bool
    /// RECORD_REFUND, where a refund that was lost is the only one whose result can be recorded.
    public var isOfLostRefund: Bool
}
