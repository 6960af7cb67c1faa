import NIOCore
import RCP
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// Another set of payments for an order, told in its own timeline and then in the stories of its cases.
extension CaseEngine {
    /// What a change of payments came to.
    struct PaymentsResult: Sendable {
        var order: Order
        /// As a message with all its groups.
        var entry: ByteBuffer
        var isReplay = false
        var isDryRun = false
    }

    /// The call itself tells no more cases than this; the sweeper tells the others.
    static let casesToldInCallMax = 32

    /// - Parameter expectedVersion: 0 takes any.
    func changePayments(
        _ change: PaymentsChange, of key: OrderKey, expectedVersion: UInt64, isDryRun: Bool,
        context: RCPCallContext
    ) async throws -> PaymentsResult {
        try key.validate("key")
        let request = CommitRequest(context)
        let result: PaymentsResult = try await untilCommitted(context) { store in
            let loaded = try await store.loadOrder(key, requestID: request.id, deadline: context.deadline)
            if let record = loaded.request {
                return try await replay(record, of: request, key: key, store: store, context: context)
            }
            if loaded.order == nil { try await store.confirmRun(deadline: context.deadline) }
            if let order = loaded.order, expectedVersion != 0, expectedVersion != order.version {
                throw CaseRejection.staleOrder(expected: expectedVersion, found: order.version)
            }
            let owedDeciders = try await store.loadOwedDeciders(
                of: loaded.order?.cases.map(\.id) ?? [], deadline: context.deadline)
            let transition = try Order.changePayments(
                change, of: loaded.order, owedDeciders: owedDeciders, actor: context.actor(), now: clock.now()
            ).get()
            let result = PaymentsResult(order: transition.orderAfter, entry: transition.entry.bytes)
            if isDryRun {
                return PaymentsResult(order: result.order, entry: result.entry, isDryRun: true)
            }
            switch try await store.commit(transition, request: request, deadline: context.deadline) {
            case .committed: return result
            case .replay(let record):
                return try await replay(record, of: request, key: key, store: store, context: context)
            case .requestIDReused: throw RCPStatus.requestIDReused()
            case .stale: return nil
            }
        }
        return result.isDryRun ? result : await told(result, context: context)
    }

    /// Tells the order's cases. The change is made whatever becomes of this: a case that cannot be told now keeps no other
    /// from it, stays due with the sweeper, and is named in the reply.
    private func told(_ result: PaymentsResult, context: RCPCallContext) async -> PaymentsResult {
        var result = result
        let waiting = result.order.cases.map(\.id).filter(result.order.untoldCases.contains)
        for id in waiting.prefix(Self.casesToldInCallMax) {
            _ = try? await take(.sweep, on: id, isDryRun: false, context: context)
        }
        let found = try? await store(for: context).loadOrder(result.order.key, deadline: context.deadline)
        if let order = found { result.order = order }
        return result
    }

    private func replay(
        _ record: RequestRecord, of request: CommitRequest, key: OrderKey, store: ReturnsStore,
        context: RCPCallContext
    ) async throws -> PaymentsResult {
        try await record.answer(request) { outcome in
            guard case .changedPayments(let version) = outcome else { return nil }
            let found = try await store.loadOrderAndTimeline(key, deadline: context.deadline)
            guard let found,
                let entry = found.entries.first(where: { OrderEntry.orderVersion(of: $0) == version })
            else {
                throw StoreError(.corrupt, "an order's timeline lacks what a request record tells of")
            }
            return PaymentsResult(order: found.order, entry: entry, isReplay: true)
        }
    }
}

extension CaseRejection {
    static func staleOrder(expected: UInt64, found: UInt64) -> CaseRejection {
        CaseRejection(
            kind: .stale, code: "STALE_VERSION", field: "expected_version",
            text: "the order is at version \(found), not \(expected); look at it again and decide anew")
    }
}
