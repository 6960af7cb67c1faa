/// Where a case is (DESIGN §3). What is still owed is told by the tracks.
public enum CaseState: UInt8, NamedCode {
    case submitted = 1
    case infoNeeded
    case approved
    case rejected
    case pickupScheduled
    case inTransit
    case exception
    case received
    case qualified
    case nonconforming
    case refunding
    case refundFailed
    case refunded
    case shipBack
    case alternative
    case closed
    case cancelled
    case expired

    public var description: String {
        switch self {
        case .submitted: "submitted"
        case .infoNeeded: "info_needed"
        case .approved: "approved"
        case .rejected: "rejected"
        case .pickupScheduled: "pickup_scheduled"
        case .inTransit: "in_transit"
        case .exception: "exception"
        case .received: "received"
        case .qualified: "qualified"
        case .nonconforming: "nonconforming"
        case .refunding: "refunding"
        case .refundFailed: "refund_failed"
        case .refunded: "refunded"
        case .shipBack: "ship_back"
        case .alternative: "alternative"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .expired: "expired"
        }
    }
}

extension CaseState {
    /// A terminal state has no clock. Closed and expired cases can be reopened; cancelled ones cannot.
    public var isTerminal: Bool {
        switch self {
        case .closed, .cancelled, .expired: true
        case .submitted, .infoNeeded, .approved, .rejected, .pickupScheduled, .inTransit, .exception,
            .received,
            .qualified, .nonconforming, .refunding, .refundFailed, .refunded, .shipBack, .alternative:
            false
        }
    }
}
