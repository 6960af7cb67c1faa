import NIOCore
import RedisTestSupport
import Synchronization
import Testing

@testable import RedisClient

extension RedisTests {
    /// A Redis that is there but not ready, and one that is not there at all.
    @Suite struct LoadingTests {
        @Test func aLoadingRedisIsNotReadyYet() async throws {
            try await withRedis { server in
                let writer = try await server.connect()
                for key in 0..<300 { _ = try await writer.send(RedisCommand("SET", "key\(key)", "x")) }
                _ = try await writer.send(RedisCommand("SAVE"))
                server.killHard()
                let slowLoading = [
                    "--key-load-delay", "3000", "--loading-process-events-interval-bytes", "1024",
                ]
                try server.start(arguments: slowLoading, untilReady: false)
                let reasons = Mutex<Set<RedisError.Code>>([])
                let client = server.client { configuration in
                    configuration.onStateChange = { state in
                        if case .disconnected(let error, _) = state {
                            _ = reasons.withLock { $0.insert(error.code) }
                        }
                    }
                }
                try await client.connect(deadline: .now() + .seconds(60))
                #expect(reasons.withLock { $0 }.contains(.loading))
                #expect(try await client.send(RedisCommand("DBSIZE"), key: nil).integer == 300)
                await client.shutdown()
            }
        }

        @Test func aLoadingRedisCanBeShutDown() async throws {
            try await withRedis(["--rdbcompression", "no"]) { server in
                let writer = try await server.connect()
                let payload = [UInt8](repeating: 120, count: 1_024)
                for key in 0..<300 {
                    _ = try await writer.send(RedisCommand("SET", "key\(key)", .bytes(payload)))
                }
                _ = try await writer.send(RedisCommand("SAVE"))
                server.killHard()
                // Loading takes a minute, and looks at its sockets after each key.
                let slowLoading = [
                    "--key-load-delay", "200000", "--loading-process-events-interval-bytes", "1024",
                ]
                try server.start(arguments: slowLoading, untilReady: false)
                let refused = await redisError { _ = try await server.connect() }
                #expect(refused?.code == .loading)
                #expect(refused?.isNobodyListening == false)
                var configuration = RedisConnectionConfiguration()
                configuration.acceptsLoading = true
                let connection = try await server.connect(configuration)
                let last = await redisError { _ = try await connection.send(RedisCommand("SHUTDOWN")) }
                #expect(last?.code == .connectionClosed)
                try await eventually("the loading Redis did not end") {
                    await redisError { _ = try await server.connect() }?.isNobodyListening == true
                }
            }
        }

        @Test func onlyASocketWithoutAListenerCountsAsNobody() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.replyTimeoutMilliseconds = 100
                server.pause()
                let silent = await redisError { _ = try await server.connect(configuration) }
                #expect(silent?.code == .replyTimeout)
                #expect(silent?.isNobodyListening == false)
                server.resume()
                server.killHard()
                let refused = await redisError { _ = try await server.connect() }
                #expect(refused?.isNobodyListening == true)
                let missing = RedisURL(address: .unix(path: server.directory + "/none.sock"))
                let absent = await redisError {
                    _ = try await RedisConnection.connect(to: missing, on: testLoops.next()).get()
                }
                #expect(absent?.isNobodyListening == true)
            }
        }
    }
}
