/// Where an application came in (R3).
public enum IntakeChannel: UInt8, NamedCode {
    case website = 1
    case hotline
    case socialMedia
    case store
    case other

    public var description: String {
        switch self {
        case .website: "website"
        case .hotline: "hotline"
        case .socialMedia: "social_media"
        case .store: "store"
        case .other: "other"
        }
    }
}

/// How the goods come back (R10).
public enum ReturnMethod: UInt8, NamedCode {
    case dropOff = 1
    case carrier
    case pickup

    public var description: String {
        switch self {
        case .dropOff: "drop_off"
        case .carrier: "carrier"
        case .pickup: "pickup"
        }
    }
}

/// The kinds of document kept per case (R19).
public enum DocumentType: UInt8, NamedCode {
    case application = 1
    case waybill
    case signedReceipt
    case inspectionReport
    case refundVoucher
    case other

    public var description: String {
        switch self {
        case .application: "application"
        case .waybill: "waybill"
        case .signedReceipt: "signed_receipt"
        case .inspectionReport: "inspection_report"
        case .refundVoucher: "refund_voucher"
        case .other: "other"
        }
    }
}

/// What the review checks a form against (R2, R6).
public enum CheckKind: UInt8, NamedCode {
    case orderStatus = 1
    case returnWindow
    case reason
    case conditions

    public var description: String {
        switch self {
        case .orderStatus: "order_status"
        case .returnWindow: "return_window"
        case .reason: "reason"
        case .conditions: "conditions"
        }
    }
}

/// The result of one check.
public enum CheckResult: UInt8, NamedCode {
    case passed = 1
    case failed

    public var description: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        }
    }
}

/// How a pickup ended (R11).
public enum PickupResult: UInt8, NamedCode {
    case collected = 1
    case missed

    public var description: String {
        switch self {
        case .collected: "collected"
        case .missed: "missed"
        }
    }
}

/// What went wrong on the way.
public enum ExceptionKind: UInt8, NamedCode {
    case lost = 1
    case refused

    public var description: String {
        switch self {
        case .lost: "lost"
        case .refused: "refused"
        }
    }
}

/// What becomes of a refused or lost unit.
public enum UnitResolution: UInt8, NamedCode {
    /// Refunded all the same, by a supervisor's concession.
    case concede = 1
    case sendBack
    case exchange
    case dispose
    /// Lost units only: given back to the order, nothing refunded.
    case release

    public var description: String {
        switch self {
        case .concede: "concede"
        case .sendBack: "send_back"
        case .exchange: "exchange"
        case .dispose: "dispose"
        case .release: "release"
        }
    }
}

/// Where one refund is.
public enum RefundStatus: UInt8, NamedCode {
    case inProgress = 1
    case failed
    /// The gateway cannot say; no new attempt until it can.
    case unknown
    case succeeded
    case abandoned

    public var description: String {
        switch self {
        case .inProgress: "in_progress"
        case .failed: "failed"
        case .unknown: "unknown"
        case .succeeded: "succeeded"
        case .abandoned: "abandoned"
        }
    }
}

/// Why goods go out to the customer.
public enum OutboundKind: UInt8, NamedCode {
    case sendBack = 1
    case exchange
    case undeclared
    case alternative

    public var description: String {
        switch self {
        case .sendBack: "send_back"
        case .exchange: "exchange"
        case .undeclared: "undeclared"
        case .alternative: "alternative"
        }
    }
}
