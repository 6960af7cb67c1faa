extension CommandRule {
    /// What the warehouse found (R13 to R15).
    static let inspect = CommandRule(
        in: [.received, .refunding, .refundFailed], leadsToTheEnd: true, duty: .decideOwed
    ) {
        $0.value.uninspectedUnits > 0
    }
}

extension CaseDraft {
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
        for (index, line) in zip(indices, lines) { inspect(line, index: index) }
        let refused = lines.reduce(0) { $0 + $1.refusedUnits }
        let accepted = lines.reduce(0) { $0 + $1.acceptedUnits }
        completeInspection(of: accepted + refused)
        record(
            .inspected, "\(accepted) accepted, \(refused) refused",
            .inspection(acceptedUnits: accepted, refusedUnits: refused))
        if refused > 0 { owe(.nonconforming) }
    }

    private func validate(_ line: LineInspection, field: String) throws(CaseRejection) -> Int {
        let index = try caseLineIndex(line.lineID, field: field)
        try requireCounts(line, atLeast: 1, field: field)
        let left = value.lines[index].units.uninspected
        guard line.acceptedUnits + line.refusedUnits <= left else {
            throw refusal(
                "QUANTITY_EXCEEDED", "line \(line.lineID) has \(counted(left, "unit")) left to inspect",
                field: "\(field).accepted_units")
        }
        try requireSense(line, field: field)
        return index
    }

    /// - Parameter least: How many units it has to be of.
    func requireCounts(_ line: LineInspection, atLeast least: Int64, field: String) throws(CaseRejection) {
        guard line.acceptedUnits >= 0, line.refusedUnits >= 0, line.acceptedUnits <= CountLimits.unitsMax,
            line.refusedUnits <= CountLimits.unitsMax, line.acceptedUnits + line.refusedUnits >= least
        else {
            throw .invalid(
                "QUANTITY_OUT_OF_RANGE", "\(field).accepted_units",
                "say how many units were accepted and refused, 0 to \(CountLimits.unitsMax) each"
                    + (least > 0 ? "; together at least one" : ""))
        }
    }

    func requireSense(_ line: LineInspection, field: String) throws(CaseRejection) {
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
    }

    private mutating func inspect(_ line: LineInspection, index: Int) {
        value.lines[index].units.uninspected -= line.acceptedUnits + line.refusedUnits
        value.lines[index].units.accepted += line.acceptedUnits
        value.lines[index].units.undecided += line.refusedUnits
        makeRefundable(line.acceptedUnits, line: index)
        value.inspections.append(inspection(line))
    }

    func inspection(_ line: LineInspection, replacesEarlier: Bool = false) -> Inspection {
        Inspection(
            lineID: line.lineID, isAppearanceOK: line.isAppearanceOK, isQuantityOK: line.isQuantityOK,
            isPackagingOK: line.isPackagingOK, isUnusedOK: line.isUnusedOK, acceptedUnits: line.acceptedUnits,
            refusedUnits: line.refusedUnits, evidence: line.evidence, note: line.note, inspector: by, at: now,
            standardVersion: value.standardVersion, replacesEarlier: replacesEarlier)
    }
}

/// What the warehouse found on one line (R13).
public struct LineInspection: Hashable, Sendable {
    public var lineID: String
    public var isAppearanceOK: Bool
    public var isQuantityOK: Bool
    public var isPackagingOK: Bool
    public var isUnusedOK: Bool
    public var acceptedUnits: Int64
    public var refusedUnits: Int64
    public var evidence: [String]
    public var note: String

    public init(
        lineID: String, isAppearanceOK: Bool, isQuantityOK: Bool, isPackagingOK: Bool, isUnusedOK: Bool,
        acceptedUnits: Int64, refusedUnits: Int64, evidence: [String] = [], note: String = ""
    ) {
        self.lineID = lineID
        self.isAppearanceOK = isAppearanceOK
        self.isQuantityOK = isQuantityOK
        self.isPackagingOK = isPackagingOK
        self.isUnusedOK = isUnusedOK
        self.acceptedUnits = acceptedUnits
        self.refusedUnits = refusedUnits
        self.evidence = evidence
        self.note = note
    }

    /// All four looked good: then nothing may be refused without saying why.
    var isAllOK: Bool { isAppearanceOK && isQuantityOK && isPackagingOK && isUnusedOK }
}
