import ArgumentParser
import RCP
import ReturnsAPI

struct CaseReceive: CaseVerb {
    /// What is awaited or was lost can come: its counts are for whoever counts. What nobody looks for is named as it is found.
    static let step = CaseStep(.receive) { situation in
        if let value = situation.value, value.expectsNoGoods { return unexpected(value, situation.reasons) }
        // A parcel belongs to a shipment; where none is recorded, the goods can only be brought.
        let isByHand =
            situation.reasons.contains("SHIPMENT_UNKNOWN") || situation.value?.shipments.isEmpty ?? false
        let hand = isByHand ? " --by-hand" : ""
        let lines = situation.value?.lines
        guard let lines else { return [StepWay("--line LINE=UNITS\(hand)")] }
        let counts = ArrivedUnits.expected(in: lines)
        // What came beyond what can still come is named as goods that the form does not have.
        let isTooMany =
            situation.reasons.contains("QUANTITY_EXCEEDED") && situation.refused?.command == .receive
        let sku = isTooMany && lines.count == 1 ? ShellWord.quoted("\(lines[0].sku)=UNITS") : "SKU=UNITS"
        let rest = StepWay(
            "--undeclared \(sku)\(hand)", isAside: !isTooMany,
            note: isTooMany ? "the units beyond what can still come" : "")
        guard !counts.isEmpty else { return [rest] }
        return [StepWay(ArrivedUnits.flags(counts) + hand)] + (isTooMany ? [rest] : [])
    }
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Record what arrived, counted per line.",
        discussion: """
            Without --line, --all and --undeclared the units of each line are asked for, at a terminal. \
            Example: --line 1=2 --line 2=0 --enclosure return_form
            """)
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp("Units of a line; repeatable.", valueName: "line=units"),
        transform: LineSpec.units)
    var lines: [Returns_V1_LineUnits] = []
    @Flag(help: "All that is awaited has arrived.") var all = false
    @Option(
        help: ArgumentHelp(
            "Goods the form does not name, sent back unless added under an order line; repeatable.",
            valueName: "sku=units[@line]"),
        transform: LineSpec.undeclared)
    var undeclared: [Returns_V1_UndeclaredGoods] = []
    @Flag(help: "Brought in by hand, without a carrier.") var byHand = false
    @Option(
        name: .customLong("enclosure"),
        help: ArgumentHelp("Paper found in the parcel; repeatable.", valueName: "code"))
    var enclosures: [String] = []
    @Option(help: ArgumentHelp("The signed receipt: a file, or REFERENCE@sha256:HEX.", valueName: "file"))
    var receipt: String?
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if all, !lines.isEmpty { throw ValidationError("--all and --line exclude each other") }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_ReceiveGoodsRequest.with {
            $0.target = change
            $0.lines = lines
            $0.undeclared = undeclared
            $0.byHand = byHand
            $0.enclosures = enclosures
        }
        if let receipt {
            request.receipt = try DocumentSource.document(receipt, byHand ? .signedReceipt : .other)
        }
        if !all, lines.isEmpty, undeclared.isEmpty {
            request.lines = try await ArrivedUnits.ask(
                try await session.getCase(target.caseID), byHand, session)
            session.repetition.pin(Self.flags(request.lines))
        }
        guard all else {
            return try await session.client.cases.receiveGoods(request, options: options)
        }
        return try await CurrentCase.change(change, session) { current, target in
            let awaited = Self.awaited(current)
            guard !awaited.isEmpty else {
                throw CurrentCase.nothingLeft(
                    "no unit of case \(current.id) is awaited any more", current.id, session,
                    hints: ["name what arrived with --line LINE=UNITS or --undeclared SKU=UNITS"])
            }
            request.lines = awaited
            request.target = target
            session.repetition.pin(
                Self.pins(request), replacedFlags: ["--all"], replacedOptions: ["--expected-version"])
            return try await session.client.cases.receiveGoods(request, options: options)
        }
    }

    /// Says the lines and the version whatever the case has become.
    static func pins(_ request: Returns_V1_ReceiveGoodsRequest) -> [String] {
        flags(request.lines)
            + ["--expected-version", "\(request.target.expectedVersion)"]
    }

    private static func flags(_ lines: [Returns_V1_LineUnits]) -> [String] {
        lines.flatMap { ["--line", "\($0.lineID)=\($0.units)"] }
    }

    /// Goods that come to a case which expects none wait to go back; they are named as they are found.
    private static func unexpected(_ value: Returns_V1_Case, _ reasons: Set<String>) -> [StepWay] {
        guard reasons.contains("GOODS_NOT_EXPECTED"), let line = value.lines.first else {
            return [StepWay("--undeclared SKU=UNITS", isAside: true)]
        }
        return [
            StepWay("--undeclared \(ShellWord.quoted("\(line.sku)=UNITS"))", note: "they wait to go back")
        ]
    }

    static func awaited(_ value: Returns_V1_Case) -> [Returns_V1_LineUnits] {
        value.lines.filter { $0.units.awaited > 0 }.map { line in
            .with {
                $0.lineID = line.lineID
                $0.units = line.units.awaited
            }
        }
    }
}

extension Returns_V1_Case {
    /// Before an approval, and at its end, a case expects no goods; those that come all the same wait to go back.
    var expectsNoGoods: Bool {
        switch state {
        case .submitted, .infoNeeded, .rejected, .closed, .cancelled, .expired: true
        default: false
        }
    }
}
