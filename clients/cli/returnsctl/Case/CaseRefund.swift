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
            ? ", all that is due" : " of \(text(current.goodsDueMinor)) that are due"
        let parts = [
            goods == 0 ? "" : "\(text(goods))\(all)",
            shipping == 0 ? "" : "\(text(shipping)) for shipping",
        ]
        let amounts = parts.filter { !$0.isEmpty }.joined(separator: ", and ")
        guard target?.status == .prepared else {
            return "This pays the customer of case \(current.id) \(amounts)\(way)."
        }
        return
            "This prepares a refund for the customer of case \(current.id), and pays nothing yet: \(amounts)\(way). It is above what one person pays alone: somebody else has to confirm it."
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

struct CaseRefundResult: CaseVerb {
    /// One that waits for its result gets it. One that has failed or was given up can only have succeeded late, which is told
    /// of the refund by its name.
    static let step = CaseStep(.recordRefund) { situation in
        let refunds = situation.value?.refunds ?? []
        var live = situation.value.flatMap(OpenRefund.live)
        let abandoned = refunds.last { $0.status == .abandoned }
        // Nobody may have paid one that waits for a second person.
        if live?.status == .prepared {
            guard abandoned != nil else { return [] }
            live = nil
        }
        guard let refund = live ?? abandoned, refund.status == .failed || refund.status == .abandoned else {
            // The attempt is named where there was more than one: of which it failed decides.
            let attempts = refunds.last?.attempts ?? 0
            let attempt = attempts > 1 ? " --attempt \(attempts)" : ""
            return [
                StepWay("succeeded --voucher NO\(attempt)"), StepWay("failed --reason TEXT\(attempt)"),
            ]
        }
        return [StepWay("succeeded --voucher NO --refund-id \(refund.refundID)", isAside: true)]
    }
    static let configuration = CommandConfiguration(
        commandName: "refund-result", abstract: "Record what the payment gateway said.",
        discussion: """
            A refund that the gateway paid, and that the case does not know since changes were lost, is recorded with \
            --lost: by the id that the gateway has, and the amount that it paid. One by another method than the \
            original payments is started again instead, once what was lost is reconciled: case refund --refund-id ID \
            --other-method METHOD.
            """)
    @OptionGroup var target: CaseVerbOptions
    @Argument(
        help: "succeeded, failed or unknown",
        transform: { try parseWord($0, of: [.succeeded, .failed, .unknown]) })
    var status: Returns_V1_RefundStatus
    @Flag(help: "Succeeded: the case does not know the refund, since changes were lost.") var lost = false
    @Option(parsing: .unconditional, help: "With --lost: what was paid for goods.") var amount: String?
    @Option(parsing: .unconditional, help: "With --lost: what was paid for shipping.") var shipping: String?
    @Option(
        name: .customLong("payment"),
        help: ArgumentHelp(
            "With --lost: what an original payment got; repeatable. The server splits it unless given.",
            valueName: "reference=amount"))
    var payments: [String] = []
    @Flag(help: "With --lost: the gateway paid it besides the refund that REFUND_MAY_BE_RECORDED has named.")
    var another = false
    @Option(help: "Which refund; the one under way unless given.") var refundID: String?
    @Option(help: "Which attempt of it; needed for failed and unknown after a retry.") var attempt: UInt32?
    @Option(help: "Succeeded: the gateway's voucher.") var voucher = ""
    @Option(help: ArgumentHelp("The voucher: a file, or REFERENCE@sha256:HEX.", valueName: "file"))
    var voucherFile: String?
    @Option(help: "Succeeded: the number of the credit note; it can be given later, with the same voucher.")
    var creditNote = ""
    @Option(help: "Failed: the gateway's reason; needed.") var reason = ""
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if status == .failed, reason.isEmpty {
            throw ValidationError("failed needs what the gateway said: --reason TEXT")
        }
        guard attempt != 0 else { throw ValidationError("attempts are counted from 1") }
        guard lost else {
            guard amount == nil, shipping == nil, payments.isEmpty, !another else {
                throw ValidationError("--amount, --shipping, --payment and --another belong to --lost")
            }
            return
        }
        guard status == .succeeded, refundID != nil, amount != nil || shipping != nil else {
            throw ValidationError(
                "--lost goes with succeeded, --refund-id and --amount, as the gateway has them")
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let result = RecordedResult(status: status, voucher: voucher)
        let refundID = try await OpenRefund.id(refundID, target.caseID, session, result: result) {
            var trial = Returns_V1_RecordRefundRequest.with { $0.target = change }
            trial.target.dryRun = true
            _ = try await session.client.cases.recordRefund(trial)
        }
        var request = Returns_V1_RecordRefundRequest.with {
            $0.target = change
            $0.refundID = refundID
            $0.status = status
            $0.attempt = attempt ?? 0
            $0.failureReason = reason
            $0.voucher = voucher
            $0.creditNote = creditNote
        }
        if let voucherFile {
            request.voucherDocument = try DocumentSource.document(voucherFile, .refundVoucher)
        }
        if lost {
            // Only the case knows how many decimals its money has.
            let currency = try await session.getCase(target.caseID).currency
            let paid = try RefundAmounts(amount, shipping, payments, currency: currency)
            request.lost = .with {
                $0.amountMinor = paid.amountMinor ?? 0
                $0.shippingMinor = paid.shippingMinor
                $0.payments = paid.payments
                $0.another = another
            }
        }
        return try await session.client.cases.recordRefund(request, options: options)
    }
}

