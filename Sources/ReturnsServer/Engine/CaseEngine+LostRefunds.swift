import NIOCore
import ReturnsDomain
import ReturnsStore
import ReturnsWire

/// Refunds that the gateway has paid and the store does not know, since changes were lost. Which they can be is a question to the
/// store and not to the case: what it has lost, which cases are gone, and which refunds of theirs are recorded already.
extension CaseEngine {
    /// A refund of a case that is gone, to be recorded at another one.
    struct RefundOfLostCase {
        var id: String
        var gone: CaseID
    }

    /// Looks whether a refund that a command records as lost can be one.
    ///
    /// - Returns: The refund, if it is one of a case that is gone: the case claims it before it records it.
    /// - Throws: `CaseRejection` where nothing that was lost can be this refund.
    func lostRefund(
        _ command: Command, of value: Case, store: ReturnsStore, deadline: NIODeadline
    ) async throws -> RefundOfLostCase? {
        guard case .recordRefund(let report) = command, report.lost != nil,
            // One that the case knows is the case's to judge.
            !value.refunds.contains(where: { $0.id == report.refundID })
        else { return nil }
        let losses = try await store.losses(concerning: value.id, deadline: deadline)
        guard let gone = RefundOrder.caseID(of: report.refundID), gone != value.id else {
            guard losses.mayLackChanges else { throw CaseRejection.nothingLost(of: value.id) }
            return nil
        }
        guard losses.mayReplaceAnother else {
            throw CaseRejection.replacesNoCase(value.id, gone: gone)
        }
        guard try await store.isGone(gone, deadline: deadline) else {
            throw CaseRejection.invalid(
                "REFUND_OF_OTHER_CASE", "refund_id",
                "that is no refund of a case that is gone: record it at case \(gone), or check the id")
        }
        let refund = RefundOfLostCase(id: report.refundID, gone: gone)
        let holder = try await store.holder(ofLostRefund: refund.id, of: gone, deadline: deadline)
        if let holder, holder != value.id {
            throw try await recorded(refund, at: holder, store: store, deadline: deadline)
        }
        return refund
    }

    /// Claims it for the case, right ahead of the commit. Where the commit fails the claim stays, and is good for the same case.
    func claim(
        _ refund: RefundOfLostCase, at value: Case, store: ReturnsStore, deadline: NIODeadline
    ) async throws {
        let holder = try await store.claim(
            lostRefund: refund.id, of: refund.gone, at: value.id, deadline: deadline)
        guard holder == value.id else {
            throw try await recorded(refund, at: holder, store: store, deadline: deadline)
        }
    }

    /// The other case is named to whom it is there for.
    private func recorded(
        _ refund: RefundOfLostCase, at holder: CaseID, store: ReturnsStore, deadline: NIODeadline
    ) async throws -> CaseRejection {
        let isVisible = try await store.loadCase(holder, deadline: deadline) != nil
        return CaseRejection(
            kind: .alreadyExists, code: "REFUND_RECORDED", field: "refund_id",
            text:
                "refund \(refund.id) is recorded at \(isVisible ? "case \(holder)" : "another case") already, and counts once"
        )
    }
}

extension CaseRejection {
    fileprivate static func nothingLost(of id: CaseID) -> CaseRejection {
        CaseRejection(
            kind: .notAllowedNow, code: "REFUND_NOT_LOST", field: "refund_id",
            text:
                "no loss was accepted since case \(id) was opened, so it lacks no refund; check the refund and the case, and leave lost out for a refund that the case knows"
        )
    }

    fileprivate static func replacesNoCase(_ id: CaseID, gone: CaseID) -> CaseRejection {
        CaseRejection(
            kind: .notAllowedNow, code: "REFUND_OF_OTHER_CASE", field: "refund_id",
            text:
                "that is a refund of case \(gone): it is recorded there, or, where the store has lost that case, at the one that was opened in its place since; case \(id) was not opened since a loss"
        )
    }
}
