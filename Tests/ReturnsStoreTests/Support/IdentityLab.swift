import Foundation
import Logging
import NIOCore
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

/// Servers on one Redis, as far as a store's identity goes, and what is done to that Redis under them.
enum IdentityLab {
    static let partitions = 4

    /// A server's part: its identity, its connection, its store.
    struct Server {
        let client: RedisClient
        let store: ReturnsStore
        var identity: StoreIdentity { store.identity }

        func confirm(
            _ run: String, _ request: CommitRequest
        ) async throws(StoreError) -> ReturnsStore.ReconciliationOutcome {
            try await store.confirmReconciled(run, note: "x", request: request)
        }

        static func connect(
            _ redis: RedisServerProcess, mark: StoreMark = .none, acceptsLoss: Bool = false,
            toleratedChanges: Int64 = 0, partitions: Int = IdentityLab.partitions,
            seconds: Int64 = 20
        ) async throws -> Server {
            let identity = identity(
                mark: mark, acceptsLoss: acceptsLoss, toleratedChanges: toleratedChanges,
                partitions: partitions)
            return try await connect(redis.socketPath, identity, seconds: seconds)
        }

        static func identity(
            mark: StoreMark = .none, acceptsLoss: Bool = false, toleratedChanges: Int64 = 0,
            partitions: Int = IdentityLab.partitions
        ) -> StoreIdentity {
            StoreIdentity(
                settings: StoreSettings(partitions: partitions), mark: mark, acceptsLoss: acceptsLoss,
                toleratedChanges: toleratedChanges, logger: logger)
        }

        static var logger: Logger {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            return logger
        }

        /// One of the connections of a server.
        static func connect(
            _ path: String, _ identity: StoreIdentity, seconds: Int64 = 20
        ) async throws -> Server {
            var configuration = RedisClientConfiguration(
                url: RedisURL(address: .unix(path: path)))
            configuration.prepare = { try await identity.prepare($0) }
            configuration.backoff.initialMilliseconds = 5
            configuration.backoff.maximumMilliseconds = 50
            configuration.waitForConnectionMilliseconds = 5_000
            let client = RedisClient(configuration: configuration, on: storeLoops.next(), logger: logger)
            do {
                try await client.connect(deadline: .now() + .seconds(seconds))
            } catch {
                await client.shutdown()
                throw StoreError(error)
            }
            return Server(client: client, store: ReturnsStore(redis: client, identity: identity))
        }

        func close() async { await client.shutdown() }

        func refusalOfAnotherCase(_ number: Int) async throws -> (RedisRefusal?, StoreError.Outcome)? {
            do {
                try await open(number)
                return nil
            } catch let error as StoreError {
                return (error.refusal, error.outcome)
            }
        }

        /// Opens a case on an order of its own.
        @discardableResult
        func open(_ number: Int) async throws -> Case {
            let transition = try Fixture.opening(number, partition: store.partitioning.partition)
            #expect(try await store.commit(transition, request: nil) == .committed)
            return transition.caseAfter
        }

        func fault() async -> StoreFault.Code? {
            do throws(StoreError) {
                try await identity.look(client)
                return nil
            } catch {
                return error.fault?.code
            }
        }
    }

    static func withRedis(
        _ arguments: [String] = [], _ body: (RedisServerProcess) async throws -> Void
    ) async throws {
        let redis = try RedisServerProcess(arguments: arguments)
        defer { redis.stop() }
        try await body(redis)
    }

    static func keys(_ redis: RedisServerProcess) async throws -> Int64 {
        let connection = try await RedisConnection.connect(
            to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
        ).get()
        defer { _ = connection.close() }
        return try await connection.send(RedisCommand("DBSIZE")).checked().integer ?? -1
    }

    static func command(_ redis: RedisServerProcess, _ command: RedisCommand) async throws -> RedisValue {
        let connection = try await RedisConnection.connect(
            to: RedisURL(address: .unix(path: redis.socketPath)), on: storeLoops.next()
        ).get()
        defer { _ = connection.close() }
        return try await connection.send(command).checked()
    }

    static func link(_ path: String, to redis: RedisServerProcess) throws {
        let new = path + ".new"
        try FileManager.default.createSymbolicLink(
            atPath: new, withDestinationPath: redis.socketPath)
        // Replaces the one that is there in one step.
        #expect(rename(new, path) == 0)
    }

    static func eventually(_ isTrue: () async -> Bool) async -> Bool {
        let limit = NIODeadline.now() + .seconds(20)
        while NIODeadline.now() < limit {
            if await isTrue() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    // MARK: Copies

    /// Everything in a Redis, as DUMP has it.
    static func dump(_ redis: RedisServerProcess) async throws -> [(key: String, bytes: ByteBuffer)] {
        let keys = try await command(redis, RedisCommand("KEYS", "*")).array ?? []
        var copies: [(key: String, bytes: ByteBuffer)] = []
        for key in keys.compactMap(\.string) {
            if let bytes = try await command(redis, RedisCommand("DUMP", .text(key))).bytes {
                copies.append((key, bytes))
            }
        }
        return copies
    }

    /// Sets a Redis back, under its open connections.
    static func restore(
        _ copies: [(key: String, bytes: ByteBuffer)], _ redis: RedisServerProcess
    ) async throws {
        _ = try await command(redis, RedisCommand("FLUSHALL"))
        for copy in copies {
            _ = try await command(
                redis, RedisCommand("RESTORE", .text(copy.key), 0, .buffer(copy.bytes)))
        }
    }
}
