/// The deadlines of the cases that a condition picks: how long each kind of clock runs, by which calendar, who hears of
/// it and when they are left in peace.
public struct SLAPlan: Hashable, Sendable {
    /// Unique within its policy; cases keep it.
    public var name: String
    public var condition: SLACondition
    /// One version of it: a case's due times do not move with next year's holidays before someone recomputes them.
    public var calendar: WorkingCalendar
    /// A kind without a target goes by the procedure's own (`ClockRule.target`); PICKUP ends with its window.
    public var targets: [ClockKind: ClockTarget]
    public var quietHours: QuietHours?

    public init(
        name: String, condition: SLACondition = SLACondition(), calendar: WorkingCalendar,
        targets: [ClockKind: ClockTarget], quietHours: QuietHours? = nil
    ) {
        self.name = name
        self.condition = condition
        self.calendar = calendar
        self.targets = targets
        self.quietHours = quietHours
    }

    public func target(_ kind: ClockKind) -> ClockTarget {
        targets[kind] ?? kind.rule.target
    }

    /// When a message that falls due at `instant` may go.
    public func messageTime(_ instant: Instant) -> Instant {
        quietHours?.end(at: instant, calendar: calendar) ?? instant
    }
}

/// Which cases a plan is for. What is empty or absent does not matter; the rest has to hold together.
public struct SLACondition: Hashable, Sendable {
    public var saleChannels: [String]
    public var reasons: [String]
    public var customerClasses: [String]
    /// What was paid for the order, in this currency: at least `fromMinor`, and less than `belowMinor`.
    public var orderValue: OrderValue?

    public struct OrderValue: Hashable, Sendable {
        public var currency: CurrencyCode
        public var fromMinor: Int64
        /// Nil means that there is no upper end.
        public var belowMinor: Int64?

        public init(currency: CurrencyCode, fromMinor: Int64, belowMinor: Int64? = nil) {
            self.currency = currency
            self.fromMinor = fromMinor
            self.belowMinor = belowMinor
        }
    }

    public init(
        saleChannels: [String] = [], reasons: [String] = [], customerClasses: [String] = [],
        orderValue: OrderValue? = nil
    ) {
        self.saleChannels = saleChannels
        self.reasons = reasons
        self.customerClasses = customerClasses
        self.orderValue = orderValue
    }

    public var isForAll: Bool { self == SLACondition() }

    func matches(_ order: Order, reason: String) -> Bool {
        (saleChannels.isEmpty || saleChannels.contains(order.key.saleChannel))
            && (reasons.isEmpty || reasons.contains(reason))
            && (customerClasses.isEmpty || customerClasses.contains(order.customerClass))
            && (orderValue.map { value in
                value.currency == order.currency && order.paidMinor >= value.fromMinor
                    && value.belowMinor.map { order.paidMinor < $0 } ?? true
            } ?? true)
    }
}
