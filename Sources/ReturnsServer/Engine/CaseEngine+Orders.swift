import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

/// Pushes of orders.
extension CaseEngine {
    /// Puts an order. A push that changes nothing leaves its request record too: a late retry of it must not undo a
    /// newer push.
    public nonisolated(nonsending) func put(_ order: Order, context: RCPCallContext) async throws -> RCPReply<
        Returns_V1_PutOrderReply
    > {
        try order.key.validate()
        guard context.principal.saleChannels.holds(order.key.saleChannel) else {
            throw CaseRejection.unknownSaleChannel(field: "order.key.sale_channel")
        }
        let request = CommitRequest(context)
        return try await untilCommitted(context) { store in
            let loaded = try await store.loadOrder(
                order.key, requestID: request.id, deadline: context.deadline)
            if let record = loaded.request { return try await Self.orderReply(record, of: request) }
            if loaded.order == nil {
                // An order keeps the version in force at its purchase for ever.
                try await policies.look(
                    store, behind: order.placedAt, now: clock.now(), deadline: context.deadline)
            }
            let (result, after): (Returns_V1_PutOrderResult, Order) =
                switch try update(order, over: loaded.order, actor: context.actor()) {
                case .created(let value): (.created, value)
                case .updated(let value): (.updated, value)
                case .unchanged(let value): (.unchanged, value)
                }
            let outcome = try await store.commit(
                after, before: loaded.order, result: UInt8(result.rawValue), request: request,
                deadline: context.deadline)
            switch outcome {
            case .committed: return Self.orderReply(result, version: after.version, isReplay: false)
            case .replay(let record): return try await Self.orderReply(record, of: request)
            case .requestIDReused: throw RCPStatus.requestIDReused()
            case .stale: return nil
            }
        }
    }

    /// One that is kept no longer was absent for everybody, so the same push again changes what there is.
    private func update(_ order: Order, over known: Order?, actor: Actor) throws -> OrderUpdate {
        let now = clock.now()
        let isOver = known.map { orderRetention.isOver(for: $0, now: now) } ?? false
        let version =
            known == nil ? policies.versionInForce(at: order.placedAt) : known?.purchasePolicyVersion
        // As the checks do: by the current one where the order keeps none, or one that cannot be read.
        let purchasePolicy =
            version.flatMap { try? policies.policies.version($0) } ?? (try? policies.current())
        return try Order.put(
            order, over: known, purchasePolicyVersion: version,
            longestWindowDays: purchasePolicy?.longestWindowDays ?? 0, isKeptNoLonger: isOver, actor: actor,
            now: now
        ).get()
    }

    private static func orderReply(
        _ result: Returns_V1_PutOrderResult, version: UInt64, isReplay: Bool
    ) -> RCPReply<Returns_V1_PutOrderReply> {
        let reply = Returns_V1_PutOrderReply.with {
            $0.result = result
            $0.version = version
        }
        return RCPReply(reply, outcome: result == .unchanged ? .notApplied : .applied, replayed: isReplay)
    }

    private nonisolated(nonsending) static func orderReply(
        _ record: RequestRecord, of request: CommitRequest
    ) async throws -> RCPReply<Returns_V1_PutOrderReply> {
        try await record.answer(request) { outcome in
            guard case .putOrder(let number, let version) = outcome,
                let result = Returns_V1_PutOrderResult(rawValue: Int(number))
            else { return nil }
            return orderReply(result, version: version, isReplay: true)
        }
    }
}
