extension CommandRule {
    /// Another finding takes the place of a wrong one (D4).
    static let correctInspection = CommandRule(in: .afterArrival, leadsToTheEnd: true, duty: .decideOwed) {
        !$0.value.inspections.isEmpty
    }
}

extension CaseDraft {
    /// What is true of a line takes the place of all its inspections: money, state and clocks follow. The inspections stay, and
    /// the correction stands behind them.
    mutating func correctInspection(_ lines: [LineInspection], report: Document?, reason: String)
        throws(CaseRejection)
    {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try Require.count(lines.count, "lines", 1...CountLimits.caseLinesMax)
        try requireRoomForClocks()
        guard value.inspections.count + lines.count <= CountLimits.caseLinesMax * 2 else {
            throw .notAllowed(
                "CASE_FULL",
                "the case holds the most inspections it can; close it, and open another case for goods that need a correction"
            )
        }
        var corrected: Set<Int> = []
        var (accepted, refused, again): (Int64, Int64, Int64) = (0, 0, 0)
        var (takesBack, refusesMore) = (false, false)
        for (position, line) in lines.enumerated() {
            let field = "lines[\(position)]"
            let index = try caseLineIndex(line.lineID, field: field)
            guard corrected.insert(index).inserted else {
                throw .invalid("DUPLICATE_LINE", "lines", "correct each line once")
            }
            let found = value.findings(ofLine: line.lineID)
            try requireCorrect(line, found, index: index, field: field)
            let moved = (
                accepted: line.acceptedUnits - found.accepted, refused: line.refusedUnits - found.refused
            )
            try moveUnits(accepted: moved.accepted, refused: moved.refused, line: index, field: field)
            value.inspections.append(inspection(line, replacesEarlier: true))
            accepted += moved.accepted
            refused += moved.refused
            again -= moved.accepted + moved.refused
            takesBack = takesBack || moved.refused < 0
            refusesMore = refusesMore || moved.refused > 0
        }
        try attach(report, as: .inspectionReport, field: "report")
        // Whoever decided so, if over no unit, is among those who did.
        value.owedDeciders.formUnion(actor.persons)
        if again > 0 { startClock(.inspect, units: again) }
        record(
            .inspectionCorrected,
            lines.map { "line \($0.lineID): \($0.acceptedUnits) accepted, \($0.refusedUnits) refused" }
                .joined(separator: "; "),
            .inspectionCorrection(acceptedUnits: accepted, refusedUnits: refused), personalText: reason)
        notifyOfCorrection(takesBack: takesBack, refusesMore: refusesMore)
    }

    /// Who has not heard of a refusal need not hear that it was none; who has, is told.
    private mutating func notifyOfCorrection(takesBack: Bool, refusesMore: Bool) {
        let wasUntold = value.isDue([.nonconforming])
        if wasUntold, value.undecidedUnits == 0 { voidNotices(of: [.nonconforming]) }
        if takesBack, !wasUntold { owe(.correction) }
        if refusesMore { owe(.nonconforming) }
    }

    private func requireCorrect(
        _ line: LineInspection, _ found: InspectedUnits, index: Int, field: String
    ) throws(CaseRejection) {
        guard let last = found.last else {
            throw refusal(
                "NOTHING_TO_CORRECT",
                "no unit of line \(line.lineID) is inspected; record the inspection with inspect",
                field: "\(field).line_id")
        }
        let units = value.lines[index].units
        guard found.accepted == units.accepted,
            (units.undecided...CountLimits.unitsMax).contains(found.refused)
        else { throw wouldBeDamaged("the inspections of a line do not add up to it") }
        try requireCounts(line, atLeast: 0, field: field)
        guard line.acceptedUnits + line.refusedUnits <= found.accepted + found.refused else {
            throw refusal(
                "QUANTITY_EXCEEDED",
                "\(counted(found.accepted + found.refused, "unit")) of line \(line.lineID) \(found.accepted + found.refused == 1 ? "is" : "are") inspected; record further ones with inspect",
                field: "\(field).accepted_units")
        }
        let decided = found.refused - units.undecided
        guard line.refusedUnits >= decided else {
            throw refusal(
                "UNITS_DECIDED",
                "\(counted(decided, "refused unit")) of line \(line.lineID) \(decided == 1 ? "is" : "are") resolved already, so at least as many stay refused",
                field: "\(field).refused_units")
        }
        guard line.acceptedUnits >= units.acceptedExchanged else {
            throw refusal(
                "UNITS_DECIDED",
                "\(counted(units.acceptedExchanged, "accepted unit")) of line \(line.lineID) \(units.acceptedExchanged == 1 ? "is" : "are") exchanged, so at least as many stay accepted; an exchange can be cancelled until its goods go out",
                field: "\(field).accepted_units")
        }
        if line.acceptedUnits + line.refusedUnits > 0 { try requireSense(line, field: field) }
        guard !(found.isOne && last.tells(line)) else {
            throw refusal(
                "NOTHING_TO_CORRECT", "line \(line.lineID) is inspected so already; change what was wrong",
                field: field)
        }
    }

    private mutating func moveUnits(
        accepted: Int64, refused: Int64, line index: Int, field: String
    ) throws(CaseRejection) {
        if accepted >= 0 {
            makeRefundable(accepted, line: index)
        } else {
            try makeUnrefundable(-accepted, line: index, field: "\(field).accepted_units")
        }
        value.lines[index].units.uninspected -= accepted + refused
        value.lines[index].units.accepted += accepted
        value.lines[index].units.undecided += refused
    }
}

/// What the inspections of a line come to, corrections in the place of what they correct. Whoever goes by it compares it with
/// the line first: a damaged record may tell anything.
struct InspectedUnits {
    var accepted: Int64 = 0
    var refused: Int64 = 0
    var last: Inspection?
    var isOne = false
}

extension Case {
    func findings(ofLine lineID: String) -> InspectedUnits {
        inspections.reduce(into: InspectedUnits()) { found, inspection in
            guard inspection.lineID == lineID else { return }
            let isFirst = inspection.replacesEarlier || found.last == nil
            if isFirst { found = InspectedUnits() }
            found.accepted &+= inspection.acceptedUnits
            found.refused &+= inspection.refusedUnits
            found.isOne = isFirst
            found.last = inspection
        }
    }
}

extension Inspection {
    /// Whether it says just this.
    fileprivate func tells(_ line: LineInspection) -> Bool {
        acceptedUnits == line.acceptedUnits && refusedUnits == line.refusedUnits
            && isAppearanceOK == line.isAppearanceOK && isQuantityOK == line.isQuantityOK
            && isPackagingOK == line.isPackagingOK && isUnusedOK == line.isUnusedOK
            && evidence == line.evidence && note == line.note
    }
}
