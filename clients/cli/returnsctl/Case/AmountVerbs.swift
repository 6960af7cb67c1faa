import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

/// What is kept of the money, and what is paid for units that are not refunded in full.
enum AmountVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseDeduct.self, CaseTakeBackDeduction.self, CaseConcede.self]
    }
}

struct CaseDeduct: CaseVerb {
    /// Who else may deduct, up to the policy's part, is told by the refusal: the case does not say how much is left of it.
    static let step = CaseStep(.deduct) { situation in
        let line = situation.value?.lines.first { $0.owedMinor > $0.committedMinor }?.lineID ?? "LINE"
        return [
            StepWay(
                "--line \(ShellWord.quoted(line)) --amount AMOUNT --code DEDUCTION --reason TEXT",
                roles: [.supervisor], isAside: true)
        ]
    }
    static let configuration = CommandConfiguration(
        commandName: "deduct", abstract: "Keep a part of the money that is owed for a line.",
        discussion: """
            The customer has to be told of it. Above the policy's part of the line's share (deduction_percent_max) a \
            supervisor does it. Example: --line 1 --amount 15.00 --code restocking --reason "opened box"
            """)
    @Option(help: "The line.") var line: String
    @Option(parsing: .unconditional, help: "How much, in the currency's major unit: 12.34.")
    var amount: String
    @Option(
        help: ArgumentHelp("Why: \(words(Returns_V1_DeductionCode.self)).", valueName: "code"),
        transform: { try parseWord($0) })
    var code: Returns_V1_DeductionCode
    @Option(help: "Why, in words.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let minor = try await session.minor(amount, ofCase: target.caseID)
        let request = Returns_V1_DeductAmountRequest.with {
            $0.target = change
            $0.lineID = line
            $0.amountMinor = minor
            $0.code = code
            $0.reason = reason
        }
        return try await session.client.cases.deductAmount(request, options: options)
    }
}

struct CaseTakeBackDeduction: CaseVerb {
    static let step = CaseStep(.takeBackDeduction) { situation in
        guard let value = situation.value else {
            return [StepWay("--line LINE --reason TEXT", isAside: true)]
        }
        for line in value.lines {
            guard let place = line.deductions.firstIndex(where: { !$0.hasTakenBackAtMs }) else { continue }
            let spec = "--line \(ShellWord.quoted(line.lineID)) --deduction \(place + 1)"
            return [StepWay("\(spec) --reason TEXT", isAside: true)]
        }
        return []
    }
    static let configuration = CommandConfiguration(
        commandName: "take-back-deduction", abstract: "Take a deduction back; its amount is owed again.")
    @Option(help: "The line.") var line: String
    @Option(
        help: ArgumentHelp(
            "Which of the line's deductions, from 1 on; the only one that stands unless given.",
            valueName: "number"))
    var deduction: UInt32?
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard deduction != 0 else { throw ValidationError("deductions are counted from 1") }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_TakeBackDeductionRequest.with {
            $0.target = change
            $0.lineID = line
            $0.deduction = deduction ?? 0
            $0.reason = reason
        }
        return try await session.client.cases.takeBackDeduction(request, options: options)
    }
}

struct CaseConcede: CaseVerb {
    static let step = CaseStep(.concedeAmount) { situation in
        let line = situation.value?.lines.first { $0.units.undecided > 0 }
        let name = ShellWord.quoted(line?.lineID ?? "LINE")
        let units = line.map { "\($0.units.undecided)" } ?? "UNITS"
        return [StepWay("--line \(name)=\(units) --amount AMOUNT --reason TEXT", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "concede", abstract: "Pay an amount for refused units that the customer keeps.",
        discussion: """
            The units go back to the customer. What they were worth is the most that can be conceded; to refund units \
            in full, resolve them: resolve --line 1=concede:2. Example: --line 1=2 --amount 30.00 --reason "agreed by phone"
            """)
    @Option(
        name: .customLong("line"),
        help: ArgumentHelp("The line, and how many of its refused units.", valueName: "line=units"),
        transform: LineSpec.units)
    var line: Returns_V1_LineUnits
    @Option(parsing: .unconditional, help: "How much for all of them, in the currency's major unit: 12.34.")
    var amount: String
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { statement(amount) }

    /// The amount with its currency, as the case has it.
    func question(_ value: Returns_V1_Case) -> String? {
        guard let minor = try? MoneyFormat.parse(amount, value.currency) else { return nil }
        return "\(statement(MoneyFormat.text(minor, value.currency))) \(value.id)."
    }

    private func statement(_ amount: String) -> String {
        "This pays \(amount) for \(counted(line.units, "unit")) that \(line.units == 1 ? "goes" : "go") back to the customer of case"
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let minor = try await session.minor(amount, ofCase: target.caseID)
        let request = Returns_V1_ConcedeAmountRequest.with {
            $0.target = change
            $0.lineID = line.lineID
            $0.units = line.units
            $0.amountMinor = minor
            $0.reason = reason
        }
        return try await session.client.cases.concedeAmount(request, options: options)
    }
}

extension Session {
    /// Only the case knows how many decimals its money has.
    fileprivate func minor(_ amount: String, ofCase id: String) async throws -> Int64 {
        try MoneyFormat.parse(amount, try await getCase(id).currency)
    }
}
