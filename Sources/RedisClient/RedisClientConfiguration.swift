/// Settings of a client; times in milliseconds.
public struct RedisClientConfiguration: Sendable {
    public var url: RedisURL
    public var connection = RedisConnectionConfiguration()
    public var backoff = RedisBackoff()
    /// How long a command waits for a connection when there is none; zero fails it at once.
    public var waitForConnectionMilliseconds = 1_000
    /// The most units of commands that wait for a connection.
    public var waitingCommandsMax = 1_024
    /// The most bytes of commands that wait for a connection.
    public var waitingBytesMax = 16 << 20
    /// How long a shutdown waits for replies still owed.
    public var shutdownMilliseconds = 5_000
    /// Runs on each new connection before any command is sent on it; if it throws, the connection is closed
    /// and retried. A `RedisError` of the code `invalidConfiguration` says that waiting does not help.
    public var prepare: (@Sendable (RedisConnection) async throws -> Void)?
    /// Told of every change, on the event loop.
    public var onStateChange: (@Sendable (RedisClientState) -> Void)?

    public init(url: RedisURL) {
        self.url = url
    }
}

public enum RedisClientState: Sendable {
    /// Attempts are counted from zero since the last lasting connection.
    case connecting(attempt: Int)
    case connected
    case disconnected(RedisError, retryInMilliseconds: Int)
    case shutDown
}
