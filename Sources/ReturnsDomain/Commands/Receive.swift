extension CommandRule {
    /// What the warehouse counted (R9, R12). Goods can come to every case, whether they are expected or not.
    static let receive = CommandRule(in: .all, leadsToTheEnd: true)
}

extension CaseDraft {
    mutating func receive(_ receipt: Receipt) throws(CaseRejection) {
        guard !receipt.lines.isEmpty || !receipt.undeclared.isEmpty else {
            throw .invalid("FIELD_REQUIRED", "lines", "say what arrived: units per line, or undeclared goods")
        }
        let isExpected = value.expectsGoods
        guard receipt.isByHand || !value.shipments.isEmpty || !isExpected else {
            throw refusal(
                "SHIPMENT_UNKNOWN",
                "no shipment is recorded; "
                    + (value.awaitedUnits > 0
                        ? "record it with ship, or receive the goods as brought by hand"
                        : "receive the goods as brought by hand"),
                field: "by_hand")
        }
        try requireRoomForClocks()
        try Require.count(receipt.undeclared.count, "undeclared", 0...CountLimits.receiptUndeclaredMax)
        try Require.count(receipt.enclosures.count, "enclosures", 0...CountLimits.conditionsMax)
        for (index, code) in receipt.enclosures.enumerated() {
            try Require.identifier(code, "enclosures[\(index)]")
        }
        let arrivals = try caseLines(receipt.lines)
        for (position, line) in arrivals.enumerated() {
            let units = value.lines[line.index].units
            guard isExpected || line.units <= units.paidWithoutGoods else {
                throw goodsNotExpected(field: "lines[\(position)].units")
            }
            guard line.units <= units.outstanding else {
                throw refusal(
                    "QUANTITY_EXCEEDED",
                    "\(counted(units.outstanding, "unit")) of line \(value.lines[line.index].lineID) can still come; receive the rest as undeclared goods",
                    field: "lines[\(position)].units")
            }
        }
        try attach(receipt.document, as: receipt.isByHand ? .signedReceipt : .other, field: "receipt")
        if receipt.isByHand { value.wasBroughtByHand = true }
        for code in receipt.enclosures where !value.enclosuresFound.contains(code) {
            try requireRoom(value.enclosuresFound.count, "kinds of enclosures")
            value.enclosuresFound.append(code)
        }
        let uninspectedBefore = value.uninspectedUnits
        for line in arrivals { try arrive(line.units, line: line.index) }
        for (position, goods) in receipt.undeclared.enumerated() {
            try receive(goods, field: "undeclared[\(position)]")
        }
        let bringsGoods = !arrivals.isEmpty || receipt.undeclared.contains { !$0.addAsLineID.isEmpty }
        // Wrong goods alone have a way of their own: what is awaited is on its way as before.
        if isExpected, bringsGoods {
            value.state = .received
            if value.lostUndecidedUnits == 0 {
                value.exception = nil
                // Who was not told of the loss need not hear that it was none.
                voidNotices(of: [.exception])
            }
        } else if !isExpected {
            goOnForGoodsThatWait()
        }
        let toInspect = value.uninspectedUnits - uninspectedBefore
        if toInspect > 0 { startClock(.inspect, units: toInspect) }
        let units = arrivals.reduce(0) { $0 + $1.units } + receipt.undeclared.reduce(0) { $0 + $1.units }
        record(
            .received,
            "\(counted(units, "unit"))\(receipt.isByHand ? ", brought by hand" : "")\(undeclaredText(receipt))",
            .units(units))
    }

    /// Which of the goods are on no form: their SKUs, as far as a story's line has room.
    private func undeclaredText(_ receipt: Receipt) -> String {
        guard !receipt.undeclared.isEmpty else { return "" }
        return ", undeclared: \(listText(receipt.undeclared.map { "\($0.units) of \($0.sku)" }))"
    }

    /// As many as a line of the story has room for.
    func listText(_ parts: [String]) -> String {
        let rest = parts.count - CountLimits.checkLinesMax
        return parts.prefix(CountLimits.checkLinesMax).joined(separator: ", ")
            + (rest > 0 ? " and \(rest) more" : "")
    }

    /// What was at its end goes on until the goods that came are out again.
    private mutating func goOnForGoodsThatWait() {
        guard value.state.isTerminal, value.hasGoodsToShip else { return }
        value.stateBefore = value.state
        value.state = .shipBack
    }

    private func goodsNotExpected(field: String) -> CaseRejection {
        let which: String
        let way: String
        if let end = value.endToComeBackTo {
            which = "a case that is \(end)"
            way =
                CommandKind.reopen.isPossible(in: end)
                ? "; it can be reopened when the goods that wait are out" : ""
        } else {
            which = "a case in state \(value.state)"
            switch value.state {
            case .submitted, .infoNeeded: way = ", and an approval takes them in"
            case .closed, .expired: way = "; to take them in, reopen the case first"
            // Past a refusal, nobody has approved.
            case .rejected, .cancelled, .approved, .pickupScheduled, .inTransit, .exception, .received,
                .qualified, .nonconforming, .refunding, .refundFailed, .refunded, .shipBack, .alternative:
                way = ""
            }
        }
        return refusal(
            "GOODS_NOT_EXPECTED",
            "\(which) expects no goods; receive them as undeclared goods by their SKU, without a line: they wait to go back\(way)",
            field: field)
    }

