import Logging
import NIOCore
import NIOPosix
import RedisTestSupport
import Testing

@testable import RedisClient

/// Every test of this module runs alone: they share two cores with redis-servers, and one of them counts the
/// heap.
@Suite(.serialized) enum RedisTests {}

let testLoops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

extension RedisServerProcess {
    var url: RedisURL { RedisURL(address: .unix(path: socketPath)) }

    func connect(
        _ configuration: RedisConnectionConfiguration = .init(), on eventLoop: (any EventLoop)? = nil
    ) async throws -> RedisConnection {
        try await RedisConnection.connect(
            to: url, configuration: configuration, on: eventLoop ?? testLoops.next()
        ).get()
    }

    func client(
        on eventLoop: (any EventLoop)? = nil, _ change: (inout RedisClientConfiguration) -> Void = { _ in }
    ) -> RedisClient {
        var configuration = RedisClientConfiguration(url: url)
        configuration.backoff.initialMilliseconds = 5
        configuration.backoff.maximumMilliseconds = 50
        change(&configuration)
        return RedisClient(
            configuration: configuration, on: eventLoop ?? testLoops.next(), logger: Logger(label: "test"))
    }
}

/// Runs `body` with a server of its own, which is ended whatever happens.
func withRedis(
    _ arguments: [String] = [], _ body: (RedisServerProcess) async throws -> Void
) async throws {
    let server = try RedisServerProcess(arguments: arguments)
    defer { server.stop() }
    try await body(server)
}

/// Asks again until the answer is yes, and fails after 20 s.
func eventually(
    _ what: Comment, _ isTrue: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = NIODeadline.now() + .seconds(20)
    while NIODeadline.now() < end {
        if try await isTrue() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

/// Until some client of this server is blocked, so that everything written behind its command is known to be
/// waiting.
func untilBlocked(_ observer: RedisConnection, clients: Int = 1) async throws {
    try await eventually("no client came to be blocked") {
        let info = try await observer.send(RedisCommand("INFO", "clients")).string ?? ""
        return info.contains("blocked_clients:\(clients)\r\n")
    }
}

func redisError(_ body: () async throws -> Void) async -> RedisError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? RedisError
    }
}

/// A loopback port that was free a moment ago.
func freePort() async throws -> Int {
    let listener = try await ServerBootstrap(group: testLoops).bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    try await listener.close()
    return port
}
