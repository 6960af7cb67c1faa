import Logging
import NIOCore
import NIOPosix
import RedisClient
import RedisTestSupport
import ReturnsRecords
import ReturnsStore

/// A store of a few partitions on a redis-server of the test's own, connected as returnsd does it.
struct ConnectedStore {
    let server: RedisServerProcess
    let client: RedisClient
    let store: ReturnsStore

    static func with(
        arguments: [String] = [], toleratedChanges: Int64 = 0, _ body: (ConnectedStore) async throws -> Void
    ) async throws {
        let server = try RedisServerProcess(arguments: arguments)
        defer { server.stop() }
        try await with(server.socketPath, toleratedChanges: toleratedChanges) { client, store in
            try await body(ConnectedStore(server: server, client: client, store: store))
        }
    }

    /// - Parameter highest: The highest writer level that is known there.
    static func with(
        _ socketPath: String, toleratedChanges: Int64 = 0, knowing highest: WriterLevel = .highest,
        _ body: (RedisClient, ReturnsStore) async throws -> Void
    ) async throws {
        var configuration = RedisClientConfiguration(url: RedisURL(address: .unix(path: socketPath)))
        var settings = StoreSettings(partitions: 4)
        settings.highestLevel = highest
        let identity = StoreIdentity(settings: settings, toleratedChanges: toleratedChanges)
        configuration.prepare = { try await identity.prepare($0) }
        let client = RedisClient(
            configuration: configuration, on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test"))
        try await client.connect(deadline: .now() + .seconds(20))
        do {
            try await body(client, ReturnsStore(redis: client, identity: identity))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}
