import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
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
        let (order, stored, entries) = try engine.known(found, { $0.order }, field: "key")
        var own = RCPMessageWriter(capacity: 16)
        if let end = engine.orderRetention.end(of: order, under: engine.policies.current) {
            own.append(field: 25, varint: end.milliseconds)
        }
        let view = RecordView(context.principal)
        var writer = RCPMessageWriter(capacity: stored.bytes + 512)
        writer.append(field: 1, parts: [stored.record.everybody, own.buffer])
        for item in order.cases { writer.append(field: 2, text: item.id.description) }
        for entry in entries { writer.append(field: 3, parts: [view.orderEntry(entry)]) }
        writer.append(field: 4, varint: engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer)
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
        var writer = RCPMessageWriter(capacity: 1_024)
        writer.append(field: 1, parts: [OrderRecord(result.order).everybody])
        writer.append(field: 2, parts: [RecordView(context.principal).orderEntry(result.entry)])
        for id in result.order.untoldCases.sorted() { writer.append(field: 3, text: id.description) }
        return RCPReply(
            encoded: writer.buffer, outcome: result.isDryRun ? .notApplied : .applied,
            replayed: result.isReplay)
    }
}
