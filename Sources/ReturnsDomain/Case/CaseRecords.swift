/// How the customer is reached. Personal data (R23): no event, log or rejection carries it.
public struct Contact: Hashable, Sendable {
    public var name: String
    public var phone: String
    public var email: String
    public var address: String

    public init(name: String = "", phone: String = "", email: String = "", address: String = "") {
        self.name = name
        self.phone = phone
        self.email = email
        self.address = address
    }
}

/// A condition as the customer declared it (R2).
public struct DeclaredCondition: Hashable, Sendable {
    public var code: String
    public var isMet: Bool

    public init(code: String, isMet: Bool) {
        self.code = code
        self.isMet = isMet
    }
}

/// The result of one check of the form against order and policy (R6).
public struct Check: Hashable, Sendable {
    public var kind: CheckKind
    public var result: CheckResult
    public var detail: String
    public var policyVersion: UInt64

    public init(kind: CheckKind, result: CheckResult, detail: String, policyVersion: UInt64) {
        self.kind = kind
        self.result = result
        self.detail = detail
        self.policyVersion = policyVersion
    }

    /// Whether approval goes against it, which takes a supervisor's reason.
    public var blocksApproval: Bool {
        switch result {
        case .failed, .open: true
        case .passed, .noted: false
        }
    }
}

/// That service verified customer and order, and against which version of the order (R5).
public struct Verification: Hashable, Sendable {
    public var isCustomerVerified: Bool
    public var isOrderVerified: Bool
    public var by: ActorRecord
    public var at: Instant
    public var orderVersion: UInt64

    public init(
        isCustomerVerified: Bool, isOrderVerified: Bool, by: ActorRecord, at: Instant, orderVersion: UInt64
    ) {
        self.isCustomerVerified = isCustomerVerified
        self.isOrderVerified = isOrderVerified
        self.by = by
        self.at = at
        self.orderVersion = orderVersion
    }
}

/// The outcome of one review (R7, R8).
public struct ReviewDecision: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case approved(returnAddress: String, instructions: String, overrideReason: String)
        case rejected(code: String, reason: String, alternative: String)
    }

    public var outcome: Outcome
    public var by: ActorRecord
    public var at: Instant

    public init(outcome: Outcome, by: ActorRecord, at: Instant) {
        self.outcome = outcome
        self.by = by
        self.at = at
    }
}

/// One agreed pickup (R11).
public struct Pickup: Hashable, Sendable {
    public var windowFrom: Instant
    public var windowUntil: Instant
    /// Personal data.
    public var address: String
    public var result: PickupResult?
    public var arrivedAt: Instant?
    public var reason: String

    public init(
        windowFrom: Instant, windowUntil: Instant, address: String, result: PickupResult? = nil,
        arrivedAt: Instant? = nil, reason: String = ""
    ) {
        self.windowFrom = windowFrom
        self.windowUntil = windowUntil
        self.address = address
        self.result = result
        self.arrivedAt = arrivedAt
        self.reason = reason
    }
}

/// The goods on their way to us (R12).
public struct Shipment: Hashable, Sendable {
    public struct TrackingEvent: Hashable, Sendable {
        public var at: Instant
        public var status: String
        public var place: String

        public init(at: Instant, status: String, place: String) {
            self.at = at
            self.status = status
            self.place = place
        }
    }

    public var carrier: String
    public var trackingNumber: String
    public var shippedAt: Instant
    public var events: [TrackingEvent]

    public init(carrier: String, trackingNumber: String, shippedAt: Instant, events: [TrackingEvent] = []) {
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.shippedAt = shippedAt
        self.events = events
    }
}

/// What the warehouse found on one line (R13), by which standard.
public struct Inspection: Hashable, Sendable {
    public var lineID: String
    public var isAppearanceOK: Bool
    public var isQuantityOK: Bool
    public var isPackagingOK: Bool
    public var isUnusedOK: Bool
    public var acceptedUnits: Int64
    public var refusedUnits: Int64
    public var evidence: [String]
    public var note: String
    public var inspector: ActorRecord
    public var at: Instant
    public var standardVersion: UInt64
    /// A correction: it stands in the place of all earlier inspections of its line.
    public var replacesEarlier: Bool

    public init(
        lineID: String, isAppearanceOK: Bool, isQuantityOK: Bool, isPackagingOK: Bool, isUnusedOK: Bool,
        acceptedUnits: Int64, refusedUnits: Int64, evidence: [String], note: String, inspector: ActorRecord,
        at: Instant, standardVersion: UInt64, replacesEarlier: Bool = false
    ) {
        self.lineID = lineID
        self.isAppearanceOK = isAppearanceOK
        self.isQuantityOK = isQuantityOK
        self.isPackagingOK = isPackagingOK
        self.isUnusedOK = isUnusedOK
        self.acceptedUnits = acceptedUnits
        self.refusedUnits = refusedUnits
        self.evidence = evidence
        self.note = note
        self.inspector = inspector
        self.at = at
        self.standardVersion = standardVersion
        self.replacesEarlier = replacesEarlier
    }
}

/// An amount of one refund, for a line or to a payment.
public struct RefundShare: Hashable, Sendable {
    /// The line id or the payment reference.
    public var reference: String
    public var amountMinor: Int64

    public init(reference: String, amountMinor: Int64) {
        self.reference = reference
        self.amountMinor = amountMinor
    }
}

