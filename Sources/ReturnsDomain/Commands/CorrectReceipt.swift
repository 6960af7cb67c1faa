extension CommandRule {
    /// What was booked as received and did not come is taken back (D4).
    static let correctReceipt = CommandRule(
        in: .open, leadsToTheEnd: true, isOfGoodsThatWait: true
    ) {
        $0.value.hasReceiptsToCorrect
    }
}

extension CaseDraft {
    /// Units that did not come are awaited again. What was written of them stays in the story, and this stands behind it.
    mutating func correctReceipt(_ correction: ReceiptCorrection) throws(CaseRejection) {
        try Require.text(correction.reason, "reason", max: TextLimits.shortTextBytesMax)
        guard !correction.lines.isEmpty || !correction.undeclared.isEmpty else {
            throw .invalid(
                "FIELD_REQUIRED", "lines",
                "say how many units truly came: per line, or per SKU of undeclared goods")
        }
        try Require.count(correction.undeclared.count, "undeclared", 0...CountLimits.receiptUndeclaredMax)
        for (position, goods) in correction.undeclared.enumerated()
        where correction.undeclared[..<position].contains(where: { $0.sku == goods.sku }) {
            throw .invalid(
                "DUPLICATE_LINE", "undeclared[\(position)].sku", "\(goods.sku) stands twice; give it once")
        }
        try requireRoomForClocks()
        let clocked = value.uninspectedUnits
        var units: Int64 = 0
        var parts: [String] = []
        var corrected: Set<Int> = []
        for (position, line) in correction.lines.enumerated() {
            let field = "lines[\(position)]"
            let index = try caseLineIndex(line.lineID, field: field)
            guard corrected.insert(index).inserted else {
                throw .invalid(
                    "DUPLICATE_LINE", "\(field).line_id", "line \(line.lineID) stands twice; give it once")
            }
            let missing = try missingUnits(line, index: index, field: field)
            try takeBack(missing, line: index, field: field)
            units += missing
            parts.append("\(missing) of line \(line.lineID)")
        }
        for (position, goods) in correction.undeclared.enumerated() {
            let missing = try takeBack(goods, field: "undeclared[\(position)]")
            units += missing
            parts.append("\(missing) of \(goods.sku)")
        }
        voidInspectClocks(of: clocked - value.uninspectedUnits)
        voidReturnShipIfNothingWaits()
        if !value.hasReceivedUnits { forgetArrival() }
        record(
            .receiptCorrected, "\(counted(units, "unit")) did not come: \(listText(parts))", .units(units),
            personalText: correction.reason)
    }

    /// How many of the units that are booked did not come.
    private func missingUnits(_ line: LineUnits, index: Int, field: String) throws(CaseRejection) -> Int64 {
        let booked = value.lines[index].units.received
        guard (0...CountLimits.unitsMax).contains(line.units) else {
            throw .invalid(
                "QUANTITY_OUT_OF_RANGE", "\(field).units",
                "give a whole number between 0 and \(CountLimits.unitsMax)")
        }
        guard line.units < booked else {
            throw refusal(
                "NOTHING_TO_CORRECT",
                "\(counted(booked, "unit")) of line \(line.lineID) \(booked == 1 ? "is" : "are") booked as received; give a smaller number, or record further ones with receive",
                field: "\(field).units")
        }
        return booked - line.units
    }

    private mutating func takeBack(_ units: Int64, line index: Int, field: String) throws(CaseRejection) {
        let ledger = value.lines[index].units
        // Those of a withdrawn case wait to go back, uninspected.
        let waiting =
            value.isWithdrawn ? value.unshippedUnits(.sendBack, lineID: value.lines[index].lineID) : 0
        guard units <= ledger.uninspected + waiting else {
            let free = counted(ledger.uninspected + waiting, "unit")
            throw refusal(
                "UNITS_INSPECTED",
                "only \(free) of line \(value.lines[index].lineID) can be taken back: the others are inspected, decided or shipped; correct their inspection first",
                field: "\(field).units")
        }
        let uninspected = min(units, ledger.uninspected)
        value.lines[index].units.uninspected -= uninspected
        if units > uninspected {
            let lineID = value.lines[index].lineID
            takeFromOutbound(units - uninspected) { $0.kind == .sendBack && $0.lineID == lineID }
            value.lines[index].units.sentBack -= units - uninspected
        }
        // Nobody announced goods that were added on receipt, so nobody waits for them.
        if value.lines[index].wasAddedOnReceipt {
            release(units, line: index)
        } else {
            value.lines[index].units.awaited += units
        }
    }

