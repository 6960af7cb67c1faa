import NIOCore
import RedisClient

/// Sends commands as they are, past everything that asks the identity first.
protocol StoreWire {
    nonisolated(nonsending) func replies(
        to commands: [RedisCommand], deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue]
}

extension RedisConnection: StoreWire {
    nonisolated(nonsending) func replies(
        to commands: [RedisCommand], deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await pipeline(commands, deadline: deadline)
    }
}

struct TopologyWire: StoreWire {
    let redis: any RedisTopology

    nonisolated(nonsending) func replies(
        to commands: [RedisCommand], deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await redis.pipeline(commands, key: nil, deadline: deadline)
    }
}
