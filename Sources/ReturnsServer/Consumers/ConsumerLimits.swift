/// Bounds of what a consumer inside the server may cost it. Each has a unit in its name.
struct ConsumerLimits: Sendable, Hashable {
    /// Events that one read of a partition takes.
    var pageEventsMax = 64
    /// Who does not renew its lease for so long has lost it.
    var leaseMilliseconds: Int64 = 3_000
    var renewMilliseconds: Int64 = 750
    /// How often everything is held anew, whatever may have let it go, and what nobody needs is let go.
    var upkeepMilliseconds: Int64 = 10_000
    /// A command to Redis that takes longer has failed.
    var redisMillisecondsMax: Int64 = 2_000
    /// Before a partition that could not be read, or recorded, is tried again.
    var storeRetryMilliseconds: Int64 = 250
}
