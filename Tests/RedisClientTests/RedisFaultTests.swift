import NIOCore
import RedisTestSupport
import Synchronization
import Testing

@testable import RedisClient

extension RedisTests {
    /// The real redis-server killed, stopped and restarted under the connection.
    @Suite struct FaultTests {
        @Test func aKilledRedisFailsEveryPendingCallOnce() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let observer = try await server.connect()
                let outcomes = Mutex<[Int: [RedisError.CommandState?]]>([:])
                let ended = connection.eventLoop.makePromise(of: Void.self)
                connection.eventLoop.execute {
                    connection.send(RedisCommand("BLPOP", "list", 0)) { result in
                        outcomes.withLock { $0[0, default: []].append(result.commandState) }
                    }
                    for index in 1..<5_000 {
                        connection.send(RedisCommand("INCR", "counter")) { result in
                            outcomes.withLock { $0[index, default: []].append(result.commandState) }
                            if index == 4_999 { ended.succeed(()) }
                        }
                    }
                }
                try await untilBlocked(observer)
                server.killHard()
                try await ended.futureResult.get()
                try await connection.close().get()
                let seen = outcomes.withLock { $0 }
                #expect(seen.count == 5_000)
                #expect(seen.values.allSatisfy { $0 == [.outcomeUnknown] })
            }
        }

        @Test func awaitedCallsFailTheSameWay() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let observer = try await server.connect()
                let calls = (0..<50).map { _ in
                    Task {
                        await redisError { _ = try await connection.send(RedisCommand("BLPOP", "list", 0)) }
                    }
                }
                try await untilBlocked(observer)
                server.killHard()
                for call in calls {
                    let error = await call.value
                    #expect(error?.code == .connectionClosed)
                }
            }
        }

        @Test func commandsHeldBackByAFullSocketAreKnownToBeUnwritten() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.limits.pendingCommandBytesMax = 8 << 20
                let connection = try await server.connect(configuration)
                server.pause()
                let payload = [UInt8](repeating: 120, count: 1 << 20)
                let outcomes = Mutex<[RedisError]>([])
                // One tick each, until bytes are held back and then refused.
                try await eventually("the bound on held-back bytes was never met") {
                    try await connection.eventLoop.submit {
                        connection.send(RedisCommand("SET", "key", .bytes(payload))) { result in
                            if case .failure(let error) = result { outcomes.withLock { $0.append(error) } }
                        }
                    }.get()
                    return outcomes.withLock { $0.contains { $0.code == .tooManyPendingBytes } }
                }
                server.killHard()
                // All pending calls fail together when the loop notices.
                try await eventually("the connection did not end") {
                    outcomes.withLock { $0.contains { $0.code == .connectionClosed } }
                }
                try await connection.eventLoop.submit {}.get()
                let errors = outcomes.withLock { $0 }
                let closed = errors.filter { $0.code == .connectionClosed }
                #expect(closed.first?.commandState == .outcomeUnknown)
                #expect(closed.last?.commandState == .notWritten)
                // An eighth, with its few bytes of command, would have been more than 8 MiB.
                #expect(closed.count { $0.commandState == .notWritten } == 7)
                #expect(errors.first { $0.code == .tooManyPendingBytes }?.commandState == .notWritten)
            }
        }

        @Test func aStoppedRedisIsDeclaredDead() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.replyTimeoutMilliseconds = 150
                let connection = try await server.connect(configuration)
                server.pause()
                let start = NIODeadline.now()
                let error = await redisError { _ = try await connection.send(RedisCommand("PING")) }
                #expect(error?.code == .replyTimeout)
                #expect(error?.commandState == .outcomeUnknown)
                #expect(NIODeadline.now() - start >= .milliseconds(150))
                let next = await redisError { _ = try await connection.send(RedisCommand("PING")) }
                #expect(next?.code == .replyTimeout)
                #expect(next?.commandState == .notWritten)
                server.resume()
            }
        }

        @Test func slowButSteadyRepliesAreNoTimeout() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.replyTimeoutMilliseconds = 2_000
                let connection = try await server.connect(configuration)
                let observer = try await server.connect()
                // Each reply takes about 300 ms; together they take longer than the timeout.
                let replies = try await connection.pipeline(
                    (0..<10).map { _ in RedisCommand("BLPOP", "never", "0.3") })
                #expect(replies == [RedisValue](repeating: .null, count: 10))
                #expect(try await observer.send(RedisCommand("PING")).string == "PONG")
            }
        }
    }
}

extension Result where Failure == RedisError {
    /// Nil for a success.
    var commandState: RedisError.CommandState? {
        if case .failure(let error) = self { error.commandState } else { nil }
    }
}
