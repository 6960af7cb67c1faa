/// The form of R4, as the channel or the service desk enters it.
public struct Submission: Hashable, Sendable {
    public var caseID: CaseID
    public var channelRef: String
    public var intakeChannel: IntakeChannel
    public var intakeReference: String
    public var reasonCode: String
    public var freeText: String
    public var lines: [RequestedLine]
    public var conditions: [DeclaredCondition]
    public var contact: Contact
    public var returnMethod: ReturnMethod?
    /// Nil means on receipt.
    public var requestedAt: Instant?
    /// SHA-256 of the form as it came in: the application document of R19.
    public var applicationSHA256: [UInt8]

    public init(
        caseID: CaseID, channelRef: String, intakeChannel: IntakeChannel, intakeReference: String,
        reasonCode: String,
        freeText: String, lines: [RequestedLine], conditions: [DeclaredCondition], contact: Contact,
        returnMethod: ReturnMethod?, requestedAt: Instant?, applicationSHA256: [UInt8]
    ) {
        self.caseID = caseID
        self.channelRef = channelRef
        self.intakeChannel = intakeChannel
        self.intakeReference = intakeReference
        self.reasonCode = reasonCode
        self.freeText = freeText
        self.lines = lines
        self.conditions = conditions
        self.contact = contact
        self.returnMethod = returnMethod
        self.requestedAt = requestedAt
        self.applicationSHA256 = applicationSHA256
    }
}

/// Units of a line named by its id, or by SKU where that is unambiguous, with the unit price to tell two lines apart.
public struct RequestedLine: Hashable, Sendable {
    public var lineID: String
    public var sku: String
    public var unitPriceMinor: Int64?
    public var quantity: Int64

    public init(lineID: String = "", sku: String = "", unitPriceMinor: Int64? = nil, quantity: Int64) {
        self.lineID = lineID
        self.sku = sku
        self.unitPriceMinor = unitPriceMinor
        self.quantity = quantity
    }
}

/// Units of a case line.
public struct LineUnits: Hashable, Sendable {
    public var lineID: String
    public var units: Int64

    public init(lineID: String, units: Int64) {
        self.lineID = lineID
        self.units = units
    }
}

/// Units of goods that are on no line.
public struct GoodsUnits: Hashable, Sendable {
    public var sku: String
    public var units: Int64

    public init(sku: String, units: Int64) {
        self.sku = sku
        self.units = units
    }
}

/// How a pickup ended (R11).
public struct PickupReport: Hashable, Sendable {
    public var result: PickupResult
    /// Nil means now.
    public var arrivedAt: Instant?
    /// Mandatory when collected.
    public var carrier: String
    public var trackingNumber: String
    public var waybill: Document?
    /// Mandatory when missed.
    public var reason: String

    public init(
        result: PickupResult, arrivedAt: Instant? = nil, carrier: String = "", trackingNumber: String = "",
        waybill: Document? = nil, reason: String = ""
    ) {
        self.result = result
        self.arrivedAt = arrivedAt
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.waybill = waybill
        self.reason = reason
    }
}

/// What the warehouse counted (R9, R12).
public struct Receipt: Hashable, Sendable {
    public struct Undeclared: Hashable, Sendable {
        public var sku: String
        public var units: Int64
        /// The order line to add them under; empty sends them back.
        public var addAsLineID: String

        public init(sku: String, units: Int64, addAsLineID: String = "") {
            self.sku = sku
            self.units = units
            self.addAsLineID = addAsLineID
        }
    }

    public var lines: [LineUnits]
    public var undeclared: [Undeclared]
    public var isByHand: Bool
    public var enclosures: [String]
    public var document: Document?

    public init(
        lines: [LineUnits], undeclared: [Undeclared] = [], isByHand: Bool = false, enclosures: [String] = [],
        document: Document? = nil
    ) {
        self.lines = lines
        self.undeclared = undeclared
        self.isByHand = isByHand
        self.enclosures = enclosures
        self.document = document
    }
}

