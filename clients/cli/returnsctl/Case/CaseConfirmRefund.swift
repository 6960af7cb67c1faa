import ArgumentParser
import MoneyFormat
import RCP
import ReturnsAPI

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
