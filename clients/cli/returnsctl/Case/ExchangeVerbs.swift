import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

/// Accepted units that are exchanged for goods instead of money.
enum ExchangeVerbs {
    static var all: [any ParsableCommand.Type] {
        [CaseAgreeExchange.self, CaseCancelExchange.self]
    }
}

struct CaseAgreeExchange: CaseVerb {
    static let step = CaseStep(.agreeExchange) { situation in
        let line = situation.value?.lines.first(where: \.hasUnitToExchange)
        let spec = line.map { ShellWord.quoted("\($0.lineID)=1") } ?? "LINE=UNITS"
        return [StepWay("--line \(spec) --sku SKU", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "agree-exchange",
        abstract: "Give goods for accepted units instead of money, of the same or another SKU.",
        discussion: """
            A price difference is settled outside the refunds, and recorded with how; amounts are in the \
            currency's major unit. The goods go out by exchange. \
            Example: --line 1=1 --sku SHIRT-M --paid-by-customer 2.00 --reference T-118
            """)
    @Option(
        help: ArgumentHelp("Accepted units; as many go out.", valueName: "line=units"),
        transform: LineSpec.units)
    var line: Returns_V1_LineUnits
    @Option(help: "What goes out; the line's own SKU unless given.") var sku = ""
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The goods cost so much more, and the customer has paid it.", valueName: "amount"))
    var paidByCustomer: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("They cost so much less, and the customer has got it back.", valueName: "amount"))
    var paidBack: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("They cost so much more, and a supervisor waives it.", valueName: "amount"))
    var waived: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("They cost so much less, and the customer waives it.", valueName: "amount"))
    var waivedByCustomer: String?
    @Option(help: "Of the settlement, such as a till's receipt.") var reference = ""
    @Option(help: "Why.") var reason = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if [paidByCustomer, paidBack, waived, waivedByCustomer].count(where: { $0 != nil }) > 1 {
            throw ValidationError(
                "--paid-by-customer, --paid-back, --waived and --waived-by-customer exclude each other")
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_AgreeExchangeRequest.with {
            $0.target = change
            $0.lineID = line.lineID
            $0.units = line.units
            $0.sku = sku
            $0.settlementReference = reference
            $0.reason = reason
        }
        if let settled = self.settled {
            let currency = try await session.getCase(target.caseID).currency
            request.differenceMinor = settled.sign * (try MoneyFormat.parse(settled.amount, currency))
            request.settlement = settled.how
        }
        return try await session.client.cases.agreeExchange(request, options: options)
    }

    private var settled: (amount: String, sign: Int64, how: Returns_V1_ExchangeSettlement)? {
        if let paidByCustomer { return (paidByCustomer, 1, .paidByCustomer) }
        if let paidBack { return (paidBack, -1, .paidBack) }
        if let waived { return (waived, 1, .waived) }
        return waivedByCustomer.map { ($0, -1, .waived) }
    }
}

struct CaseCancelExchange: CaseVerb {
    static let step = CaseStep(.cancelExchange) { situation in
        let item = situation.value?.outbound.first { $0.kind == .exchangeAccepted && !$0.hasShippedAtMs }
        let number = item.map { "\($0.exchange)" } ?? "1"
        return [StepWay("--exchange \(number) --reason TEXT", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "cancel-exchange",
        abstract: "Take an agreed exchange back before its goods have gone out: money is owed again.")
    @Option(help: ArgumentHelp("Its number, as case get shows it.", valueName: "number")) var exchange: UInt32
    @Option(help: "Why.") var reason: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let request = Returns_V1_CancelExchangeRequest.with {
            $0.target = change
            $0.exchange = exchange
            $0.reason = reason
        }
        return try await session.client.cases.cancelExchange(request, options: options)
    }
}

extension Returns_V1_CaseLine {
    /// Whether a unit is accepted whose share is in no refund.
    fileprivate var hasUnitToExchange: Bool {
        let refundable =
            units.accepted - units.acceptedExchanged + units.conceded + units.lostConceded + units.kept
        guard units.accepted > units.acceptedExchanged, refundable > 0 else { return false }
        return owedMinor / refundable + (2 * (owedMinor % refundable) >= refundable ? 1 : 0)
            <= owedMinor - committedMinor
    }
}