    /// - Returns: How many of the goods did not come.
    private mutating func takeBack(_ goods: GoodsUnits, field: String) throws(CaseRejection) -> Int64 {
        try Require.text(goods.sku, "\(field).sku", max: TextLimits.identifierBytesMax)
        let waiting = value.unshippedUnits(.undeclared, sku: goods.sku)
        guard (0...CountLimits.unitsMax).contains(goods.units) else {
            throw .invalid(
                "QUANTITY_OUT_OF_RANGE", "\(field).units",
                "give a whole number between 0 and \(CountLimits.unitsMax)")
        }
        guard goods.units < waiting else {
            throw refusal(
                "NOTHING_TO_CORRECT",
                "\(counted(waiting, "undeclared unit")) of \(goods.sku) \(waiting == 1 ? "waits" : "wait") to go back; give a smaller number",
                field: "\(field).units")
        }
        takeFromOutbound(waiting - goods.units) { $0.kind == .undeclared && $0.sku == goods.sku }
        return waiting - goods.units
    }

    /// Takes units off goods that wait to go out, the latest first.
    private mutating func takeFromOutbound(_ units: Int64, where isMeant: (Outbound) -> Bool) {
        var left = units
        for index in value.outbound.indices.reversed()
        where left > 0 && value.outbound[index].shippedAt == nil && isMeant(value.outbound[index]) {
            let part = min(left, value.outbound[index].units)
            value.outbound[index].units -= part
            left -= part
        }
        value.outbound.removeAll { $0.units == 0 }
    }

    /// Nothing has come after all: the goods are on their way still, or, brought by nobody, yet to be handed over.
    private mutating func forgetArrival() {
        if !value.outbound.contains(where: { $0.kind == .undeclared }) {
            value.wasBroughtByHand = false
            value.enclosuresFound = []
        }
        // What else is owed, or was paid, keeps the case where the state follows from it.
        guard value.refunds.isEmpty, value.balanceMinor == 0 else { return }
        guard value.state.isAfterArrival, value.shipments.isEmpty, value.awaitedUnits > 0,
            value.lines.allSatisfy({ $0.units.lost == 0 })
        else { return }
        value.state = .approved
    }
}

extension Case {
    /// Whether units are booked as received that can be taken back.
    fileprivate var hasReceiptsToCorrect: Bool {
        uninspectedUnits > 0
            || outbound.contains {
                $0.shippedAt == nil && ($0.kind == .undeclared || (isWithdrawn && $0.kind == .sendBack))
            }
    }

    /// Units of a line, or of goods on none, that wait to go out.
    func unshippedUnits(_ kind: OutboundKind, lineID: String = "", sku: String? = nil) -> Int64 {
        outbound.reduce(0) { sum, item in
            guard item.shippedAt == nil, item.kind == kind, item.lineID == lineID, sku ?? item.sku == item.sku
            else { return sum }
            return sum + item.units
        }
    }
}

/// What truly came of what is booked as received.
public struct ReceiptCorrection: Hashable, Sendable {
    /// Units of each line, in all receipts together.
    public var lines: [LineUnits]
    /// Units of undeclared goods that wait to go back.
    public var undeclared: [GoodsUnits]
    public var reason: String

    public init(lines: [LineUnits], undeclared: [GoodsUnits] = [], reason: String) {
        self.lines = lines
        self.undeclared = undeclared
        self.reason = reason
    }
}
