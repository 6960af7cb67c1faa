/// How long an order is kept on which no case was opened. An order with a case is kept for ever.
public struct OrderRetention: Hashable, Sendable {
    /// Counted from the later of the order's delivery, or the end of what was promised for one of its lines, and its last push. Nil
    /// keeps every order for ever.
    public var days: Int64?

    /// Covers the longest time for which the law lets a consumer withdraw: 14 days and, where the seller did not say so,
    /// twelve months more (Directive 2011/83/EU, article 10).
    public static let daysDefault: Int64 = 400
    public static let daysMax: Int64 = 36_500
    /// The record outlives its time by this, so it is gone for good only after every call that read it has ended.
    public static let graceMilliseconds = Milliseconds.day

    public static let forever = OrderRetention(days: nil)

    public init(days: Int64?) {
        precondition(days.map { (1...Self.daysMax).contains($0) } ?? true, "1 to \(Self.daysMax) days")
        self.days = days
    }

    /// As settings have it: 0 keeps every order for ever.
    public init(keptDays: Int) { self.init(days: keptDays == 0 ? nil : Int64(keptDays)) }

    /// The same where windows last so long: an order is kept no less, so that a return that is allowed finds it.
    ///
    /// - Parameter windowDays: The longest by any version of the policy, since an order goes by the one at its purchase.
    public func covering(windowDays: Int64) -> OrderRetention {
        var copy = self
        copy.days = days.map { max($0, windowDays + 1) }
        return copy
    }

    /// When the order is kept no longer; nil for one that stays.
    public func end(of order: some RetainedOrder) -> Instant? {
        guard !order.hasCases, let days else { return nil }
        return order.quietSince.adding(days * Milliseconds.day)
    }

    /// Whether the order counts as absent: no case can be opened on it, and nobody is shown it.
    public func isOver(for order: some RetainedOrder, now: Instant) -> Bool {
        end(of: order).map { $0 <= now } ?? false
    }

    /// Orders that have been quiet since before this may be removed; nil removes none.
    public func removable(now: Instant) -> Instant? {
        days.map { now.adding(-$0 * Milliseconds.day - Self.graceMilliseconds) }
    }
}

/// What tells how long an order is kept.
public protocol RetainedOrder {
    var placedAt: Instant { get }
    var deliveredAt: Instant? { get }
    /// The longest of what was promised for its lines themselves.
    var promisedDays: Int64 { get }
    /// When it last changed; of an order without a case, when it was last pushed.
    var updatedAt: Instant { get }
    /// Whether a case was opened on it.
    var hasCases: Bool { get }
}

extension RetainedOrder {
    /// The last sign of life of an order without cases: its delivery, the end of what was promised for one of its lines, or its
    /// last push.
    public var quietSince: Instant {
        max((deliveredAt ?? placedAt).adding(promisedDays * Milliseconds.day), updatedAt)
    }
}

extension Order: RetainedOrder {
    public var hasCases: Bool { !cases.isEmpty }
}

extension CaseRejection {
    /// - Parameters:
    ///   - advice: What to do, as a sentence's second half.
    ///   - keptDays: How long orders without cases are kept; nil means for ever.
    public static func unknownOrder(_ field: String, advice: String, keptDays: Int64?) -> CaseRejection {
        var text = "no such order; \(advice)"
        if let keptDays {
            text +=
                "; orders without cases are kept \(keptDays) days after delivery and last push: push an older one again"
        }
        return CaseRejection(kind: .notFound, code: "ORDER_UNKNOWN", field: field, text: text)
    }
}
