import NIOPosix
import RCP
import RCPClient
import ServiceLifecycle
import Testing

@Suite("A client among a program's services")
struct ServiceTests {
    @Test("a graceful shutdown lets open calls finish, and takes no new ones")
    func graceful() async throws {
        let server = ScriptedServer { .hold($0.message) }
        let port = try await server.listen()
        let client = RCPClient(configuration: configuration(port: port) { $0.drainTimeout = .seconds(600) })
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: client)], logger: .init(label: "test")))
        async let running: Void = group.run()
        async let open = ping(client, "open")
        try await eventually("the call at the server") { server.heldCalls == 1 }
        await group.triggerGracefulShutdown()
        var refusal: RCPStatus?
        while refusal?.text.contains("shut down") != true {
            refusal = try await failure { try await ping(client, timeout: .milliseconds(20)) }
        }
        server.release()
        #expect(try await open == "open")
        try await running
        try await server.stop()
    }

    @Test("a cancelled service closes at once, whatever is open", arguments: [false, true])
    func cancelled(drains: Bool) async throws {
        let server = ScriptedServer { _ in .silence }
        let port = try await server.listen()
        let client = RCPClient(configuration: configuration(port: port) { $0.drainTimeout = .seconds(600) })
        let open = Task { try await failure { try await closeCase(client, timeout: .seconds(600)) } }
        try await eventually("the call at the server") { server.state.calls.count == 1 }
        let task = drains ? Task { await client.shutdown() } : Task { try? await client.run() }
        task.cancel()
        await task.value
        let status = try await open.value
        #expect(status.code == .unavailable)
        try await server.stop()
    }

    /// NIO stops the process for it under SWIFTNIO_STRICT, as scripts/test runs the tests.
    @Test("a client that has shut down does nothing more, whatever became of its event loops")
    func groupOfTheProgram() async throws {
        let server = ScriptedServer { echo($0) }
        let port = try await server.listen()
        let eventLoops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = RCPClient(configuration: configuration(port: port), group: eventLoops)
        #expect(try await ping(client) == "ping")
        await client.shutdown()
        try await eventLoops.shutdownGracefully()
        withExtendedLifetime(client) {}
        try await server.stop()
    }

    @Test("a call without any limit tells the server so, and waits for its answer")
    func noLimit() async throws {
        let server = ScriptedServer { echo($0) }
        let answer = try await withClient(of: server, configure: { $0.timeout = nil }) { try await ping($0) }
        #expect(answer == "ping")
        #expect(server.state.calls.map(\.timeoutMilliseconds) == [0])
    }

    @Test("times on the wire are rounded up, and never become no limit")
    func shortTimes() async throws {
        let server = ScriptedServer { echo($0) }
        try await withClient(of: server) { client in
            let status = try await failure { try await ping(client, timeout: .zero) }
            #expect(status.code == .deadlineExceeded && status.outcome == .notApplied)
            // Longer than the wire's field holds.
            #expect(try await ping(client, timeout: .seconds(Int64.max)) == "ping")
            #expect(try await ping(client, timeout: .seconds(100 * 86_400)) == "ping")
        }
        #expect(server.state.calls.map(\.timeoutMilliseconds) == [0, .max])
    }
}
