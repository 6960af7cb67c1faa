import ReturnsDomain
import ReturnsStore
import ReturnsWire

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
        guard let order = try await engine.store(for: context).loadOrder(key, deadline: context.deadline)
        else {
            throw CaseRejection(
                kind: .notFound, code: "ORDER_UNKNOWN", field: "key",
                text: "no such order in that sale channel; check channel and number")
        }
        return RCPReply(
            .with {
                $0.order = order.proto
                $0.caseIds = order.cases.map(\.id.description)
            })
    }
}
