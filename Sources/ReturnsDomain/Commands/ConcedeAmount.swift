extension CommandRule {
    /// An amount for refused units that the customer takes back and keeps.
    static let concedeAmount = CommandRule(
        in: [.received, .nonconforming, .refunding, .refundFailed], leadsToTheEnd: true, duty: .decideOwed
    ) { offer in
        offer.value.undecidedUnits > 0 && !offer.value.isDue([.nonconforming])
            && offer.value.lines.contains { line in
                guard line.units.undecided > 0, let order = offer.order else { return false }
                guard let index = order.lineIndex(line.lineID) else { return false }
                return order.lines[index].worthMinor(ofFurther: line.units.undecided) > 0
            }
    }
}

extension CaseDraft {
    mutating func concedeAmount(
        _ units: LineUnits, amountMinor: Int64, reason: String
    ) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try caseLineIndex(units.lineID)
        try Require.units(units.units, "units")
        try Require.amount(amountMinor, "amount_minor", value.currency)
        let line = value.lines[index]
        guard units.units <= line.units.undecided else {
            throw refusal(
                "QUANTITY_EXCEEDED",
                "line \(line.lineID) has \(counted(line.units.undecided, "refused unit")) left to decide over",
                field: "units")
        }
        try requireTold(ofRefused: true, ofLost: false)
        let worth = order.lines[orderLineIndex(line.lineID)].worthMinor(ofFurther: units.units)
        guard amountMinor <= worth else {
            throw refusal(
                "AMOUNT_EXCEEDED",
                "\(counted(units.units, "unit")) of line \(line.lineID) \(units.units == 1 ? "is" : "are") worth \(text(worth))",
                field: "amount_minor")
        }
        guard amountMinor > 0 else {
            throw .invalid(
                "AMOUNT_OUT_OF_RANGE", "amount_minor",
                "say how much is conceded; goods that go back without money are resolved as send_back")
        }
        try requireRoom(line.concessions.count, "concessions of a line", max: CountLimits.lineAmountsMax)
        try requireRoomForOutbound()
        value.lines[index].units.undecided -= units.units
        value.lines[index].units.keptRefused += units.units
        let taken = takeWorth(of: units.units, line: index)
        value.lines[index].concessions.append(
            Concession(amountMinor: amountMinor, units: units.units, worthMinor: taken, by: by, at: now))
        value.outbound.append(
            Outbound(kind: .sendBack, lineID: line.lineID, sku: line.sku, units: units.units))
        if value.undecidedUnits + value.lostUndecidedUnits == 0 { completeClocks(.customerChoice) }
        record(
            .amountConceded,
            "\(text(amountMinor)) for \(counted(units.units, "unit")) of line \(line.lineID)",
            .adjustment(
                lineID: line.lineID, amountMinor: amountMinor, currency: value.currency, code: nil,
                units: units.units),
            personalText: reason)
    }
}
