import RCPServices
import ReturnsClient

/// Connections that end, or that agree on other features; each case has its own.
extension ConformanceRunner {
    private static let callsAfterDrain = 10
    private static let compressedPayloadBytes = 1_048_576

    /// A call goes on where it began while the connection ends for all others.
    func goaway() async throws {
        try await withOwnClient {
            $0.connections = 1
        } run: { client in
            let service = ConformanceServiceClient(caller: client)
            _ = try await service.bidirectionalCall { requests, replies in
                var replies = replies.makeAsyncIterator()
                let before = try await Self.exchange(1, 1, requests, &replies)
                _ = try await service.drainConnection(Rcp_Conformance_V1_DrainConnectionRequest())
                for _ in 0..<Self.callsAfterDrain {
                    let after = try await service.unaryCall(Request()).message
                    guard after.connection != before.connection else {
                        throw ConformanceFailure(
                            expected: "calls on a new connection", got: "one on the drained connection")
                    }
                }
                let last = try await Self.exchange(1, 1, requests, &replies)
                try expect("received messages", last.receivedMessages, is: 2)
                try expect("the stream's connection", last.connection, is: before.connection)
                try await Self.end(requests, &replies)
            }
        }
    }

    /// Zero bytes, which shrink to next to nothing.
    func compressedUnary() async throws {
        try await withOwnClient {
            $0.compressesMessages = true
        } run: { client in
            try await Self.unary(
                ConformanceServiceClient(caller: client), Self.compressedPayloadBytes,
                Self.compressedPayloadBytes)
            try expect(
                "the feature COMPRESSION", client.serverAck?.features.contains(.compression), is: true)
        }
    }

    /// Runs `body` with a client that differs from the session's by `change`.
    func withOwnClient(
        _ change: (inout RCPClientConfiguration) -> Void,
        run body: (ReturnsClient) async throws -> Void
    ) async throws {
        var configuration = client.configuration
        change(&configuration)
        let client = ReturnsClient(configuration: configuration)
        do {
            try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}
