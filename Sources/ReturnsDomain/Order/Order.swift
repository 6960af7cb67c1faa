/// Names an order: order numbers are unique within a sale channel only (R1).
public struct OrderKey: Hashable, Sendable {
    /// Lower-case letters, digits, '-' and '_'; at most `TextLimits.saleChannelBytesMax` bytes.
    public var saleChannel: String
    /// Printable ASCII without blanks; at most `TextLimits.identifierBytesMax` bytes.
    public var orderNumber: String

    public init(saleChannel: String, orderNumber: String) {
        self.saleChannel = saleChannel
        self.orderNumber = orderNumber
    }

    /// As people write it; no sale channel has a slash in its name.
    public var text: String { "\(saleChannel)/\(orderNumber)" }
}

/// What was bought, paid, reserved by cases and refunded.
///
/// The unit and money ledgers live here, not in the cases, so that two cases can neither hold the same unit nor
/// refund the same money.
public struct Order: Hashable, Sendable {
    public var key: OrderKey
    /// Counts commits; 0 before the first.
    public var version: UInt64
    public var placedAt: Instant
    /// The return window counts from the day after.
    public var deliveredAt: Instant?
    /// Whose calendar days the return window counts; nil where the channel says none.
    public var zone: TimeZoneTable?
    /// The version of the policy that was in force at the purchase, by which windows and exclusions go (N4). Nil of an order that
    /// is older than this was kept.
    public var purchasePolicyVersion: UInt64?
    /// What its cases refused, the oldest first: one for each case that was rejected and not appealed since.
    public var refusals: [OrderRefusal] = []
    /// The channel's own name for its customer; never a name or an address.
    public var customerID: String
    /// What the channel counts its customer among, such as vip; SLA plans can go by it. May be empty.
    public var customerClass: String
    public var country: String
    public var currency: CurrencyCode
    public var status: OrderStatus
    public var lines: [OrderLine]
    public var shippingPaidMinor: Int64
    /// Shipping refunded or in flight.
    public var shippingCommittedMinor: Int64
    /// Shipping that cases owe again, since a refund of it came back.
    public var shippingDueMinor: Int64 = 0
    public var payments: [Payment]
    /// What the customer still owes of the price: no part of what was paid, and so of no refund. 0 where it is paid in full.
    public var outstandingMinor: Int64 = 0
    /// Money refunded or in flight by another method than the original payments.
    public var otherMethodCommittedMinor: Int64
    /// Money that went out beyond what cases owed: refunds that were given up and succeeded late.
    public var overpaidMinor: Int64
    public var cases: [OrderCase]
    /// How many entries the order's own timeline has; it refuses more than `CountLimits.orderEntriesMax`.
    public var entriesCount: Int
    /// Entries of it that the stories of some cases do not tell yet, the oldest first.
    public var untold: [UntoldEntry]
    /// Who changed its payments, and whom they acted for: they have no part in what its cases inspect and refund. Two for
    /// each entry of its timeline at most.
    public var paymentsChangers: Set<String>
    public var updatedAt: Instant

    public init(
        key: OrderKey, version: UInt64 = 0, placedAt: Instant, deliveredAt: Instant? = nil,
        customerID: String, customerClass: String = "",
        country: String = "", currency: CurrencyCode, status: OrderStatus = .placed, lines: [OrderLine],
        shippingPaidMinor: Int64 = 0, shippingCommittedMinor: Int64 = 0, payments: [Payment],
        otherMethodCommittedMinor: Int64 = 0, overpaidMinor: Int64 = 0, cases: [OrderCase] = [],
        entriesCount: Int = 0, untold: [UntoldEntry] = [], paymentsChangers: Set<String> = [],
        updatedAt: Instant
    ) {
        self.key = key
        self.version = version
        self.placedAt = placedAt
        self.deliveredAt = deliveredAt
        self.customerID = customerID
        self.customerClass = customerClass
        self.country = country
        self.currency = currency
        self.status = status
        self.lines = lines
        self.shippingPaidMinor = shippingPaidMinor
        self.shippingCommittedMinor = shippingCommittedMinor
        self.payments = payments
        self.otherMethodCommittedMinor = otherMethodCommittedMinor
        self.overpaidMinor = overpaidMinor
        self.cases = cases
        self.entriesCount = entriesCount
        self.untold = untold
        self.paymentsChangers = paymentsChangers
        self.updatedAt = updatedAt
    }

    /// Index of the line with this id, or nil.
    public func lineIndex(_ lineID: String) -> Int? {
        lines.firstIndex { $0.lineID == lineID }
    }

    /// All the money that came in.
    public var paidMinor: Int64 { payments.reduce(0) { $0 + $1.amountMinor } }

    /// Shipping that was paid and neither refunded nor in flight nor due again.
    public var shippingLeftMinor: Int64 { shippingPaidMinor - shippingCommittedMinor - shippingDueMinor }

    /// The longest of what was promised for its lines themselves.
    public var promisedDays: Int64 { lines.reduce(0) { max($0, $1.returnDays ?? 0) } }

    /// The money that went back, or is on its way, for what cases owed: paid = kept + this. What went out beyond it is
    /// `overpaidMinor`.
    public var committedMinor: Int64 {
        payments.reduce(otherMethodCommittedMinor - overpaidMinor) { $0 + $1.sentMinor }
    }
}

/// A case that was opened on an order, with the channel's own reference: the natural key that never expires.
public struct OrderCase: Hashable, Sendable {
    public var id: CaseID
    public var channelRef: String

