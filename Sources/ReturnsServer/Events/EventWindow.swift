import NIOCore
import ReturnsStore

/// The latest events of the log, numbered as they were seen, for any number of followers to read at their own pace.
///
/// It holds every event behind `base` and up to `end`, so whoever has read up to `base` or further in every partition can go on
/// here and misses nothing. A follower costs nothing here: it keeps its own place, and falls behind when the window moves on.
struct EventWindow {
    private var events = CircularBuffer<OutboxEvent>()
    private var bytes = 0
    /// The number of the oldest event that is held, or that the next one will have.
    private(set) var first: UInt64
    /// The events behind these are held.
    private(set) var base: [OutboxID]
    /// The events behind these have not been seen.
    private(set) var end: [OutboxID]

    private let eventsMax: Int
    private let bytesMax: Int

    /// - Parameter first: above the numbers that any window before has given, so that places in it are good here no more.
    init(at ends: [OutboxID], first: UInt64, limits: EventLimits) {
        base = ends
        end = ends
        self.first = first
        eventsMax = limits.recentEventsMax
        bytesMax = limits.recentBytesMax
    }

    /// The number that the next event will have.
    var next: UInt64 { first + UInt64(events.count) }

    mutating func append(_ event: OutboxEvent) {
        precondition(end[event.id.partition] < event.id.position, "an event came twice or out of order")
        end[event.id.partition] = event.id.position
        events.append(event)
        bytes += event.byteCount
        while events.count > eventsMax || (bytes > bytesMax && events.count > 1) {
            let oldest = events.removeFirst()
            bytes -= oldest.byteCount
            base[oldest.id.partition] = oldest.id.position
            first += 1
        }
    }

    /// From where somebody who has read up to this cursor goes on; nil if events between are not held. Some of those that
    /// follow may lie behind the cursor.
    func place(behind cursor: OutboxCursor) -> UInt64? {
        zip(cursor.positions, base).allSatisfy { $0 >= $1 } ? first : nil
    }

    /// - Returns: nil if the event of that number is no longer held.
    func events(from place: UInt64, limit: Int) -> [OutboxEvent]? {
        guard place >= first, place <= next else { return nil }
        let start = events.index(events.startIndex, offsetBy: Int(place - first))
        return Array(events[start...].prefix(limit))
    }
}
