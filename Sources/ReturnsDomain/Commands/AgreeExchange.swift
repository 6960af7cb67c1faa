import MoneyFormat

extension CommandRule {
    /// Accepted units are exchanged for goods instead of money (D6).
    static let agreeExchange = CommandRule(in: .afterArrival) { offer in
        offer.value.lines.contains { line in
            line.units.exchangeable > 0 && line.shareOf(1) <= line.balanceMinor
        }
    }
}

extension CaseDraft {
    /// Goods of ours are owed for accepted units, and their share is not owed as money any more. What was settled outside is
    /// recorded with it.
    mutating func agreeExchange(_ agreement: ExchangeAgreement) throws(CaseRejection) {
        let index = try caseLineIndex(agreement.lineID)
        try Require.units(agreement.units, "units")
        try Require.text(agreement.sku, "sku", max: TextLimits.identifierBytesMax, optional: true)
        try Require.text(agreement.reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        try Require.text(
            agreement.settlementReference, "settlement_reference", max: TextLimits.referenceBytesMax,
            optional: true)
        let agreer = try whoSettles(agreement)
        let free = value.lines[index].units.exchangeable
        guard agreement.units <= free else {
            throw refusal(
                "QUANTITY_EXCEEDED",
                "line \(agreement.lineID) has \(counted(free, "accepted unit")) that \(free == 1 ? "is" : "are") not exchanged yet",
                field: "units")
        }
        try requireRoomForOutbound()
        let owed = value.lines[index].owedMinor
        let share = value.lines[index].shareOf(agreement.units)
        guard -agreement.differenceMinor <= share else {
            throw refusal(
                "AMOUNT_EXCEEDED",
                "\(counted(agreement.units, "unit")) of line \(agreement.lineID) \(agreement.units == 1 ? "is" : "are") worth \(text(share)), so at most that much less can be agreed, paid back or waived",
                field: "difference_minor")
        }
        try makeUnrefundable(agreement.units, line: index, field: "units")
        value.lines[index].units.acceptedExchanged += agreement.units
        value.exchangesAgreed += 1
        var item = Outbound(
            kind: .exchangeAccepted, lineID: agreement.lineID,
            sku: agreement.sku.isEmpty ? value.lines[index].sku : agreement.sku, units: agreement.units)
        item.exchange = OutboundExchange(
            number: value.exchangesAgreed, shareMinor: owed - value.lines[index].owedMinor,
            differenceMinor: agreement.differenceMinor, settlement: agreement.settlement,
            settlementReference: agreement.settlementReference)
        value.outbound.append(item)
        try settleDifference(of: item, sign: 1, line: index)
        record(
            .exchangeAgreed, text(item), detail(ofExchange: item), personalText: agreement.reason, by: agreer)
    }

    /// Who may agree to how the difference is settled; checks it.
    ///
    /// What is paid back is at most what was paid for the units. What the customer pays has no bound but that of every amount: the
    /// price of what goes out stands nowhere here, and no money of ours leaves by it.
    private func whoSettles(_ agreement: ExchangeAgreement) throws(CaseRejection) -> ActorRecord {
        let difference = agreement.differenceMinor
        let amounts = -Money.amountMinorMax...Money.amountMinorMax
        guard amounts.contains(difference) else {
            throw .invalid(
                "AMOUNT_OUT_OF_RANGE", "difference_minor",
                "give at most \(text(Money.amountMinorMax)), more or less")
        }
        switch agreement.settlement {
        case nil where difference == 0: return by
        case .paidByCustomer where difference > 0: return by
        case .paidBack where difference < 0: return by
        case .waived where difference < 0: return by
        case .waived where difference > 0:
            return try acting(
                as: [.supervisor], "what the customer owes is a supervisor's to waive",
                code: "SUPERVISOR_REQUIRED")
        case nil, .paidByCustomer, .paidBack, .waived:
            let how =
                difference == 0
                ? "there is no difference, so leave the settlement out"
                : difference > 0
                    ? "the customer owes the difference: it was paid_by_customer, or waived"
                    : "the customer is owed the difference: it was paid_back, or waived"
            throw .invalid("SETTLEMENT_CONTRADICTS", "settlement", how)
        }
    }

    /// What was paid outside the payments, as the order line has it.
    mutating func settleDifference(of item: Outbound, sign: Int64, line index: Int) throws(CaseRejection) {
        guard let exchange = item.exchange, exchange.settlement != .waived else { return }
        let orderIndex = orderLineIndex(value.lines[index].lineID)
        let (sum, overflow) = order.lines[orderIndex].exchangeDifferencesMinor.addingReportingOverflow(
            sign * exchange.differenceMinor)
        guard !overflow, sum.magnitude <= Money.amountMinorMax else {
            throw refusal(
                "AMOUNT_EXCEEDED",
                "the price differences of an order line come to at most \(text(Money.amountMinorMax))",
                field: "difference_minor")
        }
        order.lines[orderIndex].exchangeDifferencesMinor = sum
    }

    /// "exchange 1: 1 unit of line 1 for MUG-L, 10.00 EUR less owed; 2.00 EUR more, paid by the customer"
    private func text(_ item: Outbound) -> String {
        guard let exchange = item.exchange else { return "" }
        return
            "exchange \(exchange.number): \(counted(item.units, "unit")) of line \(item.lineID) for \(item.sku), \(text(exchange.shareMinor)) less owed"
            + (exchange.settlement.map { "; \(differenceText(exchange, $0))" } ?? "")
    }

    private func differenceText(_ exchange: OutboundExchange, _ settlement: ExchangeSettlement) -> String {
        let isMore = exchange.differenceMinor > 0
        let amount = text(isMore ? exchange.differenceMinor : -exchange.differenceMinor)
        let how =
            switch settlement {
            case .paidByCustomer: "paid by the customer"
            case .paidBack: "paid back"
            case .waived: "waived"
            }
        return "\(amount) \(isMore ? "more" : "less"), \(how)"
    }

    func detail(ofExchange item: Outbound) -> CaseEventDetail? {
        item.exchange.map {
            .exchange(
                .init(
                    exchange: $0, lineID: item.lineID, units: item.units, sku: item.sku,
                    currency: value.currency)
            )
        }
    }
}

extension UnitLedger {
    /// Accepted, and owed as money.
    var exchangeable: Int64 { accepted - acceptedExchanged }
}

extension CaseLine {
    /// What of the line's share is some units'; what none is refundable of has none.
    func shareOf(_ count: Int64) -> Int64 {
        units.sharing > 0 && count <= units.sharing
            ? Money.share(ofPaidMinor: shareMinor, units: count, bought: units.sharing) : 0
    }
}

/// What was agreed with the customer about accepted units.
public struct ExchangeAgreement: Hashable, Sendable {
    public var lineID: String
    public var units: Int64
    /// What goes out; empty for the line's own SKU.
    public var sku: String
    /// What the goods that go out cost more than those that came back; below 0 less.
    public var differenceMinor: Int64
    /// Nil where there is no difference.
    public var settlement: ExchangeSettlement?
    public var settlementReference: String
    public var reason: String

    public init(
        lineID: String, units: Int64, sku: String = "", differenceMinor: Int64 = 0,
        settlement: ExchangeSettlement? = nil, settlementReference: String = "", reason: String = ""
    ) {
        self.lineID = lineID
        self.units = units
        self.sku = sku
        self.differenceMinor = differenceMinor
        self.settlement = settlement
        self.settlementReference = settlementReference
        self.reason = reason
    }
}
