import NIOCore
import RedisClient
import RedisTestSupport
import Synchronization

@testable import ReturnsStore

/// Which replies to replacements of the registry are lost.
enum LostWrite: CaseIterable {
    case once
    /// And another server changes the registry before the second attempt.
    case andOvertaken
    case everyTime
}

/// Loses the replies to replacements of the registry, which Redis makes.
final class LostAccessReply: ForwardingTopology {
    let redis: any RedisTopology
    private let lost: LostWrite
    private let writes = Mutex(0)

    init(_ redis: any RedisTopology, _ lost: LostWrite) {
        self.redis = redis
        self.lost = lost
    }

    func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue {
        let reply = try await redis.send(command, key: key, deadline: deadline)
        guard case .array(let parts) = reply, parts.count == 2, parts[1].array?.first?.string == "OK" else {
            return reply
        }
        let number = writes.withLock { writes in
            writes += 1
            return writes
        }
        guard number == 1 || lost == .everyTime else { return reply }
        if lost == .andOvertaken {
            _ = try await redis.send(
                RedisCommand("HSET", .text(StoreKeys.access), "v", "overtaken"), key: StoreKeys.access,
                deadline: deadline)
        }
        throw RedisError(.connectionClosed, .outcomeUnknown, "Redis closed the connection.")
    }
}
