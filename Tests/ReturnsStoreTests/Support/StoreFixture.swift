import Logging
import NIOCore
import NIOPosix
import RedisClient
import RedisTestSupport
import ReturnsDomain
import Testing

@testable import ReturnsStore

/// Every suite that starts a redis-server runs inside this one, one after the other: two cores serve them all.
@Suite(.serialized) enum StoreTests {}

let storeLoops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

/// A redis-server of the test's own, prepared as returnsd does it, with a store on each of some connections.
struct StoreFixture {
    let server: RedisServerProcess
    let clients: [RedisClient]
    let stores: [ReturnsStore]
    var store: ReturnsStore { stores[0] }

    static let partitions = 64
    /// What returnsd gives its embedded Redis, so that a killed one keeps what it acknowledged.
    static let durable = [
        "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction",
    ]

    static func with(
        connections: Int = 1, arguments: [String] = [], _ body: (StoreFixture) async throws -> Void
    ) async throws {
        let server = try RedisServerProcess(arguments: arguments)
        defer { server.stop() }
        var configuration = RedisClientConfiguration(url: RedisURL(address: .unix(path: server.socketPath)))
        let identity = StoreIdentity(settings: StoreSettings(partitions: partitions))
        configuration.prepare = { try await identity.prepare($0) }
        configuration.backoff.initialMilliseconds = 5
        configuration.backoff.maximumMilliseconds = 50
        configuration.waitForConnectionMilliseconds = 20_000
        var clients: [RedisClient] = []
        for _ in 0..<connections {
            let client = RedisClient(
                configuration: configuration, on: storeLoops.next(), logger: Logger(label: "test"))
            try await client.connect(deadline: .now() + .seconds(20))
            clients.append(client)
        }
        let stores = clients.map { ReturnsStore(redis: $0, identity: identity) }
        let fixture = StoreFixture(server: server, clients: clients, stores: stores)
        do {
            try await body(fixture)
        } catch {
            for client in clients { await client.shutdown() }
            throw error
        }
        for client in clients { await client.shutdown() }
    }

    func command(_ name: StaticString, _ arguments: RedisArgument...) async throws -> RedisValue {
        var command = RedisCommand(name)
        for argument in arguments { command.append(argument) }
        return try await clients[0].send(command, key: nil).checked()
    }
}

extension CommitRequest {
    static func test(_ number: Int, content: UInt8 = 1) -> CommitRequest {
        let digits = String(number, radix: 16)
        return CommitRequest(
            id: String(repeating: "0", count: 32 - digits.count) + digits,
            fingerprint: [UInt8](repeating: content, count: 32))
    }
}
