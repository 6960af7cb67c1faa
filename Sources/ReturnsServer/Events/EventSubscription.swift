import NIOCore
import RCP
import ReturnsAPI
import ReturnsStore

/// One call of Subscribe. What it holds is bounded by one step of its feed; the stream's credit sets the pace, so a slow client
/// holds up nothing but itself.
struct EventSubscription {
    private let tail: EventTail
    private let clock: any ServerClock
    private let seat: EventTail.Seat
    private let view: EventView
    private let replies: RCPReplyWriter<Returns_V1_SubscribeReply>
    /// Events that the client still wants; nil wants all.
    private var left: UInt64?
    private var feed: EventFeed
    /// Behind everything that was sent or passed over.
    private var cursor: OutboxCursor
    /// Of the store's runs, as `cursor` was last compared with them.
    private var generation: Int

    private var batch: [Returns_V1_Event] = []
    private var batchBytes = 0
    private let batchBytesMax: Int
    private var sentAt = NIODeadline.now()
    private var sentPositions: [OutboxID] = []
    private var hasToldCaughtUp = false
    /// By the server's clock, before the round of reads that goes on: what cases do from then on may not be in it.
    private var roundBegan: Int64

    init(
        tail: EventTail, clock: any ServerClock, seat: EventTail.Seat, view: EventView,
        start: OutboxCursor, limit: UInt64, peerBytesMax: Int,
        replies: RCPReplyWriter<Returns_V1_SubscribeReply>
    ) {
        self.tail = tail
        self.clock = clock
        self.seat = seat
        self.view = view
        self.replies = replies
        batchBytesMax = tail.limits.replyBytesMax(peer: peerBytesMax)
        left = limit == 0 ? nil : limit
        feed = EventFeed(tail: tail, cursor: start)
        cursor = start
        generation = tail.store.identity.generation
        tail.store.identity.sign(&cursor)
        roundBegan = clock.now().milliseconds
    }

    /// Returns when the client has got what it wants.
    ///
    /// - Throws: when the call is cancelled, the server stops, or the log cannot be read on.
    mutating func run() async throws {
        while true {
            try tail.check()
            try checkRuns()
            let step = try await feed.next()
            for event in step.events {
                cursor.pass(event.id)
                guard let shown = view.show(event) else { continue }
                batch.append(shown)
                batchBytes += event.byteCount
                if let left { self.left = left - 1 }
                if left == 0 { return try await send(isCaughtUp: false) }
                if batch.count >= tail.limits.replyEventsMax || batchBytes >= batchBytesMax {
                    try await send(isCaughtUp: false)
                }
            }
            if step.isCaughtUp {
                cursor.seenThroughMilliseconds = max(
                    cursor.seenThroughMilliseconds, roundBegan - tail.limits.clockMarginMilliseconds)
                roundBegan = clock.now().milliseconds
            }
            if !batch.isEmpty || isCursorDue(step.isCaughtUp) { try await send(isCaughtUp: step.isCaughtUp) }
            if step.isCaughtUp { await seat.doorbell.wait() }
            try Task.checkCancellation()
        }
    }

    /// The store may have been set back meanwhile.
    private mutating func checkRuns() throws {
        let identity = tail.store.identity
        guard identity.generation != generation else { return }
        generation = identity.generation
        if let since = identity.lostBefore(cursor) { throw EventLogFault.lost(since: since) }
    }

    /// Whether the client is to hear of the cursor although there is no event for it.
    private func isCursorDue(_ isCaughtUp: Bool) -> Bool {
        if isCaughtUp, !hasToldCaughtUp { return true }
        let now = NIODeadline.now()
        if now >= sentAt + .milliseconds(tail.limits.heartbeatMilliseconds) { return true }
        return now >= sentAt + .milliseconds(tail.limits.cursorMillisecondsMin)
            && cursor.positions != sentPositions
    }

    private mutating func send(isCaughtUp: Bool) async throws {
        tail.store.identity.sign(&cursor)
        let reply = Returns_V1_SubscribeReply.with {
            $0.events = batch
            $0.cursor = cursor.text
            $0.caughtUp = isCaughtUp
        }
        tail.metrics.eventsSent.increment(by: batch.count)
        batch = []
        batchBytes = 0
        sentAt = .now()
        sentPositions = cursor.positions
        hasToldCaughtUp = hasToldCaughtUp || isCaughtUp
        try await replies.send(reply)
    }
}
