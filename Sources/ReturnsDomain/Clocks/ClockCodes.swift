/// The deadlines of the procedure (R6, R11, R15, R16, R18 and the configurable ones).
public enum ClockKind: UInt8, NamedCode {
    case review = 1
    case customerInfo
    case appeal
    case customerShip
    case pickup
    case transit
    case inspect
    case notify
    case customerChoice
    case refund
    case returnShip
    case followUp

    public var description: String {
        switch self {
        case .review: "review"
        case .customerInfo: "customer_info"
        case .appeal: "appeal"
        case .customerShip: "customer_ship"
        case .pickup: "pickup"
        case .transit: "transit"
        case .inspect: "inspect"
        case .notify: "notify"
        case .customerChoice: "customer_choice"
        case .refund: "refund"
        case .returnShip: "return_ship"
        case .followUp: "follow_up"
        }
    }
}

extension ClockKind {
    /// Whose work the clock measures (R21).
    public var owner: Role {
        switch self {
        case .review, .notify, .followUp: .service
        case .customerInfo, .appeal, .customerShip, .customerChoice: .channel
        case .pickup, .transit: .logistics
        case .inspect, .returnShip: .warehouse
        case .refund: .finance
        }
    }
}

/// How a clock ended. A breach is never erased.
public enum ClockEnd: UInt8, NamedCode {
    case met = 1
    case missed
    case voided
    case superseded

    public var description: String {
        switch self {
        case .met: "met"
        case .missed: "missed"
        case .voided: "voided"
        case .superseded: "superseded"
        }
    }
}
