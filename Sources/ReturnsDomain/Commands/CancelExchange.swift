extension CommandRule {
    /// An agreed exchange is taken back before its goods have gone out: money is owed again.
    static let cancelExchange = CommandRule(in: .afterArrival, leadsToTheEnd: true, duty: .decideOwed) {
        $0.value.outbound.contains { $0.kind == .exchangeAccepted && $0.shippedAt == nil }
    }
}

extension CaseDraft {
    mutating func cancelExchange(_ number: UInt32, reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        guard let place = value.outbound.firstIndex(where: { $0.exchange?.number == number }) else {
            throw refusal("EXCHANGE_UNKNOWN", "the case has no exchange \(number)", field: "exchange")
        }
        let item = value.outbound[place]
        guard item.shippedAt == nil else {
            throw refusal(
                "EXCHANGE_SHIPPED", "the goods of exchange \(number) have gone out already", field: "exchange"
            )
        }
        guard let index = value.lineIndex(item.lineID),
            item.units <= value.lines[index].units.acceptedExchanged
        else { throw wouldBeDamaged("an exchange does not fit its line") }
        value.outbound.remove(at: place)
        value.lines[index].units.acceptedExchanged -= item.units
        let owed = value.lines[index].owedMinor
        makeRefundable(item.units, line: index)
        try settleDifference(of: item, sign: -1, line: index)
        voidReturnShipIfNothingWaits()
        var cancelled = item
        cancelled.exchange?.shareMinor = value.lines[index].owedMinor - owed
        record(
            .exchangeCancelled,
            "exchange \(number): \(text(value.lines[index].owedMinor - owed)) owed again"
                + unsettledText(item),
            detail(ofExchange: cancelled), personalText: reason)
    }

    /// What was paid for the difference changed hands outside the refunds, and no ledger has it as owed from now on: the story says
    /// so, and to whom it is to be given back.
    private func unsettledText(_ item: Outbound) -> String {
        guard let exchange = item.exchange, exchange.isPaid else { return "" }
        let isMore = exchange.differenceMinor > 0
        let amount = text(isMore ? exchange.differenceMinor : -exchange.differenceMinor)
        return isMore
            ? "; the customer had paid \(amount) more, which is not in what is owed: give it back outside the refunds"
            : "; \(amount) had been paid back to the customer, which are not taken off what is owed: settle them outside the refunds"
    }
}
