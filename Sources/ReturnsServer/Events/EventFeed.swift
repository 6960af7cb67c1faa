import ReturnsStore

/// Reads the log from a cursor on, for one follower: from the tail's window as soon as that holds what comes next, before that
/// from the log itself, a bounded amount at a time.
struct EventFeed {
    /// What one step has brought.
    struct Step {
        /// In order for each partition, and so for each case.
        var events: [OutboxEvent]
        /// There was nothing behind them.
        var isCaughtUp: Bool
    }

    private let tail: EventTail
    /// Up to where events were read.
    private(set) var cursor: OutboxCursor
    /// In the tail's window; nil while reading the log.
    private var place: UInt64?
    /// Partitions whose end this round of reading has not reached yet.
    private var rest: [Int]

    init(tail: EventTail, cursor: OutboxCursor) {
        self.tail = tail
        self.cursor = cursor
        rest = Array(cursor.positions.indices)
    }

    /// - Throws: OUT_OF_RANGE when events that come next are not kept any more.
    mutating func next() async throws -> Step {
        if let place {
            let limit = tail.limits.catchUpEventsMax
            if let events = tail.events(from: place, limit: limit) {
                self.place = place + UInt64(events.count)
                let new = events.filter { cursor.positions[$0.id.partition] < $0.id.position }
                for event in new { cursor.pass(event.id) }
                return Step(events: new, isCaughtUp: events.count < limit)
            }
            self.place = nil
            rest = Array(cursor.positions.indices)
        }
        return try await readLog()
    }

    private mutating func readLog() async throws -> Step {
        let limits = tail.limits
        let partitions = Array(rest.prefix(limits.catchUpPartitionsMax))
        rest.removeFirst(partitions.count)
        let limit = max(1, limits.catchUpEventsMax / partitions.count)
        let pages = try await tail.readBehind(
            partitions.map { EventID(partition: $0, position: cursor.positions[$0]) }, limit: limit)
        var read: [OutboxEvent] = []
        for (partition, page) in zip(partitions, pages) {
            switch page {
            case .events(let events):
                read += events
                if let last = events.last { cursor.pass(last.id) }
                if events.count == limit { rest.append(partition) }
            case .trimmed: throw EventLogFault.behind(cursor)
            case .ahead: throw EventLogFault.ahead(cursor)
            }
        }
        guard rest.isEmpty else { return Step(events: read, isCaughtUp: false) }
        place = tail.place(behind: cursor)
        rest = Array(cursor.positions.indices)
        return Step(events: read, isCaughtUp: true)
    }
}
