import NIOCore
import RedisClient
import RedisTestSupport
import Synchronization

/// A real Redis whose replies get lost: each command, or pipeline, in turn meets the next fault of a list, and none after it.
final class LossyTopology: ForwardingTopology {
    enum Fault {
        /// Redis runs it, and the connection ends before its reply.
        case loseReply
        /// It is not sent: there is no connection.
        case noConnection
        /// It is not sent: its deadline passes while it waits for a connection.
        case deadlinePasses
        /// Redis answers with this error instead of running it.
        case errorReply(String)
        case none
    }

    let redis: any RedisTopology
    private let faults: Mutex<[Fault]>
    private let sentCount = Mutex(0)

    init(_ redis: any RedisTopology, _ faults: [Fault]) {
        self.redis = redis
        self.faults = Mutex(faults)
    }

    /// Commands and pipelines that were to be sent.
    var attempts: Int { sentCount.withLock { $0 } }

    private func meetFault(_ run: () async throws(RedisError) -> Void) async throws(RedisError) {
        sentCount.withLock { $0 += 1 }
        let fault = faults.withLock { $0.isEmpty ? Fault.none : $0.removeFirst() }
        switch fault {
        case .none: return
        case .loseReply:
            try await run()
            throw RedisError(.connectionClosed, .outcomeUnknown, "Redis closed the connection.")
        case .noConnection: throw RedisError(.unavailable, .notWritten, "Not connected to Redis.")
        case .deadlinePasses:
            throw RedisError(.deadlineExceeded, .notWritten, "The deadline passed while waiting.")
        case .errorReply(let text): throw RedisError(RedisErrorReply(message: text))
        }
    }

    func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue {
        try await meetFault { () async throws(RedisError) in
            _ = try await redis.send(command, key: key, deadline: deadline)
        }
        return try await redis.send(command, key: key, deadline: deadline)
    }

    func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await meetFault { () async throws(RedisError) in
            _ = try await redis.pipeline(commands, key: key, deadline: deadline)
        }
        return try await redis.pipeline(commands, key: key, deadline: deadline)
    }

    func sendToEveryPrimary(
        _ command: RedisCommand, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await meetFault { () async throws(RedisError) in
            _ = try await redis.sendToEveryPrimary(command, deadline: deadline)
        }
        return try await redis.sendToEveryPrimary(command, deadline: deadline)
    }
}
