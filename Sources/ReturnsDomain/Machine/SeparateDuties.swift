/// Separation of duties (R16): who says what came back, who says where refunds go, and who has to do with a refund are
/// different persons, whichever of them comes first. Acting for somebody else counts for both.
enum SeparateDuty: Hashable, Sendable, CaseIterable {
    /// Inspects goods of a case: money comes to be owed by it.
    case inspect
    /// Changes the payments of an order with cases, to which their refunds go.
    case changePayments
    /// Starts, retries, records or abandons a refund.
    case refund
}

extension CommandKind {
    /// The duty that the step belongs to; nil for the many that decide over no money by themselves.
    var separateDuty: SeparateDuty? {
        switch self {
        case .inspect: .inspect
        case .refund, .recordRefund, .abandonRefund: .refund
        case .submit, .verify, .requestInfo, .provideInfo, .approve, .reject, .appeal, .acceptAlternative,
            .schedulePickup, .recordPickup, .ship, .track, .reportException, .found, .receive,
            .tell, .resolve, .shipBack, .exchange, .grantReturnless, .withdraw, .followUp, .close, .cancel,
            .reopen, .note, .attachDocument, .pauseClock, .resumeClock, .extendClock, .sweep, .recompute,
            .assign:
            nil
        }
    }
}

/// Who took the duties so far that bar their persons from others.
struct SeparateDuties: Sendable {
    /// Who inspected goods, on whichever line and however that inspection fared later.
    var inspectors: Set<String>
    var paymentsChangers: Set<String>

    /// - Parameters:
    ///   - step: The command, or the call that changes payments.
    ///   - roles: Who can take the step.
    func require(
        _ actor: Actor, hasNoOtherThan duty: SeparateDuty, step: String, roles: [Role]
    ) throws(CaseRejection) {
        let isInspector = !inspectors.isDisjoint(with: actor.persons)
        let isChanger = !paymentsChangers.isDisjoint(with: actor.persons)
        let others = roles.filter { $0 != .system }.map(\.description).joined(separator: " or ")
        if duty != .inspect, isInspector {
            throw .notPermitted(
                "INSPECTOR_REFUNDS",
                "goods were inspected by you, or by whom you act for; someone else has to \(step): ask a principal with the role \(others) who inspected none of them"
            )
        }
        if duty != .changePayments, isChanger {
            throw .notPermitted(
                "PAYMENTS_CHANGER",
                "the order's payments were changed by you, or by whom you act for; someone else has to \(step): ask a principal with the role \(others) who changed none of them"
            )
        }
    }
}

extension CaseDraft {
    func requireSeparateDuty(_ kind: CommandKind) throws(CaseRejection) {
        guard let duty = kind.separateDuty else { return }
        let duties = SeparateDuties(inspectors: value.inspectors, paymentsChangers: order.paymentsChangers)
        try duties.require(actor, hasNoOtherThan: duty, step: "\(kind)", roles: kind.roles)
    }
}
