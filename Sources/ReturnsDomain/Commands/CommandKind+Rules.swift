extension CommandKind {
    /// Who may take the step (DESIGN §3; the same roles stand in the .proto, and a test compares them).
    public var roles: [Role] {
        switch self {
        case .submit, .provideInfo, .appeal, .acceptAlternative, .withdraw, .cancel: [.channel, .service]
        case .verify, .requestInfo, .approve, .reject: [.service, .supervisor]
        case .schedulePickup, .recordPickup: [.service, .logistics]
        case .ship: [.channel, .service, .logistics]
        case .track: [.channel, .service, .logistics, .system]
        case .reportException: [.logistics, .system]
        case .found: [.logistics, .service, .system]
        case .receive, .inspect: [.warehouse]
        case .tell, .close: [.service, .supervisor, .system]
        case .resolve: [.service, .supervisor]
        case .refund: [.finance, .supervisor]
        case .recordRefund: [.finance, .system]
        case .abandonRefund: [.finance]
        case .shipBack, .exchange: [.warehouse, .logistics]
        case .grantReturnless, .reopen, .pauseClock, .resumeClock, .extendClock: [.supervisor]
        case .followUp: [.service]
        case .note: [.service, .logistics, .warehouse, .finance, .supervisor]
        case .attachDocument: [.channel, .service, .logistics, .warehouse, .finance, .supervisor]
        case .sweep: [.system, .supervisor, .admin]
        }
    }

    /// The states in which the step can be taken at all; the ledgers may still forbid it. Submission starts from none.
    public func isPossible(in state: CaseState) -> Bool {
        switch self {
        case .submit: false
        case .verify: state == .submitted || state == .infoNeeded
        case .requestInfo, .approve, .reject: state == .submitted
        case .provideInfo: state == .infoNeeded
        case .appeal, .acceptAlternative: state == .rejected
        case .schedulePickup, .ship: state == .approved || state == .pickupScheduled
        case .recordPickup: state == .pickupScheduled
        case .track: [.inTransit, .exception, .received].contains(state)
        case .reportException, .withdraw: state == .inTransit
        case .found: state == .exception
        case .receive: [.approved, .pickupScheduled, .inTransit].contains(state) || state.isAfterArrival
        case .inspect: [.received, .refunding, .refundFailed].contains(state)
        case .tell:
            [.approved, .rejected, .pickupScheduled, .inTransit].contains(state) || state.isAfterArrival
        case .resolve: [.received, .nonconforming, .exception, .refunding, .refundFailed].contains(state)
        // While a refund runs, its own refusal tells which result is awaited.
        case .refund:
            [.inTransit, .exception, .received, .qualified, .nonconforming, .refunding, .refundFailed]
                .contains(state)
        // Goods found again put a case back in transit with whatever else it owes already.
        case .recordRefund, .shipBack, .exchange: state == .inTransit || state.isAfterArrival
        case .abandonRefund: state == .refunding || state == .refundFailed
        case .grantReturnless: state == .approved
        case .followUp: state.isRestingPlace
        case .close: state.isRestingPlace || state == .rejected
        case .cancel: [.submitted, .infoNeeded, .approved, .pickupScheduled].contains(state)
        case .reopen: state == .expired || state == .closed
        case .note, .attachDocument, .sweep: true
        case .pauseClock, .resumeClock, .extendClock: !state.isTerminal
        }
    }
}

extension CaseState {
    /// The goods have arrived, got lost, or are no longer expected: from here the state follows what is owed.
    var isAfterArrival: Bool {
        switch self {
        case .exception, .received, .qualified, .nonconforming, .refunding, .refundFailed, .refunded,
            .shipBack,
            .alternative:
            true
        case .submitted, .infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit, .closed, .cancelled,
            .expired:
            false
        }
    }

    /// A state in which everything owed may be done, so that following up and closing come next.
    var isRestingPlace: Bool {
        switch self {
        case .exception, .qualified, .nonconforming, .refunded, .shipBack, .alternative: true
        case .submitted, .infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit, .received,
            .refunding,
            .refundFailed, .closed, .cancelled, .expired:
            false
        }
    }
}
