/// A return case: what the customer asked for, how far it is, what is still owed, and every clock it ran.
///
/// A value. `Case.decide` makes the next one; nothing else changes it.
public struct Case: Hashable, Sendable {
    public let id: CaseID
    public let order: OrderKey
    /// Counts commits; 1 after submission.
    public var version: UInt64
    public var state: CaseState
    public var money: Track
    public var goodsOut: Track
    /// The customer takes the goods back on arrival.
    public var isWithdrawn: Bool

    public let customerID: String
    public let currency: CurrencyCode
    public let form: ReturnForm
    public var returnMethod: ReturnMethod?
    /// As the channel states it; clocks run from `submittedAt`.
    public let requestedAt: Instant
    public let submittedAt: Instant
    public var updatedAt: Instant
    public let enteredBy: ActorRecord

    public var lines: [CaseLine]
    public var checks: [Check] = []
    public var verification: Verification?
    public var decisions: [ReviewDecision] = []
    public var appeals: Int = 0
    public var question: String = ""
    /// Personal data.
    public var answer: String = ""
    public var pickups: [Pickup] = []
    public var shipments: [Shipment] = []
    public var exception: ExceptionKind?
    /// Some of the goods were brought in by hand: that path needs a signed receipt.
    public var wasBroughtByHand = false
    public var enclosuresFound: [String] = []
    public var inspections: [Inspection] = []
    /// Who decided whether money is owed, and whom they acted for: they inspected goods, conceded units or granted a return
    /// without goods, however that fared later. They have no part in where the money goes nor in its refunds.
    public var owedDeciders: Set<String> = []
    public var refunds: [Refund] = []
    public var outbound: [Outbound] = []
    /// How many exchanges of accepted units were agreed, those that were cancelled among them.
    public var exchangesAgreed: UInt32 = 0
    public var documents: [Document] = []
    /// What the customer has to be told, and was, the oldest first.
    public var notices: [Notice] = []
    /// The customer was told of something that `notices` does not hold any more, or never held.
    public var wasToldBefore = false
    public var followUps: [FollowUp] = []
    public var clocks: [Clock] = []
    /// One a department at most, in the order of the roles.
    public var assignments: [Assignment] = []
    /// The versions that approval pinned (R22), the submission's before.
    public var policyVersion: UInt64
    public var standardVersion: UInt64
    /// The SLA policy, and the plan in it, that the clocks go by: those in force at submission, until recomputed.
    public var slaVersion: UInt64
    public var slaPlan: String
    /// The state a terminal case left, for reopening. Of one that has ended but for goods that came unexpected: its end
    /// (`endToComeBackTo`).
    public var stateBefore: CaseState?
    /// When it was reopened last.
    public var reopenedAt: Instant?
    /// Shipping that is due again, since a refund of it came back.
    public var shippingDueMinor: Int64 = 0
    /// What stands between the case and closing, by the policy that it goes by; none of one that is over.
    public var closingNeeds: [ClosingNeed] = []
    /// How many entries the timeline has. They are numbered from 1 on.
    public var timelineEntries: Int = 0
    /// How many of them are notes; nil for a case that was opened before they were counted.
    public var notes: Int?

    public init(
        id: CaseID, order: OrderKey, version: UInt64, state: CaseState, customerID: String,
        currency: CurrencyCode, form: ReturnForm, returnMethod: ReturnMethod?, requestedAt: Instant,
        submittedAt: Instant, enteredBy: ActorRecord, lines: [CaseLine], policyVersion: UInt64,
        standardVersion: UInt64, slaVersion: UInt64, slaPlan: String
    ) {
        self.id = id
        self.order = order
        self.version = version
        self.state = state
        money = .none
        goodsOut = .none
        isWithdrawn = false
        self.customerID = customerID
        self.currency = currency
        self.form = form
        self.returnMethod = returnMethod
        self.requestedAt = requestedAt
        self.submittedAt = submittedAt
        updatedAt = submittedAt
        self.enteredBy = enteredBy
        self.lines = lines
        self.policyVersion = policyVersion
        self.standardVersion = standardVersion
        self.slaVersion = slaVersion
        self.slaPlan = slaPlan
    }
}

/// What a form says of the goods of one line (N2).
public struct LineStatement: Hashable, Sendable {
    /// Why they come back; empty where it is the form's reason.
    public var reasonCode: String
    /// Personal data.
    public var note: String
    /// Of units of the line, each once.
    public var serialNumbers: [String]

    public init(reasonCode: String = "", note: String = "", serialNumbers: [String] = []) {
        self.reasonCode = reasonCode
        self.note = note
        self.serialNumbers = serialNumbers
    }

    var weightBytes: Int {
        serialNumbers.reduce(reasonCode.utf8.count + note.utf8.count) { $0 + 2 + $1.utf8.count }
    }
}

/// One line of a case: units, and the money this case owes for them.
public struct CaseLine: Hashable, Sendable {
    public let lineID: String
    public let sku: String
    public var units: UnitLedger
    /// The case's share of what the order line became worth, of the units that are refunded in full.
    public var shareMinor: Int64 = 0
    /// Refunded or in flight; never more than owed.
    public var committedMinor: Int64 = 0
    /// The oldest first.
    public var deductions: [Deduction] = []
    public var concessions: [Concession] = []
    /// Not on the form: found in the parcel.
    public let wasAddedOnReceipt: Bool
    /// What the form says of these goods.
    public var statement = LineStatement()
    /// What closing or expiry released, so that reopening takes back exactly that.
    public var releasedAwaited: Int64 = 0
    public var releasedSentBack: Int64 = 0

    public init(lineID: String, sku: String, requested: Int64, wasAddedOnReceipt: Bool = false) {
        self.lineID = lineID
        self.sku = sku
        units = UnitLedger(requested: requested)
        self.wasAddedOnReceipt = wasAddedOnReceipt
    }
}

extension Case {
    /// Why the goods of a line come back.
    public func reasonCode(of line: CaseLine) -> String {
        line.statement.reasonCode.isEmpty ? form.reasonCode : line.statement.reasonCode
    }
}
