import Logging
import NIOCore
import RedisTestSupport
import Synchronization
import Testing

@testable import RedisClient

extension RedisTests {
    @Suite struct ClientTests {
        @Test func reconnectsAfterARestart() async throws {
            try await withRedis { server in
                let states = Mutex<[String]>([])
                let client = server.client { configuration in
                    configuration.waitForConnectionMilliseconds = 20_000
                    configuration.onStateChange = { state in states.withLock { $0.append(state.name) } }
                }
                try await client.connect(deadline: .now() + .seconds(20))
                #expect(client.isConnected)
                #expect(try await client.send(RedisCommand("PING"), key: nil).string == "PONG")
                server.killHard()
                try await eventually("the client did not notice") { !client.isConnected }
                // Sent without a connection: waits for the next one.
                let waiting = Task { try await client.send(RedisCommand("SET", "key", "x"), key: "key") }
                try server.start()
                #expect(try await waiting.value == .simpleString("OK"))
                #expect(client.isConnected)
                await client.shutdown()
                #expect(!client.isConnected)
                let seen = states.withLock { $0 }
                #expect(seen.prefix(3) == ["connecting", "connected", "disconnected"])
                #expect(seen.suffix(2) == ["connected", "shutDown"])
            }
        }

        @Test func withoutRedisCommandsFailFastUnwritten() async throws {
            try await withRedis { server in
                server.killHard()
                let client = server.client { $0.waitForConnectionMilliseconds = 0 }
                client.start()
                let error = await redisError { _ = try await client.send(RedisCommand("PING"), key: nil) }
                #expect(error?.code == .unavailable)
                #expect(error?.commandState == .notWritten)
                let connecting = await redisError {
                    try await client.connect(deadline: .now() + .milliseconds(50))
                }
                #expect(connecting?.code == .unavailable)
                #expect((connecting?.cause as? RedisError)?.code == .connectionFailed)
                await client.shutdown()
            }
        }

        @Test func theWaitForAConnectionIsBoundedInTimeAndNumber() async throws {
            try await withRedis { server in
                server.killHard()
                let client = server.client { configuration in
                    configuration.waitForConnectionMilliseconds = 200
                    configuration.waitingCommandsMax = 3
                }
                client.start()
                let start = NIODeadline.now()
                let errors = Mutex<[RedisError]>([])
                let ended = client.eventLoop.makePromise(of: Void.self)
                client.eventLoop.execute {
                    for _ in 0..<5 {
                        client.send(RedisCommand("PING"), key: nil) { result in
                            guard case .failure(let error) = result else { return }
                            let count = errors.withLock { errors in
                                errors.append(error)
                                return errors.count
                            }
                            if count == 5 { ended.succeed(()) }
                        }
                    }
                }
                try await ended.futureResult.get()
                #expect(NIODeadline.now() - start >= .milliseconds(200))
                let codes = errors.withLock { $0.map(\.code) }
                #expect(codes[..<2] == [.tooManyPendingReplies, .tooManyPendingReplies])
                #expect(codes[2...] == [.unavailable, .unavailable, .unavailable])
                #expect(errors.withLock { $0.allSatisfy { $0.commandState == .notWritten } })
                await client.shutdown()
            }
        }

        @Test func theWaitForAConnectionIsBoundedInBytes() async throws {
            try await withRedis { server in
                server.killHard()
                let client = server.client { configuration in
                    configuration.waitForConnectionMilliseconds = 60_000
                    configuration.waitingBytesMax = 100_000
                }
                client.start()
                let payload = [UInt8](repeating: 120, count: 60_000)
                let set = RedisCommand("SET", "key", .bytes(payload))
                let first = Task { try await client.send(set, key: "key") }
                try await eventually("the first did not come to wait") {
                    try await client.eventLoop.submit { !client.waiting.isEmpty }.get()
                }
                let refused = await redisError { _ = try await client.send(set, key: "key") }
                #expect(refused?.code == .tooManyPendingBytes)
                #expect(refused?.commandState == .notWritten)
                // What is given up makes room again.
                first.cancel()
                _ = await first.result
                let second = Task { try await client.send(set, key: "key") }
                try server.start()
                #expect(try await second.value == .simpleString("OK"))
                #expect(try await client.eventLoop.submit { client.waiting.bytes }.get() == 0)
                await client.shutdown()
            }
        }

