import ArgumentParser
import RCP
import ReturnsAPI

struct CaseReceive: CaseVerb {
    /// All that is awaited, where something is. What was lost can still come; what nobody looks for is named as it is found.
    static let step = CaseStep(.receive) { situation in
        // A parcel belongs to a shipment; where none is recorded, the goods can only be brought.
        let isByHand =
            situation.reasons.contains("SHIPMENT_UNKNOWN") || situation.value?.shipments.isEmpty ?? false
        let hand = isByHand ? " --by-hand" : ""
        let lines = situation.value?.lines
        if lines?.contains(where: { $0.units.awaited > 0 }) ?? true { return [StepWay("--all\(hand)")] }
        if let lost = lines?.first(where: { $0.units.lost > 0 }) {
            return [StepWay("--line \(ShellWord.quoted("\(lost.lineID)=\(lost.units.lost)"))\(hand)")]
        }
        return [StepWay("--undeclared SKU=1\(hand)", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "receive", abstract: "Record what arrived, counted per line.",
        discussion:
            "Without --line and --undeclared everything that is awaited counts as received, as with --all.")
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
        guard all || (lines.isEmpty && undeclared.isEmpty) else {
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
        request.lines.flatMap { ["--line", "\($0.lineID)=\($0.units)"] }
            + ["--expected-version", "\(request.target.expectedVersion)"]
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
