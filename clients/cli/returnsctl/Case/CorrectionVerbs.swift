import ArgumentParser
import RCP
import ReturnsAPI

/// What was booked in the warehouse and is not true.
enum CorrectionVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseCorrectReceipt.self, CaseCorrectInspection.self]
    }
}

struct CaseCorrectReceipt: CaseVerb {
    /// Of a line with units that can be taken back: between which numbers the true count lies.
    static let step = CaseStep(.correctReceipt) { situation in
        guard let value = situation.value else {
            return [StepWay("--line LINE=UNITS --reason TEXT", isAside: true)]
        }
        func range(_ least: Int64, _ most: Int64) -> String { least == most ? "\(most)" : "\(least)-\(most)" }
        let line = value.lines.lazy.map { ($0, value.takeableUnits($0)) }.first { $1 > 0 }.map {
            line, units in
            let counts = range(line.units.received - units, line.units.received - 1)
            return "--line " + ShellWord.quoted("\(line.lineID)=\(counts)")
        }
        let goods = value.outbound.first { $0.kind == .undeclared && !$0.hasShippedAtMs }.map { item in
            "--undeclared " + ShellWord.quoted("\(item.sku)=\(range(0, item.units - 1))")
        }
        return [StepWay("\(line ?? goods ?? "--line LINE=UNITS") --reason TEXT", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "correct-receipt",
        abstract: "Take back units that were booked as received and did not come.",
        discussion: """
            Say how many units of a line truly came, in all receipts together; the others are awaited again. \
            Inspected units are taken back by correct-inspection first. \
            Example: --line 1=1 --reason "typed 3, 1 came"
            """)
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp("Units of a line that truly came; repeatable.", valueName: "line=units"),
        transform: LineSpec.units)
    var lines: [Returns_V1_LineUnits] = []
    @Option(
        help: ArgumentHelp(
            "The same of goods that the form does not name and that wait to go back; repeatable.",
            valueName: "sku=units"),
        transform: LineSpec.skuUnits)
    var undeclared: [Returns_V1_SkuUnits] = []
    @Option(help: "What was wrong.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if lines.isEmpty, undeclared.isEmpty {
            throw ValidationError("say what truly came with --line LINE=UNITS or --undeclared SKU=UNITS")
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_CorrectReceiptRequest.with {
            $0.target = change
            $0.lines = lines
            $0.undeclared = undeclared
            $0.reason = reason
        }
        return try await session.client.cases.correctReceipt(request, options: options)
    }
}

struct CaseCorrectInspection: CaseVerb {
    /// The counts that stand, to be typed over. Where a receipt cannot be taken back since its units are inspected, this comes
    /// first.
    static let step = CaseStep(.correctInspection) { situation in
        // So does who inspects what is inspected already.
        let isWanted =
            situation.reasons.contains("UNITS_INSPECTED") || situation.refused?.command == .inspect
        guard let value = situation.value, let lineID = value.inspections.last?.lineID else {
            let isAside = !situation.reasons.contains("UNITS_INSPECTED")
            return [StepWay("--line LINE:accept=UNITS,refuse=UNITS --reason TEXT", isAside: isAside)]
        }
        let found = value.findings(ofLine: lineID)
        let spec = ShellWord.quoted("\(lineID):accept=\(found.accepted),refuse=\(found.refused)")
        return [
            StepWay(
                "--line \(spec) --note TEXT --reason TEXT", isAside: !isWanted,
                note: "with the counts that are true")
        ]
    }
    static let configuration = CommandConfiguration(
        commandName: "correct-inspection",
        abstract: "Put another finding in the place of all inspections of a line.",
        discussion: """
            Say what is true of all inspected units of the line; those that are neither accepted nor refused \
            wait for inspection again. Example: --line 1:accept=2,refuse=0 --reason "another customer's cup"
            """)
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp("What is true of a line; repeatable.", valueName: "line:accept=n,refuse=n,…"),
        transform: LineSpec.inspection)
    var lines: [Returns_V1_LineInspection]
    @Option(help: "What was wrong.") var reason: String
    @Option(help: "What was seen; kept with every line.") var note = ""
    @Option(help: ArgumentHelp("Photograph or other evidence; repeatable.", valueName: "reference"))
    var evidence: [String] = []
    @Option(help: ArgumentHelp("The report: a file, or REFERENCE@sha256:HEX.", valueName: "file")) var report:
        String?
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_CorrectInspectionRequest.with {
            $0.target = change
            $0.lines = lines
            $0.reason = reason
        }
        for index in request.lines.indices {
            request.lines[index].note = note
            request.lines[index].evidence = evidence
        }
        if let report { request.report = try DocumentSource.document(report, .inspectionReport) }
        return try await session.client.cases.correctInspection(request, options: options)
    }
}

extension Returns_V1_Case {
    /// What the inspections of a line come to, corrections in the place of what they correct.
    func findings(ofLine lineID: String) -> (accepted: Int64, refused: Int64) {
        inspections.reduce(into: (accepted: Int64(0), refused: Int64(0))) { found, inspection in
            guard inspection.lineID == lineID else { return }
            if inspection.replacesEarlier { found = (0, 0) }
            found.accepted &+= inspection.acceptedUnits
            found.refused &+= inspection.refusedUnits
        }
    }

    /// Units of a line that a correction of the receipt can take back: nobody has inspected them.
    fileprivate func takeableUnits(_ line: Returns_V1_CaseLine) -> Int64 {
        guard withdrawn else { return line.units.uninspected }
        return outbound.reduce(line.units.uninspected) { sum, item in
            let waits = item.kind == .sendBack && item.lineID == line.lineID && !item.hasShippedAtMs
            return sum &+ (waits ? item.units : 0)
        }
    }
}
