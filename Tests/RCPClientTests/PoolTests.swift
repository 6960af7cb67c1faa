import Foundation
import NIOCore
import RCP
import RCPClient
import RCPServices
import ReturnsAPI
import ReturnsClient
import Synchronization
import Testing

/// Several addresses, several connections, and what is sent more than once.
@Suite struct PoolTests {
    /// Servers of one script each, and a client of all of them.
    private func withClient(
        of servers: [ScriptedServer], configure: (inout RCPClientConfiguration) -> Void = { _ in },
        _ body: (RCPClient, [Int]) async throws -> Void
    ) async throws {
        var ports: [Int] = []
        for server in servers { ports.append(try await server.listen()) }
        let client = RCPClient(
            configuration: configuration(port: ports[0]) { configuration in
                configuration.addresses = ports.map { .tcp(host: "127.0.0.1", port: $0) }
                configure(&configuration)
            })
        do {
            try await body(client, ports)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        for server in servers { try? await server.stop() }
    }

    @Test("pick-first stays with the first address that can be reached")
    func pickFirst() async throws {
        let servers = [ScriptedServer(script: echo), ScriptedServer(script: echo)]
        try await withClient(of: servers) { client, _ in
            for _ in 0..<20 { _ = try await ping(client) }
        }
        #expect(servers[0].state.calls.count == 20)
        #expect(servers[1].state.connections == 0)
    }

    @Test("a server that is not there is replaced by the next one", arguments: [true, false])
    func failoverAtTheStart(failsFast: Bool) async throws {
        let servers = [ScriptedServer(script: echo), ScriptedServer(script: echo)]
        try await withClient(of: servers) {
            $0.failsFast = failsFast
        } _: { client, _ in
            try await servers[0].stop()
            #expect(try await ping(client) == "ping")
        }
        #expect(servers[1].state.calls.count == 1)
    }

    @Test("a server that refuses everybody is replaced by the next one")
    func failoverOnRefusal() async throws {
        let servers = [
            ScriptedServer(welcome: { _ in .refuse(.draining, "stopping") }, script: echo),
            ScriptedServer(script: echo),
        ]
        try await withClient(of: servers) { client, _ in
            let answer = try await ping(client)
            #expect(answer == "ping")
        }
    }

    @Test("calls go on with the next server when one is lost or drains")
    func failoverOnLoss() async throws {
        let dying = ScriptedServer { $0.number < 3 ? echo($0) : .loseConnection }
        let draining = ScriptedServer { $0.number < 3 ? echo($0) : .drainThenReply($0.message) }
        for first in [dying, draining] {
            let second = ScriptedServer(script: echo)
            try await withClient(of: [first, second]) { client, _ in
                for _ in 1...2 { #expect(try await ping(client) == "ping") }
                try await first.stop()
                async let third = ping(client)
                try await eventually("the third call is held, or answered by the second server") {
                    first.heldCalls == 1 || second.state.calls.count == 1
                }
                first.release()
                let answer = try await third
                #expect(answer == "ping")
                for _ in 0..<10 { #expect(try await ping(client) == "ping") }
            }
            #expect(second.state.calls.count >= 10)
        }
    }

    @Test("a client goes back to the first address when it connects anew")
    func goesBack() async throws {
        let first = ScriptedServer(script: echo)
        let second = ScriptedServer { $0.number == 1 ? echo($0) : .goAwayUnprocessed }
        let path = "/tmp/pool-\(UInt32.random(in: 0 ... .max)).sock"
        try await withClient(of: [second]) { configuration in
            configuration.addresses.insert(.unix(path: path), at: 0)
        } _: { client, _ in
            #expect(try await ping(client) == "ping")
            try await first.listen(unixSocket: path)
            #expect(try await ping(client) == "ping")
        }
        try await first.stop()
        #expect(first.state.calls.count == 1)
    }

    @Test("round-robin gives every server its share, and its share to others when it is gone")
    func roundRobin() async throws {
        let servers = (0..<3).map { _ in ScriptedServer(script: echo) }
        try await withClient(of: servers) {
            $0.balancing = .roundRobin
        } _: { client, _ in
            try await connectAll(client, 3, servers[0], servers[1], servers[2])
            let before = servers.map { $0.state.calls.count }
            for _ in 0..<300 { _ = try await ping(client) }
            for (server, before) in zip(servers, before) { #expect(server.state.calls.count == before + 100) }
            try await servers[1].stop()
            for _ in 0..<100 { #expect(try await ping(client) == "ping") }
        }
    }

    @Test("several connections to one server share its calls")
    func severalConnections() async throws {
        let server = ScriptedServer(script: echo)
        try await withClient(of: [server]) {
            $0.connections = 4
        } _: { client, _ in
            try await connectAll(client, 4, server)
            let before = server.state.calls.count
            for _ in 0..<400 { _ = try await ping(client) }
            let shares = Dictionary(grouping: server.state.calls.dropFirst(before), by: \.connection)
            #expect(shares.count == 4 && shares.values.allSatisfy { $0.count == 100 })
        }
        #expect(server.state.connections == 4)
    }

    /// Calls until every connection has its turn; from then on their shares are even.
    private func connectAll(_ client: RCPClient, _ connections: Int, _ servers: ScriptedServer...)
        async throws
    {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            let before = servers.map { $0.state.calls.count }
            for _ in 0..<connections { _ = try await ping(client) }
            let used = zip(servers, before).map { Set($0.state.calls.dropFirst($1).map(\.connection)).count }
            if used.reduce(0, +) == connections { return }
            try #require(ContinuousClock.now < end, "never happened: \(connections) connections take turns")
        }
    }

    @Test("a connection that is lost is made again, and has its share again")
    func reconnects() async throws {
        let server = ScriptedServer { $0.number == 100 ? .loseConnection : echo($0) }
        try await withClient(of: [server]) {
            $0.connections = 2
        } _: { client, _ in
            try await connectAll(client, 2, server)
            for _ in 0..<120 { _ = try await ping(client) }
            try await connectAll(client, 2, server)
            #expect(server.state.connections == 3)
            let before = server.state.calls.count
            for _ in 0..<100 { _ = try await ping(client) }
            let shares = Dictionary(grouping: server.state.calls.dropFirst(before), by: \.connection)
            #expect(shares.count == 2 && shares.values.allSatisfy { $0.count == 50 })
        }
    }

    @Test("a call that does not wait says at once that nobody is there, while others wait")
    func waitsForReady() async throws {
        let server = ScriptedServer(script: echo)
        let path = "/tmp/pool-\(UInt32.random(in: 0 ... .max)).sock"
        let client = RCPClient(
            configuration: configuration(port: 1) {
                $0.address = .unix(path: path)
                $0.attemptsMax = 2
            })
        async let patient = ping(client, timeout: .seconds(30))
        let status = try await failure {
            try await client.health.echo(
                Returns_V1_EchoRequest(), options: RCPCallOptions(waitsForReady: false))
        }
        #expect(status.code == .unavailable && status.outcome == .notApplied)
        try await server.listen(unixSocket: path)
        let answer = try await patient
        #expect(answer == "ping")
        await client.shutdown()
        try await server.stop()
    }

    @Test("when too many calls fail, none is sent a second time until calls succeed again")
    func retryBudget() async throws {
        let fails = Atomic<Bool>(true)
        let server = ScriptedServer { call in
            fails.load(ordering: .relaxed)
                ? .status(RCPStatus(code: .unavailable, outcome: .notApplied)) : echo(call)
        }
        try await withClient(of: [server]) {
            $0.retryBudget = RCPRetryBudget(tokensMax: 20, tokensPerSuccess: 1)
            $0.attemptsMax = 4
        } _: { client, _ in
            for _ in 0..<10 { _ = try await failure { try await ping(client) } }
            // The first three calls take ten tokens for ten attempts; from then on each is sent once.
            #expect(server.state.calls.count <= 10 + 9)
            fails.store(false, ordering: .relaxed)
            for _ in 0..<20 { _ = try await ping(client) }
            fails.store(true, ordering: .relaxed)
            let before = server.state.calls.count
            _ = try await failure { try await ping(client) }
            #expect(server.state.calls.count == before + 4)
        }
    }

    @Test("a read that takes long is sent a second time, and the first answer counts")
    func hedging() async throws {
        let server = ScriptedServer { $0.number == 1 ? .silence : echo($0) }
        try await withClient(of: [server]) { client, _ in
            let reply = try await client.health.echo(
                .with { $0.payload = Data("quick".utf8) },
                options: RCPCallOptions(hedgeAfter: .milliseconds(20))
            )
            #expect(reply.message.payload == Data("quick".utf8))
            try await eventually("the other is cancelled") { server.state.cancelledStreams == 1 }
            // A call that is answered in time, or that fails for good, is sent once.
            _ = try await client.health.echo(
                Returns_V1_EchoRequest(), options: RCPCallOptions(hedgeAfter: .seconds(10)))
        }
        #expect(server.state.calls.count == 3)
    }

    @Test("a change is never hedged")
    func noHedgedChange() async throws {
        let server = ScriptedServer { .hold($0.message) }
        try await withClient(of: [server]) { client, _ in
            async let closed = client.cases.closeCase(
                .with { $0.target.caseID = "" }, options: RCPCallOptions(hedgeAfter: .milliseconds(1)))
            try await eventually("the call comes") { server.heldCalls == 1 }
            try await Task.sleep(for: .milliseconds(50))
            server.release()
            _ = try await closed
        }
        #expect(server.state.calls.count == 1)
    }

    @Test("interceptors are around every call, in their order")
    func interceptors() async throws {
        struct Noting: RCPClientInterceptor {
            let name: String
            let notes: Notes

            nonisolated(nonsending) func intercept<Success: Sendable>(
                _ method: RCPMethod, _ options: RCPCallOptions,
                _ next: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
            ) async throws -> RCPReply<Success> {
                notes.add("\(name) before \(method.name)")
                var options = options
                options.timeout = .seconds(7)
                let reply = try await next(options)
                notes.add("\(name) after")
                return reply
            }
        }
        struct Refusing: RCPClientInterceptor {
            nonisolated(nonsending) func intercept<Success: Sendable>(
                _ method: RCPMethod, _ options: RCPCallOptions,
                _ next: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
            ) async throws -> RCPReply<Success> {
                guard method == HealthServiceMethods.echo else { throw RCPStatus(code: .failedPrecondition) }
                return try await next(options)
            }
        }
        let notes = Notes()
        let server = ScriptedServer(script: echo)
        try await withClient(of: [server]) {
            $0.interceptors = [Noting(name: "1", notes: notes), Refusing(), Noting(name: "2", notes: notes)]
        } _: { client, _ in
            _ = try await ping(client)
            #expect(notes.texts == ["1 before Echo", "2 before Echo", "2 after", "1 after"])
            #expect((6_000...7_000).contains(server.state.calls[0].timeoutMilliseconds))
            let status = try await failure { try await client.health.check(Returns_V1_HealthCheckRequest()) }
            #expect(status.code == .failedPrecondition && server.state.calls.count == 1)
            // The other kinds of call, all refused before anything is sent.
            let conformance = ConformanceServiceClient(caller: client)
            let before = notes.texts.count
            _ = try await failure { try await conformance.clientStreamingCall { _ in } }
            _ = try await failure {
                try await conformance.serverStreamingCall(Rcp_Conformance_V1_CallRequest()) { _ in }
            }
            _ = try await failure { try await conformance.bidirectionalCall { _, _ in } }
            #expect(notes.texts.count == before + 3 && server.state.calls.count == 1)
        }
    }
}

final class Notes: Sendable {
    private let lines = Mutex<[String]>([])

    var texts: [String] { lines.withLock { $0 } }
    func add(_ text: String) { lines.withLock { $0.append(text) } }
}