        @Test func waitingCallsCanBeCancelledAndHaveDeadlines() async throws {
            try await withRedis { server in
                server.killHard()
                let client = server.client { $0.waitForConnectionMilliseconds = 60_000 }
                client.start()
                let late = await redisError {
                    _ = try await client.send(
                        RedisCommand("PING"), key: nil, deadline: .now() + .milliseconds(20))
                }
                #expect(late?.code == .deadlineExceeded)
                #expect(late?.commandState == .notWritten)
                let first = client.eventLoop.makePromise(of: RedisValue.self)
                try await client.eventLoop.submit {
                    client.send(RedisCommand("PING"), key: nil) { first.completeWith($0.mapError { $0 }) }
                }.get()
                let second = Task { try await client.send(RedisCommand("PING"), key: nil) }
                second.cancel()
                let cancelled = await redisError { _ = try await second.value }
                #expect(cancelled?.code == .cancelled)
                #expect(cancelled?.commandState == .notWritten)
                // The one before it still waits, until there is nothing to wait for.
                await client.shutdown()
                let left = await redisError { _ = try await first.futureResult.get() }
                #expect(left?.code == .shutDown)
                #expect(left?.commandState == .notWritten)
            }
        }

        @Test(
            arguments: [
                (nil as String?, nil as String?, "needs a password"), (nil, "wrong", "WRONGPASS"),
                ("nobody", "right", "WRONGPASS"),
            ])
        func aRefusedLoginSaysWhy(_ user: String?, _ password: String?, _ expected: String) async throws {
            try await withRedis(["--requirepass", "right"]) { server in
                let client = server.client { configuration in
                    configuration.url.username = user
                    configuration.url.password = password
                    configuration.waitForConnectionMilliseconds = 60_000
                }
                let error = await redisError { try await client.connect(deadline: .now() + .seconds(60)) }
                let cause = error?.cause as? RedisError
                #expect(error?.code == .unavailable)
                #expect(cause?.code == .authenticationFailed)
                #expect(cause?.message.contains(expected) == true)
                #expect(error.map { "\($0)" }?.contains("right") == false)
                await client.shutdown()
            }
        }

        @Test func aPasswordForARedisWithoutOneIsExplained() async throws {
            try await withRedis { server in
                var url = server.url
                url.password = "needless"
                let error = await redisError {
                    _ = try await RedisConnection.connect(to: url, on: testLoops.next()).get()
                }
                #expect(error?.code == .authenticationFailed)
                #expect(error?.message.contains("no password set") == true)
            }
        }

        @Test func logsInSelectsAndNamesItself() async throws {
            try await withRedis(["--requirepass", "right"]) { server in
                let client = server.client { configuration in
                    configuration.url.password = "right"
                    configuration.url.database = 7
                    configuration.connection.clientName = "two words"
                }
                try await client.connect(deadline: .now() + .seconds(20))
                let info = try await client.send(RedisCommand("CLIENT", "INFO"), key: nil).string ?? ""
                #expect(info.contains(" db=7 "))
                #expect(info.contains(" name=two-words "))
                await client.shutdown()
            }
        }

        @Test func aDatabaseThatIsNotThereIsExplained() async throws {
            try await withRedis { server in
                var url = server.url
                url.database = 99
                let error = await redisError {
                    _ = try await RedisConnection.connect(to: url, on: testLoops.next()).get()
                }
                #expect(error?.code == .connectionFailed)
                #expect(error?.message.contains("database 99") == true)
            }
        }

        @Test func aPreparationThatCannotSucceedEndsTheWait() async throws {
            try await withRedis { server in
                let client = server.client { configuration in
                    configuration.waitForConnectionMilliseconds = 60_000
                    configuration.prepare = { _ in
                        throw RedisError(.invalidConfiguration, .notWritten, "This Redis is too old.")
                    }
                }
                let error = await redisError { try await client.connect(deadline: .now() + .seconds(60)) }
                #expect(error?.code == .unavailable)
                #expect(error?.message.contains("This Redis is too old.") == true)
                // Later commands do not wait for what will not come either.
                let later = await redisError { _ = try await client.send(RedisCommand("PING"), key: nil) }
                #expect((later?.cause as? RedisError)?.code == .invalidConfiguration)
                await client.shutdown()
            }
        }

