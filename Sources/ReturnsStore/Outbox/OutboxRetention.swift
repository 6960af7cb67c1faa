/// How much of the outbox is kept.
public struct OutboxRetention: Hashable, Sendable {
    /// Of one partition. The oldest events go first, but none that an internal consumer has not finished.
    public var eventsMax: Int
    /// Older ones go too; nil keeps them whatever their age.
    public var milliseconds: Int64?
    /// Of one partition, whoever has not finished them; at least `eventsMax`.
    public var heldEventsMax: Int
    /// What the outbox of all partitions may take in Redis, whoever has not finished it; each has an equal share.
    ///
    /// As Redis measures a stream, but without what consumer groups have pending in it, which trimming does not free. Its nodes
    /// are sampled, which is exact to a few per cent, since all but the last are full; entries are sampled instead while
    /// something is pending, which is exact to about a fifth.
    public var bytesMax: Int64

    public init(
        eventsMax: Int = OutboxRetention.eventsMaxDefault, milliseconds: Int64? = nil,
        heldEventsMax: Int = OutboxRetention.heldEventsMaxDefault,
        bytesMax: Int64 = OutboxRetention.bytesMaxDefault
    ) {
        self.eventsMax = eventsMax
        self.milliseconds = milliseconds
        self.heldEventsMax = heldEventsMax
        self.bytesMax = bytesMax
    }

    public static let eventsMaxDefault = 100_000
    public static let heldEventsMaxDefault = 150_000
    public static let bytesMaxDefault: Int64 = 2 << 30

    /// Of one partition.
    func bytesMax(partitions: Int) -> Int64 { max(1, bytesMax / Int64(partitions)) }
}
