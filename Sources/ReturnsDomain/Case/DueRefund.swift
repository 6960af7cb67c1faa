/// Money of an open case that is owed to its customer, or on its way: what finance has to do.
public struct DueRefund: Hashable, Sendable {
    public var standing: RefundStanding
    /// Nil where none was started over it.
    public var refund: Refund?
    /// Goods and shipping together.
    public var amountMinor: Int64
    /// Of the amount, for shipping.
    public var shippingMinor: Int64
    /// When its REFUND clock falls due; nil where none runs.
    public var dueAt: Instant?
    public var isPaused: Bool

    fileprivate init(
        _ standing: RefundStanding, _ refund: Refund?, _ amountMinor: Int64, shippingMinor: Int64,
        _ clock: Clock?
    ) {
        self.standing = standing
        self.refund = refund
        self.amountMinor = amountMinor
        self.shippingMinor = shippingMinor
        dueAt = clock?.dueAt
        isPaused = clock?.isPaused ?? false
    }
}

extension Case {
    /// What is on its way, and then what is to be made. What is paid goes to the oldest clock first, so what is on its way has
    /// the clocks that wait for its amount, and the rest has the next one.
    public var dueRefunds: [DueRefund] {
        guard !state.isTerminal else { return [] }
        var due: [DueRefund] = []
        let live = liveRefund
        if let live, let standing = live.standing {
            due.append(
                DueRefund(
                    standing, live, live.amountMinor, shippingMinor: live.shippingMinor,
                    refundClock(behind: 0)))
        }
        if balanceMinor > 0 {
            due.append(
                DueRefund(
                    .toMake, nil, balanceMinor, shippingMinor: shippingDueMinor,
                    refundClock(behind: live?.amountMinor ?? 0)))
        }
        return due
    }

    /// The running REFUND clock that waits for what comes behind so much money.
    private func refundClock(behind minor: Int64) -> Clock? {
        var waited: Int64 = 0
        var last: Clock?
        for clock in clocks where clock.kind == .refund && clock.isRunning {
            last = clock
            waited = waited.addingClamped(clock.amountMinor)
            if waited > minor { return clock }
        }
        return last
    }
}

extension Case {
    /// Payments from which the bank sent a refund back, such as a gift card that is void: refunds go to the others first.
    public var paymentsThatSentBack: Set<String> {
        Set(refunds.lazy.filter { $0.status == .returned }.flatMap(\.payments).map(\.reference))
    }
}

extension Refund {
    /// Nil of one that has ended.
    fileprivate var standing: RefundStanding? {
        switch status {
        case .prepared: .prepared
        case .inProgress: .inProgress
        case .failed: .failed
        case .unknown: .unknown
        case .succeeded, .abandoned, .returned: nil
        }
    }
}

extension Order {
    /// How an amount goes to the original payments, in their order, and what of it they have no room for.
    ///
    /// - Parameter last: Those that come behind all others (`Case.paymentsThatSentBack`).
    public func split(_ minor: Int64, last: Set<String>) -> (shares: [RefundShare], leftMinor: Int64) {
        var left = minor
        var shares: [RefundShare] = []
        let (first, behind) = (
            payments.filter { !last.contains($0.reference) }, payments.filter { last.contains($0.reference) }
        )
        for payment in first + behind where left > 0 && payment.leftMinor > 0 {
            let share = min(left, payment.leftMinor)
            shares.append(RefundShare(reference: payment.reference, amountMinor: share))
            left -= share
        }
        return (shares, left)
    }
}
