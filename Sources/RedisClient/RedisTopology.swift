import NIOCore

/// How a store reaches its Redis, whichever nodes that is: the calls of `RedisClient`, each naming the key it
/// touches.
///
/// A single Redis ignores the key. A cluster will route by it, so all keys of one call must share its hash
/// slot; a nil key means a command without keys, which any primary may take.
public protocol RedisTopology: Sendable {
    var eventLoop: any EventLoop { get }

    /// On the loop: sends one command; `completion` is called once, on the loop. An error reply is a failure.
    func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline,
        completion: @escaping (Result<RedisValue, RedisError>) -> Void)

    /// On the loop: sends commands as one contiguous unit; error replies are values (see
    /// `RedisValue.checked()`).
    func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline,
        completion: @escaping (Result<[RedisValue], RedisError>) -> Void)

    /// Sends one command and awaits its reply; an error reply is thrown. Without a hop when called on the
    /// loop.
    nonisolated(nonsending) func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue

    /// Sends commands as one contiguous unit and awaits their replies, error replies among them as values.
    nonisolated(nonsending) func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue]

    /// Sends one command to each primary, as loading functions needs; one reply for each. The first error
    /// reply is thrown.
    nonisolated(nonsending) func sendToEveryPrimary(
        _ command: RedisCommand, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue]
}

extension RedisTopology {
    public nonisolated(nonsending) func send(
        _ command: RedisCommand, key: String?
    ) async throws(RedisError) -> RedisValue {
        try await send(command, key: key, deadline: .distantFuture)
    }

    public nonisolated(nonsending) func pipeline(
        _ commands: [RedisCommand], key: String?
    ) async throws(RedisError) -> [RedisValue] {
        try await pipeline(commands, key: key, deadline: .distantFuture)
    }
}
