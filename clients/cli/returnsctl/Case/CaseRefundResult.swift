import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

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