    public init(id: CaseID, channelRef: String) {
        self.id = id
        self.channelRef = channelRef
    }
}

/// One line of an order. The same SKU may stand on two lines at two prices.
public struct OrderLine: Hashable, Sendable {
    public var lineID: String
    public var sku: String
    public var name: String
    /// What kind of goods it is, by the channel's own names; return rules go by it. May be empty.
    public var category = ""
    /// What was promised for the line at the purchase (`ReturnWindow.days`); nil where the policy says.
    public var returnDays: Int64?
    public var quantity: Int64
    public var unitPriceMinor: Int64
    /// Paid for the whole line after discounts.
    public var paidMinor: Int64
    /// Units that cases hold: the sum of requested less released.
    public var reservedUnits: Int64
    /// Units that became refundable: accepted, conceded, lost and conceded, kept by a returnless grant, or refused and kept for an
    /// amount.
    public var refundableUnits: Int64
    /// Money refunded or in flight.
    public var committedMinor: Int64
    /// By how much the shares of all cases differ from what the refundable units are worth, since units ceased to be refundable:
    /// each of several units is worth its part of a case's share then, and the rest stays here for the next one.
    public var roundingMinor: Int64 = 0
    /// What customers paid, less what they got back, as price differences of exchanges, outside the payments.
    public var exchangeDifferencesMinor: Int64 = 0

    public init(
        lineID: String, sku: String, name: String = "", quantity: Int64, unitPriceMinor: Int64,
        paidMinor: Int64? = nil, reservedUnits: Int64 = 0, refundableUnits: Int64 = 0,
        committedMinor: Int64 = 0
    ) {
        self.lineID = lineID
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.unitPriceMinor = unitPriceMinor
        // Out of range rather than a trap: validation then refuses the line.
        let product = quantity.multipliedReportingOverflow(by: unitPriceMinor)
        self.paidMinor = paidMinor ?? (product.overflow ? .max : product.partialValue)
        self.reservedUnits = reservedUnits
        self.refundableUnits = refundableUnits
        self.committedMinor = committedMinor
    }

    public var availableUnits: Int64 { quantity - reservedUnits }

    /// Whether cases owe, or have paid or settled, anything by what was paid for the line.
    var hasMoneyOfCases: Bool {
        refundableUnits != 0 || roundingMinor != 0 || committedMinor != 0 || exchangeDifferencesMinor != 0
    }

    /// Makes units refundable and returns their share: what the line's worth grows by, and what was rounded before. Of no unit it
    /// is nothing: what was rounded waits for goods.
    mutating func makeRefundable(_ units: Int64) -> Int64 {
        if units == 0 { return 0 }
        let share = worthMinor(ofFurther: units)
        let growth = worthMinor(units: refundableUnits + units) - worthMinor
        refundableUnits += units
        roundingMinor += share - growth
        return share
    }

    /// What further units would be worth to their case.
    ///
    /// - Precondition: As many are bought and not refundable yet.
    func worthMinor(ofFurther units: Int64) -> Int64 {
        max(0, worthMinor(units: refundableUnits + units) - worthMinor - roundingMinor)
    }

    private func worthMinor(units: Int64) -> Int64 {
        Money.share(ofPaidMinor: paidMinor, units: units, bought: quantity)
    }

    /// Units cease to be refundable.
    ///
    /// - Parameter shareMinor: What their case does not owe any more.
    mutating func makeUnrefundable(_ units: Int64, shareMinor: Int64) {
        let before = worthMinor
        refundableUnits -= units
        roundingMinor += before - worthMinor - shareMinor
    }
}

/// One original payment of an order; refunds go back to these (R16).
public struct Payment: Hashable, Sendable {
    public var reference: String
    public var method: PaymentMethod
    public var amountMinor: Int64
    /// Refunded to this payment, or in flight; never more than its amount: amount = kept + committed.
    public var committedMinor: Int64
    /// What was sent to it beyond its amount: by a refund that was given up and succeeded late.
    public var overpaidMinor: Int64
    /// A refund to it was started once, whatever became of it. A late success may still name it, so it stays.
    public var hasRefunds: Bool

    public init(
        reference: String, method: PaymentMethod, amountMinor: Int64, committedMinor: Int64 = 0,
        overpaidMinor: Int64 = 0, hasRefunds: Bool = false
    ) {
        self.reference = reference
        self.method = method
        self.amountMinor = amountMinor
        self.committedMinor = committedMinor
        self.overpaidMinor = overpaidMinor
        self.hasRefunds = hasRefunds
    }

    /// All that was sent to it or is on its way.
    public var sentMinor: Int64 { committedMinor + overpaidMinor }

    /// What can still be refunded to it.
    public var leftMinor: Int64 { amountMinor - committedMinor }

    /// Adds to what was sent; a negative amount takes back what never arrived.
    mutating func send(_ minor: Int64) {
        let sent = sentMinor + minor
        committedMinor = min(sent, amountMinor)
        overpaidMinor = sent - committedMinor
        hasRefunds = true
    }

    /// The same payment with another amount; what was sent to it stays.
    func resized(_ amountMinor: Int64) -> Payment {
        var payment = self
        payment.amountMinor = amountMinor
        payment.committedMinor = min(sentMinor, amountMinor)
        payment.overpaidMinor = sentMinor - payment.committedMinor
        return payment
    }
}
