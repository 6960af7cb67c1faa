import MoneyFormat

/// What a push of an order did.
public enum OrderUpdate: Hashable, Sendable {
    case created(Order)
    case updated(Order)
    /// The same content. Of an order without cases the time of the push is new, from which it is kept.
    case unchanged(Order)
}

extension Order {
    /// Decides over a pushed order: a new one, a newer description of a known one, or the same again.
    ///
    /// The pushed order carries no ledgers. A known order keeps its own. Once it has a case, it refuses a description
    /// under which they could not stand (fewer units than cases hold, another currency or customer), and one that would
    /// change where the money of a refund goes or how much it is: known payments stay as they are and first, and no
    /// amount that was paid shrinks. A push can only add, and who adds a payment is one of those who changed payments:
    /// a refund may name it.
    ///
    /// - Parameters:
    ///   - purchasePolicyVersion: The version that was in force when the order was placed; a known order keeps its own.
    ///   - longestWindowDays: By the version that the order goes by.
    public static func put(
        _ pushed: Order, over known: Order?, purchasePolicyVersion: UInt64? = nil,
        longestWindowDays: Int64 = 0,
        isKeptNoLonger: Bool = false, actor: Actor, now: Instant
    ) -> Result<OrderUpdate, CaseRejection> {
        do throws(CaseRejection) {
            try pushed.validate(now: now)
            try pushed.requireCurrency(over: known)
            var pushed = pushed
            try pushed.keepZoneOfWindows(longestWindowDays)
            guard let known else {
                var order = pushed
                order.version = 1
                order.purchasePolicyVersion = purchasePolicyVersion
                order.updatedAt = now
                return .success(.created(order))
            }
            var merged = try pushed.takingLedgers(of: known, actor: actor)
            guard merged != known || isKeptNoLonger else {
                if known.cases.isEmpty { merged.updatedAt = max(now, known.updatedAt) }
                return .success(.unchanged(merged))
            }
            var order = merged
            order.version = known.version + 1
            order.updatedAt = now
            return .success(.updated(order))
        } catch {
            return .failure(error)
        }
    }

    /// A currency is one of ISO 4217; that of an order which was taken before this was asked stays.
    private func requireCurrency(over known: Order?) throws(CaseRejection) {
        guard currency != known?.currency else { return }
        try CurrencyCode.requireISO4217(currency.description, "order.currency")
    }

    /// Keeps the offsets from the purchase until a year after the last day on which anything can be returned: delivery, where it is
    /// to come, is told by a further push.
    private mutating func keepZoneOfWindows(_ longestWindowDays: Int64) throws(CaseRejection) {
        let days = max(promisedDays, longestWindowDays) + 366
        let until = (deliveredAt ?? placedAt).adding(days * Milliseconds.day)
        zone = zone?.covering(from: placedAt, until: until)
        if let zone, zone.offsets.count > CountLimits.orderOffsetsMax {
            throw .invalid(
                "TIME_ZONE_TOO_LONG", "order.time_zone",
                "\(zone.name) changes its clocks \(zone.offsets.count) times from the purchase until the last return, and an order keeps \(CountLimits.orderOffsetsMax); look for a mistake in placed_at_ms and delivered_at_ms, or leave the zone out"
            )
        }
    }