struct CaseConfirmRefund: CaseVerb {
    static let step = CaseStep(.confirmRefund) { situation in
        let preparer = situation.value.flatMap(OpenRefund.live)?.preparedBy.name ?? ""
        return [StepWay(note: preparer.isEmpty ? "" : "not \(preparer), who prepared it")]
    }
    static let configuration = CommandConfiguration(
        commandName: "confirm-refund", abstract: "Let a refund be paid that somebody else has prepared.")
    @Option(help: "Which refund; the one that is prepared unless given.") var refundID: String?
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This lets a refund be paid that somebody else prepared, of case" }

    func question(_ value: Returns_V1_Case) -> String? {
        value.refund(refundID ?? OpenRefund.live(in: value)?.refundID).map { refund in
            "This lets refund \(refund.refundID) of case \(value.id) be paid, which \(refund.preparedBy.name) prepared: "
                + "\(MoneyFormat.text(refund.amountMinor, value.currency)) to \(RefundTarget.text(refund, value.currency))."
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let refundID = try await OpenRefund.id(refundID, target.caseID, session) {
            var trial = Returns_V1_ConfirmRefundRequest.with { $0.target = change }
            trial.target.dryRun = true
            _ = try await session.client.cases.confirmRefund(trial)
        }
        let request = Returns_V1_ConfirmRefundRequest.with {
            $0.target = change
            $0.refundID = refundID
        }
        return try await session.client.cases.confirmRefund(request, options: options)
    }
}

struct CaseRefundReturned: CaseVerb {
    static let step = CaseStep(.recordReturnedRefund) { situation in
        let paid = situation.value?.refunds.filter { $0.status == .succeeded } ?? []
        let id = paid.count > 1 ? " --refund-id \(paid[paid.count - 1].refundID)" : ""
        // Who was told that a refund which succeeded does not fail any more means that the bank sent it back.
        let isMeant = situation.reasons.contains("REFUND_NOT_PENDING") && !paid.isEmpty
        return [
            StepWay(
                "--reason TEXT\(id)", isAside: !isMeant, note: isMeant ? "if the bank sent it back" : "")
        ]
    }
    static let configuration = CommandConfiguration(
        commandName: "refund-returned", abstract: "Record that the bank sent a refund back.",
        discussion: """
            Its amount is due again, the customer has to be told, and a closed case opens again. Where a part alone came \
            back, as of a gift card that is void, say of which payment: --payment gift-1=5.00.
            """)
    @Option(help: "Which refund; the only one that has succeeded unless given.") var refundID: String?
    @Option(help: "What the bank says, such as that the account is closed.") var reason: String
    @Option(
        name: .customLong("payment"),
        help: ArgumentHelp(
            "What came back of a payment, where it was not all; repeat it for several.",
            valueName: "reference=12.34"))
    var payments: [String] = []
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This makes a refund that was paid due again, for case" }

