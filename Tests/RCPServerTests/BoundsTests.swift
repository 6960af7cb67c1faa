import Foundation
import NIOCore
import RCP
import RCPServices
import TestSupport
import Testing

@testable import RCPServer

/// The shared limits of a real server, from outside.
@Suite struct BoundsTests {
    @Test func silentConnectionsGiveWay() async throws {
        try await withServer { options in
            options.transport.connections.addressHandshakesMax = 4
        } _: { server in
            var silent: [RawClient] = []
            for _ in 0..<12 { silent.append(try await RawClient.connect(to: server.tcp)) }
            try await eventually { server.listener.books.openHandshakes <= 4 }
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            #expect(server.log.text.contains("address_handshakes"))
            for client in silent { try await client.close() }
            try await client.close()
            try await eventually { server.listener.openConnections == 0 }
        }
    }

    @Test func aPrincipalHasItsShareOfConnections() async throws {
        try await withServer { options in
            options.transport.connections.principalConnectionsMax = 2
        } _: { server in
            let shop = server.authenticator.admit(name: "shop", roles: ["member"])
            let first = try await TestClient.connect(to: server.tcp, token: shop)
            let second = try await TestClient.connect(to: server.unix, token: shop)
            let refused = await #expect(throws: TestClient.Refused.self) {
                try await TestClient.connect(to: server.tcp, token: shop)
            }
            #expect(refused?.refused.code == .overloaded)
            #expect(refused?.refused.text == RCPConnectionLimit.principal.text)
            // An operator finds whose connections these are.
            try await eventually { server.log.text.contains("connection refused") }
            let line = server.log.text.split(separator: "\n").first { $0.contains("connection refused") }
            #expect(line?.contains("\"principal\": shop") == true, "\(line ?? "")")
            let other = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            try await first.close()
            try await eventually { server.listener.openConnections == 2 }
            let third = try await TestClient.connect(to: server.tcp, token: shop)
            for client in [second, third, other] { try await client.close() }
        }
    }

    /// With the only administrators' token, by the program that holds too many connections.
    @Test func anAdministratorsNewestConnectionTakesTheOldestOnesPlace() async throws {
        try await withServer { options in
            options.transport.connections.principalConnectionsMax = 2
        } _: { server in
            let first = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let second = try await TestClient.connect(to: server.unix, token: server.adminToken)
            let third = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            try await first.sawDrain()
            _ = try await first.whenEnded()
            for client in [second, third] {
                #expect(try await client.call(TestMethods.echo).status.code == .ok)
                try await client.close()
            }
            #expect(server.log.text.contains("displaced"))
            try await eventually { server.listener.openConnections == 0 }
        }
    }

    /// Who is refused by many limits at once is told of with each, and so is everybody else.
    @Test func eachLimitAndPrincipalHasALineOfItsOwn() {
        let log = CapturedLog()
        let refusals = RCPRefusalLog(logger: log.logger)
        for number in 0..<100 {
            refusals.connectionRefused(
                1, code: "OVERLOADED", peer: "192.0.2.\(number)", limit: .handshakes, principal: nil)
        }
        for number in 0..<100 {
            refusals.connectionEnded(
                1, "TLS handshake failed", kind: "tls", peer: "198.51.100.\(number)", principal: nil,
                facts: [:])
            refusals.connectionEnded(
                1, "connection ended", kind: "M5", peer: "198.51.100.\(number)", principal: "c", facts: [:])
        }
        for principal in ["a", "b"] {
            for _ in 0..<5 {
                for limit in [RCPConnectionLimit.principal, .address] {
                    refusals.connectionRefused(
                        1, code: "OVERLOADED", peer: "192.0.2.1", limit: limit, principal: principal)
                }
                refusals.refused("stream", limit: "principal", principal: principal)
            }
        }
        let lines = log.text.split(separator: "\n")
        #expect(lines.count { $0.contains("handshakes") } == 20)
        // All those of nobody together; those of connections that ended apart from those that were refused.
        #expect(lines.count { $0.contains("TLS handshake failed") } == 0)
        #expect(lines.count { $0.contains("connection ended") } == 20)
        #expect(lines.count { $0.contains("\"principal\": a") || $0.contains("\"principal\": b") } == 6)
    }

    @Test func anAdministratorEntersAFullServer() async throws {
        try await withServer { options in
            options.transport.connections.connectionsMax = 1
        } _: { server in
            let shop = server.authenticator.admit(name: "shop", roles: ["member"])
            let first = try await TestClient.connect(to: server.tcp, token: shop)
            await #expect(throws: TestClient.Refused.self) {
                try await TestClient.connect(to: server.tcp, token: shop)
            }
            let admin = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            #expect(try await admin.call(TestMethods.echo).status.code == .ok)
            try await first.close()
            try await admin.close()
        }
    }

    /// Who is silent holds no place that an administrator may need.
    @Test func aFullServerWaitsLessForAHello() async throws {
        try await withServer { options in
            options.transport.connections.connectionsMax = 1
            options.transport.fullHelloMillisecondsMax = 30
        } _: { server in
            let first = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let silent = try await RawClient.connect(to: server.tcp)
            let frame = try #require(try await silent.frame())
            #expect(frame.type == .refused)
            #expect(frame.payload.getInteger(at: 0, as: UInt16.self) == RCPRefusedCode.helloTimeout.rawValue)
            try await silent.close()
            try await first.close()
        }
    }

    @Test func aPrincipalHasItsShareOfStreams() async throws {
        try await withServer { options in
            options.transport.principalStreamsMax = 2
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let first = try await client.open(TestMethods.exchange)
            _ = try await client.open(TestMethods.exchange)
            let refused = try await client.open(TestMethods.exchange).reply().status
            #expect(refused.code == .resourceExhausted && refused.outcome == .notApplied)
            #expect(refused.retryAfterMilliseconds == 100)
            #expect(refused.details.first?.reason == "TOO_MANY_STREAMS")
            try await client.finish(first)
            #expect(try await first.reply().status.code == .ok)
            let next = try await client.open(TestMethods.exchange)
            try await client.finish(next)
            #expect(try await next.reply().status.code == .ok)
            try await client.close()
            try await eventually { server.listener.books.openStreams == 0 }
        }
    }

    @Test func aPrincipalHasItsShareOfReceivedBytes() async throws {
        try await withServer { options in
            options.transport.principalReceivedBytesMax = 1_500_000
        } _: { server in
            let shop = server.authenticator.admit(name: "shop", roles: ["member"])
            let first = try await TestClient.connect(to: server.tcp, token: shop)
            let second = try await TestClient.connect(to: server.tcp, token: shop)
            let payload = Data(count: 1_000_000)
            let held = try await first.start(TestMethods.gate, payload)
            await server.gate.waits(for: 1)
            #expect(server.listener.books.received.takenBytes > 900_000)
            let refused = try await second.call(TestMethods.echo, payload).status
            #expect(refused.code == .resourceExhausted && refused.outcome == .notApplied)
            #expect(refused.details.first?.reason == "PRINCIPAL_BYTES")
            // The connection lives on, and others are not concerned.
            #expect(try await second.call(TestMethods.echo, Data(count: 9_000)).status.code == .ok)
            let admin = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            #expect(try await admin.call(TestMethods.echo, payload).payload.count == payload.count)
            server.gate.open()
            #expect(try await held.reply().payload.count == payload.count)
            #expect(try await second.call(TestMethods.echo, payload).status.code == .ok)
            try await eventually { server.listener.books.received.takenBytes == 0 }
            for client in [first, second, admin] { try await client.close() }
        }
    }

    @Test func aPrincipalHasItsShareOfUnreadReplies() async throws {
        try await withServer { options in
            options.transport.principalUnsentBytesMax = 2_097_152
            options.transport.principalCallBytesMax = 1_073_741_824
        } _: { server in
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken, reads: false)
            var calls: [TestClient.Started] = []
            for _ in 0..<80 { calls.append(try await client.start(TestMethods.gate, Data(count: 200_000))) }
            await server.gate.waits(for: 80)
            server.gate.open()
            try await eventually { try await callsInFlight(server) == 0 }
            #expect(server.listener.books.unsent.takenBytes <= 2_097_152)
            try await client.startReading()
            var refused = 0
            for call in calls {
                let status = try await call.reply().status
                guard status.code != .ok else { continue }
                refused += 1
                #expect(status.details.first?.reason == "REPLIES_UNREAD")
                #expect(status.text.contains("principal"))
            }
            #expect(refused > 0 && refused < 80)
            try await eventually { server.listener.books.unsent.takenBytes == 0 }
            try await client.close()
        }
    }
}