    private func takingLedgers(of known: Order, actor: Actor) throws(CaseRejection) -> Order {
        var merged = self
        merged.version = known.version
        merged.updatedAt = known.updatedAt
        merged.cases = known.cases
        merged.shippingCommittedMinor = known.shippingCommittedMinor
        merged.shippingDueMinor = known.shippingDueMinor
        merged.otherMethodCommittedMinor = known.otherMethodCommittedMinor
        merged.overpaidMinor = known.overpaidMinor
        merged.entriesCount = known.entriesCount
        merged.untold = known.untold
        merged.paymentsChangers = known.paymentsChangers
        merged.purchasePolicyVersion = known.purchasePolicyVersion
        merged.refusals = known.refusals
        guard !known.cases.isEmpty else { return merged }
        guard currency == known.currency else {
            throw .orderConflict("currency", "the currency of an order with cases cannot change")
        }
        guard customerID == known.customerID else {
            throw .orderConflict("customer_id", "the customer of an order with cases cannot change")
        }
        for line in known.lines {
            // A case keeps naming its lines when it holds no unit of them: it can be appealed, reopened or closed.
            guard let index = merged.lineIndex(line.lineID) else {
                throw .orderConflict(
                    "lines", "line \(line.lineID) is missing; an order with cases keeps its lines")
            }
            try merged.lines[index].requireStands(on: line, field: "lines[\(index)]")
            merged.lines[index].reservedUnits = line.reservedUnits
            merged.lines[index].refundableUnits = line.refundableUnits
            merged.lines[index].roundingMinor = line.roundingMinor
            merged.lines[index].exchangeDifferencesMinor = line.exchangeDifferencesMinor
            merged.lines[index].committedMinor = line.committedMinor
        }
        merged.payments = try payments(keeping: known.payments)
        if merged.payments.count > known.payments.count {
            merged.paymentsChangers.formUnion(actor.persons)
        }
        try Require.count(merged.payments.count, "order.payments", 0...CountLimits.orderPaymentsMax)
        guard merged.shippingPaidMinor >= known.shippingPaidMinor else {
            throw .orderConflict(
                "shipping_paid_minor", "what was paid for the shipping of an order with cases cannot shrink")
        }
        return merged
    }

    /// The known payments as they are, then those that the push adds: refunds go to payments in this order.
    private func payments(keeping known: [Payment]) throws(CaseRejection) -> [Payment] {
        // One of nothing is kept for the refund that was once started to it; an order system need not know it.
        let expected = known.filter { $0.amountMinor > 0 || pushes($0) }
        for (position, payment) in expected.enumerated() {
            guard position < payments.count, payments[position].reference == payment.reference else {
                throw .paymentsFixed(
                    payment,
                    pushes(payment) ? "stands first, or behind the known ones before it" : "is missing")
            }
            guard payments[position].method == payment.method else {
                throw .paymentsFixed(
                    payment, "is \(payment.method), not \(payments[position].method)",
                    field: "payments[\(position)].method")
            }
            guard payments[position].amountMinor == payment.amountMinor else {
                let known = MoneyFormat.text(payment.amountMinor, currency.description)
                let pushed = MoneyFormat.text(payments[position].amountMinor, currency.description)
                throw .paymentsFixed(
                    payment, "is \(known), not \(pushed)",
                    field: "payments[\(position)].amount_minor")
            }
        }
        return known + payments.dropFirst(expected.count)
    }

    private func pushes(_ payment: Payment) -> Bool {
        payments.contains { $0.reference == payment.reference }
    }
}

extension OrderLine {
    /// What cases hold of the known line, and owe for it, must stand on the pushed one.
    fileprivate func requireStands(on known: OrderLine, field: String) throws(CaseRejection) {
        guard quantity >= known.reservedUnits else {
            throw .orderConflict(
                "\(field).quantity",
                "cases hold \(counted(known.reservedUnits, "unit")) of line \(known.lineID)")
        }
        // What cases owe is a share of these: a change would make it another amount.
        guard known.reservedUnits + known.refundableUnits == 0 || quantity == known.quantity else {
            throw .orderConflict(
                "\(field).quantity", "cases hold units of line \(known.lineID); its quantity is fixed")
        }
        // Nothing is owed yet of units that are only held: what is paid for the line by then counts. So an order that was paid in part can
        // be paid on.
        guard paidMinor == known.paidMinor || !known.hasMoneyOfCases else {
            throw .orderConflict(
                "\(field).paid_minor",
                "cases owe money for units of line \(known.lineID) by what was paid for it; push it as it is, and leave what was paid since in outstanding_minor"
            )
        }
        guard paidMinor >= known.paidMinor else {
            throw .orderConflict(
                "\(field).paid_minor",
                "what was paid for line \(known.lineID) of an order with cases cannot shrink")
        }
        guard sku == known.sku else {
            throw .orderConflict(
                "\(field).sku", "the SKU of line \(known.lineID) cannot change once the order has cases")
        }
    }
}
