import ArgumentParser
import RCP
import ReturnsAPI

/// Telling the customer, and what becomes of goods.
enum DecisionVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseTold.self, CaseResolve.self, CaseReturnless.self]
    }
}

struct CaseTold: CaseVerb {
    static let step = CaseStep(.tell) { situation in
        let isDue = situation.value.map { $0.customerTold == .due } ?? true
        return [StepWay("--channel CHANNEL --reference NO", isAside: !isDue)]
    }
    static let configuration = CommandConfiguration(
        commandName: "told", abstract: "Record that the customer was told what was due to be told.")
    @Option(help: ArgumentHelp("How: \(ContactChannelOption.list).", valueName: "channel"))
    var channel: ContactChannelOption
    @Option(
        name: .customLong("of"),
        help: ArgumentHelp(
            "Of what, such as refunded; repeatable. All that is due unless given.", valueName: "occasion"))
    var occasions: [NoticeOccasionOption] = []
    @Option(help: "The message's reference.") var reference = ""
    @Option(help: "What the customer was told, if it is worth keeping.") var text = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_TellCustomerRequest.with {
            $0.target = change
            $0.channel = channel.name
            $0.occasions = occasions.map(\.occasion)
            $0.reference = reference
            $0.text = text
        }
        return try await session.client.cases.tellCustomer(request, options: options)
    }
}

struct CaseResolve: CaseVerb {
    /// What can become of units is another thing for refused, lost and awaited ones; of each the first line stands for all.
    static let step = CaseStep(.resolve) { situation in
        guard let value = situation.value else { return [StepWay("--line LINE=send_back:1 --reason TEXT")] }
        func way(
            _ units: (Returns_V1_UnitLedger) -> Int64, _ resolution: Returns_V1_UnitResolution,
            roles: [Returns_V1_Role] = [], isAside: Bool = false
        ) -> StepWay? {
            value.lines.first { units($0.units) > 0 }.map { line in
                let spec = ShellWord.quoted("\(line.lineID)=\(word(resolution)):\(units(line.units))")
                return StepWay("--line \(spec) --reason TEXT", roles: roles, isAside: isAside)
            }
        }
        let decided = [
            way(\.undecided, .sendBack), way(\.lostUndecided, .release),
            way(\.onlyLostUndecided, .concede, roles: [.supervisor]),
        ].compactMap { $0 }
        if !decided.isEmpty { return decided }
        return [way(\.awaited, .release, isAside: !situation.isAllElseDone(but: [.awaitedUnits]))].compactMap
        { $0 }
    }
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Decide what becomes of refused, lost or awaited units.",
        discussion:
            "Awaited units can only be released. Example: --line 1=concede:2 --line 1=send_back:1 --reason \"regular customer\""
    )
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp(
            "Units and what becomes of them: concede, send_back, exchange, dispose, release; repeatable.",
            valueName: "line=resolution:units"),
        transform: LineSpec.resolution)
    var lines: [Returns_V1_ResolveLine]
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    /// Money given and goods destroyed do not come back; the other resolutions can still be changed.
    var danger: String? {
        func units(_ resolution: Returns_V1_UnitResolution) -> Int64 {
            lines.filter { $0.resolution == resolution }.reduce(0) { $0.addingReportingOverflow($1.units).0 }
        }
        var parts: [String] = []
        let paid = units(.concede)
        if paid > 0 {
            parts.append("pays for \(counted(paid, "unit")) that \(paid == 1 ? "is" : "are") refused or lost")
        }
        if units(.dispose) > 0 { parts.append("throws away \(counted(units(.dispose), "unit"))") }
        return parts.isEmpty ? nil : "This \(parts.joined(separator: " and ")) of case"
    }

    var mayEndRight: Bool { lines.contains { $0.resolution == .release } }

    /// Awaited units that are released are not taken from the customer any more.
    func warning(_ value: Returns_V1_Case, _ steps: [Returns_V1_AllowedCommand]) -> String? {
        let released = lines.filter { $0.resolution == .release }.reduce(Int64(0)) { sum, line in
            let awaited = value.lines.first { $0.lineID == line.lineID }?.units.awaited ?? 0
            return sum + min(awaited, max(0, line.units))
        }
        guard released > 0 else { return nil }
        return
            "The customer could still send \(counted(released, "awaited unit")): nothing is refunded for \(released == 1 ? "it" : "them") any more."
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_ResolveUnitsRequest.with {
            $0.target = change
            $0.lines = lines
            $0.reason = reason
        }
        return try await session.client.cases.resolveUnits(request, options: options)
    }
}

struct CaseReturnless: CaseVerb {
    static let step = CaseStep(.grantReturnless, flags: "--reason TEXT", isAside: true)
    static let configuration = CommandConfiguration(
        commandName: "returnless", abstract: "Refund without the goods coming back.")
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This lets the customer keep the goods and the money of case" }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_GrantReturnlessRequest.with {
            $0.target = change
            $0.reason = reason
        }
        return try await session.client.cases.grantReturnless(request, options: options)
    }
}

extension Returns_V1_UnitLedger {
    /// Lost, and neither paid for nor released.
    fileprivate var lostUndecided: Int64 { lost - lostConceded }
    /// Those of a line whose refused ones are decided: a concession goes to these first.
    fileprivate var onlyLostUndecided: Int64 { undecided > 0 ? 0 : lostUndecided }
}
