import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore

struct EventService: EventServiceProvider {
    let engine: CaseEngine
    let tail: EventTail

    var limits: EventLimits { tail.limits }

    func subscribe(
        _ request: Returns_V1_SubscribeRequest, replies: RCPReplyWriter<Returns_V1_SubscribeReply>,
        context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        let filter = try EventFilter(request.filter, limits: limits)
        let given: OutboxCursor? =
            if case .cursor(let text) = request.start { try cursor(text) } else { nil }
        let seat = try tail.admit(
            context.principal.name, isAdministrator: context.principal.isAdministrator)
        defer { tail.leave(seat) }
        let start: OutboxCursor
        switch request.start {
        case .cursor: start = given!
        case .beginning(true): start = try await place(.beginning)
        case .sinceMs(let milliseconds): start = try await place(.since(Instant(milliseconds: milliseconds)))
        case .beginning(false), nil: start = try await place(.now)
        }
        var subscription = EventSubscription(
            tail: tail, clock: engine.clock, seat: seat, view: EventView(filter, for: context.principal),
            start: start,
            limit: request.limit, peerBytesMax: context.replyBytesMax, replies: replies)
        try await subscription.run()
        return RCPStreamEnd()
    }

    /// - Throws: `CaseRejection` for what is no cursor, `EventLogFault` for one of events that are lost.
    private func cursor(_ text: String) throws -> OutboxCursor {
        let partitions = engine.partitioning.count
        guard var cursor = OutboxCursor(text, partitions: partitions) else {
            throw CaseRejection.invalid(
                "CURSOR_MALFORMED", "cursor",
                "this is no cursor of this store; give one exactly as a reply gave it")
        }
        // Nobody has seen what is still to come.
        cursor.seenThroughMilliseconds = min(
            cursor.seenThroughMilliseconds, engine.clock.now().milliseconds)
        if let since = engine.identity.lostBefore(cursor) {
            throw EventLogFault.lost(since: since)
        }
        return cursor
    }

    enum Place {
        case beginning
        case since(Instant)
        case now
    }

    /// A place in the log as it is at this moment.
    func place(_ place: Place) async throws -> OutboxCursor {
        let now = engine.clock.now().milliseconds
        let ends = try await tail.store.outboxEnds(deadline: tail.deadline)
        switch place {
        case .beginning: return OutboxCursor(positions: ends.map(\.trimmed))
        case .since(let time):
            // A time to come counts as now: nothing lies beyond the end.
            return OutboxCursor(
                positions: ends.map { min(OutboxID(before: time), $0.last) },
                seenThroughMilliseconds: min(time.milliseconds, now - limits.clockMarginMilliseconds))
        case .now:
            return OutboxCursor(
                positions: ends.map(\.last), seenThroughMilliseconds: now - limits.clockMarginMilliseconds)
        }
    }

    func consume(
        _ requests: RCPMessageStream<Returns_V1_ConsumeRequest>,
        replies: RCPReplyWriter<Returns_V1_ConsumeReply>, context: RCPCallContext
    ) async throws -> RCPStreamEnd {
        var iterator = requests.makeAsyncIterator()
        guard let first = try await iterator.next() else {
            throw CaseRejection.invalid("FIELD_REQUIRED", "group", "the first request names the group")
        }
        let inFlightMax = try inFlightMax(first)
        let consumer = try consumer(first)
        let store = engine.store(for: context)
        var group = try await group(
            try groupName(first.group, "group"), store, for: context.principal)
        guard group.filter.isWithin(context.principal.saleChannels) else { throw CaseRejection.groupTooWide }
        group = try await resynced(group, first.resyncedThroughMs, store, context)
        let seat = try tail.admit(
            context.principal.name, isAdministrator: context.principal.isAdministrator)
        defer { tail.leave(seat) }
        let consumption = EventConsumption(
            tail: tail, store: store, seat: seat, group: group,
            view: EventView(group.filter, for: context.principal), consumer: consumer,
            returns: !first.consumer.isEmpty, inFlightMax: inFlightMax, peerBytesMax: context.replyBytesMax)
        try await consumption.acknowledge(first.acknowledged)
        // Whichever ends first ends the call: the requests, by their end, or the deliveries, by a failure.
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await consumption.deliver(to: replies) }
            tasks.addTask {
                for try await request in requests {
                    try Self.checkLater(request)
                    try await consumption.acknowledge(request.acknowledged)
                }
            }
            try await tasks.next()
        }
        return RCPStreamEnd()
    }
}

extension EventService {
    /// The group once it is confirmed that its consumers have read again what the store had lost up to a time.
    private func resynced(
        _ group: EventGroup, _ milliseconds: Int64, _ store: ReturnsStore, _ context: RCPCallContext
    ) async throws -> EventGroup {
        guard milliseconds >= 0 else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "resynced_through_ms", "give loss.last_ms as ListEventGroups tells it")
        }
        let losses = store.identity.losses(since: group.run).prefix {
            $0.at.milliseconds <= milliseconds
        }
        guard let loss = losses.last else { return group }
        guard let confirmed = try await store.confirmLoss(loss, of: group, deadline: tail.deadline) else {
            throw CaseRejection.groupUnknown()
        }
        return confirmed
    }

    /// - Throws: NOT_FOUND, also when the group is there and the caller has nothing to do with it.
    func group(_ name: String, _ store: ReturnsStore, for caller: RCPPrincipal) async throws -> EventGroup {
        guard let group = try await store.loadEventGroup(name, deadline: tail.deadline),
            group.isShown(to: caller)
        else { throw CaseRejection.groupUnknown() }
        return group
    }

    private func inFlightMax(_ request: Returns_V1_ConsumeRequest) throws(CaseRejection) -> Int {
        guard request.inFlightMax <= UInt32(limits.inFlightEventsMax) else {
            throw .invalid(
                "OUT_OF_RANGE", "in_flight_max", "at most \(limits.inFlightEventsMax) events at once")
        }
        return request.inFlightMax == 0 ? limits.inFlightEventsDefault : Int(request.inFlightMax)
    }

    private func consumer(_ request: Returns_V1_ConsumeRequest) throws(CaseRejection) -> String {
        guard !request.consumer.isEmpty else {
            return "call-\(String(UInt64.random(in: .min ... .max), radix: 16))"
        }
        guard request.consumer.utf8.count <= limits.consumerNameBytesMax,
            request.consumer.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw .invalid(
                "NAME_MALFORMED", "consumer",
                "give at most \(limits.consumerNameBytesMax) letters, digits and signs, without blanks")
        }
        return request.consumer
    }

    /// What belongs into the first request only must not change later on, and is not passed over in silence.
    private static func checkLater(_ request: Returns_V1_ConsumeRequest) throws(CaseRejection) {
        guard request.group.isEmpty, request.consumer.isEmpty, request.inFlightMax == 0,
            request.resyncedThroughMs == 0
        else {
            throw .invalid(
                "FIELD_UNEXPECTED", "group",
                "group, consumer, in_flight_max and resynced_through_ms stand in the first request only")
        }
    }
}

extension CaseRejection {
    static func groupUnknown() -> CaseRejection {
        CaseRejection(
            kind: .notFound, code: "GROUP_UNKNOWN", field: "group",
            text: "you have no such group; create it, or list those that there are")
    }
}
