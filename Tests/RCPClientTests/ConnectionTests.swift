import NIOCore
import NIOPosix
import RCP
import RCPClient
import ReturnsAPI
import Testing

@Suite("Connecting, and what is said when it fails")
struct ConnectionTests {
    @Test("a thousand calls at once share one connection")
    func manyCalls() async throws {
        let server = ScriptedServer { echo($0) }
        try await withClient(of: server) { client in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1_000 {
                    group.addTask { try await ping(client, "\(number)") == "\(number)" }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
        #expect(server.state.connections == 1)
        #expect(server.state.calls.count == 1_000)
    }

    @Test("no more calls are open than the server allows, and none is lost for it")
    func streamsMax() async throws {
        var limits = RCPLimits()
        limits.streamsMax = 2
        let server = ScriptedServer(limits: limits) { .hold($0.message) }
        try await withClient(of: server) { client in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 { group.addTask { try await ping(client, "\(number)") == "\(number)" } }
                for done in 1...10 {
                    try await eventually("two calls at the server") { server.heldCalls == 2 }
                    server.release()
                    try await eventually("the next two") { server.state.calls.count == min(20, 2 * done + 2) }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
        #expect(server.state.openCallsMax == 2)
    }

    @Test("one call more than may wait is refused")
    func waitingMax() async throws {
        let server = ScriptedServer(welcome: { _ in .ignore }) { _ in .silence }
        try await withClient(
            of: server,
            configure: {
                $0.waitingCallsMax = 3
                $0.attemptsMax = 1
            }
        ) { client in
            try await withThrowingTaskGroup(of: RCPStatus.self) { group in
                for _ in 0..<4 { group.addTask { try await failure { try await ping(client) } } }
                #expect(try await group.next()?.code == .resourceExhausted)
                // Only the end of the client ends the others, so they were waiting.
                await client.shutdown()
                for try await status in group { #expect(status.text.contains("shut down")) }
            }
        }
    }

    @Test("nobody listens")
    func refused() async throws {
        // Of a server that has stopped another test's server may have taken the port.
        let silent = try SilentPort()
        defer { silent.close() }
        let port = silent.number
        let client = RCPClient(
            configuration: configuration(port: port) {
                $0.attemptsMax = 2
                $0.failsFast = true
            })
        let status = try await failure { try await closeCase(client) }
        #expect(status.code == .unavailable)
        #expect(status.outcome == .notApplied)
        #expect(
            status.text
                == "connection refused — is an RCP server running at 127.0.0.1:\(port)? (tried 2 times)")
        await client.shutdown()
    }

    @Test("nothing goes to another machine unencrypted unless that is allowed", arguments: [true, false])
    func plaintext(hasToken: Bool) async throws {
        // Addresses for documentation: a connection to them would time out.
        for host in ["192.0.2.1", "2001:db8::1", "returns.example.com"] {
            var settings = configuration(port: 0) { $0.address = .tcp(host: host, port: 7461) }
            if !hasToken { settings.credentials = .none }
            let client = RCPClient(configuration: settings)
            let status = try await failure { try await ping(client) }
            await client.shutdown()
            #expect(status.code == .unavailable && status.outcome == .notApplied)
            #expect(status.retryAfterMilliseconds == -1)
            #expect(status.text.contains("unencrypted, so nothing was sent: write rcps://"), "\(status.text)")
        }
    }

    @Test("a plaintext address that is refused is passed over for one that is good")
    func plaintextPassedOver() async throws {
        let server = ScriptedServer { echo($0) }
        let port = try await server.listen()
        let settings = configuration(port: port) {
            $0.addresses = [
                .tcp(host: "returns.example.com", port: 7461), .tcp(host: "127.0.0.1", port: port),
            ]
        }
        let client = RCPClient(configuration: settings)
        #expect(try await ping(client, "x") == "x")
        await client.shutdown()
        try await server.stop()
    }

    @Test("plaintext to another machine can be allowed")
    func plaintextAllowed() async throws {
        let server = ScriptedServer { echo($0) }
        let port = try await server.listen()
        // Linux takes a connection to this address for one to the machine itself; as it is written it may be any.
        for (allows, works) in [(false, false), (true, true)] {
            let settings = configuration(port: port) {
                $0.address = .tcp(host: "0.0.0.0", port: port)
                $0.allowsPlaintext = allows
                $0.attemptsMax = 1
            }
            let client = RCPClient(configuration: settings)
            if works {
                #expect(try await ping(client, "x") == "x")
            } else {
                _ = try await failure { try await ping(client) }
            }
            await client.shutdown()
        }
        #expect(server.state.connections == 1)
        try await server.stop()
    }

    @Test("there is no socket")
    func noSocket() async throws {
        var configuration = configuration(port: 1) {
            $0.attemptsMax = 1
            $0.failsFast = true
        }
        configuration.address = .unix(path: "/tmp/returns-no-such-socket")
        let client = RCPClient(configuration: configuration)
        let status = try await failure { try await ping(client) }
        #expect(
            status.text
                == "there is no socket at unix:/tmp/returns-no-such-socket — is an RCP server running there?")
        await client.shutdown()
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var welcome: ScriptedWelcome
        var code: RCPStatusCode
        var text: String
        var connections: Int
        var testDescription: String { text }
    }

    @Test(
        "what refuses the handshake is told apart, and asked again only if that may help",
        arguments: [
            Refusal(
                welcome: .refuse(.unauthenticated, "unknown token"), code: .unauthenticated,
                text: "refused the token: unknown token", connections: 1),
            Refusal(
                welcome: .refuse(.version, ""), code: .unimplemented, text: "this client 1 to 1",
                connections: 1),
            Refusal(
                welcome: .refuse(.overloaded, "try later"), code: .unavailable,
                text: "too many connections: try later",
                connections: 2),
            Refusal(welcome: .refuse(.draining, ""), code: .unavailable, text: "is stopping", connections: 2),
            Refusal(
                welcome: .refuse(.helloTimeout, ""), code: .unavailable, text: "got no HELLO in time",
                connections: 2),
            Refusal(
                welcome: .babble("HTTP/1.1 400 Bad Request\r\n\r\n"), code: .unavailable,
                text: "not an RCP server",
                connections: 1),
            Refusal(
                welcome: .closeAtOnce, code: .unavailable, text: "closed the connection during the handshake",
                connections: 2),
        ])
    func handshake(_ refusal: Refusal) async throws {
        let server = ScriptedServer(welcome: { _ in refusal.welcome }) { echo($0) }
        let status = try await withClient(
            of: server,
            configure: {
                $0.attemptsMax = 2
                $0.failsFast = true
            }
        ) { client in
            try await failure { try await closeCase(client) }
        }
        #expect(status.code == refusal.code)
        #expect(status.outcome == .notApplied)
        #expect(status.text.contains(refusal.text), "\(status.text)")
        #expect(server.state.connections == refusal.connections)
    }

    @Test("a server that never answers HELLO is given up")
    func handshakeLate() async throws {
        let server = ScriptedServer(welcome: { _ in .ignore }) { echo($0) }
        let status = try await withClient(of: server, configure: { $0.handshakeTimeout = .milliseconds(30) })
        {
            client in
            try await failure { try await ping(client) }
        }
        #expect(status.code == .unavailable)
        #expect(status.text.contains("has not answered the handshake within 30 ms"))
    }

    @Test("a reply that is no message of the method fails the call, not the client")
    func undecodable() async throws {
        let server = ScriptedServer { call in
            call.number == 1 ? .ok(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF])) : echo(call)
        }
        try await withClient(of: server) { client in
            let status = try await failure { try await ping(client) }
            #expect(status.code == .internalError)
            #expect(status.outcome == .notApplied, "a read changes nothing")
            #expect(try await ping(client) == "ping")
        }
    }

    @Test(
        "a change whose reply cannot be read has the outcome that the server stated",
        arguments: [RCPOutcome.applied, .notApplied])
    func undecodableChange(outcome: RCPOutcome) async throws {
        let server = ScriptedServer { _ in .ok(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF]), outcome: outcome) }
        let status = try await withClient(of: server) { client in
            try await failure { try await closeCase(client) }
        }
        #expect(status.code == .internalError)
        #expect(status.outcome == outcome)
        #expect(status.text.contains("the change was made") == (outcome == .applied))
    }

    @Test("a request that cannot be written was not applied")
    func unencodable() async throws {
        let server = ScriptedServer { echo($0) }
        let status = try await withClient(of: server) { client in
            try await failure { () -> RCPReply<Returns_V1_CaseReply> in
                try await client.unary(CaseServiceMethods.closeCase, Unwritable(), options: RCPCallOptions())
            }
        }
        #expect(status.code == .internalError)
        #expect(status.outcome == .notApplied)
        #expect(server.state.calls.isEmpty)
    }

    @Test("a server that stops reading gets no more calls, and no call is lost for it")
    func serverStopsReading() async throws {
        let text = String(repeating: "x", count: 1_000_000)
        let server = ScriptedServer(welcome: { _ in .acceptThenStopReading }) { echo($0) }
        try await withClient(of: server) { client in
            // Far more than the system's buffers take. Without a bound all are handed over, and no outcome is sure.
            let calls = 40
            let outcomes = try await withThrowingTaskGroup(of: RCPStatus.self) { group in
                for _ in 0..<calls {
                    group.addTask {
                        try await failure { try await closeCase(client, note: text, timeout: .seconds(1)) }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { $0.code == .deadlineExceeded })
            let unsent = outcomes.filter { $0.outcome == .notApplied }
            #expect(!unsent.isEmpty)
            #expect(unsent.allSatisfy { $0.text.contains("took no more calls") })

            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<calls { group.addTask { try await ping(client, text) == text } }
                server.release()
                for try await isRight in group { #expect(isRight) }
            }
        }
        #expect(server.state.connections == 1)
    }

    @Test("why the server ended the connection is told")
    func goAwayText() async throws {
        let server = ScriptedServer { _ in .goAway(.unauthenticated, "the principal was revoked") }
        let status = try await withClient(of: server, configure: { $0.attemptsMax = 1 }) { client in
            try await failure { try await closeCase(client) }
        }
        #expect(status.outcome == .unknown)
        #expect(status.text.contains("ended the connection: the principal was revoked"), "\(status.text)")
    }

    @Test("a message larger than the server takes is refused before it is sent")
    func messageTooLarge() async throws {
        var limits = RCPLimits()
        limits.messageBytesMax = RCPLimits.messageBytesMaxRange.lowerBound
        let server = ScriptedServer(limits: limits) { echo($0) }
        try await withClient(of: server) { client in
            let status = try await failure { try await ping(client, String(repeating: "x", count: 70_000)) }
            #expect(status.code == .resourceExhausted)
            #expect(status.retryAfterMilliseconds == -1)
        }
        #expect(server.state.calls.isEmpty)
    }
}