    func question(_ value: Returns_V1_Case) -> String? {
        value.refund(refundID ?? PaidRefund.only(in: value)).map { refund in
            let part = payments.isEmpty ? "" : " in part, \(payments.joined(separator: " and ")) of"
            return
                "This records that refund \(refund.refundID) of case \(value.id) came back\(part.isEmpty ? "," : part) \(MoneyFormat.text(refund.amountMinor, value.currency)) "
                + "to \(RefundTarget.text(refund, value.currency)): what of it is owed is due again."
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let refundID = try await PaidRefund.id(refundID, target.caseID, session) {
            var trial = Returns_V1_RecordReturnedRefundRequest.with {
                $0.target = change
                $0.reason = reason
            }
            trial.target.dryRun = true
            _ = try await session.client.cases.recordReturnedRefund(trial)
        }
        var shares: [Returns_V1_RefundPayment] = []
        if !payments.isEmpty {
            // Only the case knows how many decimals its money has.
            let current = try await session.getCase(target.caseID)
            shares = try RefundAmounts(nil, nil, payments, currency: current.currency).payments
        }
        let request = Returns_V1_RecordReturnedRefundRequest.with { [shares] in
            $0.target = change
            $0.refundID = refundID
            $0.reason = reason
            $0.payments = shares
        }
        return try await session.client.cases.recordReturnedRefund(request, options: options)
    }
}

/// The refund that came back, where nobody names one.
enum PaidRefund {
    /// - Parameter trial: The step without a refund: who may not take it at all hears that first.
    static func id(
        _ stated: String?, _ caseID: String, _ session: Session, trial: () async throws -> Void
    ) async throws -> String {
        if let stated { return stated }
        let value = try await session.getCase(caseID)
        guard let id = only(in: value) else {
            try await Permission.require(trial)
            let paid = value.refunds.filter { $0.status == .succeeded }
            let all = (paid.isEmpty ? value.refunds : paid).map { "\($0.refundID) (\(word($0.status)))" }
            throw CommandFailure(
                .conflict, "case \(value.id) has \(counted(paid.count, "refund")) that succeeded",
                hints: all.isEmpty ? [] : ["name one with --refund-id: \(all.joined(separator: ", "))"])
        }
        session.repetition.pin(["--refund-id", id])
        return id
    }

    /// The only one that has succeeded; where none has, the only one that came back, which is being told again.
    static func only(in value: Returns_V1_Case) -> String? {
        for status in [Returns_V1_RefundStatus.succeeded, .returned] {
            let refunds = value.refunds.filter { $0.status == status && !$0.isReturnedPart }
            if !refunds.isEmpty { return refunds.count == 1 ? refunds[0].refundID : nil }
        }
        return nil
    }
}

/// Whether a step is refused to whoever asks, whatever it says.
enum Permission {
    /// - Parameter trial: The step as it can be refused for what it says, and changes nothing.
    /// - Throws: the refusal of who may not take it; nothing else.
    static func require(_ trial: () async throws -> Void) async throws {
        do {
            try await trial()
        } catch let status as RCPStatus where status.code != .permissionDenied {
            // What is to be said of it follows.
        }
    }
}

extension Returns_V1_Refund {
    /// What came back of another refund, named after that and with its voucher (RecordReturnedRefundRequest.payments).
    var isReturnedPart: Bool { status == .returned && refundID.contains("-returned-") }
}

/// What is told of a refund that nobody names.
struct RecordedResult {
    var status: Returns_V1_RefundStatus
    var voucher: String

    /// The refund that has this very result already; nil where none has, or several have.
    func refund(of value: Returns_V1_Case) -> Returns_V1_Refund? {
        guard status == .succeeded, !voucher.isEmpty else { return nil }
        let told = value.refunds.filter {
            [.succeeded, .returned].contains($0.status) && $0.voucher == voucher && !$0.isReturnedPart
        }
        return told.count == 1 ? told[0] : nil
    }
}

struct CaseAbandon: CaseVerb {
    /// A supervisor may decline what waits for a second person, and nothing else.
    static let step = CaseStep(.abandonRefund) { situation in
        guard situation.value.flatMap(OpenRefund.live)?.status == .prepared else {
            return [StepWay("--confirmation TEXT", roles: [.finance])]
        }
        return [StepWay("--confirmation TEXT", roles: [.finance, .supervisor], note: "to decline it")]
    }
    static let configuration = CommandConfiguration(
        commandName: "abandon",
        abstract: "Give up a refund that the gateway confirms dead, or one that waits to be confirmed.")
    @Option(help: "Which refund; the one under way unless given.") var refundID: String?
    @Option(
        help:
            "What the gateway said that proves it dead; why it is not confirmed, of one that waits for that.")
    var confirmation: String
    @OptionGroup var target: CaseVerbOptions
    @OptionGroup var global: GlobalOptions

