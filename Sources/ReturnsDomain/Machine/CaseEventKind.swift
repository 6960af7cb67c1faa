/// What happened to a case: the kind of a timeline entry and of an event in the outbox.
public enum CaseEventKind: UInt8, NamedCode {
    case submitted = 1
    case verified
    case infoRequested
    case infoProvided
    case approved
    case rejected
    case appealed
    case alternativeAccepted
    case pickupScheduled
    case pickupCollected
    case pickupMissed
    case shipped
    case tracked
    case exceptionReported
    case goodsFound
    case received
    case inspected
    case customerTold
    case resolved
    case refundStarted
    case refundSucceeded
    case refundFailed
    case refundUnknown
    case refundAbandoned
    case shippedBack
    case exchanged
    case returnlessGranted
    case withdrawn
    case followedUp
    case closed
    case cancelled
    case expired
    case reopened
    case noted
    case documentAttached
    case clockPaused
    case clockResumed
    case clockExtended
    case clockWarned
    case clockBreached
    case clockEscalated
    case notificationRequested
    case slaRecomputed
    // Of every clock, for those who follow events; the story tells them by the act that caused them.
    case clockMoved
    case clockMet
    case clockMissed
    case clockVoided
    case clockSuperseded
    case assigned
    case paymentsChanged
    case refundOverpaid

    public var description: String {
        switch self {
        case .submitted: "submitted"
        case .verified: "verified"
        case .infoRequested: "info_requested"
        case .infoProvided: "info_provided"
        case .approved: "approved"
        case .rejected: "rejected"
        case .appealed: "appealed"
        case .alternativeAccepted: "alternative_accepted"
        case .pickupScheduled: "pickup_scheduled"
        case .pickupCollected: "pickup_collected"
        case .pickupMissed: "pickup_missed"
        case .shipped: "shipped"
        case .tracked: "tracked"
        case .exceptionReported: "exception_reported"
        case .goodsFound: "goods_found"
        case .received: "received"
        case .inspected: "inspected"
        case .customerTold: "customer_told"
        case .resolved: "resolved"
        case .refundStarted: "refund_started"
        case .refundSucceeded: "refund_succeeded"
        case .refundFailed: "refund_failed"
        case .refundUnknown: "refund_unknown"
        case .refundAbandoned: "refund_abandoned"
        case .shippedBack: "shipped_back"
        case .exchanged: "exchanged"
        case .returnlessGranted: "returnless_granted"
        case .withdrawn: "withdrawn"
        case .followedUp: "followed_up"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .reopened: "reopened"
        case .noted: "noted"
        case .documentAttached: "document_attached"
        case .clockPaused: "clock_paused"
        case .clockResumed: "clock_resumed"
        case .clockExtended: "clock_extended"
        case .clockWarned: "clock_warned"
        case .clockBreached: "clock_breached"
        case .clockEscalated: "clock_escalated"
        case .notificationRequested: "notification_requested"
        case .slaRecomputed: "sla_recomputed"
        case .clockMoved: "clock_moved"
        case .clockMet: "clock_met"
        case .clockMissed: "clock_missed"
        case .clockVoided: "clock_voided"
        case .clockSuperseded: "clock_superseded"
        case .assigned: "assigned"
        case .paymentsChanged: "payments_changed"
        case .refundOverpaid: "refund_overpaid"
        }
    }
}
