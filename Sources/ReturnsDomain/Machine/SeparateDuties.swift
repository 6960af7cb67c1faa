/// Separation of duties (R16): who decides whether money is owed, who says where refunds go, and who has to do with a
/// refund are different persons. Acting for somebody else counts for both.
///
/// The first two bar each other, whichever comes first, and both bar from refunds. Who has refunded is barred from neither:
/// a refund keeps its amount and its payments, and its person has no part in it any more after one of the others.
enum SeparateDuty: Hashable, Sendable, CaseIterable {
    /// Inspects goods of a case, concedes units or grants a return without goods: money comes to be owed by it.
    case decideOwed
    /// Changes the payments of an order with cases, to which their refunds go; a push that adds one does, too.
    case changePayments
    /// Starts, retries, records or abandons a refund.
    case refund
}

extension Command {
    /// The duty that the step belongs to; nil for the many that decide over no money by themselves.
    var separateDuty: SeparateDuty? {
        switch self {
        case .inspect, .grantReturnless: .decideOwed
        case .resolve(let lines, _): lines.contains { $0.resolution == .concede } ? .decideOwed : nil
        case .refund, .recordRefund, .abandonRefund: .refund
        case .submit, .verify, .requestInfo, .provideInfo, .approve, .reject, .appeal, .acceptAlternative,
            .schedulePickup, .recordPickup, .ship, .track, .reportException, .found, .receive,
            .tell, .shipBack, .exchange, .withdraw, .followUp, .close, .cancel,
            .reopen, .note, .attachDocument, .pauseClock, .resumeClock, .extendClock, .sweep, .recompute,
            .assign:
            nil
        }
    }

    /// Who can take a step of a duty as it is asked for, which can be fewer than take the command at all.
    fileprivate var rolesOfDuty: [Role] {
        switch self {
        case .resolve: [.supervisor]
        case .refund(let wish): wish.otherMethod.isEmpty ? [.finance] : [.supervisor]
        default: kind.roles
        }
    }
}

/// Who took the duties so far that bar their persons from others.
struct SeparateDuties: Sendable {
    var owedDeciders: Set<String>
    var paymentsChangers: Set<String>

    /// - Parameters:
    ///   - step: The command, or the call that changes payments.
    ///   - roles: Who can take the step.
    func require(
        _ actor: Actor, hasNoOtherThan duty: SeparateDuty, step: String, roles: [Role]
    ) throws(CaseRejection) {
        let isDecider = !owedDeciders.isDisjoint(with: actor.persons)
        let isChanger = !paymentsChangers.isDisjoint(with: actor.persons)
        let others = roles.filter { $0 != .system }.map(\.description).joined(separator: " or ")
        if duty != .decideOwed, isDecider {
            throw .notPermitted(
                "INSPECTOR_REFUNDS",
                "whether money is owed was decided by you, or by whom you act for: by inspecting goods, conceding units or granting a return without goods; someone else has to \(step): ask a principal with the role \(others) who did none of these"
            )
        }
        if duty != .changePayments, isChanger {
            throw .notPermitted(
                "PAYMENTS_CHANGER",
                "the order's payments were changed, or one was added, by you or by whom you act for; someone else has to \(step): ask a principal with the role \(others) who changed none of them"
            )
        }
    }
}

extension CaseDraft {
    func requireSeparateDuty(_ command: Command) throws(CaseRejection) {
        guard let duty = command.separateDuty else { return }
        let duties = SeparateDuties(
            owedDeciders: value.owedDeciders, paymentsChangers: order.paymentsChangers)
        try duties.require(
            actor, hasNoOtherThan: duty, step: "\(command.kind)", roles: command.rolesOfDuty)
    }
}
