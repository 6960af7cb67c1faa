/// Proves of an order and its cases, read as they were together, that paid = kept + refunded + in flight (N23).
///
/// A value. The order's ledgers are moved step by step, with each command; here they are added up again from what the cases have:
/// their lines and their refunds. It goes by its own rules, and by none of those that moved the ledgers.
public struct MoneyProof: Hashable, Sendable {
    public private(set) var findings: [MoneyFinding] = []
    /// Of the order; nil where its sums could not be made, since a case could not be read.
    public private(set) var totals: MoneyTotals?
    public private(set) var refunds: UInt64 = 0

    /// - Parameters:
    ///   - order: One without an inconsistency of its own.
    ///   - cases: All that could be read, without inconsistencies of their own.
    public init(_ order: Order, cases: [Case]) {
        let isWhole = Set(cases.map(\.id)) == Set(order.cases.map(\.id))
        proveOrder(order)
        for value in cases { prove(value, of: order) }
        let refunds = cases.flatMap { value in value.refunds.map { (value.id, $0) } }
        self.refunds = UInt64(refunds.count)
        proveEachOnce(refunds)
        for (id, refund) in refunds { provePayments(of: refund, id, order) }
        // Without one of the cases nothing adds up, and the case itself is named.
        guard isWhole else { return }
        prove(order, cases, refunds.map(\.1))
        proveLines(of: order, cases)
        totals = Self.totals(of: order, refunds.map(\.1))
    }

    private mutating func compare(
        _ problem: MoneyProblem, _ recorded: Int64, _ proved: Int64, caseID: CaseID? = nil,
        subject: String = "", _ text: String
    ) {
        guard recorded != proved else { return }
        findings.append(
            MoneyFinding(
                problem, caseID: caseID, subject: subject, recorded: recorded, proved: proved, text))
    }

    // MARK: The order by itself

    /// What went out is what it was for: of lines, of shipping, and beyond.
    private mutating func proveOrder(_ order: Order) {
        let sent = order.payments.sumClamped(\.sentMinor).addingClamped(order.otherMethodCommittedMinor)
        let sentFor = order.lines.sumClamped(\.committedMinor).addingClamped(order.shippingCommittedMinor)
            .addingClamped(order.overpaidMinor)
        compare(.order, sent, sentFor, "what went out is not what lines, shipping and overpayments have")
        compare(
            .order, order.payments.sumClamped(\.amountMinor),
            order.lines.sumClamped(\.paidMinor).addingClamped(order.shippingPaidMinor),
            "the payments are not what was paid for lines and shipping")
        for payment in order.payments where payment.overpaidMinor > 0 {
            compare(
                .payment, payment.committedMinor, payment.amountMinor, subject: payment.reference,
                "more than its amount went to the payment, although not all of it was refunded")
        }
    }

    // MARK: A case by itself

    private mutating func prove(_ value: Case, of order: Order) {
        for refund in value.refunds { prove(refund, of: value.id) }
        guard value.money != Self.money(of: value) else { return }
        findings.append(
            MoneyFinding(
                .case, caseID: value.id,
                "its money is \(value.money), and by its refunds and what it owes \(Self.money(of: value))"))
    }

    /// As STATES.md has it.
    private static func money(of value: Case) -> Track {
        for refund in value.refunds {
            switch refund.status {
            case .prepared, .inProgress, .unknown: return .inProgress
            case .failed: return .failed
            case .succeeded, .abandoned, .returned: continue
            }
        }
        if value.balanceMinor > 0 { return .due }
        return value.refunds.contains { $0.status == .succeeded } ? .done : .none
    }

