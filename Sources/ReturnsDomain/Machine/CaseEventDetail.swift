/// What an event tells besides its kind and the case's state: typed, and without personal data. Kinds that tell the same things
/// share a case.
///
/// A client gets each as a message of its own (event.proto), so amounts are in minor units of a stated currency, and a value that
/// is not known is nil instead of 0.
public enum CaseEventDetail: Hashable, Sendable {
    /// submitted
    case submission(intakeChannel: IntakeChannel, reasonCode: String)
    /// rejected
    case rejection(code: String)
    /// pickup_scheduled
    case pickupWindow(from: Instant, until: Instant)
    /// pickup_collected
    case pickupArrival(at: Instant)
    /// shipped, shipped_back, exchanged
    case shipment(carrier: String, trackingNumber: String)
    /// exception_reported
    case exception(ExceptionKind)
    /// goods_found, received, resolved: how many units; receipt_corrected: how many did not come
    case units(Int64)
    /// inspected
    case inspection(acceptedUnits: Int64, refusedUnits: Int64)
    /// inspection_corrected: by how much the counts changed
    case inspectionCorrection(acceptedUnits: Int64, refusedUnits: Int64)
    /// exchange_agreed, exchange_cancelled
    case exchange(ExchangeFacts)
    /// customer_told: by which channel, and of what
    case customerTold(channel: ContactChannel, occasions: [NoticeOccasion])
    /// refund_started, refund_succeeded, refund_failed, refund_unknown, refund_abandoned, refund_returned
    case refund(RefundFacts)
    /// refund_overpaid
    case overpayment(refundID: String, amountMinor: Int64, currency: CurrencyCode)
    /// deducted, deduction_taken_back, amount_conceded; the code is nil of a concession, and the units 0 of a deduction
    case adjustment(
        lineID: String, amountMinor: Int64, currency: CurrencyCode, code: DeductionCode?, units: Int64)
    /// followed_up; the score is nil where the customer gave none
    case followUp(wasReached: Bool, score: UInt8?)
    /// document_attached
    case document(DocumentType)
    /// Every kind that is named after a clock.
    case clock(ClockFacts)
    /// notification_requested: of what, and not before which time
    case notification(occasion: NoticeOccasion, from: Instant)
    /// sla_recomputed
    case recomputation(slaVersion: UInt64, plan: String, movedClocks: Int)
    /// assigned; both names are empty where nobody in particular has it
    case assignment(role: Role, person: String, team: String)
    /// payments_changed: the version of the order that it led to
    case payments(orderVersion: UInt64)

    public struct RefundFacts: Hashable, Sendable {
        public var id: String
        /// Goods and shipping.
        public var amountMinor: Int64
        public var currency: CurrencyCode
        /// Which attempt it is or was, from 1 on; nil where nothing tells which one paid.
        public var attempt: UInt32?
        public var shippingMinor: Int64
        /// For goods: the first `CountLimits.eventLinesMax`.
        public var lines: [RefundShare]
        /// None for another method.
        public var payments: [RefundShare]
        public var otherMethod: String

        public var goodsMinor: Int64 { amountMinor - shippingMinor }

        public init(
            id: String, amountMinor: Int64, currency: CurrencyCode, attempt: UInt32?,
            shippingMinor: Int64 = 0, lines: [RefundShare], payments: [RefundShare],
            otherMethod: String = ""
        ) {
            self.id = id
            self.amountMinor = amountMinor
            self.currency = currency
            self.attempt = attempt
            self.shippingMinor = shippingMinor
            self.lines = Array(lines.prefix(CountLimits.eventLinesMax))
            self.payments = payments
            self.otherMethod = otherMethod
        }

        public init(_ refund: Refund, currency: CurrencyCode, attempt: UInt32?) {
            self.init(
                id: refund.id, amountMinor: refund.amountMinor, currency: currency, attempt: attempt,
                shippingMinor: refund.shippingMinor, lines: refund.lines, payments: refund.payments,
                otherMethod: refund.otherMethod)
        }
    }

    public struct ExchangeFacts: Hashable, Sendable {
        /// Of a cancelled one `shareMinor` is what is owed again.
        public var exchange: OutboundExchange
        public var lineID: String
        public var units: Int64
        public var sku: String
        public var currency: CurrencyCode

        public init(
            exchange: OutboundExchange, lineID: String, units: Int64, sku: String, currency: CurrencyCode
        ) {
            self.exchange = exchange
            self.lineID = lineID
            self.units = units
            self.sku = sku
            self.currency = currency
        }
    }

    public struct ClockFacts: Hashable, Sendable {
        public var kind: ClockKind
        /// Counts the case's clocks of the kind, from 1 on.
        public var ordinal: UInt32
        /// As it stands now; a pause that lasts moves it when it ends.
        public var dueAt: Instant
        /// Of a clock that was moved: when it was due before.
        public var dueBefore: Instant?
        /// Of a warning, a breach or an escalation.
        public var alert: Alert?

        public init(
            kind: ClockKind, ordinal: UInt32, dueAt: Instant, dueBefore: Instant? = nil, alert: Alert? = nil
        ) {
            self.kind = kind
            self.ordinal = ordinal
            self.dueAt = dueAt
            self.dueBefore = dueBefore
            self.alert = alert
        }
    }

    /// Who is told of a clock that is late, or soon will be.
    public struct Alert: Hashable, Sendable {
        /// Of an escalation; the step of a warning; 0 of a breach.
        public var level: Int
        public var role: Role
        /// A person or a team; empty means everybody in the role.
        public var target: String
        /// Not before this time.
        public var from: Instant

        public init(level: Int, role: Role, target: String, from: Instant) {
            self.level = level
            self.role = role
            self.target = target
            self.from = from
        }
    }
}

extension CaseDraft {
    func detail(of refund: Refund, attempt: UInt32?) -> CaseEventDetail {
        .refund(.init(refund, currency: value.currency, attempt: attempt))
    }
}

extension Clock {
    func detail(dueBefore: Instant? = nil, alert: CaseEventDetail.Alert? = nil) -> CaseEventDetail {
        .clock(.init(kind: kind, ordinal: ordinal, dueAt: dueAt, dueBefore: dueBefore, alert: alert))
    }
}
