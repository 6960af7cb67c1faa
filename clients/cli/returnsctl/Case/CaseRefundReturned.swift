import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

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
        let reply = try await session.client.cases.recordReturnedRefund(request, options: options)
        // A second part of the same amount looks like the first one told again.
        let isLeft = reply.message.case.refunds.contains {
            $0.refundID == refundID && $0.status == .succeeded
        }
        if !shares.isEmpty, isLeft, reply.message.entries.isEmpty {
            Output.note(
                "where as much came back once more, say so with another --reason, such as the bank's reference"
            )
        }
        return reply
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

extension Returns_V1_Refund {
    /// What came back of another refund, with that one's voucher (RecordReturnedRefundRequest.payments).
    var isReturnedPart: Bool { !partOf.isEmpty }
}

extension Returns_V1_Case {
    /// What of a refund came back in part: with what stays paid, it is what went out under the refund's id.
    func returnedMinor(of refundID: String) -> Int64 {
        refunds.reduce(0) {
            $0 + ($1.partOf == refundID ? $1.amountMinor : 0)
        }
    }
}