    private mutating func prove(_ refund: Refund, of id: CaseID) {
        func find(_ text: String) {
            findings.append(MoneyFinding(.refund, caseID: id, subject: refund.id, text))
        }
        let hasEnded: Bool
        switch refund.status {
        case .succeeded, .returned:
            hasEnded = true
            if refund.voucher.isEmpty { find("it succeeded, and has no voucher") }
        case .abandoned:
            hasEnded = true
            if !refund.voucher.isEmpty { find("it was given up, and has a voucher") }
        case .prepared, .inProgress, .unknown, .failed:
            hasEnded = false
            if !refund.voucher.isEmpty { find("it is \(refund.status), and has a voucher") }
        }
        if hasEnded != (refund.endedAt != nil) {
            find("it is \(refund.status), and has \(hasEnded ? "no" : "an") end")
        }
        if let endedAt = refund.endedAt, endedAt < refund.startedAt { find("it ended before it started") }
        let hasReason = refund.status == .failed || refund.status == .returned
        if hasReason, refund.failureReason.isEmpty { find("it is \(refund.status), and has no reason") }
        let mayHaveReason = hasReason || refund.status == .abandoned
        if !mayHaveReason, !refund.failureReason.isEmpty {
            find("it is \(refund.status), and has a reason of failure")
        }
        if refund.payments.isEmpty == refund.otherMethod.isEmpty {
            find(
                refund.payments.isEmpty
                    ? "it goes to no payment, and by no other method"
                    : "it goes to payments, and by another method")
        }
        if refund.amountMinor == 0 { find("it is of nothing") }
        if refund.preparedBy != nil, refund.confirmedBy == nil,
            [.inProgress, .unknown, .failed, .succeeded, .returned].contains(refund.status)
        {
            find("it is \(refund.status), and no second person has confirmed it")
        }
    }

    // MARK: Refunds against the order

    private mutating func proveEachOnce(_ refunds: [(CaseID, Refund)]) {
        var seen: Set<String> = []
        for (id, refund) in refunds where !seen.insert(refund.id).inserted {
            findings.append(
                MoneyFinding(
                    .refundTwice, caseID: id, subject: refund.id, recorded: refund.amountMinor,
                    "the refund stands twice"))
        }
    }

    /// A payment that a refund was started to stays with its order.
    private mutating func provePayments(of refund: Refund, _ id: CaseID, _ order: Order) {
        for share in refund.payments {
            let payment = order.payments.first { $0.reference == share.reference }
            guard payment.map({ !$0.hasRefunds }) ?? true else { continue }
            findings.append(
                MoneyFinding(
                    .paymentLost, caseID: id, subject: refund.id, recorded: share.amountMinor,
                    payment == nil
                        ? "it went to payment \(share.reference), which the order does not have"
                        : "it went to payment \(share.reference), of which the order knows no refund"))
        }
    }

    private mutating func prove(_ order: Order, _ cases: [Case], _ refunds: [Refund]) {
        let holding = refunds.filter(\.holdsMoney)
        for payment in order.payments {
            let shares = holding.flatMap(\.payments).filter { $0.reference == payment.reference }
            compare(
                .payment, payment.sentMinor, shares.sumClamped(\.amountMinor), subject: payment.reference,
                "what the order has as refunded to the payment, or in flight, is not what the refunds come to"
            )
            let isNamed = refunds.contains { $0.payments.contains { $0.reference == payment.reference } }
            if payment.hasRefunds, !isNamed {
                findings.append(
                    MoneyFinding(
                        .payment, subject: payment.reference,
                        "the order knows a refund to the payment, and no case has one"))
            }
        }
        compare(
            .otherMethod, order.otherMethodCommittedMinor,
            holding.filter(\.payments.isEmpty).sumClamped(\.amountMinor),
            "what the order has as refunded by other methods is not what the refunds come to")
        compare(
            .shipping, order.shippingCommittedMinor,
            holding.sumClamped { $0.shippingMinor - $0.overpaidShippingMinor },
            "what the order has as refunded shipping is not what the refunds come to")
        compare(
            .shipping, order.shippingDueMinor, cases.sumClamped(\.shippingDueMinor),
            "the shipping that the order has as due again is not what its cases owe")
        compare(
            .overpaid, order.overpaidMinor, holding.sumClamped(\.overpaidMinor),
            "what the order has as sent beyond what was owed is not what the refunds come to")
    }

