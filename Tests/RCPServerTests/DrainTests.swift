import Foundation
import NIOCore
import NIOPosix
import RCP
import RCPServices
import ServiceLifecycle
import Testing

@testable import RCPServer

@Suite struct DrainTests {
    @Test func callsInProgressAreAnswered() async throws {
        try await withServer { options in
            options.loops = 2
            options.transport.principalCallBytesMax = 1_073_741_824
        } _: { server in
            var clients: [TestClient] = []
            var calls: [TestClient.Started] = []
            for address in [server.tcp, server.unix, server.tcp] {
                let client = try await TestClient.connect(to: address, token: server.adminToken)
                clients.append(client)
                for number in 0..<100 {
                    calls.append(try await client.start(TestMethods.gate, Data("\(number)".utf8)))
                }
            }
            await server.gate.waits(for: 300)
            async let drained: Void = server.listener.drain()
            for client in clients { try await client.sawDrain() }
            // No new connection, no new call.
            await #expect(throws: (any Error).self) {
                try await TestClient.connect(to: server.tcp, token: server.adminToken)
            }
            await #expect(throws: RCPStatus.self) { try await clients[0].call(TestMethods.echo) }
            server.gate.open()
            for (number, call) in calls.enumerated() {
                #expect(try await call.reply().payload == Data("\(number % 100)".utf8))
            }
            await drained
            #expect(server.listener.openConnections == 0)
            #expect(!FileManager.default.fileExists(atPath: server.directory.path + "/socket"))
        }
    }

    /// A request that crossed the first GOAWAY is answered; one that follows the second is skipped.
    @Test func aRequestOnItsWayIsStillAnswered() async throws {
        try await withServer { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            async let drained: Void = server.listener.drain()
            let goAway = try #require(try await client.frame())
            #expect(goAway.type == .goAway)
            #expect(goAway.payload.getInteger(at: 0, as: UInt32.self) == .max)
            let ping = try #require(try await client.frame())
            #expect(ping.type == .ping)

            try await client.send(request(TestMethods.gate, stream: 5))
            await server.gate.waits(for: 1)
            var pong = ByteBuffer()
            RCPFrameWriter.writePong(opaque: ping.payload.getInteger(at: 0)!, into: &pong)
            try await client.send(pong)
            let last = try #require(try await client.frame())
            #expect(last.type == .goAway)
            #expect(last.payload.getInteger(at: 0, as: UInt32.self) == 5)

            try await client.send(request(TestMethods.echo, stream: 7))
            server.gate.open()
            #expect(try await client.frame()?.stream == 5)
            #expect(try await client.frame() == nil)
            try await client.close()
            await drained
        }
    }

    @Test func callsThatOutliveTheGraceAreGivenUp() async throws {
        try await withServer { options in
            options.transport.drainMillisecondsMax = 50
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.gate)
            await server.gate.waits(for: 1)
            await server.listener.drain()
            let status = await #expect(throws: RCPStatus.self) { try await call.reply() }
            #expect(status?.code == .unavailable && status?.outcome == .unknown)
            await server.gate.sawCancellations(1)
        }
    }

    @Test func theServiceDrainsOnGracefulShutdown() async throws {
        let server = try await TestServer()
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: server.listener)], logger: server.log.logger))
        async let run: Void = services.run()
        let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
        let call = try await client.start(TestMethods.gate)
        await server.gate.waits(for: 1)
        try await eventually { server.log.text.contains("listening") }
        await services.triggerGracefulShutdown()
        try await client.sawDrain()
        server.gate.open()
        #expect(try await call.reply().status.code == .ok)
        try await run
        try await server.group.shutdownGracefully()
    }
}
