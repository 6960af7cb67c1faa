import NIOCore
import RCP
import RCPServer
import ReturnsDomain
import ReturnsStore

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
        guard case .recordRefund(let report) = command, let lost = report.lost,
            // One that the case knows is the case's to judge.
            !value.refunds.contains(where: { $0.id == report.refundID })
        else { return nil }
        guard let gone = RefundOrder.caseID(of: report.refundID) else {
            throw CaseRejection.malformedRefundID(of: value.id)
        }
        let losses = try await store.losses(concerning: value.id, deadline: deadline)
        guard gone != value.id else {
            guard losses.mayLackChanges else { throw CaseRejection.nothingLost(of: value.id) }
            return nil
        }
        // Nothing tells of which sale channel a case was that is gone, and an answer would tell whether one is there.
        guard store.scope == .all else {
            throw StoreError(.outsideScope, "a refund of another case than \(value.id)")
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
        let standing = try await store.standing(
            ofLostRefund: refund.id, of: gone, for: value.id, deadline: deadline)
        if let rejection = rejection(refund, standing) { throw rejection }
        if !lost.isAnother,
            let other = try await store.otherRefund(
                of: gone, besides: refund.id, at: value.id, deadline: deadline)
        {
            throw CaseRejection(
                kind: .notAllowedNow, code: CaseRejection.mayBeRecorded, field: "refund_id",
                text:
                    "refund \(other.refundID) of the same lost case is recorded at case \(other.holder); if the gateway paid \(refund.id) besides, record it with lost.another (--another)"
            )
        }
        return refund
    }

    /// Claims it for the case, right ahead of the commit.
    ///
    /// - Returns: The fence that the commit has to go by.
    func claim(
        _ refund: RefundOfLostCase, at value: Case, store: ReturnsStore, deadline: NIODeadline
    ) async throws -> UInt64 {
        switch try await store.claim(
            lostRefund: refund.id, of: refund.gone, at: value.id, deadline: deadline)
        {
        case .claimed(let fence): return fence
        case .refused(let standing):
            throw rejection(refund, standing) ?? RCPStatus.tooManyConflicts()
        }
    }

    /// Gives its claim back where the call has not recorded it. Where that fails, too, or nobody knows what the call came to, the
    /// claim can be taken away after `LostRefundClaim.committingMilliseconds`.
    func giveBack(
        _ refund: RefundOfLostCase, of id: CaseID, after error: any Error, _ context: RCPCallContext
    ) async {
        guard (error as? any RCPStatusConvertible)?.status.outcome == .notApplied else { return }
        try? await store(for: context).giveBack(
            lostRefund: refund.id, of: refund.gone, at: id, deadline: context.deadline)
    }

    /// Why nobody but the case that has it may record it now; nil if it is free.
    private func rejection(
        _ refund: RefundOfLostCase, _ standing: LostRefundStanding
    ) -> CaseRejection? {
        let (kind, code, holder): (CaseRejection.Kind, String, CaseID)
        switch standing {
        case .free: return nil
        case .recorded(let id): (kind, code, holder) = (.alreadyExists, "REFUND_RECORDED", id)
        case .beingRecorded(let id): (kind, code, holder) = (.notAllowedNow, "REFUND_BEING_RECORDED", id)
        case .unreadable(let id): (kind, code, holder) = (.notAllowedNow, "REFUND_HOLDER_DAMAGED", id)
        case .newer(let id): (kind, code, holder) = (.notAllowedNow, "REFUND_HOLDER_NEWER", id)
        }
        let text =
            switch standing {
            case .beingRecorded:
                "refund \(refund.id) is being recorded at case \(holder); try again in \(LostRefundClaim.committingMilliseconds / 1_000) seconds"
            case .unreadable:
                "refund \(refund.id) may be recorded at case \(holder), whose record is damaged: have that restored first, and see admin verify-indexes"
            case .newer:
                "refund \(refund.id) may be recorded at case \(holder), which a newer returnsd wrote, so this server cannot tell; upgrade this server, or ask another one"
            default: "refund \(refund.id) is recorded at case \(holder) already, and counts once"
            }
        return CaseRejection(kind: kind, code: code, field: "refund_id", text: text)
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
