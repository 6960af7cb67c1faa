import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsStore

struct OrderService: OrderServiceProvider {
    let engine: CaseEngine

    nonisolated(nonsending) func putOrder(
        _ request: Returns_V1_PutOrderRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_PutOrderReply> {
        var order = try Order(request.order, now: engine.clock.now())
        order.zone = order.zone.map { TimeZones.table($0.name) }
        return try await engine.put(order, context: context)
    }

    nonisolated(nonsending) func getOrder(
        _ request: Returns_V1_GetOrderRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_GetOrderReply> {
        let key = OrderKey(request.key)
        try key.validate("key")
        let found = try await engine.store(for: context).readOrderAndTimeline(key, deadline: context.deadline)
        let (order, timeline) = try engine.known(found, { $0.order.outline }, field: "key")
        typealias Fields = Returns_V1_GetOrderReply.Fields
        var own = RCPMessageWriter(capacity: 16)
        own.append(
            Returns_V1_Order.Fields.expiresAtMs,
            engine.expiry(of: order.outline)?.milliseconds)
        let view = RecordView(context.principal)
        var writer = RCPMessageWriter(capacity: order.stored.bytes + 512)
        writer.append(Fields.order, parts: [order.stored.record.everybody, own.buffer])
        for id in order.outline.cases { writer.append(Fields.caseIds, id.description) }
        for entry in timeline.entries { writer.append(Fields.timeline, parts: [view.orderEntry(entry)]) }
        writer.append(Fields.unreadableNumbers, timeline.unreadable.map(UInt64.init))
        writer.append(Fields.nowMs, engine.clock.now().milliseconds)
        return RCPReply(encoded: writer.buffer)
    }

    nonisolated(nonsending) func changePayments(
        _ request: Returns_V1_ChangePaymentsRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ChangePaymentsReply> {
        let result = try await engine.changePayments(
            PaymentsChange(
                payments: try request.payments.enumerated().map { index, payment throws(CaseRejection) in
                    try Payment(payment, field: "payments[\(index)]")
                }, reason: request.reason),
            of: OrderKey(request.key), expectedVersion: request.expectedVersion, isDryRun: request.dryRun,
            context: context)
        typealias Fields = Returns_V1_ChangePaymentsReply.Fields
        var writer = RCPMessageWriter(capacity: 1_024)
        writer.append(Fields.order, parts: [result.order])
        writer.append(Fields.entry, parts: [RecordView(context.principal).orderEntry(result.entry)])
        for id in result.outline.untoldCases.sorted() { writer.append(Fields.untoldCaseIds, id.description) }
        return RCPReply(
            encoded: writer.buffer, outcome: result.isDryRun ? .notApplied : .applied,
            replayed: result.isReplay)
    }
}
