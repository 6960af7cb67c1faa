import RCP
import ReturnsDomain
import ReturnsStore

extension CaseEngine {
    /// Why the case owes what it owes and when its clocks fall due, from the case and its order as they were together.
    nonisolated(nonsending) func explanation(
        of id: CaseID, context: RCPCallContext
    ) async throws -> (value: Case, explanation: Explanation) {
        try await untilCommitted(context) { store in
            guard let value = try await store.loadCase(id, deadline: context.deadline) else {
                throw CaseRejection.unknownCase
            }
            let (order, isCaseUnchanged) = try await store.loadOrder(of: value, deadline: context.deadline)
            guard isCaseUnchanged else { return nil }
            guard let order else { throw CaseRejection.unknownCase }
            let rules = try await policies.rules(for: value, store: store, deadline: context.deadline)
            // Ended clocks keep the version that they ended under, which another server may have made.
            let wanted = Set(value.clocks.map(\.slaVersion))
            if !wanted.isSubset(of: policies.slaPolicies.known.map(\.version)) {
                try await policies.reload(store, deadline: context.deadline)
            }
            let others = Dictionary(
                policies.slaPolicies.known.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
            return (value, Explanation(of: value, order: order, sla: rules.sla, others: others))
        }
    }
}
