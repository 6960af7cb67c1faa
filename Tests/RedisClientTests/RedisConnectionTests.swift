import NIOCore
import RedisTestSupport
import Synchronization
import Testing

@testable import RedisClient

extension RedisTests {
    @Suite struct ConnectionTests {
        @Test func hundredThousandPipelinedRepliesKeepTheirOrder() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.limits.pendingRepliesMax = 100_000
                let connection = try await server.connect(configuration)
                let count: Int64 = 100_000
                let seen = try await connection.eventLoop.flatSubmit {
                    let done = connection.eventLoop.makePromise(of: [Int64].self)
                    var seen: [Int64] = []
                    for _ in 0..<count {
                        connection.send(RedisCommand("INCR", "counter")) { result in
                            seen.append((try? result.get().integer) ?? -1)
                            if seen.count == count { done.succeed(seen) }
                        }
                    }
                    return done.futureResult
                }.get()
                #expect(seen == Array(1...count))
                try await connection.close().get()
            }
        }

        @Test func commandsOfOneTickLeaveTogether() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let observer = try await server.connect()
                func readsOfRedis() async throws -> Int64 {
                    let stats = try await observer.send(RedisCommand("INFO", "stats")).string ?? ""
                    let line = stats.split(separator: "\r\n").first { $0.hasPrefix("total_reads_processed:") }
                    return try #require(line.flatMap { Int64($0.drop { $0 != ":" }.dropFirst()) })
                }
                let before = try await readsOfRedis()
                let last = try await connection.eventLoop.flatSubmit {
                    let last = connection.eventLoop.makePromise(of: RedisValue.self)
                    for index in 1...100 {
                        connection.send { writer in
                            writer.begin("INCRBY", argumentCount: 2)
                            writer.append("counter")
                            writer.append(1)
                        } completion: { result in
                            if index == 100 { last.completeWith(result.mapError { $0 }) }
                        }
                    }
                    return last.futureResult
                }.get()
                #expect(last.integer == 100)
                // One read for the hundred commands, one for the second INFO.
                #expect(try await readsOfRedis() - before == 2)
            }
        }

        /// A write over the channel's high-water mark that the socket takes at once makes the channel
        /// unwritable and writable again before it returns.
        @Test func aLargeWriteIsSentOnce() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let sizes = [
                    30_000, 60_000, 66_000, 80_000, 100_000, 130_000, 160_000, 200_000, 400_000, 2_000_000,
                ]
                for (index, size) in sizes.enumerated() {
                    let payload = RedisArgument.bytes([UInt8](repeating: 120, count: size))
                    let reply = try await connection.send(RedisCommand("RPUSH", "list", payload))
                    #expect(reply.integer == Int64(index + 1))
                }
                #expect(try await connection.send(RedisCommand("LLEN", "list")).integer == Int64(sizes.count))
            }
        }

        @Test func overTCP() async throws {
            let port = try await freePort()
            try await withRedis(["--port", "\(port)", "--bind", "127.0.0.1"]) { server in
                _ = try await server.connect().send(RedisCommand("SET", "same", "server"))
                let url = try RedisURL("redis://127.0.0.1:\(port)")
                let connection = try await RedisConnection.connect(to: url, on: testLoops.next()).get()
                #expect(try await connection.send(RedisCommand("GET", "same")).string == "server")
                server.killHard()
                let error = await redisError {
                    _ = try await RedisConnection.connect(to: url, on: testLoops.next()).get()
                }
                #expect(error?.code == .connectionFailed)
                #expect(error?.message.contains("127.0.0.1:\(port)") == true)
            }
        }

        @Test func aUnitIsContiguousAmongOthers() async throws {
            try await withRedis { server in
                let connections = [try await server.connect(), try await server.connect()]
                let units = try await withThrowingTaskGroup(of: [Int64].self) { group in
                    for unit in 0..<200 {
                        group.addTask {
                            let commands = (0..<5).map { _ in RedisCommand("INCR", "counter") }
                            // Two connections, so that contiguity is seen on one and not owed by chance.
                            return try await connections[unit % 2].pipeline(
                                [RedisCommand("MULTI")] + commands + [RedisCommand("EXEC")]
                            ).last?.array?.compactMap(\.integer) ?? []
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for unit in units {
                    let first = try #require(unit.first)
                    #expect(unit == Array(first..<first + 5))
                }
                #expect(Set(units.joined()).count == 1_000)
            }
        }

        @Test func errorRepliesAreThrownAloneAndValuesInAPipeline() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let thrown = await redisError {
                    _ = try await connection.send(RedisCommand("NOSUCH", "secret"))
                }
                #expect(thrown?.code == .errorReply)
                #expect(thrown?.commandState == .replied)
                #expect(thrown?.errorReply?.prefix == "ERR")
                #expect(thrown?.description.contains("secret") == false)
                let replies = try await connection.pipeline([
                    RedisCommand("SET", "text", "x"), RedisCommand("INCR", "text"),
                    RedisCommand("GET", "text"),
                ])
                #expect(replies[0] == .simpleString("OK"))
                #expect(throws: RedisError.self) { try replies[1].checked() }
                #expect(replies[2].string == "x")
                #expect(try await connection.pipeline([]) == [])
            }
        }

        @Test func cancellingAbandonsTheSlotAlone() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let observer = try await server.connect()
                let blocked = Task { try await connection.send(RedisCommand("BLPOP", "list", 0)) }
                try await untilBlocked(observer)
                let next = Task { try await connection.send(RedisCommand("ECHO", "next")) }
                blocked.cancel()
                // The caller resumes while Redis has not answered.
                let error = await redisError { _ = try await blocked.value }
                #expect(error?.code == .cancelled)
                #expect(error?.commandState == .outcomeUnknown)
                _ = try await observer.send(RedisCommand("RPUSH", "list", "late"))
                #expect(try await next.value.string == "next")
                #expect(try await connection.send(RedisCommand("ECHO", "after")).string == "after")
            }
        }

        @Test func aTaskCancelledBeforehandWritesNothing() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let error = await Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await redisError { _ = try await connection.send(RedisCommand("INCR", "counter")) }
                }.value
                #expect(error?.code == .cancelled)
                #expect(error?.commandState == .notWritten)
                #expect(try await connection.send(RedisCommand("EXISTS", "counter")).integer == 0)
            }
        }

        @Test func aDeadlineAbandonsTheSlotAlone() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let observer = try await server.connect()
                let start = NIODeadline.now()
                let error = await redisError {
                    _ = try await connection.pipeline(
                        [RedisCommand("BLPOP", "list", 0), RedisCommand("ECHO", "dropped")],
                        deadline: start + .milliseconds(30))
                }
                #expect(error?.code == .deadlineExceeded)
                #expect(error?.commandState == .outcomeUnknown)
                #expect(NIODeadline.now() - start >= .milliseconds(30))
                let next = Task { try await connection.send(RedisCommand("ECHO", "next")) }
                _ = try await observer.send(RedisCommand("RPUSH", "list", "late"))
                #expect(try await next.value.string == "next")

                let late = await redisError {
                    _ = try await connection.send(
                        RedisCommand("INCR", "counter"), deadline: .now() - .seconds(1))
                }
                #expect(late?.code == .deadlineExceeded)
                #expect(late?.commandState == .notWritten)
                #expect(try await connection.send(RedisCommand("EXISTS", "counter")).integer == 0)
            }
        }

        @Test func thePendingCapRefusesAtOnceAndWritesNothing() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.limits.pendingRepliesMax = 10
                let connection = try await server.connect(configuration)
                let outcome = try await connection.eventLoop.flatSubmit {
                    let done = connection.eventLoop.makePromise(of: (Int, [RedisError]).self)
                    var replies = 0
                    var refused: [RedisError] = []
                    for index in 0..<8 {
                        connection.send(RedisCommand("INCR", "counter")) { result in
                            if case .success = result { replies += 1 }
                            if index == 7 { done.succeed((replies, refused)) }
                        }
                    }
                    // Three do not fit into the two places left; a single one still does.
                    connection.pipeline((0..<3).map { _ in RedisCommand("INCR", "counter") }) { result in
                        if case .failure(let error) = result { refused.append(error) }
                    }
                    for _ in 0..<4 {
                        connection.send(RedisCommand("INCR", "counter")) { result in
                            if case .failure(let error) = result { refused.append(error) }
                        }
                    }
                    return done.futureResult
                }.get()
                #expect(outcome.0 == 8)
                #expect(
                    outcome.1.map(\.code) == [
                        .tooManyPendingReplies, .tooManyPendingReplies, .tooManyPendingReplies,
                    ])
                #expect(outcome.1.allSatisfy { $0.commandState == .notWritten })
                #expect(try await connection.send(RedisCommand("GET", "counter")).integer == 10)
            }
        }

        @Test func aReplyNobodyAskedForCloses() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let publisher = try await server.connect()
                let closed = connection.eventLoop.makePromise(of: RedisError.self)
                connection.eventLoop.execute { connection.handler.onClosed = { closed.succeed($0) } }
                _ = try await connection.send(RedisCommand("SUBSCRIBE", "channel"))
                _ = try await publisher.send(RedisCommand("PUBLISH", "channel", "news"))
                let error = try await closed.futureResult.get()
                #expect(error.code == .protocolViolation)
                let next = await redisError { _ = try await connection.send(RedisCommand("PING")) }
                #expect(next?.code == .protocolViolation)
                #expect(next?.commandState == .notWritten)
            }
        }

        @Test func aReplyOverTheLimitFailsTheConnection() async throws {
            try await withRedis { server in
                var configuration = RedisConnectionConfiguration()
                configuration.limits.bulkBytesMax = 1_000
                let connection = try await server.connect(configuration)
                _ = try await connection.send(RedisCommand("SETRANGE", "big", 1_000, "x"))
                let error = await redisError { _ = try await connection.send(RedisCommand("GET", "big")) }
                #expect(error?.code == .replyTooLarge)
                #expect(error?.commandState == .outcomeUnknown)
                #expect(error?.message.contains("1000") == true)
            }
        }

        @Test func awaitingOnTheLoopStaysOnItsThread() async throws {
            try await withRedis { server in
                let connection = try await server.connect()
                let executor = LoopTaskExecutor(connection.eventLoop)
                let loop = connection.eventLoop
                let checks = try await loop.flatSubmit {
                    let done = loop.makePromise(of: [Bool].self)
                    let isSynchronous = Mutex(true)
                    Task.immediate(executorPreference: executor) {
                        // Still inside flatSubmit's closure: the immediate task has not left the thread.
                        var checks = [isSynchronous.withLock { $0 }, loop.inEventLoop]
                        do {
                            for round in 0..<100 {
                                let reply = try await connection.send(
                                    RedisCommand("ECHO", .integer(Int64(round))))
                                checks += [loop.inEventLoop, reply.integer == Int64(round)]
                            }
                            let replies = try await connection.pipeline([
                                RedisCommand("PING"), RedisCommand("PING"),
                            ])
                            checks += [loop.inEventLoop, replies.count == 2]
                            done.succeed(checks)
                        } catch {
                            done.fail(error)
                        }
                    }
                    isSynchronous.withLock { $0 = false }
                    return done.futureResult
                }.get()
                #expect(checks.count == 204)
                #expect(checks.allSatisfy { $0 })
            }
        }
    }
}