    /// Units of a case line arrive: those awaited first, then those thought lost. Withdrawn goods go straight back.
    ///
    /// Last come units that were paid for without the goods, conceded as lost or kept: they are ours, so there is
    /// nothing to inspect and nothing more to pay.
    mutating func arrive(_ units: Int64, line index: Int) throws(CaseRejection) {
        var left = units
        func take(_ count: Int64) -> Int64 {
            let taken = min(left, count)
            left -= taken
            return taken
        }
        let ledger = value.lines[index].units
        let awaited = take(ledger.awaited)
        let lost = take(ledger.lostUndecided)
        let lostConceded = take(ledger.lostConceded)
        let kept = take(ledger.kept)
        precondition(left == 0, "more units arrive than the ledger has outstanding")
        value.lines[index].units.awaited -= awaited
        value.lines[index].units.lost -= lost + lostConceded
        value.lines[index].units.lostConceded -= lostConceded
        value.lines[index].units.kept -= kept
        value.lines[index].units.conceded += lostConceded + kept
        guard awaited + lost > 0 else { return }
        if value.isWithdrawn {
            try sendBack(awaited + lost, line: index)
        } else {
            value.lines[index].units.uninspected += awaited + lost
        }
    }

    /// Goods that the form does not name: added to the case where the order has them to give, else owed back.
    private mutating func receive(_ goods: Receipt.Undeclared, field: String) throws(CaseRejection) {
        try Require.identifier(goods.addAsLineID, "\(field).add_as_line_id", optional: true)
        try Require.text(goods.sku, "\(field).sku", max: TextLimits.identifierBytesMax)
        try Require.units(goods.units, "\(field).units")
        guard !goods.addAsLineID.isEmpty else {
            try requireRoomForOutbound()
            value.outbound.append(Outbound(kind: .undeclared, lineID: "", sku: goods.sku, units: goods.units))
            return
        }
        guard value.expectsGoods else {
            throw goodsNotExpected(field: "\(field).add_as_line_id")
        }
        guard let orderIndex = order.lineIndex(goods.addAsLineID) else {
            throw .invalid(
                "LINE_UNKNOWN", "\(field).add_as_line_id",
                "the order has no line \(goods.addAsLineID); leave it empty to send the goods back")
        }
        guard order.lines[orderIndex].sku == goods.sku else {
            throw .invalid("LINE_MISMATCH", "\(field).sku", "line \(goods.addAsLineID) is another SKU")
        }
        // A unit that the case still looks for is no further one: added, it would be paid for twice.
        if let index = value.lineIndex(goods.addAsLineID), value.lines[index].units.outstanding > 0 {
            throw refusal(
                "GOODS_AWAITED",
                "\(counted(value.lines[index].units.outstanding, "unit")) of line \(goods.addAsLineID) can still come in this case; receive them under lines",
                field: "\(field).add_as_line_id")
        }
        guard order.lines[orderIndex].availableUnits >= goods.units else {
            throw refusal(
                "QUANTITY_EXCEEDED",
                "line \(goods.addAsLineID) has \(counted(order.lines[orderIndex].availableUnits, "unit")) left; leave add_as_line_id empty to send the goods back",
                field: "\(field).units")
        }
        reserve(goods.units, orderLine: orderIndex)
        if let index = value.lineIndex(goods.addAsLineID) {
            value.lines[index].units.requested += goods.units
            value.lines[index].units.awaited += goods.units
            try arrive(goods.units, line: index)
        } else {
            guard value.lines.count < CountLimits.caseLinesMax else {
                throw .notAllowed(
                    "CASE_FULL",
                    "the case has the most lines it can; leave add_as_line_id empty to send the goods back")
            }
            value.lines.append(
                CaseLine(
                    lineID: goods.addAsLineID, sku: goods.sku, requested: goods.units, wasAddedOnReceipt: true
                ))
            try arrive(goods.units, line: value.lines.count - 1)
        }
    }
}

/// What the warehouse counted (R9, R12).
public struct Receipt: Hashable, Sendable {
    public struct Undeclared: Hashable, Sendable {
        public var sku: String
        public var units: Int64
        /// The order line to add them under; empty sends them back.
        public var addAsLineID: String

        public init(sku: String, units: Int64, addAsLineID: String = "") {
            self.sku = sku
            self.units = units
            self.addAsLineID = addAsLineID
        }
    }

    public var lines: [LineUnits]
    public var undeclared: [Undeclared]
    public var isByHand: Bool
    public var enclosures: [String]
    public var document: Document?

    public init(
        lines: [LineUnits], undeclared: [Undeclared] = [], isByHand: Bool = false, enclosures: [String] = [],
        document: Document? = nil
    ) {
        self.lines = lines
        self.undeclared = undeclared
        self.isByHand = isByHand
        self.enclosures = enclosures
        self.document = document
    }
}
