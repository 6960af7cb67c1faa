import CoreMetrics
import Logging
import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// A store on a redis-server of the test's own, with cases whose REVIEW clocks are due at the test clock's time.
struct Sweeping {
    let socketPath: String
    let client: RedisClient
    let store: ReturnsStore
    let registry = PrometheusRegistry(bucketsByName: ReturnsMetrics.buckets)
    let clock = TestClock(start: Fixture.monday)

    static func with(_ body: (Sweeping) async throws -> Void) async throws {
        try await ConnectedStore.with { connected in
            try await body(
                Sweeping(
                    socketPath: connected.server.socketPath, client: connected.client, store: connected.store)
            )
        }
    }

    var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    var policies: PolicyBook {
        PolicyBook(
            StoredPolicies(
                policies: [Fixture.policy()], slaPolicies: [.standard()], calendars: [.standard]))
    }

    func sweeper(_ logger: Logger? = nil) -> Sweeper {
        Sweeper(
            policies: policies, clock: clock, metrics: ReturnsMetrics(factory: registry, schema: ""),
            logger: logger ?? self.logger)
    }

    /// Each on an order of its own.
    func open(_ count: Int) async throws -> [Case] {
        var cases: [Case] = []
        for number in 0..<count {
            let transition = try Fixture.opening(number, partition: store.partitioning.partition)
            #expect(try await store.commit(transition, request: nil) == .committed)
            cases.append(transition.caseAfter)
        }
        return cases
    }

    /// Says of a case, whose record stays as it is, that it was written at another level.
    func raise(_ value: Case, to level: WriterLevel) async throws {
        let stored = try #require(try await store.readCase(value.id, groups: CaseRecord.Group.allCases))
        var facts = stored.facts
        facts.level = level
        let key = StoreKeys(partition: value.id.partition).returnCase(value.id)
        _ = try await command("HSET", .text(key), "f", .bytes(facts.encode()))
    }

    /// The same of its order.
    func raise(orderOf value: Case, to level: WriterLevel) async throws {
        let found = try #require(try await store.readOrder(value.order))
        let key = StoreKeys(partition: value.id.partition).order(value.order)
        let record = OrderRecord(
            everybody: found.stored.record.everybody, engine: found.stored.record.engine, level: level)
        var command = RedisCommand("HSET", .text(key))
        for argument in record.arguments(version: found.stored.version) { command.append(argument) }
        _ = try await client.send(command, key: nil).checked()
    }

    func command(_ name: StaticString, _ arguments: RedisArgument...) async throws -> RedisValue {
        var command = RedisCommand(name)
        for argument in arguments { command.append(argument) }
        return try await client.send(command, key: nil).checked()
    }
}
