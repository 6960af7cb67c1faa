import MoneyFormat

/// How a supervisor wants the payments of an order to be.
public struct PaymentsChange: Hashable, Sendable {
    /// All of them, in the order in which refunds go to them. A known reference is the known payment.
    public var payments: [Payment]
    public var reason: String

    public init(payments: [Payment], reason: String) {
        self.payments = payments
        self.reason = reason
    }
}

/// Who decided whether money is owed in the cases of an order, and at which version of each of them that was so.
public struct OrderOwedDeciders: Hashable, Sendable {
    public private(set) var persons: Set<String> = []
    public private(set) var caseVersions: [CaseID: UInt64] = [:]

    public init(_ cases: [Case] = []) {
        for value in cases { add(value) }
    }

    public mutating func add(_ value: Case) {
        persons.formUnion(value.owedDeciders)
        caseVersions[value.id] = value.version
    }
}

/// What a change of payments results in: data for one commit.
public struct OrderTransition: Hashable, Sendable {
    public var orderBefore: Order
    public var orderAfter: Order
    public var entry: OrderEntry
    /// The cases that it was decided on: somebody may inspect goods without a change of the order.
    public var caseVersions: [CaseID: UInt64]
}

extension Order {
    /// Who may change the payments of an order that has cases.
    public static let paymentsChangeRoles: [Role] = [.supervisor]

    /// Decides over another set of payments for an order with cases; order systems change those of one without. Pure.
    ///
    /// A refund and its payments stay one thing: a payment that a refund was started to keeps its reference and its
    /// method, and is no smaller than what was refunded to it or is in flight.
    ///
    /// - Parameters:
    ///   - known: Nil refuses with `ORDER_UNKNOWN`.
    ///   - owedDeciders: Of all cases of the order; who is among them has no say in where the money goes.
    public static func changePayments(
        _ change: PaymentsChange, of known: Order?, owedDeciders: OrderOwedDeciders, actor: Actor,
        now: Instant
    ) -> Result<OrderTransition, CaseRejection> {
        do throws(CaseRejection) {
            guard let role = paymentsChangeRoles.first(where: actor.roles.contains) else {
                throw .notPermitted(
                    "ROLE_REQUIRED", "change_payments needs the role supervisor; ask someone who has it")
            }
            guard let known else {
                throw .unknownOrder("key", advice: "check channel and number", keptDays: nil)
            }
            let acts = PriorActs(decidedOwed: !actor.persons.isDisjoint(with: owedDeciders.persons))
            if let bar = acts.bar(
                from: .changePayments, step: "change_payments", roles: paymentsChangeRoles)
            {
                throw bar
            }
            try Require.text(change.reason, "reason", max: TextLimits.shortTextBytesMax)
            try known.requirePaymentsChangeable()
            try known.validate(change.payments, "payments")
            let payments = try known.payments(changedTo: change.payments)
            guard payments != known.payments else {
                throw .notAllowed(
                    "PAYMENTS_UNCHANGED", "the order has just these payments; nothing was changed",
                    field: "payments")
            }
            var order = known
            order.payments = payments
            order.version += 1
            order.updatedAt = max(now, known.updatedAt)
            order.entriesCount += 1
            order.paymentsChangers.formUnion(actor.persons)
            let entry = OrderEntry(
                at: order.updatedAt, kind: .paymentsChanged,
                actor: ActorRecord(name: actor.name, role: role, onBehalfOf: actor.onBehalfOf),
                text: known.text(ofChangeTo: payments), reason: change.reason, orderVersion: order.version)
            order.untold.append(UntoldEntry(entry: entry, cases: known.cases.map(\.id)))
            return .success(
                OrderTransition(
                    orderBefore: known, orderAfter: order, entry: entry,
                    caseVersions: owedDeciders.caseVersions))
        } catch {
            return .failure(error)
        }
    }

    private func requirePaymentsChangeable() throws(CaseRejection) {
        guard !cases.isEmpty else {
            throw .notAllowed(
                "NO_CASE",
                "no case stands on this order yet: the order system pushes it with the payments that are right"
            )
        }
        guard entriesCount < CountLimits.orderEntriesMax else {
            throw .notAllowed(
                "ORDER_FULL",
                "the order's timeline has \(CountLimits.orderEntriesMax) entries, the most it can; no change can be added"
            )
        }
        guard untold.count < CountLimits.orderUntoldMax else {
            throw .notAllowed(
                "CHANGES_UNTOLD",
                "earlier changes have not been told to \(counted(untoldCases.count, "case")) of the order yet; try again in a few seconds"
            )
        }
    }

    private func payments(changedTo wanted: [Payment]) throws(CaseRejection) -> [Payment] {
        for payment in payments where payment.hasRefunds {
            let sent = MoneyFormat.text(payment.committedMinor, currency.description)
            guard let found = wanted.first(where: { $0.reference == payment.reference }) else {
                throw .notAllowed(
                    "PAYMENT_REFUNDED",
                    "a refund was started to payment \(payment.reference), so it stays; lower its amount to \(sent) instead",
                    field: "payments")
            }
            let index = wanted.firstIndex(of: found)!
            guard found.method == payment.method else {
                throw .notAllowed(
                    "PAYMENT_REFUNDED",
                    "a refund was started to payment \(payment.reference), so its method stays \(payment.method)",
                    field: "payments[\(index)].method")
            }
            guard found.amountMinor >= payment.committedMinor else {
                throw .notAllowed(
                    "PAYMENT_REFUNDED",
                    "\(sent) were refunded to payment \(payment.reference) or are in flight to it; it cannot be smaller",
                    field: "payments[\(index)].amount_minor")
            }
        }
        let owed = lines.reduce(shippingPaidMinor) { $0 + $1.paidMinor }
        let sum = wanted.reduce(0) { $0 + $1.amountMinor }
        guard sum == owed else {
            throw .invalid(
                "PAYMENTS_MISMATCH", "payments",
                "payments add up to \(MoneyFormat.text(sum, currency.description)), lines and shipping to \(MoneyFormat.text(owed, currency.description)); make them equal"
            )
        }
        return wanted.map { wanted in
            guard let known = payments.first(where: { $0.reference == wanted.reference }) else {
                return Payment(
                    reference: wanted.reference, method: wanted.method, amountMinor: wanted.amountMinor)
            }
            var payment = known.resized(wanted.amountMinor)
            payment.method = wanted.method
            return payment
        }
    }

    /// "card-1 card 60.00 EUR taken out; card-2 card 60.00 EUR added"
    private func text(ofChangeTo after: [Payment]) -> String {
        func text(_ payment: Payment) -> String {
            "\(payment.method) \(MoneyFormat.text(payment.amountMinor, currency.description))"
        }
        var parts: [String] = []
        for payment in payments {
            if let found = after.first(where: { $0.reference == payment.reference }) {
                if found.method != payment.method || found.amountMinor != payment.amountMinor {
                    parts.append("\(payment.reference) from \(text(payment)) to \(text(found))")
                }
            } else {
                parts.append("\(payment.reference) \(text(payment)) taken out")
            }
        }
        for payment in after where !payments.contains(where: { $0.reference == payment.reference }) {
            parts.append("\(payment.reference) \(text(payment)) added")
        }
        let kept = payments.map(\.reference).filter { reference in
            after.contains { $0.reference == reference }
        }
        let order = after.map(\.reference)
        if order.filter(kept.contains) != kept {
            parts.append("refunds go to \(order.joined(separator: ", then "))")
        }
        return parts.joined(separator: "; ")
    }
}
