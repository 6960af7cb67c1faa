import NIOCore
import RCP
import RCPClient
import Testing

@Suite("Deadlines, cancelling and the end")
struct DeadlineTests {
    @Test("a mutation whose time is over has an unknown outcome, and the server is told")
    func deadline() async throws {
        let server = ScriptedServer { _ in .silence }
        try await withClient(of: server) { client in
            // On a busy machine the time may be over before the call is sent: then with more of it.
            var milliseconds: UInt32 = 20
            var status: RCPStatus
            repeat {
                milliseconds *= 2
                status = try await failure {
                    try await closeCase(client, timeout: .milliseconds(milliseconds))
                }
                #expect(status.code == .deadlineExceeded)
            } while status.outcome == .notApplied
            #expect(status.outcome == .unknown)
            #expect(status.retryRule == .withSameRequestID, "a new call settles it")
            try await eventually("the call and its CANCEL at the server") {
                server.state.calls.count == 1 && server.state.cancelledStreams == 1
            }
            let told = server.state.calls[0].timeoutMilliseconds
            #expect((1...milliseconds).contains(told), "the server learns what is left")
        }
    }

    @Test("the default deadline is the configuration's")
    func defaultDeadline() async throws {
        let server = ScriptedServer { echo($0) }
        try await withClient(of: server, configure: { $0.timeout = .milliseconds(12_345) }) {
            _ = try await ping($0)
        }
        #expect((1...12_345).contains(server.state.calls[0].timeoutMilliseconds))
    }

    @Test("a call without a connection says so when its time is over")
    func deadlineWaiting() async throws {
        let server = ScriptedServer(welcome: { _ in .ignore }) { _ in .silence }
        let status = try await withClient(of: server) { client in
            try await failure { try await closeCase(client, timeout: .milliseconds(40)) }
        }
        #expect(status.code == .deadlineExceeded)
        #expect(status.outcome == .notApplied, "nothing was sent")
        #expect(status.retryRule == .freely)
        #expect(status.text.contains("no connection to 127.0.0.1:"))
    }

    @Test("cancelling a task ends its call at once, and leaves the connection to the others")
    func cancel() async throws {
        let server = ScriptedServer { $0.method == "CloseCase" ? .silence : echo($0) }
        try await withClient(of: server) { client in
            let task = Task { try await failure { try await closeCase(client) } }
            try await eventually("the call at the server") { server.state.calls.count == 1 }
            task.cancel()
            let status = try await task.value
            #expect(status.code == .cancelled)
            #expect(status.outcome == .unknown)
            #expect(status.retryRule == .withSameRequestID)
            try await eventually("CANCEL at the server") { server.state.cancelledStreams == 1 }
            #expect(try await ping(client) == "ping")
        }
        #expect(server.state.connections == 1)
    }

    @Test("a call of a task that is cancelled already is never sent")
    func cancelledBefore() async throws {
        let server = ScriptedServer(welcome: { _ in .ignore }) { _ in .silence }
        try await withClient(of: server) { client in
            let task = Task {
                // The task goes on only when it is cancelled, so the call starts in a cancelled task.
                while !Task.isCancelled { await Task.yield() }
                return try await failure { try await closeCase(client) }
            }
            task.cancel()
            let status = try await task.value
            #expect(status.code == .cancelled)
            #expect(status.outcome == .notApplied)
        }
        #expect(server.state.calls.isEmpty)
    }

    @Test("after GOAWAY new calls take a new connection while the old ones finish")
    func goAway() async throws {
        let server = ScriptedServer { call in
            call.number == 1 ? .drainThenReply(call.message) : echo(call)
        }
        try await withClient(of: server) { client in
            async let first = ping(client, "old")
            try await eventually("the drain") { server.state.goAways == 2 }
            #expect(try await ping(client, "new") == "new")
            server.release()
            #expect(try await first == "old")
        }
        #expect(server.state.calls.map(\.connection) == [1, 2])
    }

    @Test("shutting down lets open calls finish and takes no new ones")
    func shutdown() async throws {
        let server = ScriptedServer { .hold($0.message) }
        let port = try await server.listen()
        // The open call is answered in this time on any machine.
        let client = RCPClient(
            configuration: configuration(port: port) { $0.drainTimeout = .seconds(600) })
        async let open = ping(client, "open")
        try await eventually("the call at the server") { server.heldCalls == 1 }
        async let end: Void = client.shutdown()
        // The refusal of a new call shows that the shutdown has begun; only then is the open one answered.
        var refusal: RCPStatus?
        while refusal?.text.contains("shut down") != true {
            refusal = try await failure { try await ping(client, timeout: .milliseconds(20)) }
        }
        #expect(refusal?.code == .unavailable)
        server.release()
        #expect(try await open == "open")
        await end
        try await server.stop()
    }

    @Test("a server that falls silent is noticed by PING, and the call goes to a new connection")
    func silence() async throws {
        let server = ScriptedServer(welcome: { $0 == 1 ? .acceptThenDeaf : .accept }) { echo($0) }
        let answer = try await withClient(
            of: server,
            configure: {
                $0.keepalive = .milliseconds(20)
                $0.attemptsMax = 100
            }
        ) { client in
            try await ping(client)
        }
        #expect(answer == "ping")
        #expect(server.state.calls.allSatisfy { $0.connection > 1 })
    }
}
