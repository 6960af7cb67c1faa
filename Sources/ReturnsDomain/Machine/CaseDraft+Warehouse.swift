/// Receipt and inspection (R9, R13 to R15).
extension CaseDraft {
    mutating func receive(_ receipt: Receipt) throws(CaseRejection) {
        guard !receipt.lines.isEmpty || !receipt.undeclared.isEmpty else {
            throw .invalid("FIELD_REQUIRED", "lines", "say what arrived: units per line, or undeclared goods")
        }
        guard receipt.isByHand || !value.shipments.isEmpty else {
            throw refusal(
                "SHIPMENT_UNKNOWN",
                "no shipment is recorded; record it with ship, or receive the goods as brought by hand",
                field: "by_hand")
        }
        try requireRoomForClocks()
        try Require.count(receipt.undeclared.count, "undeclared", 0...CountLimits.receiptUndeclaredMax)
        try Require.count(receipt.enclosures.count, "enclosures", 0...CountLimits.conditionsMax)
        for (index, code) in receipt.enclosures.enumerated() {
            try Require.identifier(code, "enclosures[\(index)]")
        }
        let counted = try caseLines(receipt.lines)
        for (position, line) in counted.enumerated() {
            let units = value.lines[line.index].units
            guard line.units <= units.outstanding else {
                throw refusal(
                    "QUANTITY_EXCEEDED",
                    "\(units.outstanding) units of line \(value.lines[line.index].lineID) can still come; receive the rest as undeclared goods",
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
        for line in counted { try arrive(line.units, line: line.index) }
        for (position, goods) in receipt.undeclared.enumerated() {
            try receive(goods, field: "undeclared[\(position)]")
        }
        value.state = .received
        if value.lostUndecidedUnits == 0 { value.exception = nil }
        let toInspect = value.uninspectedUnits - uninspectedBefore
        if toInspect > 0 { startClock(.inspect, units: toInspect) }
        let units = counted.reduce(0) { $0 + $1.units } + receipt.undeclared.reduce(0) { $0 + $1.units }
        record(
            .received,
            "\(units) units\(receipt.isByHand ? ", brought by hand" : "")\(receipt.undeclared.isEmpty ? "" : ", some undeclared")",
            .units(units))
    }

    /// Units of a case line arrive: those awaited first, then those thought lost. Withdrawn goods go straight back.
    ///
    /// Last come units that were paid for without the goods, conceded as lost or kept: they are ours, so there is
    /// nothing to inspect and nothing more to pay.
    private mutating func arrive(_ units: Int64, line index: Int) throws(CaseRejection) {
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

    mutating func sendBack(_ units: Int64, line index: Int) throws(CaseRejection) {
        try requireRoomForOutbound()
        value.lines[index].units.sentBack += units
        value.outbound.append(
            Outbound(
                kind: .sendBack, lineID: value.lines[index].lineID, sku: value.lines[index].sku, units: units)
        )
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
                "\(value.lines[index].units.outstanding) units of line \(goods.addAsLineID) can still come in this case; receive them under lines",
                field: "\(field).add_as_line_id")
        }
        guard order.lines[orderIndex].availableUnits >= goods.units else {
            throw refusal(
                "QUANTITY_EXCEEDED",
                "\(order.lines[orderIndex].availableUnits) units of line \(goods.addAsLineID) are left; leave add_as_line_id empty to send the goods back",
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

    mutating func inspect(_ lines: [LineInspection], report: Document?) throws(CaseRejection) {
        guard value.uninspectedUnits > 0 else {
            throw refusal("NOTHING_TO_INSPECT", "every received unit is inspected")
        }
        try Require.count(lines.count, "lines", 1...CountLimits.caseLinesMax)
        let indices = try lines.enumerated().map { position, line throws(CaseRejection) in
            try validate(line, field: "lines[\(position)]")
        }
        guard Set(indices).count == indices.count else {
            throw .invalid("DUPLICATE_LINE", "lines", "inspect each line once per report")
        }
        guard value.inspections.count + lines.count <= CountLimits.caseLinesMax * 2 else {
            throw .notAllowed(
                "CASE_FULL",
                "the case holds the most inspections it can; inspect more of a line's units in one report")
        }
        try attach(report, as: .inspectionReport, field: "report")
        let owedBefore = value.balanceMinor
        for (index, line) in zip(indices, lines) { inspect(line, index: index) }
        let refused = lines.reduce(0) { $0 + $1.refusedUnits }
        let accepted = lines.reduce(0) { $0 + $1.acceptedUnits }
        completeInspection(of: accepted + refused)
        if value.balanceMinor > owedBefore { startClock(.refund) }
        record(
            .inspected, "\(accepted) accepted, \(refused) refused",
            .inspection(acceptedUnits: accepted, refusedUnits: refused))
        if refused > 0 { notifyCustomer("nonconforming") }
    }

    private func validate(_ line: LineInspection, field: String) throws(CaseRejection) -> Int {
        try Require.identifier(line.lineID, "\(field).line_id")
        guard let index = value.lineIndex(line.lineID) else {
            throw .invalid("LINE_UNKNOWN", "\(field).line_id", "the case has no line \(line.lineID)")
        }
        guard line.acceptedUnits >= 0, line.refusedUnits >= 0, line.acceptedUnits <= CountLimits.unitsMax,
            line.refusedUnits <= CountLimits.unitsMax, line.acceptedUnits + line.refusedUnits > 0
        else {
            throw .invalid(
                "QUANTITY_OUT_OF_RANGE", "\(field).accepted_units",
                "say how many units were accepted and refused; together at least one")
        }
        let left = value.lines[index].units.uninspected
        guard line.acceptedUnits + line.refusedUnits <= left else {
            throw refusal(
                "QUANTITY_EXCEEDED", "\(left) units of line \(line.lineID) are left to inspect",
                field: "\(field).accepted_units")
        }
        try Require.count(line.evidence.count, "\(field).evidence", 0...CountLimits.conditionsMax)
        for (position, reference) in line.evidence.enumerated() {
            try Require.text(reference, "\(field).evidence[\(position)]", max: TextLimits.referenceBytesMax)
        }
        try Require.text(line.note, "\(field).note", max: TextLimits.longTextBytesMax, optional: true)
        if line.refusedUnits == 0 && !line.isAllOK {
            throw .invalid(
                "INSPECTION_CONTRADICTS", "\(field).refused_units",
                "a result is not ok but no unit is refused; refuse the units it concerns")
        }
        if line.refusedUnits > 0 && line.isAllOK && line.note.isEmpty {
            throw .invalid(
                "INSPECTION_CONTRADICTS", "\(field).note",
                "units are refused although all results are ok; say why")
        }
        return index
    }

    private mutating func inspect(_ line: LineInspection, index: Int) {
        value.lines[index].units.uninspected -= line.acceptedUnits + line.refusedUnits
        value.lines[index].units.accepted += line.acceptedUnits
        value.lines[index].units.undecided += line.refusedUnits
        makeRefundable(line.acceptedUnits, line: index)
        value.inspections.append(
            Inspection(
                lineID: line.lineID, isAppearanceOK: line.isAppearanceOK, isQuantityOK: line.isQuantityOK,
                isPackagingOK: line.isPackagingOK, isUnusedOK: line.isUnusedOK,
                acceptedUnits: line.acceptedUnits,
                refusedUnits: line.refusedUnits, evidence: line.evidence, note: line.note, inspector: by,
                at: now,
                standardVersion: value.standardVersion))
    }
}
