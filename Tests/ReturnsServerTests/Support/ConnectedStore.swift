import Logging
import NIOCore
import NIOPosix
import RedisClient
import RedisTestSupport
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
        var configuration = RedisClientConfiguration(url: RedisURL(address: .unix(path: server.socketPath)))
        let identity = StoreIdentity(
            settings: StoreSettings(partitions: 4), toleratedChanges: toleratedChanges)
        configuration.prepare = { try await identity.prepare($0) }
        let client = RedisClient(
            configuration: configuration, on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test"))
        try await client.connect(deadline: .now() + .seconds(20))
        do {
            try await body(
                ConnectedStore(
                    server: server, client: client, store: ReturnsStore(redis: client, identity: identity)))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}
