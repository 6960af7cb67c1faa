import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

struct OrderService: OrderServiceProvider {
    let engine: CaseEngine

    func putOrder(
        _ request: Returns_V1_PutOrderRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutOrderReply> {
        try await engine.put(try Order(request.order, now: engine.clock.now()), context: context)
    }

    func getOrder(
        _ request: Returns_V1_GetOrderRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetOrderReply> {
        let key = OrderKey(request.key)
        try key.validate("key")
        let found = try await engine.store(for: context).loadOrderAndTimeline(key, deadline: context.deadline)
        let (order, entries) = try engine.known(found, { $0.order }, field: "key")
        let end = engine.orderRetention.end(of: order, under: engine.policies.current)
        return RCPReply(
            .with {
                $0.order = order.proto
                if let end { $0.order.expiresAtMs = end.milliseconds }
                $0.caseIds = order.cases.map(\.id.description)
                $0.timeline = entries.map { $0.proto(CaseView(context.principal)) }
            })
    }

    func changePayments(
        _ request: Returns_V1_ChangePaymentsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ChangePaymentsReply> {
        let result = try await engine.changePayments(
            PaymentsChange(
                payments: try request.payments.enumerated().map { index, payment throws(CaseRejection) in
                    try Payment(payment, field: "payments[\(index)]")
                }, reason: request.reason),
            of: OrderKey(request.key), expectedVersion: request.expectedVersion, isDryRun: request.dryRun,
            context: context)
        return RCPReply(
            .with {
                $0.order = result.order.proto
                $0.entry = result.entry.proto(CaseView(context.principal))
                $0.untoldCaseIds = result.order.untoldCases.sorted().map(\.description)
            }, outcome: result.isDryRun ? .notApplied : .applied, replayed: result.isReplay)
    }
}
