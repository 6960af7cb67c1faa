import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsStore
import Synchronization

/// One call of Consume: one task gives events out, another one takes the acknowledgements. They share what is in flight.
final class EventConsumption: Sendable {
    private let tail: EventTail
    private let store: ReturnsStore
    private let seat: EventTail.Seat
    private let group: EventGroup
    private let view: EventView
    private let consumer: String
    /// Whether the consumer may have been here before.
    private let returns: Bool
    private let inFlightMax: Int
    private let replyBytesMax: Int
    /// Given out and not acknowledged, until another consumer may have them.
    private let inFlight = Mutex<[EventID: NIODeadline]>([:])

    private var limits: EventLimits { tail.limits }

    init(
        tail: EventTail, store: ReturnsStore, seat: EventTail.Seat, group: EventGroup, view: EventView,
        consumer: String, returns: Bool, inFlightMax: Int, peerBytesMax: Int
    ) {
        self.tail = tail
        self.store = store
        self.seat = seat
        self.group = group
        self.view = view
        self.consumer = consumer
        self.returns = returns
        self.inFlightMax = inFlightMax
        replyBytesMax = tail.limits.replyBytesMax(peer: peerBytesMax)
    }

    // MARK: Acknowledging

    func acknowledge(_ ids: [String]) async throws {
        guard ids.count <= limits.acknowledgedEventsMax else {
            throw CaseRejection.invalid(
                "OUT_OF_RANGE", "acknowledged",
                "acknowledge at most \(limits.acknowledgedEventsMax) events in one request")
        }
        var events: [EventID] = []
        for (index, id) in ids.enumerated() {
            guard let event = EventID(id, partitions: store.partitioning.count) else {
                throw CaseRejection.invalid(
                    "EVENT_ID_MALFORMED", "acknowledged[\(index)]", "give the ids of events as they came")
            }
            events.append(event)
        }
        try await store.acknowledge(events, group: group, deadline: tail.deadline)
        let wasFull = inFlight.withLock { inFlight in
            let wasFull = inFlight.count >= inFlightMax
            for event in events { inFlight[event] = nil }
            return wasFull
        }
        if wasFull, !events.isEmpty { seat.doorbell.ring() }
    }

    // MARK: Delivering

    /// What there may be to read.
    private struct Work {
        /// Partitions where this consumer may have been given something before, and up to where it got that again.
        var owed: [(partition: Int, after: OutboxID)]
        /// Partitions that may have events for it.
        var ready: [Int]
        var seen: [OutboxID]
        var nextClaim: NIODeadline
        var nextBlindLook = NIODeadline.now()
        var nextGroupLook = NIODeadline.now()
        /// Partitions that were damaged when they were last asked.
        var unreadable: Set<Int> = []
        var hasToldUnreadable = true
        var sentAt = NIODeadline.now()
        var hasToldCaughtUp = false

        var isDone: Bool { owed.isEmpty && ready.isEmpty }

        mutating func note(_ partition: Int, isUnreadable: Bool) {
            guard isUnreadable != unreadable.contains(partition) else { return }
            if isUnreadable { unreadable.insert(partition) } else { unreadable.remove(partition) }
            hasToldUnreadable = false
        }
    }

    /// Runs until the call is cancelled, the server stops, or the group is gone, behind or another one.
    func deliver(to replies: RCPReplyWriter<Returns_V1_ConsumeReply>) async throws {
        let partitions = 0..<store.partitioning.count
        var work = Work(
            owed: returns ? partitions.map { ($0, .zero) } : [], ready: partitions.shuffled(),
            seen: tail.end ?? [], nextClaim: .now() + claimInterval)
        while true {
            // A damaged partition makes the look at the whole log fail; the others are read on.
            try tail.check(goesOnWithoutSome: true)
            try checkRuns()
            try await checkGroup(&work)
            lookForNews(&work)
            let room = self.room()
            if room > 0, !work.isDone {
                let deliveries = try await read(room, &work)
                // What was read in a run is not given out before its consumers have heard of the loss that lies before that run.
                try checkRuns()
                try await send(deliveries, &work, replies)
            } else {
                try await send([], &work, replies)
                await seat.doorbell.wait()
            }
            try Task.checkCancellation()
        }
    }

    /// The store may have been set back meanwhile.
    private func checkRuns() throws {
        let loss = GroupLoss(group, store.identity, clockMargin: limits.clockMarginMilliseconds)
        if let loss { throw EventLogFault.groupSetBack(name: group.name, loss) }
    }

    /// A newer build may have written of the group meanwhile what this one does not know, of its filter for one.
    private func checkGroup(_ work: inout Work) async throws {
        let now = NIODeadline.now()
        guard now >= work.nextGroupLook else { return }
        work.nextGroupLook = now + .milliseconds(limits.groupLookMilliseconds)
        guard var found = try await store.loadEventGroup(group.name, deadline: tail.deadline),
            found.instance == group.instance
        else { throw CaseRejection.groupUnknown() }
        // Another consumer may have confirmed a loss.
        found.run = group.run
        guard found == group else { throw Self.groupChanged }
    }

    private var claimInterval: TimeAmount {
        .milliseconds(
            max(limits.claimMillisecondsMin, group.acknowledgeMilliseconds / limits.claimsPerAcknowledgeTime))
    }

