import Foundation
import Logging
import NIOCore
import RCP
import RedisClient
import RedisTestSupport
import Synchronization
import TestSupport
import Testing

@testable import RCPServer
@testable import ReturnsServer
@testable import ReturnsStore

/// A redis-server of the test's own, and servers on it that have a data folder each.
struct Registries {
    let redis: RedisServerProcess
    let store: ReturnsStore
    let log = CapturedLog()

    /// A Redis that is started again keeps its store: an empty one would be another store.
    static let durable = ["--appendonly", "yes", "--appendfsync", "always"]

    static func with(_ body: (Registries) async throws -> Void) async throws {
        try await ConnectedStore.with(arguments: durable) { connected in
            try await body(Registries(redis: connected.server, store: connected.store))
        }
    }

    func folder(_ name: String) throws -> String {
        let path = "\(redis.directory)/\(name)"
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw StartError("no folder") }
        return path
    }

    /// A server's start, as far as principals go.
    func server(_ name: String) async throws -> (administration: PrincipalAdministration, isFirstStart: Bool)
    {
        let folder = try folder(name)
        let administration = PrincipalAdministration(
            registry: try PrincipalRegistry(directory: folder, logger: log.logger), store: store,
            logger: log.logger)
        let isFirst = try await administration.start(directory: folder, nowMilliseconds: 1_000)
        return (administration, isFirst)
    }

    func token(_ name: String) throws -> String? {
        let file = "\(redis.directory)/\(name)/admin.token"
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// The registry as it lies in Redis, to be put back as an older copy would be.
    func stored() async throws -> StoredAccess { try #require(try await store.loadAccess()) }

    func reconnected() async throws {
        while (try? await store.redisTime(deadline: .now() + .seconds(1))) == nil {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func restore(_ access: StoredAccess) async throws {
        _ = try await store.send(
            RedisCommand(
                "HSET", .text(StoreKeys.access), "v", .text(access.stamp), "b", .bytes(access.record)),
            key: StoreKeys.access, deadline: .distantFuture)
    }
}