/// One refund (R16). Its id is the gateway's idempotency key and stays the same on every retry.
public struct Refund: Hashable, Sendable {
    public var id: String
    public var status: RefundStatus
    /// For goods; shipping comes on top.
    public var lines: [RefundShare]
    public var shippingMinor: Int64
    /// How it is split over the original payments; empty for another method.
    public var payments: [RefundShare]
    public var otherMethod: String
    public var otherMethodReason: String
    public var attempts: UInt32
    public var failureReason: String
    public var voucher: String
    public var startedAt: Instant
    public var endedAt: Instant?
    /// After a late success, what of it was no longer owed when it came: for goods, by line, and for shipping.
    public var overpaidLines: [RefundShare]
    public var overpaidShippingMinor: Int64
    /// When the bank's sending it back was recorded; nil of one that did not come back.
    public var returnedAt: Instant?
    /// Who prepared it, where a second person has to confirm it, and who did.
    public var preparedBy: ActorRecord?
    public var confirmedBy: ActorRecord?
    /// Nil of one that was started before it was kept.
    public var method: RefundMethod?
    /// The credit note's number; may be empty.
    public var creditNote = ""
    /// Of its shipping, what was due again; it is so once more if this refund is given up.
    public var shippingRepaidMinor: Int64 = 0
    /// The refund that this is a part of, which the bank sent back alone; empty of a whole refund.
    public var partOf = ""

    public init(
        id: String, status: RefundStatus, lines: [RefundShare], shippingMinor: Int64, payments: [RefundShare],
        otherMethod: String, otherMethodReason: String, attempts: UInt32, failureReason: String,
        voucher: String,
        startedAt: Instant, endedAt: Instant?, overpaidLines: [RefundShare] = [],
        overpaidShippingMinor: Int64 = 0
    ) {
        self.id = id
        self.status = status
        self.lines = lines
        self.shippingMinor = shippingMinor
        self.payments = payments
        self.otherMethod = otherMethod
        self.otherMethodReason = otherMethodReason
        self.attempts = attempts
        self.failureReason = failureReason
        self.voucher = voucher
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.overpaidLines = overpaidLines
        self.overpaidShippingMinor = overpaidShippingMinor
    }

    /// What the customer got by it beyond what was owed.
    public var overpaidMinor: Int64 {
        overpaidLines.reduce(overpaidShippingMinor) { $0 + $1.amountMinor }
    }

    public var linesMinor: Int64 { lines.reduce(0) { $0 + $1.amountMinor } }
    public var amountMinor: Int64 { linesMinor + shippingMinor }

    /// A live refund keeps a second one from starting.
    public var isLive: Bool {
        switch status {
        case .prepared, .inProgress, .failed, .unknown: true
        case .succeeded, .abandoned, .returned: false
        }
    }

    /// Its money went out or is on its way.
    public var holdsMoney: Bool { isLive || status == .succeeded }
}

/// Goods owed to the customer: refused, withdrawn, undeclared, exchanged or an alternative.
public struct Outbound: Hashable, Sendable {
    public var kind: OutboundKind
    /// The case line; empty for goods that are on none.
    public var lineID: String
    public var sku: String
    public var units: Int64
    public var carrier: String
    public var trackingNumber: String
    public var shippedAt: Instant?
    /// Of goods that are given for accepted units.
    public var exchange: OutboundExchange?

    public init(
        kind: OutboundKind, lineID: String, sku: String, units: Int64, carrier: String = "",
        trackingNumber: String = "", shippedAt: Instant? = nil
    ) {
        self.kind = kind
        self.lineID = lineID
        self.sku = sku
        self.units = units
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.shippedAt = shippedAt
    }
}

/// What was agreed with an exchange of accepted units.
public struct OutboundExchange: Hashable, Sendable {
    /// Counts the case's exchanges, from 1 on.
    public var number: UInt32
    /// What is not owed as money any more.
    public var shareMinor: Int64
    /// What the goods cost more than those that came back; below 0 less.
    public var differenceMinor: Int64
    /// Nil where there is no difference.
    public var settlement: ExchangeSettlement?
    /// Of the settlement, such as a till's receipt.
    public var settlementReference: String

    public init(
        number: UInt32, shareMinor: Int64, differenceMinor: Int64 = 0, settlement: ExchangeSettlement? = nil,
        settlementReference: String = ""
    ) {
        self.number = number
        self.shareMinor = shareMinor
        self.differenceMinor = differenceMinor
        self.settlement = settlement
        self.settlementReference = settlementReference
    }

    /// Money changed hands.
    var isPaid: Bool { settlement == .paidByCustomer || settlement == .paidBack }

    var isInRange: Bool {
        let amounts = 0...Money.amountMinorMax
        return amounts.contains(shareMinor)
            && (-Money.amountMinorMax...Money.amountMinorMax).contains(differenceMinor)
    }
}

/// The record of a document (R19): type, where it is found, and the SHA-256 of its content.
public struct Document: Hashable, Sendable {
    public var type: DocumentType
    public var reference: String
    /// 32 bytes.
    public var sha256: [UInt8]
    public var addedAt: Instant
    public var addedBy: String
    /// Of a refund voucher: which refund's; empty for none.
    public var refundID: String

    public init(
        type: DocumentType, reference: String, sha256: [UInt8], addedAt: Instant, addedBy: String,
        refundID: String = ""
    ) {
        self.refundID = refundID
        self.type = type
        self.reference = reference
        self.sha256 = sha256
        self.addedAt = addedAt
        self.addedBy = addedBy
    }
}

/// One attempt to ask the customer afterwards (R18).
public struct FollowUp: Hashable, Sendable {
    public var at: Instant
    public var by: ActorRecord
    public var wasReached: Bool
    /// 1 to 5; 0 when the customer gave none.
    public var score: UInt8
    /// Personal data.
    public var comments: String

    public init(at: Instant, by: ActorRecord, wasReached: Bool, score: UInt8, comments: String) {
        self.at = at
        self.by = by
        self.wasReached = wasReached
        self.score = score
        self.comments = comments
    }
}