    private func lookForNews(_ work: inout Work) {
        let now = NIODeadline.now()
        if now >= work.nextClaim {
            work.nextClaim = now + claimInterval
            work.ready = (0..<store.partitioning.count).shuffled()
        }
        if tail.isBlind {
            // Once a tick, with those that could be read last.
            guard work.isDone, now >= work.nextBlindLook else { return }
            work.nextBlindLook = now + .milliseconds(limits.tickMilliseconds)
            work.ready = (0..<store.partitioning.count).filter { !work.unreadable.contains($0) }.shuffled()
            return
        }
        guard let end = tail.end, end != work.seen else { return }
        for partition in end.indices where work.seen.isEmpty || end[partition] != work.seen[partition] {
            if !work.ready.contains(partition) { work.ready.append(partition) }
        }
        work.seen = end
    }

    /// How many more events the consumer takes. Those it has had for too long may have gone to another one.
    private func room() -> Int {
        let now = NIODeadline.now()
        return inFlight.withLock { inFlight in
            if inFlight.count >= inFlightMax { inFlight = inFlight.filter { $0.value > now } }
            return inFlightMax - inFlight.count
        }
    }

    private struct Outgoing {
        let delivery: Returns_V1_Delivery
        let bytes: Int
    }

    /// Reads some partitions, never more than there is room for.
    private func read(_ room: Int, _ work: inout Work) async throws -> [Outgoing] {
        let count = min(room, limits.consumePartitionsMax)
        let requests: [(partition: Int, request: EventGroupRequest)]
        if work.owed.isEmpty {
            requests = work.ready.prefix(count).map { ($0, .next) }
            work.ready.removeFirst(requests.count)
        } else {
            requests = work.owed.prefix(count).map { ($0.partition, .own(after: $0.after)) }
            work.owed.removeFirst(requests.count)
        }
        let limit = min(max(1, room / requests.count), ReturnsStore.outboxReadMax)
        let pages = try await store.readEventGroup(
            group, consumer: consumer, requests, limit: limit, deadline: tail.deadline)
        var deliveries: [Outgoing] = []
        var passedOver: [EventID] = []
        let end = NIODeadline.now() + .milliseconds(group.acknowledgeMilliseconds)
        for (item, page) in zip(requests, pages) {
            work.note(item.partition, isUnreadable: page == .unreadable)
            switch page {
            case .events(let again, let fresh):
                for (event, isAgain) in again.map({ ($0, true) }) + fresh.map({ ($0, false) }) {
                    guard let shown = view.show(event) else {
                        if view.passesOver(event) { passedOver.append(event.id) }
                        continue
                    }
                    inFlight.withLock { $0[event.id] = end }
                    let delivery = Returns_V1_Delivery.with {
                        $0.event = shown
                        $0.redelivered = isAgain
                    }
                    deliveries.append(Outgoing(delivery: delivery, bytes: event.byteCount))
                }
                guard again.count + fresh.count >= limit else { continue }
                if case .own = item.request, let last = again.last {
                    work.owed.append((item.partition, last.id.position))
                } else {
                    work.ready.append(item.partition)
                }
            case .trimmed: throw try await behind()
            case .missing:
                try await placeAgain()
                work.ready.append(item.partition)
            case .crowded: throw Self.crowded
            // It is asked again with the next look for what others have left.
            case .unreadable: break
            }
        }
        try await store.acknowledge(passedOver, group: group, deadline: tail.deadline)
        return deliveries
    }

    /// The group is to be created anew, which forgets what it has not acknowledged in every partition.
    private func behind() async throws -> EventLogFault {
        let state = try await store.eventGroupState(group, deadline: tail.deadline)
        let unfinished = state.unfinishedSince ?? .zero
        // A partition without events before the group's has no place for it to begin at.
        return .groupBehind(
            name: group.name,
            sinceMilliseconds: max(
                group.start.seenThroughMilliseconds,
                unfinished.recordedAt.milliseconds - limits.clockMarginMilliseconds))
    }

    /// The group is not there in a partition: it was deleted, or whoever created it did not come to the end.
    private func placeAgain() async throws {
        guard try await store.placeEventGroup(group, deadline: tail.deadline) else {
            throw CaseRejection.groupUnknown()
        }
    }

    private func send(
        _ deliveries: [Outgoing], _ work: inout Work,
        _ replies: RCPReplyWriter<Returns_V1_ConsumeReply>
    ) async throws {
        let isCaughtUp = work.isDone
        let isDue =
            NIODeadline.now() >= work.sentAt + .milliseconds(limits.heartbeatMilliseconds)
            || (isCaughtUp && !work.hasToldCaughtUp) || !work.hasToldUnreadable
        guard !deliveries.isEmpty || isDue else { return }
        var rest = deliveries[...]
        repeat {
            var bytes = 0
            let batch = rest.prefix(limits.replyEventsMax).prefix { outgoing in
                // As with a subscription, the one that comes to the limit is still in it.
                defer { bytes += outgoing.bytes }
                return bytes < replyBytesMax
            }
            rest = rest.dropFirst(batch.count)
            try await replies.send(
                .with {
                    $0.deliveries = batch.map(\.delivery)
                    $0.consumer = consumer
                    $0.caughtUp = isCaughtUp && rest.isEmpty
                    $0.unreadablePartitions = work.unreadable.sorted().map { UInt32($0) }
                })
            tail.metrics.eventsSent.increment(by: batch.count)
        } while !rest.isEmpty
        work.sentAt = .now()
        work.hasToldCaughtUp = isCaughtUp
        work.hasToldUnreadable = true
    }

    private static let groupChanged = RCPStatus(
        code: .unavailable, outcome: .notApplied, retryAfterMilliseconds: 100,
        text: "the group was changed meanwhile; consume anew",
        details: [RCPErrorDetail(field: "group", reason: "GROUP_CHANGED")])

    private static let crowded = RCPStatus(
        code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: 60_000,
        text: "the group has too many consumers; end some, or use the names of those that have ended",
        details: [RCPErrorDetail(field: "consumer", reason: "TOO_MANY_CONSUMERS")])
}
