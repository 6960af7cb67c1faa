/// The moves between a case's ledgers and its order's.
extension CaseDraft {
    mutating func reserve(_ units: Int64, orderLine index: Int) {
        order.lines[index].reservedUnits += units
    }

    /// Gives back what never arrived and what went back, and remembers it for reopening.
    mutating func releaseForEnd() {
        for index in value.lines.indices {
            let line = value.lines[index]
            value.lines[index].releasedAwaited = line.units.awaited
            value.lines[index].releasedSentBack = line.units.sentBack
            release(line.units.awaited + line.units.sentBack, line: index)
            value.lines[index].units.awaited = 0
            value.lines[index].units.sentBack = 0
        }
    }

    /// Lowers the order's reservation; the caller takes the units from where they were.
    mutating func release(_ units: Int64, line index: Int) {
        value.lines[index].units.released += units
        order.lines[orderLineIndex(value.lines[index].lineID)].reservedUnits -= units
    }

    /// Units of the line become refundable: their share of what was paid is owed by this case. Who decides so, if over no
    /// unit, is kept (`PriorActs`).
    mutating func makeRefundable(_ units: Int64, line index: Int) {
        value.lines[index].shareMinor += takeWorth(of: units, line: index)
    }

    /// Takes what units of the line are worth for this case, so that no other can have it.
    mutating func takeWorth(of units: Int64, line index: Int) -> Int64 {
        value.owedDeciders.formUnion(actor.persons)
        return order.lines[orderLineIndex(value.lines[index].lineID)].makeRefundable(units)
    }

    /// Units of the line cease to be refundable: their part of the line's share is not owed any more, where no money was paid nor
    /// is in flight for it.
    mutating func makeUnrefundable(_ units: Int64, line index: Int, field: String) throws(CaseRejection) {
        let line = value.lines[index]
        let part = line.shareOf(units)
        guard part <= line.balanceMinor else {
            throw moneyIsTaken(line, part, field: field)
        }
        try requireDeducer(of: line, shareMinor: line.shareMinor - part)
        value.lines[index].shareMinor -= part
        order.lines[orderLineIndex(line.lineID)].makeUnrefundable(units, shareMinor: part)
    }

    /// What of the line's money has another use, by each use and what undoes it.
    private func moneyIsTaken(_ line: CaseLine, _ part: Int64, field: String) -> CaseRejection {
        let inFlight = value.liveRefund?.lines.first { $0.reference == line.lineID }?.amountMinor ?? 0
        let paid = line.committedMinor - inFlight
        var uses: [String] = []
        if line.deductedMinor > 0 {
            uses.append(
                "\(text(line.deductedMinor)) are deducted: take a deduction back before (take_back_deduction)"
            )
        }
        if inFlight > 0 {
            uses.append(
                "\(text(inFlight)) are in a refund under way: only if it is dead, abandon it before (abandon_refund)"
            )
        }
        if paid > 0 {
            uses.append(
                "\(text(paid)) are refunded, and what was paid stays, unless the bank sent it back (record_returned_refund)"
            )
        }
        return refusal(
            line.committedMinor > 0 ? "MONEY_PAID" : "MONEY_DEDUCTED",
            "these units take \(text(part)) off what line \(line.lineID) is owed, and only \(text(max(0, line.balanceMinor))) of that are free: \(uses.joined(separator: "; "))",
            field: field)
    }

    func orderLineIndex(_ lineID: String) -> Int {
        guard let index = order.lineIndex(lineID) else {
            preconditionFailure("case \(value.id) names line \(lineID), which its order lost")
        }
        return index
    }

    /// Finds the case lines that a command names, each once, with at least one unit.
    func caseLines(_ lines: [LineUnits], field: String = "lines") throws(CaseRejection) -> [(
        index: Int, units: Int64
    )] {
        var found: [(index: Int, units: Int64)] = []
        for (position, line) in lines.enumerated() {
            let index = try caseLine(line, field: "\(field)[\(position)]")
            guard !found.contains(where: { $0.index == index }) else {
                throw .invalid(
                    "DUPLICATE_LINE", "\(field)[\(position)].line_id",
                    "line \(line.lineID) stands twice; give it once")
            }
            found.append((index, line.units))
        }
        return found
    }

    /// Finds one case line and checks that its units are a number a line can have.
    func caseLine(_ line: LineUnits, field: String) throws(CaseRejection) -> Int {
        let index = try caseLineIndex(line.lineID, field: field)
        try Require.units(line.units, "\(field).units")
        return index
    }

    /// - Parameter field: What the line's id is in; nil where it stands by itself.
    func caseLineIndex(_ lineID: String, field: String? = nil) throws(CaseRejection) -> Int {
        let field = field.map { "\($0).line_id" } ?? "line_id"
        try Require.identifier(lineID, field)
        guard let index = value.lineIndex(lineID) else {
            throw .invalid("LINE_UNKNOWN", field, "the case has no line \(lineID); it has \(lineList)")
        }
        return index
    }

    private var lineList: String {
        value.lines.prefix(10).map(\.lineID).joined(separator: ", ") + (value.lines.count > 10 ? ", …" : "")
    }
}