    private mutating func proveLines(of order: Order, _ cases: [Case]) {
        var byLine: [String: [(id: CaseID, entries: Int, line: CaseLine)]] = [:]
        var settled: [String: Int64] = [:]
        for value in cases {
            for item in value.outbound {
                guard let exchange = item.exchange,
                    [.paidByCustomer, .paidBack].contains(exchange.settlement)
                else { continue }
                settled[item.lineID, default: 0] = (settled[item.lineID] ?? 0).addingClamped(
                    exchange.differenceMinor)
                proveDifference(exchange, item, value, order)
            }
            for line in value.lines {
                byLine[line.lineID, default: []].append((value.id, value.timelineEntries, line))
            }
        }
        for line in order.lines {
            let held = byLine[line.lineID] ?? []
            compare(
                .lineOwed, line.exchangeDifferencesMinor, settled[line.lineID] ?? 0, subject: line.lineID,
                "the price differences of the line's exchanges are not what its cases have settled")
            compare(
                .lineCommitted, line.committedMinor, held.sumClamped(\.line.committedMinor),
                subject: line.lineID,
                "what the order has as refunded of the line, or in flight, is not what its cases have")
            compare(
                .lineUnits, line.reservedUnits,
                held.sumClamped { $0.line.units.requested - $0.line.units.released }, subject: line.lineID,
                "the units of the line that the order has as held are not those of its cases")
            compare(
                .lineUnits, line.refundableUnits, held.sumClamped(\.line.units.refundable),
                subject: line.lineID,
                "the units of the line that the order has as refundable are not those of its cases")
            compare(
                .lineOwed,
                held.sumClamped { $0.line.shareMinor.addingClamped($0.line.concessionsWorthMinor) },
                line.worthMinor.addingClamped(line.roundingMinor), subject: line.lineID,
                "the shares of its cases are not what the line's refundable units are worth")
            for (id, entries, share) in held { proveShare(of: share, line, id, entries: entries) }
        }
    }

    /// Which case got the minor unit that is left over depends on who came first; but each step that makes units refundable adds
    /// less than one to what is off, and every step is an entry of the story.
    private mutating func proveShare(
        of share: CaseLine, _ line: OrderLine, _ id: CaseID, entries: Int
    ) {
        let units = share.units.sharing
        guard units <= line.quantity else { return }
        let exact = Money.share(ofPaidMinor: line.paidMinor, units: units, bought: line.quantity)
        guard abs(share.shareMinor.addingClamped(-exact)) > units.addingClamped(Int64(entries) + 1) else {
            return
        }
        findings.append(
            MoneyFinding(
                .lineOwed, caseID: id, subject: line.lineID, recorded: share.shareMinor, proved: exact,
                "the case's share of the line is not what its units are worth"))
    }

    /// Goods cost nothing at the least: no more is paid back for a difference than was paid for the units that came back.
    private mutating func proveDifference(
        _ exchange: OutboundExchange, _ item: Outbound, _ value: Case, _ order: Order
    ) {
        guard exchange.differenceMinor < 0, let line = order.lines.first(where: { $0.lineID == item.lineID }),
            item.units <= line.quantity
        else { return }
        let worth = Money.share(ofPaidMinor: line.paidMinor, units: item.units, bought: line.quantity)
        let most = worth.addingClamped(item.units).addingClamped(Int64(value.timelineEntries) + 1)
        guard exchange.differenceMinor < -most else { return }
        findings.append(
            MoneyFinding(
                .lineOwed, caseID: value.id, subject: item.lineID,
                recorded: Int64(0).addingClamped(-exchange.differenceMinor), proved: worth,
                "more was paid back for exchange \(exchange.number) than its units are worth"))
    }

    // MARK: Totals

    private static func totals(of order: Order, _ refunds: [Refund]) -> MoneyTotals {
        var totals = MoneyTotals()
        totals.orders = 1
        totals.paidMinor = order.paidMinor
        totals.overpaidMinor = refunds.sumClamped { $0.holdsMoney ? $0.overpaidMinor : 0 }
        totals.refundedMinor = refunds.sumClamped {
            $0.holdsMoney && !$0.isLive ? $0.amountMinor - $0.overpaidMinor : 0
        }
        totals.inFlightMinor = refunds.sumClamped { $0.isLive ? $0.amountMinor : 0 }
        totals.keptMinor = totals.paidMinor - totals.refundedMinor - totals.inFlightMinor
        return totals
    }
}
