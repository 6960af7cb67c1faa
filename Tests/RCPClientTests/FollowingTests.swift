import RCP
import ReturnsClient
import Testing

@Suite("Following a stream over calls that end")
struct FollowingTests {
    private static let lost = RCPStatus(code: .unavailable, outcome: .notApplied)
    private static let refused = RCPStatus(code: .permissionDenied, outcome: .notApplied)

    private func follow(
        _ client: ReturnsClient, outageMax: Duration? = nil
    ) async throws {
        var options = RCPFollowOptions(outageMax: outageMax)
        options.backoff = RCPBackoff(base: .milliseconds(1), cap: .milliseconds(2))
        try await client.follow(from: .cursor("C1"), options: options) { _ in .goOn }
    }

    @Test("what may pass is tried again, from the same place, until something cannot be mended")
    func repeated() async throws {
        let server = ScriptedServer { call in
            switch call.number {
            case 1: .loseConnection
            case 2...20: .status(Self.lost)
            // OK, although nothing was asked to end.
            case 21: .reply(RCPResponseHead(outcome: .notApplied), nil)
            default: .status(Self.refused)
            }
        }
        try await withClient(of: server) { client in
            let status = try await failure { try await follow(client) }
            #expect(status.code == .permissionDenied)
        }
        #expect(server.state.calls.count == 22)
        for call in server.state.calls {
            let request = try Returns_V1_SubscribeRequest(
                serializedBytes: Array(call.message.readableBytesView))
            #expect(request.cursor == "C1")
        }
    }

    @Test("an outage that lasts too long is thrown; so is the first failure where calls fail fast")
    func limits() async throws {
        for (outageMax, failsFast) in [(Duration.zero, false), (nil, true)] {
            let server = ScriptedServer { _ in .status(Self.lost) }
            try await withClient(of: server, configure: { $0.failsFast = failsFast }) { client in
                let status = try await failure { try await follow(client, outageMax: outageMax) }
                #expect(status.code == .unavailable)
            }
            #expect(server.state.calls.count == 1)
        }
    }

    @Test("cancelling the task ends it, while it reads and while it waits", arguments: [false, true])
    func cancelled(waits: Bool) async throws {
        let server = ScriptedServer { _ in
            waits ? .status(RCPStatus(code: .unavailable, retryAfterMilliseconds: 600_000)) : .silence
        }
        try await withClient(of: server) { client in
            let task = Task { try await follow(client) }
            try await eventually("the call at the server") { server.state.calls.count == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(server.state.calls.count == 1)
    }

    @Test("a cursor that the log cannot be read on from says what to do")
    func gap() async throws {
        let text = "events behind this cursor are no longer kept; to resync, subscribe from now on"
        let server = ScriptedServer { _ in
            .status(
                RCPStatus(
                    code: .outOfRange, outcome: .notApplied, text: text,
                    details: [
                        RCPErrorDetail(
                            field: "cursor", reason: "CURSOR_BEHIND_LOG", allowed: ["2026-01-02T03:04:05Z"])
                    ]))
        }
        try await withClient(of: server) { client in
            let gap = await #expect(throws: EventGap.self) { try await follow(client) }
            #expect(gap?.reason == .cursorBehindLog)
            #expect(gap?.text == text && gap?.description == "\(text) (CURSOR_BEHIND_LOG)")
            #expect(gap?.changedSinceMilliseconds == 1_767_323_045_000)
            #expect(gap?.cause.code == .outOfRange)
        }
    }
}
