import NIOCore
import RCP
import ReturnsAPI
import ReturnsClient
import Testing

@testable import RCPClient

@Suite("Retries against a scripted server")
struct RetryTests {
    @Test("a read that is lost on the way is sent again on a new connection")
    func readLost() async throws {
        let server = ScriptedServer { $0.number == 1 ? .loseConnection : echo($0) }
        let answer = try await withClient(of: server) { try await ping($0) }
        #expect(answer == "ping")
        #expect(server.state.calls.map(\.connection) == [1, 2])
    }

    @Test("a mutation that is lost is sent again under the same request id")
    func mutationLost() async throws {
        let server = ScriptedServer { $0.number <= 2 ? .loseConnection : .ok() }
        let reply = try await withClient(of: server) { try await closeCase($0) }
        #expect(reply.outcome == .applied)
        let ids = server.state.calls.map(\.requestID)
        #expect(ids.count == 3)
        #expect(Set(ids).count == 1)
        #expect(!ids[0].isZero)
    }

    @Test("two mutations have two request ids, and one that the caller states is kept")
    func requestIDs() async throws {
        let server = ScriptedServer { _ in .ok() }
        let stated = RCPRequestID(high: 7, low: 9)
        try await withClient(of: server) { client in
            _ = try await closeCase(client)
            _ = try await closeCase(client)
            _ = try await closeCase(client, requestID: stated)
            _ = try? await ping(client)
        }
        let ids = server.state.calls.map(\.requestID)
        #expect(Set(ids).count == 4)
        #expect(ids[2] == stated)
        #expect(ids[3].isZero, "a read carries no request id")
    }

    @Test("a mutation that is lost every time ends with an unknown outcome that names its request id")
    func mutationAlwaysLost() async throws {
        let server = ScriptedServer { _ in .loseConnection }
        let requestID = RCPRequestID(high: 1, low: 2)
        let status = try await withClient(of: server, configure: { $0.attemptsMax = 3 }) { client in
            try await failure { try await closeCase(client, requestID: requestID) }
        }
        #expect(status.code == .unavailable)
        #expect(status.outcome == .unknown)
        #expect(
            status.details.contains { $0.reason == "OUTCOME_UNKNOWN" && $0.text.contains("\(requestID)") })
        #expect(status.text.contains("tried 3 times"))
        #expect(server.state.calls.count == 3)
    }

    @Test("a read that is lost every time has changed nothing")
    func readAlwaysLost() async throws {
        let server = ScriptedServer { _ in .loseConnection }
        let status = try await withClient(of: server, configure: { $0.attemptsMax = 2 }) { client in
            try await failure { try await ping(client) }
        }
        #expect(status.code == .unavailable)
        #expect(status.outcome == .notApplied)
    }

    @Test("a read that streams has changed nothing, whatever a server says and however it ends")
    func streamedRead() async throws {
        let ends: [ScriptedAnswer] = [
            .status(RCPStatus(code: .unavailable, outcome: .unknown)), .loseConnection,
            .goAway(.internalError, "failed"),
        ]
        for end in ends {
            let server = ScriptedServer { _ in end }
            let status = try await withClient(of: server) { client in
                try await failure {
                    try await client.health.watch(Returns_V1_HealthCheckRequest()) { replies in
                        for try await _ in replies {}
                    }
                }
            }
            #expect(status.code == .unavailable && status.outcome == .notApplied, "\(end)")
        }
    }

    @Test("the server's wait is kept", arguments: [RCPStatusCode.resourceExhausted, .unavailable, .aborted])
    func retryAfter(code: RCPStatusCode) async throws {
        let waitMilliseconds: Int32 = 60
        let server = ScriptedServer { call in
            guard call.number == 1 else { return .ok() }
            return .status(
                RCPStatus(code: code, outcome: .notApplied, retryAfterMilliseconds: waitMilliseconds))
        }
        let start = ContinuousClock.now
        try await withClient(of: server) { _ = try await closeCase($0) }
        #expect(ContinuousClock.now - start >= .milliseconds(Int64(waitMilliseconds)))
        #expect(server.state.calls.count == 2)
    }

    @Test("what was unknown once stays unknown, whatever a later attempt is told")
    func doubtStays() async throws {
        let refusal = RCPStatus(code: .failedPrecondition, outcome: .notApplied, text: "the case is closed")
        let server = ScriptedServer { $0.number == 1 ? .loseConnection : .status(refusal) }
        let status = try await withClient(of: server) { client in
            try await failure { try await closeCase(client) }
        }
        #expect(status.code == .failedPrecondition && status.outcome == .unknown)
        #expect(status.details.contains { $0.reason == "OUTCOME_UNKNOWN" })
        #expect(server.state.calls.count == 2)
    }

    @Test("what the server has decided is final")
    func decided() async throws {
        let refusal = RCPStatus(
            code: .failedPrecondition, outcome: .notApplied, text: "the case is closed",
            details: [RCPErrorDetail(reason: "WRONG_STATE", allowed: ["reopen"])])
        let server = ScriptedServer { _ in .status(refusal) }
        let status = try await withClient(of: server) { client in
            try await failure { try await closeCase(client) }
        }
        #expect(status == refusal)
        #expect(server.state.calls.count == 1)
    }

    @Test(
        "calls that GOAWAY names as never acted on go to a new connection, without a doubt about their outcome"
    )
    func unprocessed() async throws {
        let server = ScriptedServer { $0.number == 1 ? .goAwayUnprocessed : .ok() }
        let reply = try await withClient(of: server) { try await closeCase($0) }
        #expect(reply.outcome == .applied)
        #expect(server.state.calls.map(\.connection) == [1, 2])
    }

    @Test("a call waits for a server until its deadline, and says then what was wrong last")
    func serverNeverComes() async throws {
        let server = ScriptedServer { echo($0) }
        let port = try await server.listen()
        try await server.stop()
        let client = RCPClient(configuration: configuration(port: port) { $0.attemptsMax = 1 })
        let start = ContinuousClock.now
        let status = try await failure { try await closeCase(client, timeout: .seconds(1)) }
        #expect(ContinuousClock.now - start >= .milliseconds(1_000))
        #expect(status.code == .deadlineExceeded)
        #expect(status.outcome == .notApplied)
        #expect(status.text.contains("last: connection refused"), "\(status.text)")
        await client.shutdown()
    }

    @Test("a server that comes up within the deadline is found")
    func serverComesLate() async throws {
        let path = "/tmp/returns-client-\(UInt64.random(in: 0 ... .max)).sock"
        // However often it cannot connect meanwhile: nothing is sent before the server is there.
        var configuration = configuration(port: 1) { $0.attemptsMax = 1 }
        configuration.address = .unix(path: path)
        let client = RCPClient(configuration: configuration)
        async let answer = ping(client, "late")
        let server = ScriptedServer { echo($0) }
        try await server.listen(unixSocket: path)
        #expect(try await answer == "late")
        await client.shutdown()
        try await server.stop()
    }
}