    var danger: String? { "This gives up a refund, and the next one pays anew, for case" }

    func question(_ value: Returns_V1_Case) -> String? {
        value.refund(refundID ?? OpenRefund.live(in: value)?.refundID).map { refund in
            let next =
                refund.status == .prepared
                ? "It was not paid, and what of it is owed is due again."
                : "What of it is owed is due again, and the next refund pays anew."
            return
                "This gives up refund \(refund.refundID) of case \(value.id), \(MoneyFormat.text(refund.amountMinor, value.currency)). \(next)"
        }
    }

    func send(
        _ change: Returns_V1_CaseTarget, _ options: RCPCallOptions, _ session: Session
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        let refundID = try await OpenRefund.id(refundID, target.caseID, session) {
            var trial = Returns_V1_AbandonRefundRequest.with {
                $0.target = change
                $0.gatewayConfirmation = confirmation
            }
            trial.target.dryRun = true
            _ = try await session.client.cases.abandonRefund(trial)
        }
        let request = Returns_V1_AbandonRefundRequest.with {
            $0.target = change
            $0.refundID = refundID
            $0.gatewayConfirmation = confirmation
        }
        return try await session.client.cases.abandonRefund(request, options: options)
    }
}

/// The refund a clerk means who names none.
enum OpenRefund {
    /// - Parameters:
    ///   - result: What is told of it.
    ///   - trial: The step without a refund: who may not take it at all hears that first.
    static func id(
        _ stated: String?, _ caseID: String, _ session: Session, result: RecordedResult? = nil,
        trial: () async throws -> Void
    ) async throws -> String {
        if let stated { return stated }
        let value = try await session.getCase(caseID)
        let id: String
        do {
            id = try only(in: value, result: result)
        } catch {
            try await Permission.require(trial)
            throw error
        }
        session.repetition.pin(["--refund-id", id])
        return id
    }

    /// The refund that a new order to refund retries, or would have to wait for.
    static func live(in value: Returns_V1_Case) -> Returns_V1_Refund? {
        value.refunds.last { $0.isOpen }
    }

    static func only(in value: Returns_V1_Case, result: RecordedResult? = nil) throws -> String {
        let open = value.refunds.filter(\.isOpen)
        if let told = result?.refund(of: value) {
            // The same once more changes nothing; but the next refund can have come by the same voucher.
            guard let next = open.first else { return told.refundID }
            throw CommandFailure(
                .conflict,
                "refund \(told.refundID) has voucher \(told.voucher) already, and refund \(next.refundID) is \(word(next.status))",
                hints: ["say which is meant: --refund-id \(told.refundID) or --refund-id \(next.refundID)"])
        }
        if open.count == 1 { return open[0].refundID }
        guard !value.refunds.isEmpty else {
            throw CommandFailure(
                .conflict, "case \(value.id) has no refund yet",
                hints: [
                    "start one with: \(NextLine.returnsctl("case refund \(value.id)"))",
                    "one that was paid, and whose start was lost, is named: --lost --refund-id ID --amount AMOUNT",
                ])
        }
        // One that has ended can still be meant, since money can come late; but only who says so means it.
        let named = open.isEmpty ? value.refunds : open
        throw CommandFailure(
            .conflict,
            open.isEmpty
                ? "case \(value.id) has no refund under way"
                : "case \(value.id) has \(open.count) refunds under way",
            hints: [
                "name one with --refund-id: "
                    + named.map { "\($0.refundID) (\(word($0.status)))" }.joined(separator: ", ")
            ])
    }
}

extension Returns_V1_Case {
    func refund(_ id: String?) -> Returns_V1_Refund? { refunds.first { $0.refundID == id } }
}

extension Returns_V1_Refund {
    /// It waits for its result, or failed and can be tried again.
    fileprivate var isOpen: Bool { ![.succeeded, .abandoned, .returned].contains(status) }
}
