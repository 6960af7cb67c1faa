public import NIOCore
public import RedisClient

/// A stand-in between a store and its Redis: it passes everything on but what it implements itself.
public protocol ForwardingTopology: RedisTopology {
    var redis: any RedisTopology { get }
}

extension ForwardingTopology {
    public var eventLoop: any EventLoop { redis.eventLoop }

    public func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue {
        try await redis.send(command, key: key, deadline: deadline)
    }

    public func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await redis.pipeline(commands, key: key, deadline: deadline)
    }

    public func sendToEveryPrimary(
        _ command: RedisCommand, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await redis.sendToEveryPrimary(command, deadline: deadline)
    }

    public func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline,
        completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        redis.send(command, key: key, deadline: deadline, completion: completion)
    }

    public func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline,
        completion: @escaping (Result<[RedisValue], RedisError>) -> Void
    ) {
        redis.pipeline(commands, key: key, deadline: deadline, completion: completion)
    }
}
