import Foundation
import Logging
import RedisTestSupport
import ReturnsAPI
import ReturnsClient
import ReturnsRecords
import ReturnsServer

/// The whole server in this process, on a Unix socket and a redis-server of its own, with a client logged in as the
/// first administrator.
struct Daemon {
    let client: ReturnsClient
    /// The client's.
    let configuration: RCPClientConfiguration
    let redis: RedisServerProcess

    static func with(
        hasTestClock: Bool = false, offersConformance: Bool = false, _ body: (Daemon) async throws -> Void
    ) async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await with(
            redis, name: "first", hasTestClock: hasTestClock, offersConformance: offersConformance, body)
    }

    /// A server on a Redis that others may use too.
    static func with(
        _ redis: RedisServerProcess, name: String, hasTestClock: Bool = false,
        offersConformance: Bool = false, eventsKept: Int? = nil, knowing highest: WriterLevel = .highest,
        _ body: (Daemon) async throws -> Void
    ) async throws {
        var configuration = configuration(redis, name, knowing: highest)
        configuration.hasTestClock = hasTestClock
        configuration.offersConformance = offersConformance
        configuration.eventLoops = 2
        if let eventsKept { configuration.outboxRetention.eventsMax = eventsKept }
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let daemon = ReturnsDaemon(configuration: configuration, logger: logger)
        let (readiness, continuation) = AsyncStream.makeStream(of: ReadyFacts.self)
        let server = Task { try await daemon.run(stopSignals: []) { continuation.yield($0) } }
        defer { server.cancel() }
        // A server that cannot start ends its task, and with it the wait.
        let watch = Task {
            _ = await server.result
            continuation.finish()
        }
        defer { watch.cancel() }
        guard let facts = await readiness.first(where: { _ in true }) else {
            try await server.value
            return
        }
        // One registry for all servers of a store: the first start has made the administrator.
        let ownToken = try? String(contentsOfFile: facts.adminTokenFile, encoding: .utf8)
        let token = try
            (ownToken ?? String(contentsOfFile: "\(redis.directory)/first/admin.token", encoding: .utf8))
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let clientConfiguration = RCPClientConfiguration(
            address: .unix(path: "\(redis.directory)/\(name).sock"),
            credentials: .token(Array(token.utf8)))
        let client = ReturnsClient(configuration: clientConfiguration)
        do {
            try await body(Daemon(client: client, configuration: clientConfiguration, redis: redis))
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        server.cancel()
        _ = await server.result
    }

    /// - Parameter highest: The highest writer level that the server knows.
    static func configuration(
        _ redis: RedisServerProcess, _ name: String, knowing highest: WriterLevel
    ) -> ReturnsDaemonConfiguration {
        var configuration = ReturnsDaemonConfiguration()
        configuration.listen = ["unix:\(redis.directory)/\(name).sock"]
        configuration.redisURL = "unix://\(redis.socketPath)"
        configuration.dataDirectory = "\(redis.directory)/\(name)"
        configuration.highestLevel = highest
        return configuration
    }

    /// Yesterday, and the same for every push of a run: a second push of an order changes nothing.
    private static let orderPlacedAtMs = Int64(Date().timeIntervalSince1970 * 1_000) - 86_400_000

    /// An order of ten units at one price.
    static func order(_ number: String) -> Returns_V1_Order {
        .with {
            $0.key = key(number)
            $0.placedAtMs = orderPlacedAtMs
            $0.deliveredAtMs = orderPlacedAtMs + 3_600_000
            $0.status = .delivered
            $0.customerID = "C-7"
            $0.currency = "GBP"
            $0.lines = [
                .with {
                    $0.lineID = "1"
                    $0.sku = "MUG"
                    $0.quantity = 10
                    $0.unitPriceMinor = 450
                }
            ]
            $0.payments = [
                .with {
                    $0.reference = "card-1"
                    $0.method = .card
                    $0.amountMinor = 4_500
                }
            ]
        }
    }

    static func key(_ number: String) -> Returns_V1_OrderKey {
        .with {
            $0.saleChannel = "online"
            $0.orderNo = number
        }
    }

    static func form(_ number: String, units: Int64 = 2, reference: String = "")
        -> Returns_V1_SubmitCaseRequest
    {
        .with {
            $0.order = key(number)
            $0.channelRef = reference
            $0.intakeChannel = .website
            $0.reasonCode = "faulty"
            $0.lines = [
                .with {
                    $0.lineID = "1"
                    $0.quantity = units
                }
            ]
            $0.conditions = ["original_packaging", "unused"].map { code in
                .with {
                    $0.code = code
                    $0.met = true
                }
            }
        }
    }

    func put(_ number: String) async throws {
        _ = try await client.orders.putOrder(.with { $0.order = Self.order(number) })
    }
}
