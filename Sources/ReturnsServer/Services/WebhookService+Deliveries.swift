import HTTPPosting
import RCP
import RCPServer
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

extension WebhookService {
    func listDeliveries(
        _ request: Returns_V1_ListDeliveriesRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_ListDeliveriesReply> {
        let store = engine.store(for: context)
        let cursor = try ListCursor(of: request, key: store.cursorKey())
        let after: WebhookDeliveryPlace? = try cursor.place(request.cursor)
        _ = try await found(request.name, context)
        let deliveries = try await store.loadWebhookDeliveries(
            request.name, after: after, limit: request.pageItems, deadline: context.deadline)
        let aside =
            after == nil ? try await store.loadWebhookAside(request.name, deadline: context.deadline) : []
        return RCPReply(
            .with {
                $0.deliveries = deliveries.items.map(\.proto)
                $0.setAside = aside
                $0.nextCursor = cursor.text(deliveries.next)
            })
    }

    func redeliver(
        _ request: Returns_V1_RedeliverRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_RedeliverReply> {
        switch request.what {
        case .eventID(let text):
            let store = engine.store(for: context)
            guard let id = EventID(text, partitions: store.partitioning.count) else {
                throw CaseRejection.invalid(
                    "EVENT_ID_MALFORMED", "event_id", "give an event's id as it came")
            }
            let (delivery, isReplay) = try await post(request.name, context) {
                guard let event = try await store.loadEvent(id, deadline: context.deadline) else {
                    throw CaseRejection(
                        kind: .notFound, code: "EVENT_UNKNOWN", field: "event_id",
                        text: "there is no such event, or it is no longer kept")
                }
                return event.message
            }
            return RCPReply(.with { $0.delivery = delivery.proto }, replayed: isReplay)
        case .sinceMs(let milliseconds):
            let store = engine.store(for: context)
            let answer = try await change(request.name, context) { webhook, state in
                let figures = try await store.consumerFigures(state, of: webhook, deadline: context.deadline)
                var orders: [Int: ConsumerOrder] = [:]
                for (partition, (place, figures)) in zip(state.places, figures).enumerated() {
                    guard let figures else { throw CaseRejection.partitionUnreadable(partition) }
                    let back = place.moved(to: figures.place(since: Instant(milliseconds: milliseconds)))
                    if back.position < place.position { orders[partition] = ConsumerOrder(place: back) }
                }
                return .init(orders: orders)
            } whenChanged: { webhook, state in
                guard state.isEnabled else { return }
                try await store.holdOutbox(webhook, state.places, deadline: context.deadline)
            }
            return RCPReply(Returns_V1_RedeliverReply(), replayed: answer != nil)
        case nil:
            throw CaseRejection.invalid("FIELD_REQUIRED", "what", "give event_id or since_ms")
        }
    }

    func testWebhook(
        _ request: Returns_V1_TestWebhookRequest, context: RCPCallContext
    ) async throws -> RCPReply<Returns_V1_TestWebhookReply> {
        let (delivery, isReplay) = try await post(request.name, context) {
            .with {
                $0.id = "ping-\(context.requestID)"
                $0.type = .ping
                $0.atMs = SystemClock.wall().milliseconds
            }
        }
        return RCPReply(.with { $0.delivery = delivery.proto }, replayed: isReplay)
    }

    /// Posts one event because somebody asks for it. A request that comes again is told what came of it, unless that could not be
    /// recorded: then the event is posted again under its id.
    private func post(
        _ name: String, _ context: RCPCallContext, _ event: () async throws -> Returns_V1_Event
    ) async throws -> (delivery: WebhookDelivery, isReplay: Bool) {
        let store = engine.store(for: context)
        let request = CommitRequest(context)
        switch try await store.webhookAnswer(to: request, deadline: context.deadline) {
        case .replay(let answer): return (try await afterChange { try store.askedDelivery(answer) }, true)
        case .requestIDReused: throw RCPStatus.requestIDReused()
        default: break
        }
        let (webhook, _) = try await found(name, context)
        let event = try await event()
        let at = SystemClock.wall()
        let post = try HTTPPost(event, to: webhook, now: at)
        try await asked.acquire()
        let answer = await dispatcher.poster.post(post)
        asked.release()
        guard answer.error != .stopped else {
            throw RCPStatus(
                code: .unavailable, outcome: .unknown,
                text: "the server stops, and the receiver has not answered yet; ask again")
        }
        let delivery = WebhookDelivery(
            eventID: event.id, type: event.type, attempt: 0, httpStatus: answer.status,
            error: answer.deliveryError, at: at, durationMilliseconds: answer.durationMilliseconds,
            verdict: answer.isTaken ? .delivered : .failed)
        dispatcher.metrics.webhookAttempted(delivery.verdict)
        // The receiver has it; a repetition that finds no record posts it again under its id.
        try await afterChange(.unknown) {
            try await store.recordAsked(delivery, of: webhook, request: request, deadline: context.deadline)
        }
        return (delivery, false)
    }

    // MARK: What requests name

    /// - Throws: NOT_FOUND.
    func found(_ name: String, _ context: RCPCallContext) async throws -> (
        webhook: Webhook, state: WebhookState
    ) {
        // What is refused further on repeats the name.
        try checkName(name)
        guard let found = try await engine.store(for: context).loadWebhook(name, deadline: context.deadline)
        else {
            throw CaseRejection.webhookUnknown()
        }
        return found
    }

    func proto(
        _ webhook: Webhook, _ state: WebhookState, _ context: RCPCallContext
    ) async throws -> Returns_V1_Webhook {
        try await proto(webhook, state, try await standing(webhook, state, context), context)
    }

    func standing(
        _ webhook: Webhook, _ state: WebhookState, _ context: RCPCallContext
    ) async throws -> WebhookStanding {
        try await WebhookStanding(
            webhook, state, store: engine.store(for: context), retention: dispatcher.retention,
            deadline: context.deadline)
    }

    func proto(
        _ webhook: Webhook, _ state: WebhookState, _ standing: WebhookStanding, _ context: RCPCallContext
    ) async throws -> Returns_V1_Webhook {
        let store = engine.store(for: context)
        let setAside = try await store.countWebhookAside(webhook.name, deadline: context.deadline)
        return webhook.proto(
            state, standing, dispatcher.outlook(of: webhook), setAside: setAside,
            identity: store.identity, clockMargin: eventLimits.clockMarginMilliseconds,
            now: SystemClock.wall())
    }

    func checkName(_ name: String) throws(CaseRejection) {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.".utf8
        guard !name.isEmpty, name.utf8.count <= limits.nameBytesMax, name.utf8.allSatisfy(letters.contains)
        else {
            throw .invalid(
                "NAME_MALFORMED", "name",
                "give 1 to \(limits.nameBytesMax) lower-case letters, digits, '-', '_' or '.'")
        }
    }

    /// - Returns: nil where the request does not say.
    func giveUpMilliseconds(_ requested: Int64) throws(CaseRejection) -> Int64? {
        if requested == 0 { return nil }
        guard limits.giveUpMillisecondsRange.contains(requested) else {
            throw .invalid("OUT_OF_RANGE", "give_up_after_ms", "give a second to 30 days")
        }
        return requested
    }

    /// - Returns: nil where the request does not say.
    func attemptsMax(_ requested: UInt32) throws(CaseRejection) -> Int? {
        if requested == 0 { return nil }
        guard limits.attemptsMaxRange.contains(requested) else {
            throw .invalid("OUT_OF_RANGE", "attempts_max", "give 1 to 1000")
        }
        return Int(requested)
    }
}
