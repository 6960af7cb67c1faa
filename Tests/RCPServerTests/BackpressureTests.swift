import Foundation
import NIOCore
import NIOPosix
import RCPServices
import Synchronization
import Testing

@testable import RCPServer

@Suite struct BackpressureTests {
    /// Bytes of the one connection that wait in the server, as the channel and the handler know them.
    private func unsent(_ server: TestServer) async throws -> (bytes: Int, isPaused: Bool) {
        let loop = server.listener.loops.values.first!
        return try await loop.eventLoop.submit {
            guard let connection = loop.connections.values.first, let context = connection.context else {
                return (0, false)
            }
            let buffered = try context.channel.syncOptions!.getOption(.bufferedWritableBytes)
            return (buffered + connection.machine.unsentBytes, connection.isPaused)
        }.get()
    }

    @Test func aClientThatDoesNotReadStopsTheServerNotItsMemory() async throws {
        let answered = Atomic<Int>(0)
        try await withServer { options in
            options.limits.outboundBytesMax = 131_072
            options.limits.streamsMax = 10_000
            options.transport.flushBytes = 65_536
            options.observer = { _, _, _ in answered.add(1, ordering: .relaxed) }
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken, reads: false)
            let payload = Data(count: 50_000)
            let count = 1_000
            var calls: [TestClient.Started] = []
            for _ in 0..<count { calls.append(try await client.start(TestMethods.echo, payload)) }
            try await eventually { try await unsent(server).isPaused }
            // outboundBytesMax, one flush beyond it, and the reply that filled that.
            let bytes = try await unsent(server).bytes
            #expect(bytes <= 131_072 + 65_536 + 2 * 51_000)
            #expect(answered.load(ordering: .relaxed) < count)
            try await client.startReading()
            for call in calls { #expect(try await call.reply().payload.count == payload.count) }
            try await client.close()
        }
    }

    @Test func repliesBeyondTheHardLimitBecomeAStatus() async throws {
        try await withServer { options in
            options.limits.outboundBytesMax = 131_072
            options.transport.unsentBytesMax = 4_194_304
            options.transport.principalCallBytesMax = 1_073_741_824
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken, reads: false)
            let payload = Data(count: 200_000)
            var calls: [TestClient.Started] = []
            for _ in 0..<80 { calls.append(try await client.start(TestMethods.gate, payload)) }
            await server.gate.waits(for: 80)
            server.gate.open()
            try await eventually { try await callsInFlight(server) == 0 }
            #expect(try await unsent(server).bytes <= 4_194_304 + 131_072 + 210_000)
            try await client.startReading()
            var refused = 0
            for call in calls {
                let reply = try await call.reply()
                if reply.status.code == .ok {
                    #expect(reply.payload.count == payload.count)
                } else {
                    refused += 1
                    #expect(reply.status.code == .resourceExhausted)
                    #expect(reply.status.details.first?.reason == "REPLIES_UNREAD")
                    #expect(reply.status.retryRule != .never)
                }
            }
            #expect(refused > 0 && refused < 80)
            try await client.close()
        }
    }

    @Test func aClientThatNeverReadsIsClosed() async throws {
        try await withServer { options in
            options.limits.outboundBytesMax = 65_536
            options.transport.stalledMillisecondsMax = 60
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken, reads: false)
            for _ in 0..<200 { _ = try? await client.start(TestMethods.echo, Data(count: 100_000)) }
            try await eventually { server.listener.openConnections == 0 }
            #expect(server.log.text.contains("stalled"))
            try await client.close()
        }
    }

    /// A sweep of the server's loop, at the test's word.
    private func sweep(_ server: TestServer, principalsChanged: Bool = false) async throws {
        let loop = server.listener.loops.values.first!
        try await loop.eventLoop.submit {
            for connection in loop.connections.values {
                connection.sweep(principalsChanged: principalsChanged)
            }
        }.get()
    }

    /// Less waits than would stop the server from reading, and yet the farewell cannot be sent.
    @Test func aFarewellThatIsNotReadHoldsNoConnection() async throws {
        try await withServer { options in
            // No sweep comes by itself, and a reader is stalled at the second one: so no machine is too slow.
            options.transport.sweepMilliseconds = 3_600_000
            options.transport.stalledMillisecondsMax = 7_200_000
        } _: { server in
            let token = server.authenticator.admit(name: "shop", roles: ["member"])
            let client = try await TestClient.connect(to: server.unix, token: token, reads: false)
            for _ in 0..<10 { _ = try await client.start(TestMethods.echo, Data(count: 200_000)) }
            try await eventually { try await unsent(server).bytes > 1_000_000 }
            #expect(try await !unsent(server).isPaused)
            server.authenticator.revoke(name: "shop")
            try await sweep(server, principalsChanged: true)
            // Its patience begins anew with the farewell.
            try await sweep(server)
            #expect(server.listener.openConnections == 1)
            try await sweep(server)
            try await eventually { server.listener.openConnections == 0 }
            #expect(server.log.text.contains("stalled"))
            try await client.close()
        }
    }
}
