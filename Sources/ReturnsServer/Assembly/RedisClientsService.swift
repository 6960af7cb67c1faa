import RedisClient
import ServiceLifecycle

/// Keeps the connections to Redis for as long as anything may need them.
struct RedisClientsService: Service {
    let clients: [RedisClient]

    func run() async throws {
        try? await gracefulShutdown()
        for client in clients { await client.shutdown() }
    }
}