/// What the warehouse found on one line (R13).
public struct LineInspection: Hashable, Sendable {
    public var lineID: String
    public var isAppearanceOK: Bool
    public var isQuantityOK: Bool
    public var isPackagingOK: Bool
    public var isUnusedOK: Bool
    public var acceptedUnits: Int64
    public var refusedUnits: Int64
    public var evidence: [String]
    public var note: String

    public init(
        lineID: String, isAppearanceOK: Bool, isQuantityOK: Bool, isPackagingOK: Bool, isUnusedOK: Bool,
        acceptedUnits: Int64, refusedUnits: Int64, evidence: [String] = [], note: String = ""
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
    }

    /// All four looked good: then nothing may be refused without saying why.
    var isAllOK: Bool { isAppearanceOK && isQuantityOK && isPackagingOK && isUnusedOK }
}

public struct LineResolution: Hashable, Sendable {
    public var lineID: String
    public var resolution: UnitResolution
    public var units: Int64

    public init(lineID: String, resolution: UnitResolution, units: Int64) {
        self.lineID = lineID
        self.resolution = resolution
        self.units = units
    }
}

/// What finance wants refunded (R16).
public struct RefundOrder: Hashable, Sendable {
    /// Empty lets the case choose the next; a retry names the failed one.
    public var refundID: String
    /// For goods; 0 means all that is due, or the same again on a retry.
    public var amountMinor: Int64
    public var shippingMinor: Int64
    /// Empty takes the original payments in their order.
    public var payments: [RefundShare]
    public var otherMethod: String
    public var otherMethodReason: String

    /// The case that a refund's id begins with, which is followed by '-' and a number or a name; nil where the id is malformed.
    ///
    /// Each refund has one spelling: its case's id as the case writes it, and a number without zeros before it.
    public static func caseID(of refundID: String) -> CaseID? {
        guard let end = refundID.firstIndex(of: "-"), let id = CaseID(refundID[..<end]),
            id.description == refundID[..<end], isPart(refundID[refundID.index(after: end)...])
        else { return nil }
        return id
    }

    /// What may follow the case's id: what is all digits is a number, and written as cases count their refunds.
    private static func isPart(_ text: Substring) -> Bool {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return true
        }
        guard let number = Int(text), number.description == text else { return false }
        return (1...CountLimits.refundNumberMax).contains(number)
    }

    public init(
        refundID: String = "", amountMinor: Int64 = 0, shippingMinor: Int64 = 0, payments: [RefundShare] = [],
        otherMethod: String = "", otherMethodReason: String = ""
    ) {
        self.refundID = refundID
        self.amountMinor = amountMinor
        self.shippingMinor = shippingMinor
        self.payments = payments
        self.otherMethod = otherMethod
        self.otherMethodReason = otherMethodReason
    }
}

/// What the gateway said of a refund.
public struct RefundReport: Hashable, Sendable {
    public enum Result: Hashable, Sendable {
        case succeeded(voucher: String, document: Document?)
        case failed(reason: String)
        case unknown
    }

    public var refundID: String
    /// The attempt that the gateway speaks of, counted from 1; nil where that was not said.
    public var attempt: UInt32?
    public var result: Result
    /// What was paid of a refund that the case does not know, since its start was lost; nil for one that it knows.
    public var lost: LostRefund?

    public init(refundID: String, attempt: UInt32? = nil, result: Result, lost: LostRefund? = nil) {
        self.refundID = refundID
        self.attempt = attempt
        self.result = result
        self.lost = lost
    }
}

/// What the gateway paid of a refund whose start was lost.
public struct LostRefund: Hashable, Sendable {
    /// For goods; 0 only where shipping alone was paid.
    public var amountMinor: Int64
    public var shippingMinor: Int64
    /// Empty takes the original payments in their order.
    public var payments: [RefundShare]
    /// It was looked at beside those that are recorded, and is none of them.
    public var isAnother: Bool

    public init(
        amountMinor: Int64, shippingMinor: Int64 = 0, payments: [RefundShare] = [], isAnother: Bool = false
    ) {
        self.amountMinor = amountMinor
        self.shippingMinor = shippingMinor
        self.payments = payments
        self.isAnother = isAnother
    }
}
