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
        // A supervisor by another method only, the system only to retry: the draft looks at what is asked.
        case .refund: [.finance, .supervisor, .system]
        case .recordRefund, .abandonRefund: [.finance, .system]
        case .shipBack, .exchange: [.warehouse, .logistics]
        case .grantReturnless, .reopen, .pauseClock, .resumeClock, .extendClock: [.supervisor]
        case .followUp: [.service]
        case .note: [.service, .logistics, .warehouse, .finance, .supervisor]
        case .attachDocument: [.channel, .service, .logistics, .warehouse, .finance, .supervisor]
        case .sweep: [.system, .supervisor, .admin]
        case .recompute: [.supervisor, .admin]
        // Each department its own work; the draft looks at whose it is.
        case .assign: [.service, .logistics, .warehouse, .finance, .supervisor]
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
        case .schedulePickup: state == .approved || state == .pickupScheduled
        // Also what is still to come after a first parcel goes on its way, and can get lost there.
        case .ship: [.approved, .pickupScheduled, .inTransit].contains(state) || state.isAfterArrival
        case .reportException, .track: state == .inTransit || state.isAfterArrival
        case .recordPickup: state == .pickupScheduled
        case .withdraw: state == .inTransit
        case .found: state == .exception
        case .receive: [.approved, .pickupScheduled, .inTransit].contains(state) || state.isAfterArrival
        case .inspect: [.received, .refunding, .refundFailed].contains(state)
        case .tell:
            [.approved, .rejected, .pickupScheduled, .inTransit].contains(state) || state.isAfterArrival
        case .resolve, .shipBack, .exchange: state.isAfterArrival
        // While a refund runs, its own refusal tells which result is awaited. Goods found again can put a case back in
        // transit that owes money for other units.
        case .refund: state == .inTransit || state.isAfterArrival
        // A refund that was given up can succeed late, after the case was closed too.
        case .recordRefund: state == .inTransit || state.isAfterArrival || state == .closed
        case .abandonRefund: state == .refunding || state == .refundFailed
        case .grantReturnless: state == .approved
        case .followUp: state.isRestingPlace
        case .close: state.isRestingPlace || state == .rejected
        case .cancel: [.submitted, .infoNeeded, .approved, .pickupScheduled].contains(state)
        case .reopen: state == .expired || state == .closed
        case .note, .attachDocument, .sweep: true
        case .pauseClock, .resumeClock, .extendClock, .recompute, .assign: !state.isTerminal
        }
    }
}

extension CommandKind {
    /// Steps that a case must be able to take on its way to an end, so that it does not stay open for being full.
    var leadsToTheEnd: Bool {
        switch self {
        case .receive, .recordPickup, .inspect, .tell, .resolve, .refund, .recordRefund, .abandonRefund,
            .shipBack, .exchange, .reject,
            .approve, .followUp, .close, .cancel, .reportException, .attachDocument, .sweep, .provideInfo:
            true
        case .submit, .verify, .requestInfo, .appeal, .acceptAlternative, .schedulePickup, .ship,
            .track, .found, .grantReturnless, .withdraw, .reopen, .note, .pauseClock, .resumeClock,
            .extendClock, .recompute, .assign:
            false
        }
    }
}

extension DocumentType {
    /// Whose paper it is: only they attach it, so that nobody completes another department's papers (R19, R22).
    public var roles: [Role] {
        switch self {
        case .application: [.channel, .service, .supervisor]
        case .waybill: [.channel, .logistics, .service, .supervisor]
        case .signedReceipt: [.warehouse, .service, .supervisor]
        case .inspectionReport: [.warehouse, .supervisor]
        case .refundVoucher: [.finance, .supervisor]
        case .other: [.channel, .service, .logistics, .warehouse, .finance, .supervisor]
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
