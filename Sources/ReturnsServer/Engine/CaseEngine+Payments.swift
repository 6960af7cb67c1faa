import NIOCore
import RCP
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

/// Another set of payments for an order, told in its own timeline and then in the stories of its cases.
extension CaseEngine {
    /// What a change of payments came to.
    struct PaymentsResult: Sendable {
        /// The order it led to, as everybody reads it who may read the order.
        var order: ByteBuffer
        var outline: OrderOutline
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
            let after = transition.orderAfter
            switch try await store.commit(
                transition, request: request, isDryRun: isDryRun, deadline: context.deadline)
            {
            case .committed:
                return PaymentsResult(
                    order: OrderRecord(after, level: store.identity.level).everybody,
                    outline: OrderOutline(after), entry: transition.entry.bytes, isDryRun: isDryRun)
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
        let waiting = result.outline.cases.filter(result.outline.untoldCases.contains)
        for id in waiting.prefix(Self.casesToldInCallMax) {
            _ = try? await take(.sweep, on: id, isDryRun: false, context: context)
        }
        let found = try? await store(for: context).readOrder(
            result.outline.key, deadline: context.deadline)
        if let found { (result.order, result.outline) = (found.stored.record.everybody, found.outline) }
        return result
    }

    private func replay(
        _ record: RequestRecord, of request: CommitRequest, key: OrderKey, store: ReturnsStore,
        context: RCPCallContext
    ) async throws -> PaymentsResult {
        try await record.answer(request) { outcome in
            guard case .changedPayments(let version) = outcome else { return nil }
            let found = try await store.readOrderAndTimeline(key, deadline: context.deadline)
            guard let (order, timeline) = found,
                let entry = timeline.entries.first(where: { OrderEntry.orderVersion(of: $0) == version })
            else {
                throw StoreError(.corrupt, "its timeline lacks what a request record tells of").of(key)
            }
            return PaymentsResult(
                order: order.stored.record.everybody, outline: order.outline, entry: entry, isReplay: true)
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
