extension CaseState {
    /// A terminal state has no clock. Closed and expired cases can be reopened; cancelled ones cannot.
    public var isTerminal: Bool {
        switch self {
        case .closed, .cancelled, .expired: true
        case .submitted, .infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit, .exception,
            .received, .qualified, .nonconforming, .refunding, .refundFailed, .refunded, .shipBack,
            .alternative:
            false
        }
    }

    /// The goods have arrived, got lost, or are no longer expected: from here the state follows what is owed.
    var isAfterArrival: Bool {
        switch self {
        case .exception, .received, .qualified, .nonconforming, .refunding, .refundFailed, .refunded,
            .shipBack, .alternative:
            true
        case .submitted, .infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit, .closed, .cancelled,
            .expired:
            false
        }
    }

    /// The goods of its lines may come, if it is approved: before that, and at its end, a case expects none.
    var expectsGoods: Bool {
        switch self {
        case .approved, .pickupScheduled, .inTransit, .exception, .received, .qualified, .nonconforming,
            .refunding, .refundFailed, .refunded, .shipBack, .alternative:
            true
        case .submitted, .infoNeeded, .rejected, .closed, .cancelled, .expired: false
        }
    }

    /// A state in which everything owed may be done, so that following up and closing come next.
    var isRestingPlace: Bool {
        switch self {
        case .exception, .qualified, .nonconforming, .refunded, .shipBack, .alternative: true
        case .submitted, .infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit, .received,
            .refunding, .refundFailed, .closed, .cancelled, .expired:
            false
        }
    }
}

extension CaseState {
    /// Whether a case in it may owe money, or have some on its way.
    public var mayOweMoney: Bool { self == .inTransit || isAfterArrival }
}

/// A set of states, without the hashing of a `Set`.
struct CaseStates: Hashable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt64 = 0

    init(arrayLiteral states: CaseState...) {
        for state in states { insert(state) }
    }

    private init(_ isIn: (CaseState) -> Bool) {
        for state in CaseState.allCases where isIn(state) { insert(state) }
    }

    private mutating func insert(_ state: CaseState) { bits |= 1 << UInt64(state.rawValue) }

    func contains(_ state: CaseState) -> Bool { bits & (1 << UInt64(state.rawValue)) != 0 }

    /// These states and those.
    static func + (these: CaseStates, those: CaseStates) -> CaseStates {
        var both = these
        both.bits |= those.bits
        return both
    }

    static let all = CaseStates { _ in true }
    static let open = CaseStates { !$0.isTerminal }
    static let afterArrival = CaseStates(\.isAfterArrival)
    static let resting = CaseStates(\.isRestingPlace)
}
