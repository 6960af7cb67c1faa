import CoreMetrics
import Logging
import NIOCore
import NIOPosix
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsServer
@testable import ReturnsStore

/// A store on a redis-server of the test's own, with cases whose REVIEW clocks are due at the test clock's time.
struct Sweeping {
    let server: RedisServerProcess
    let client: RedisClient
    let store: ReturnsStore
    let registry = PrometheusRegistry(bucketsByName: ReturnsMetrics.buckets)
    let clock = TestClock(start: Fixture.monday)

    static func with(_ body: (Sweeping) async throws -> Void) async throws {
        let server = try RedisServerProcess()
        defer { server.stop() }
        var configuration = RedisClientConfiguration(url: RedisURL(address: .unix(path: server.socketPath)))
        let identity = StoreIdentity(settings: StoreSettings(partitions: 4))
        configuration.prepare = { try await identity.prepare($0) }
        let client = RedisClient(
            configuration: configuration, on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test"))
        try await client.connect(deadline: .now() + .seconds(20))
        let store = ReturnsStore(redis: client, identity: identity)
        do {
            try await body(Sweeping(server: server, client: client, store: store))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
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

    func sweeper() -> Sweeper {
        Sweeper(
            policies: policies, clock: clock, metrics: ReturnsMetrics(factory: registry, schema: ""),
            logger: logger)
    }

    /// Each on an order of its own.
    func open(_ count: Int) async throws -> [Case] {
        var cases: [Case] = []
        for number in 0..<count {
            var order = Fixture.order(number: "SO-\(number)")
            order.version = 0
            let id = CaseID(
                at: Fixture.monday, partition: store.partitioning.partition(of: order.key),
                random: UInt32(number))
            let transition = try Case.decide(
                nil, order: order, command: .submit(Fixture.submission(id: id)), actor: Cast.shop,
                now: Fixture.monday, policy: Fixture.policy(), sla: .standard()
            ).get()
            #expect(try await store.commit(transition, request: nil) == .committed)
            cases.append(transition.caseAfter)
        }
        return cases
    }

    func command(_ name: StaticString, _ arguments: RedisArgument...) async throws -> RedisValue {
        var command = RedisCommand(name)
        for argument in arguments { command.append(argument) }
        return try await client.send(command, key: nil).checked()
    }
}
