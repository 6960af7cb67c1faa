/// What is done by different persons (R16, and the review of an appeal): who decides whether money is owed, who says where
/// refunds go, and who has to do with a refund; and who reviews an appeal, and who decided before it. Acting for somebody else
/// counts for both.
///
/// The first two bar each other, whichever comes first, and both bar from refunds. Who has refunded is barred from neither:
/// a refund keeps its amount and its payments, and its person has no part in it any more after one of the others.
enum SeparateDuty: Hashable, Sendable, CaseIterable {
    /// Approves or rejects; the review of an appeal, and of goods whose refusal in another case can still be appealed.
    case review
    /// Inspects goods of a case, concedes units or grants a return without goods: money comes to be owed by it.
    case decideOwed
    /// Changes the payments of an order with cases, to which their refunds go; a push that adds one does, too.
    case changePayments
    /// Starts, retries, records or abandons a refund.
    case refund
}

extension Command {
    /// The duty that the step belongs to. Resolving decides over money only where units are conceded.
    var separateDuty: SeparateDuty? {
        guard case .resolve(let lines, _) = self else { return kind.rule.duty }
        return lines.contains { $0.resolution == .concede } ? .decideOwed : nil
    }

    /// Whether the step is decided by what the order tells: who changed its payments, or who refused goods of it.
    var dependsOnOrder: Bool {
        switch separateDuty {
        case .review, .decideOwed, .refund: true
        case .changePayments, nil: false
        }
    }

    /// Who can take a step of a duty as it is asked for, which can be fewer than take the command at all.
    fileprivate var rolesOfDuty: [Role] {
        switch self {
        case .resolve: [.supervisor]
        // A supervisor gives up only what waits for confirmation, which the command does not tell; finance gives up either.
        case .abandonRefund: [.finance]
        case .refund(let wish): wish.isByOtherMethod ? [.supervisor] : [.finance]
        default: kind.roles
        }
    }
}

/// What somebody, or whom they act for, did with a case and its order that bars them from steps to come, whatever roles they have.
public struct PriorActs: Hashable, Sendable {
    /// Took the decision that the case's appeal is against.
    var decidedReview = false
    /// Refused the same goods in another case of the order, and the customer may still appeal that.
    var refusedGoods = false
    /// Decided that money is owed.
    var decidedOwed = false
    /// Changed the order's payments.
    var changedPayments = false

    /// - Parameters:
    ///   - step: The command, or the call that changes payments.
    ///   - roles: Who can take the step.
    /// - Returns: Why somebody else has to take a step of this duty; nil where nothing bars from it.
    func bar(from duty: SeparateDuty, step: String, roles: [Role]) -> CaseRejection? {
        let others = roles.filter { $0 != .system }.map(\.description).joined(separator: " or ")
        switch duty {
        case .review where decidedReview:
            return .notPermitted(
                "OTHER_REVIEWER_REQUIRED",
                "you decided before, or whom you act for; an appeal is reviewed by someone else")
        case .review where refusedGoods:
            return .notPermitted(
                "OTHER_REVIEWER_REQUIRED",
                "the same goods were refused by you, or by whom you act for, in another case of the order, and the customer may still appeal that; someone else has to \(step): ask a principal with the role \(others) who did not refuse them"
            )
        case .changePayments where decidedOwed, .refund where decidedOwed:
            return .notPermitted(
                "INSPECTOR_REFUNDS",
                "whether money is owed was decided by you, or by whom you act for: by inspecting goods, conceding units or amounts, deducting, cancelling an exchange or granting a return without goods; someone else has to \(step): ask a principal with the role \(others) who did none of these"
            )
        case .decideOwed where changedPayments, .refund where changedPayments:
            return .notPermitted(
                "PAYMENTS_CHANGER",
                "the order's payments were changed, or one was added, by you or by whom you act for; someone else has to \(step): ask a principal with the role \(others) who changed none of them"
            )
        case .review, .decideOwed, .changePayments, .refund: return nil
        }
    }

    /// Why somebody else has to take the step.
    func bar(from command: Command) -> CaseRejection? {
        command.separateDuty.flatMap { bar(from: $0, step: "\(command.kind)", roles: command.rolesOfDuty) }
    }

    /// Whether somebody else has to take every such step.
    func bars(from kind: CommandKind) -> Bool {
        kind.rule.duty.flatMap { bar(from: $0, step: "\(kind)", roles: kind.roles) } != nil
    }

    /// Whether somebody else has to do the work that a clock measures.
    public func bars(fromWorkOf kind: ClockKind) -> Bool { kind.rule.steps.allSatisfy(bars) }
}

extension Case {
    /// What bars an actor by the case alone. The order tells the rest, for work that `ClockKind.dependsOnOrder`.
    public func priorActs(of actor: Actor) -> PriorActs {
        var acts = PriorActs()
        if appeals > 0, let last = decisions.last {
            acts.decidedReview = !actor.persons.isDisjoint(with: last.by.persons)
        }
        acts.decidedOwed = !actor.persons.isDisjoint(with: owedDeciders)
        return acts
    }
}

extension PriorActs {
    /// The same, with what the order tells.
    ///
    /// - Parameter refusers: `Order.refusers` of the case's lines.
    public func adding(paymentsChangers: Set<String>, refusers: Set<String>, actor: Actor) -> PriorActs {
        var acts = self
        acts.changedPayments = !actor.persons.isDisjoint(with: paymentsChangers)
        acts.refusedGoods = !actor.persons.isDisjoint(with: refusers)
        return acts
    }
}
