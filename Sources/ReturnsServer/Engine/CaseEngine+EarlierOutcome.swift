import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore
import SwiftProtobuf

extension CaseEngine {
    /// Whether a request on a case or an order, of which this build does not know a field, was carried out before.
    ///
    /// - Returns: nil for a request on anything else.
    /// - Throws: `StoreError`, `CaseRejection`.
    func earlierOutcome(
        of request: any SwiftProtobuf.Message, context: RCPCallContext
    ) async throws -> RCPOutcome? {
        let (store, own) = (store(for: context), CommitRequest(context))
        let record: RequestRecord?
        switch request {
        case let request as any CommandRequest:
            record = try await earlier(request.target, own, store, context)
        case let request as Returns_V1_AssignCaseRequest:
            record = try await earlier(request.target, own, store, context)
        case let request as Returns_V1_SubmitCaseRequest:
            record = try await earlier(OrderKey(request.order), own, store, context)
        case let request as Returns_V1_PutOrderRequest:
            record = try await earlier(OrderKey(request.order.key), own, store, context)
        case let request as Returns_V1_ChangePaymentsRequest:
            record = try await earlier(OrderKey(request.key), own, store, context)
        // Nobody has carried out a rehearsal.
        case let request as Returns_V1_PutPolicyRequest where request.dryRun: return .notApplied
        case let request as Returns_V1_PutSlaPolicyRequest where request.dryRun: return .notApplied
        case let request as Returns_V1_PutCalendarRequest where request.dryRun: return .notApplied
        default: return nil
        }
        // Another request may have had its id.
        guard let record, record.fingerprint == own.fingerprint else { return .notApplied }
        if case .putOrder(let result, _) = record.outcome,
            Returns_V1_PutOrderResult(rawValue: Int(result)) == .unchanged
        {
            return .notApplied
        }
        return .applied
    }

    private func earlier(
        _ target: Returns_V1_CaseTarget, _ own: CommitRequest, _ store: ReturnsStore,
        _ context: RCPCallContext
    ) async throws -> RequestRecord? {
        let id = try CaseService.caseID(target.caseID, "target.case_id")
        return try await store.loadCase(id, requestID: own.id, deadline: context.deadline).request
    }

    private func earlier(
        _ key: OrderKey, _ own: CommitRequest, _ store: ReturnsStore, _ context: RCPCallContext
    ) async throws -> RequestRecord? {
        try key.validate()
        return try await store.loadOrder(key, requestID: own.id, deadline: context.deadline).request
    }
}
