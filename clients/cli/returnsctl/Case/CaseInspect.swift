import ArgumentParser
import RCP
import ReturnsAPI

struct CaseInspect: CaseVerb {
    /// What was found is for whoever looked.
    static let step = CaseStep(.inspect) { situation in
        let waiting = (situation.value?.lines ?? []).filter { $0.units.uninspected > 0 }
        guard !waiting.isEmpty, waiting.count <= ArrivedUnits.namedLinesMax else {
            return [StepWay("--line LINE:accept=UNITS,refuse=UNITS")]
        }
        let flags = waiting.map { line in
            let units = "0-\(line.units.uninspected)"
            return "--line \(ShellWord.quoted("\(line.lineID):accept=\(units),refuse=\(units)"))"
        }
        return [StepWay(flags.joined(separator: " "))]
    }
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Record the inspection per line: looks, quantity, packaging, unused.",
        discussion: """
            Example: --line 1:accept=2,refuse=1,appearance=fail --line 2:accept=1 --note "scratched lid"
            What is not said of a line is ok, or no unit.
            """)
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp("Result of a line; repeatable.", valueName: "line:accept=n,refuse=n,…"),
        transform: LineSpec.inspection)
    var lines: [Returns_V1_LineInspection] = []
    @Flag(help: "All that was received is in order.") var acceptAll = false
    @Option(help: "What was seen; kept with every line.") var note = ""
    @Option(help: ArgumentHelp("Photograph or other evidence; repeatable.", valueName: "reference"))
    var evidence: [String] = []
    @Option(help: ArgumentHelp("The report: a file, or REFERENCE@sha256:HEX.", valueName: "file")) var report:
        String?
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if acceptAll != lines.isEmpty {
            throw ValidationError("say what was found with --line, or that all is in order with --accept-all")
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_InspectGoodsRequest.with {
            $0.target = change
            $0.lines = lines
        }
        if let report { request.report = try DocumentSource.document(report, .inspectionReport) }
        guard acceptAll else {
            request.lines = completed(request.lines)
            return try await session.client.cases.inspectGoods(request, options: options)
        }
        return try await CurrentCase.change(change, session) { current, target in
            request.lines = completed(Self.accepted(current))
            request.target = target
            guard !request.lines.isEmpty else {
                throw CurrentCase.nothingLeft(
                    "nothing of case \(current.id) waits for inspection", current.id, session)
            }
            session.repetition.pin(
                Self.pins(request), replacedFlags: ["--accept-all"], replacedOptions: ["--expected-version"])
            return try await session.client.cases.inspectGoods(request, options: options)
        }
    }

    private func completed(_ lines: [Returns_V1_LineInspection]) -> [Returns_V1_LineInspection] {
        lines.map { line in
            var line = line
            line.note = note
            line.evidence = evidence
            return line
        }
    }

    /// Says the lines and the version whatever the case has become.
    static func pins(_ request: Returns_V1_InspectGoodsRequest) -> [String] {
        request.lines.flatMap { ["--line", "\($0.lineID):accept=\($0.acceptedUnits)"] }
            + ["--expected-version", "\(request.target.expectedVersion)"]
    }

    static func accepted(_ value: Returns_V1_Case) -> [Returns_V1_LineInspection] {
        value.lines.filter { $0.units.uninspected > 0 }.map { line in
            .with {
                $0.lineID = line.lineID
                $0.appearanceOk = true
                $0.quantityOk = true
                $0.packagingOk = true
                $0.unusedOk = true
                $0.acceptedUnits = line.units.uninspected
            }
        }
    }
}
