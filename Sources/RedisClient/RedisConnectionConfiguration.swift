/// Settings of one connection; times in milliseconds.
public struct RedisConnectionConfiguration: Sendable, Hashable {
    /// Shown by `CLIENT LIST`; characters that Redis refuses there are replaced.
    public var clientName = "redis-client"
    public var limits = RedisLimits()
    /// For the socket to connect.
    public var connectTimeoutMilliseconds = 5_000
    /// Whether a Redis that still loads its data is good enough, as it is for telling it to shut down.
    public var acceptsLoading = false
    /// With replies awaited and none coming for so long, the peer counts as dead.
    public var replyTimeoutMilliseconds = 10_000
    /// How coarse deadlines and the reply timeout are: one timer per connection, running only while replies
    /// are awaited.
    public var tickMilliseconds = 10

    public init() {}
}
