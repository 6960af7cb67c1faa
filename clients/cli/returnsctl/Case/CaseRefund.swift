import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

/// Money back.
enum RefundVerbs {
    static var all: [any ParsableCommand.Type] {
        [
            CaseRefund.self, CaseConfirmRefund.self, CaseRefundResult.self, CaseRefundReturned.self,
            CaseAbandon.self,
        ]
    }
}

struct CaseRefund: CaseVerb {
    /// Finance pays back; a supervisor by another method alone, or tries such a refund again.
    static let step = CaseStep(.refund) { situation in
        guard let failed = situation.value.flatMap(OpenRefund.live), failed.status == .failed else {
            let other = "--method METHOD --other-method-reason TEXT"
            // Where nothing else is due, it is offered for the shipping that nobody is owed: somebody has to want that.
            if situation.value.map({ $0.dueMinor == 0 }) ?? false {
                let shipping = "--amount 0 --shipping AMOUNT"
                return [
                    StepWay(
                        shipping, roles: [.finance], isAside: true, note: "no goods are due; shipping alone"),
                    StepWay("\(shipping) \(other)", roles: [.supervisor], isAside: true),
                ]
            }
            return [StepWay(roles: [.finance]), StepWay(other, roles: [.supervisor], isAside: true)]
        }
        return [StepWay(roles: failed.otherMethod.isEmpty ? [.finance] : [.finance, .supervisor])]
    }
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Start a refund, or retry the failed one.",
        discussion: """
            Amounts are in the currency's major unit: 12.34. Without --amount all that is due for goods is refunded; \
            --amount 0 refunds --shipping alone. Where a refund has failed, it is tried again as it was, under its \
            own id.
            """)
    @Option(parsing: .unconditional, help: "Refund for goods; all that is due unless given.")
    var amount: String?
    @Option(parsing: .unconditional, help: "Shipping on top of it.") var shipping: String?
    @Option(help: "The refund's id; the failed one's, else the next that is free, unless given.")
    var refundID = ""
    @Option(
        name: .customLong("payment"),
        help: ArgumentHelp(
            "Share of an original payment; repeatable. The server splits it unless given.",
            valueName: "reference=amount"))
    var payments: [String] = []
    @Option(
        help: ArgumentHelp(
            "How: \(words(Returns_V1_RefundMethod.self)); to the original payments unless given.",
            valueName: "method"),
        transform: { try parseWord($0) })
    var method: Returns_V1_RefundMethod = .unspecified
    @Option(help: "Another way than the original payment, in words; with --method other needed.")
    var otherMethod = ""
    @Option(help: "Why another way; a supervisor's.") var otherMethodReason = ""
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var request = Returns_V1_RefundCaseRequest.with {
            $0.target = change
            $0.refundID = refundID
            $0.otherMethod = otherMethod
            $0.otherMethodReason = otherMethodReason
            $0.method = method
        }
        if Confirmation.isNeeded(global) || amount != nil || shipping != nil || !payments.isEmpty {
            // Only the case knows how many decimals its money has, and how much of it is due.
            let current = try await session.getCase(target.caseID)
            try setAmounts(&request, currency: current.currency)
            try await ask(&request, current, session)
        }
        return try await session.client.cases.refundCase(request, options: options)
    }

    /// Asks with the amount and the payments that it goes to, as the server would split it now, and sends what the answer
    /// was given to: more may have fallen due meanwhile, and another payment have taken its place.
    private func ask(
        _ request: inout Returns_V1_RefundCaseRequest, _ current: Returns_V1_Case, _ session: Session
    ) async throws {
        guard Confirmation.isNeeded(global) else { return }
        var trial = request
        trial.target.dryRun = true
        let planned = try await session.client.cases.refundCase(trial).message.case
        guard let refund = OpenRefund.live(in: planned),
            let question = Self.question(request, current, to: refund)
        else { return }
        try await Confirmation.ask(question, global)
        guard OpenRefund.live(in: current) == nil else { return }
        request.amountMinor = refund.lines.reduce(0) { $0 + $1.amountMinor }
        request.shippingMinor = refund.shippingMinor
        request.payments = refund.payments
        var flags: [String] = []
        if request.amountMinor > 0 || request.shippingMinor > 0 {
            flags += ["--amount", MoneyFormat.number(request.amountMinor, current.currency)]
        }
        if request.shippingMinor > 0 {
            flags += ["--shipping", MoneyFormat.number(request.shippingMinor, current.currency)]
        }
        for share in refund.payments {
            let amount = MoneyFormat.number(share.amountMinor, current.currency)
            flags += ["--payment", "\(share.reference)=\(amount)"]
        }
        session.repetition.pin(flags, replacedOptions: ["--amount", "--shipping", "--payment"])
    }

    /// Nil where there is nothing to pay: the server says why.
    ///
    /// - Parameter target: The refund as it would be; nil leaves out where it goes.
    static func question(
        _ request: Returns_V1_RefundCaseRequest, _ current: Returns_V1_Case, to target: Returns_V1_Refund?
    ) -> String? {
        func text(_ minor: Int64) -> String { MoneyFormat.text(minor, current.currency) }
        let way = target.map { ", to \(RefundTarget.text($0, current.currency))" } ?? ""
        if let live = OpenRefund.live(in: current) {
            guard live.status == .failed else { return nil }
            // A retry goes as it was, so nobody has to confirm it once more.
            return
                "This tries refund \(live.refundID) again: \(text(live.amountMinor)) to the customer of case "
                + "\(current.id)\(way)."
        }
        let planned = target.flatMap { $0.amountMinor > 0 ? $0 : nil }
        let goods =
            planned.map { $0.lines.reduce(0) { $0 + $1.amountMinor } }
            ?? (request.hasAmountMinor ? request.amountMinor : current.goodsDueMinor)
        let shipping =
            planned?.shippingMinor
            ?? (request.hasAmountMinor
                ? request.shippingMinor : max(request.shippingMinor, current.shippingDueMinor))
        guard goods + shipping > 0 else { return nil }
        let all =
            goods == current.goodsDueMinor
            ? ", all that is due\(current.shippingDueMinor > shipping ? " for goods" : "")"
            : " of \(text(current.goodsDueMinor)) that are due"
        let parts = [
            goods == 0 ? "" : "\(text(goods))\(all)",
            shipping == 0 ? "" : "\(text(shipping)) for shipping",
        ]
        let amounts = parts.filter { !$0.isEmpty }.joined(separator: ", and ")
        guard target?.status == .prepared else {
            return "This pays the customer of case \(current.id) \(amounts)\(way)."
        }
        return
            "This prepares a refund for the customer of case \(current.id), and pays nothing yet: \(amounts)\(way). With what the case refunds without a second person, that is above what one person pays alone: somebody else has to confirm it."
    }

    func setAmounts(_ request: inout Returns_V1_RefundCaseRequest, currency: String) throws {
        let parsed = try RefundAmounts(amount, shipping, payments, currency: currency)
        if let amount = parsed.amountMinor { request.amountMinor = amount }
        request.shippingMinor = parsed.shippingMinor
        request.payments = parsed.payments
    }
}

/// What a refund's options come to in the case's currency.
struct RefundAmounts {
    /// Nil where it was not given.
    var amountMinor: Int64?
    var shippingMinor: Int64
    var payments: [Returns_V1_RefundPayment]

    init(_ amount: String?, _ shipping: String?, _ payments: [String], currency: String) throws {
        amountMinor = try amount.map { try MoneyFormat.parse($0, currency) }
        shippingMinor = try shipping.map { try MoneyFormat.parse($0, currency) } ?? 0
        self.payments = try payments.map { payment in
            guard let equals = payment.lastIndex(of: "="), equals > payment.startIndex else {
                throw CommandFailure.usage("--payment \(payment) lacks '=': write REFERENCE=12.34")
            }
            let minor = try MoneyFormat.parse(String(payment[payment.index(after: equals)...]), currency)
            return .with {
                $0.reference = String(payment[..<equals])
                $0.amountMinor = minor
            }
        }
    }
}
