import ReturnsDomain

/// How a consumer's place in a partition compares with the log.
public struct ConsumerFigures: Hashable, Sendable {
    /// The last event that was trimmed.
    public var trimmed: OutboxID
    public var last: OutboxID
    /// How many events were ever added.
    public var added: Int64
    /// How many of these are kept.
    public var kept: Int64
    /// The one behind the place.
    public var next: OutboxID?
    /// What the partition's events take in Redis.
    public var bytes: Int64
    /// What trimming has noted that the consumer loses; nil when there is nothing, or the consumer has passed it.
    public var noted: OutboxLoss?

    /// Events behind the place, before the filter; nil while that is not known.
    public func lag(of place: OutboxPlace) -> Int64? {
        if next == nil { return 0 }
        return place.ordinal.map { max(0, added - $0) }
    }

    /// Events behind the place that are gone; nil while that is not known.
    public func lost(behind place: OutboxPlace) -> Int64? {
        guard place.position < trimmed else { return 0 }
        // A log that was deleted by hand counts anew, so its numbers tell nothing of places before.
        guard let ordinal = place.ordinal, added - kept >= ordinal else { return nil }
        return added - kept - ordinal
    }

    /// What a consumer at a place has lost; nil when it has lost nothing.
    public func loss(at place: OutboxPlace, now: Instant) -> OutboxLoss? {
        guard place.position < trimmed else { return nil }
        return OutboxLoss(
            after: place.position, through: trimmed,
            // Trimming counts from what the consumer said last that it had finished.
            events: lost(behind: place) ?? (noted?.after == place.position ? noted?.events : nil),
            since: noted?.since ?? now, last: now)
    }

    /// How much a consumer at a place uses of what may be held for it, 0 to 1.
    public func heldShare(of place: OutboxPlace, _ retention: OutboxRetention, partitions: Int) -> Double {
        guard kept > 0 else { return 0 }
        let events = min(Double(lag(of: place) ?? kept), Double(kept))
        let share = max(
            events / Double(max(1, retention.heldEventsMax)),
            Double(bytes) * events / Double(kept) / Double(retention.bytesMax(partitions: partitions)))
        return min(1, share)
    }

    /// Where a consumer goes on that has lost what is gone.
    public var beginning: OutboxPlace { OutboxPlace(position: trimmed, ordinal: added - kept) }

    /// Behind everything.
    public var end: OutboxPlace { OutboxPlace(position: last, ordinal: added) }
}