        @Test func everyConnectionIsPreparedBeforeItsFirstCommand() async throws {
            try await withRedis { server in
                let attempts = Atomic<Int>(0)
                let client = server.client { configuration in
                    configuration.waitForConnectionMilliseconds = 20_000
                    configuration.prepare = { connection in
                        // The first connection is turned down.
                        if attempts.add(1, ordering: .relaxed).newValue == 1 { throw PreparationFailed() }
                        _ = try await connection.send(RedisCommand("SET", "prepared", "yes"))
                    }
                }
                client.start()
                let prepared = try await client.send(RedisCommand("GET", "prepared"), key: "prepared")
                #expect(prepared.string == "yes")
                #expect(attempts.load(ordering: .relaxed) == 2)
                await client.shutdown()
            }
        }

        @Test func shutdownWaitsForRepliesStillOwed() async throws {
            try await withRedis { server in
                let client = server.client { $0.shutdownMilliseconds = 20_000 }
                let observer = try await server.connect()
                try await client.connect(deadline: .now() + .seconds(20))
                let pending = Task { try await client.send(RedisCommand("BLPOP", "list", 0), key: "list") }
                try await untilBlocked(observer)
                let shutdown = Task { await client.shutdown() }
                try await eventually("the shutdown did not begin") { !client.isConnected }
                let refused = await redisError { _ = try await client.send(RedisCommand("PING"), key: nil) }
                #expect(refused?.code == .shutDown)
                _ = try await observer.send(RedisCommand("RPUSH", "list", "last"))
                #expect(try await pending.value.array?.last?.string == "last")
                await shutdown.value
                await client.shutdown()
            }
        }

        @Test func shutdownDuringAnAttemptEndsIt() async throws {
            try await withRedis { server in
                // Accepts connections, answers nothing: the attempt hangs in the login.
                server.pause()
                let client = server.client { configuration in
                    configuration.connection.replyTimeoutMilliseconds = 60_000
                    configuration.shutdownMilliseconds = 50
                }
                let connecting = Task {
                    await redisError { try await client.connect(deadline: .now() + .seconds(60)) }
                }
                try await eventually("no attempt began") {
                    try await client.eventLoop.submit {
                        if case .connecting = client.state { !client.waiting.isEmpty } else { false }
                    }.get()
                }
                await client.shutdown()
                #expect(await connecting.value?.code == .shutDown)
                server.resume()
            }
        }

        @Test func shutdownEndsAtItsLimit() async throws {
            try await withRedis { server in
                let client = server.client { $0.shutdownMilliseconds = 50 }
                let observer = try await server.connect()
                try await client.connect(deadline: .now() + .seconds(20))
                let pending = Task {
                    await redisError { _ = try await client.send(RedisCommand("BLPOP", "l", 0), key: "l") }
                }
                try await untilBlocked(observer)
                await client.shutdown()
                let error = await pending.value
                #expect(error?.code == .shutDown)
                #expect(error?.commandState == .outcomeUnknown)
            }
        }

        @Test func logsHoldNoArgument() async throws {
            try await withRedis { server in
                let log = CapturedLog()
                var configuration = RedisClientConfiguration(url: server.url)
                configuration.url.password = "hunter2"
                let client = RedisClient(
                    configuration: configuration, on: testLoops.next(),
                    logger: Logger(label: "test") { _ in log })
                _ = await redisError { try await client.connect(deadline: .now() + .seconds(20)) }
                await client.shutdown()
                #expect(log.lines.withLock { $0.contains { $0.contains("authenticationFailed") } })
                #expect(log.lines.withLock { $0.allSatisfy { !$0.contains("hunter2") } })
            }
        }
    }
}

private struct PreparationFailed: Error {}

extension RedisClientState {
    fileprivate var name: String {
        switch self {
        case .connecting: "connecting"
        case .connected: "connected"
        case .disconnected: "disconnected"
        case .shutDown: "shutDown"
        }
    }
}

private final class CapturedLog: LogHandler {
    let lines = Mutex<[String]>([])

    var metadata: Logger.Metadata {
        get { [:] }
        set { _ = newValue }
    }
    var logLevel: Logger.Level {
        get { .trace }
        set { _ = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set { _ = newValue }
    }

    func log(event: LogEvent) {
        lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
