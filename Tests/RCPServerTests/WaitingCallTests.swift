import Foundation
import NIOCore
import RCP
import RCPServices
import Testing

@testable import RCPServer

/// A principal's heavy calls wait for each other, and nobody else waits for them.
@Suite struct WaitingCallTests {
    private let turnstile = Turnstile()

    private func withTurnstile(
        bytesMax: Int = 1, replyBytes: Int = 10, _ change: (inout TestServer.Options) -> Void = { _ in },
        _ test: (TestServer) async throws -> Void
    ) async throws {
        try await withServer { options in
            options.transport.principalCallBytesMax = bytesMax
            options.onChange = { [turnstile] _, context in
                await turnstile.pass(context.connection)
                // An open turnstile holds nobody; the store would.
                await Task.yield()
                return RCPReply(.with { $0.payload = Data(count: replyBytes) })
            }
            change(&options)
        } _: { server in
            defer { turnstile.open() }
            try await test(server)
        }
    }

    private func shop(_ server: TestServer) async throws -> String {
        server.authenticator.admit(name: "shop", roles: ["member"])
    }

    private func waiting(_ server: TestServer) -> Int {
        server.listener.loops.values.reduce(0) { $0 + $1.waitingSeen.load(ordering: .relaxed) }
    }

    private func weight(_ server: TestServer, of principal: String) async throws -> Int {
        let loop = try #require(server.listener.loops.values.first)
        return try await loop.eventLoop.submit { loop.callAccount(of: principal).weight.bytes }.get()
    }

    @Test func heavyCallsOfOnePrincipalHoldNobodyElseUp() async throws {
        try await withTurnstile(bytesMax: 4_194_304, replyBytes: 400_000) { options in
            // However slowly the clients read at the moment.
            options.limits.outboundBytesMax = 33_554_432
        } _: { server in
            let token = try await shop(server)
            var clients: [TestClient] = []
            for _ in 1...4 { clients.append(try await TestClient.connect(to: server.unix, token: token)) }
            // Shows what such a call weighs.
            let first = try await clients[0].start(TestMethods.change)
            try await eventually { turnstile.waiting == 1 }
            turnstile.releaseOne()
            #expect(try await first.reply().payload.count == 400_000)

            var calls: [TestClient.Started] = []
            for client in clients {
                for _ in 1...20 { calls.append(try await client.start(TestMethods.change)) }
            }
            // As many as there is room for, and the one that fills it.
            try await eventually { turnstile.waiting == 11 && waiting(server) == 69 }

            let other = try await TestClient.connect(to: server.unix, token: server.adminToken)
            #expect(try await other.call(TestMethods.check).status.code == .ok)
            let others = try await other.start(TestMethods.change)
            // It is begun at once, behind no more than those in progress.
            try await eventually { turnstile.waiting == 12 }
            for turn in 1...12 {
                turnstile.releaseOne()
                // Each call that ends lets the next one begin, but for the last, which was not theirs.
                try await eventually { turnstile.arrivals.count == 13 + min(turn, 11) }
            }
            #expect(try await others.reply().status.code == .ok)
            turnstile.open()
            for call in calls { #expect(try await call.reply().payload.count == 400_000) }

            // Those that waited were begun in the connections' turn.
            let begun = turnstile.arrivals.dropFirst(13)
            #expect(begun.count == 69)
            for round in 0..<9 {
                #expect(Set(begun.dropFirst(4 * round).prefix(4)).count == 4, "round \(round)")
            }
            #expect(waiting(server) == 0)
            #expect(try await weight(server, of: "shop") == 0)
            for client in clients + [other] { try await client.close() }
        }
    }

    @Test func aCallWhoseTimeoutPassesWhileItWaitsIsNotApplied() async throws {
        try await withTurnstile { server in
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            let running = try await client.start(TestMethods.change)
            try await eventually { turnstile.waiting == 1 }
            let status = try await client.call(TestMethods.change, timeoutMilliseconds: 30).status
            #expect(status.code == .deadlineExceeded && status.outcome == .notApplied)
            #expect(turnstile.arrivals.count == 1 && waiting(server) == 0)
            turnstile.open()
            #expect(try await running.reply().status.code == .ok)
            try await client.close()
        }
    }

    @Test func aCancelledCallAndAClosedConnectionLeaveTheLine() async throws {
        try await withTurnstile { server in
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            let gone = try await TestClient.connect(to: server.unix, token: server.adminToken)
            let running = try await client.start(TestMethods.change)
            try await eventually { turnstile.waiting == 1 }
            for _ in 1...3 { _ = try await gone.start(TestMethods.change) }
            try await eventually { waiting(server) == 3 }
            let cancelled = try await client.start(TestMethods.change)
            let last = try await client.start(TestMethods.change)
            try await eventually { waiting(server) == 5 }
            try await client.cancel(cancelled)
            try await eventually { waiting(server) == 4 }
            try await gone.close()
            try await eventually { waiting(server) == 1 }
            turnstile.open()
            #expect(try await running.reply().status.code == .ok)
            #expect(try await last.reply().status.code == .ok)
            #expect(turnstile.arrivals.count == 2)
            #expect(try await weight(server, of: "admin") == 0)
            try await client.close()
        }
    }

    @Test func aDrainFinishesTheCallsThatWait() async throws {
        try await withTurnstile { server in
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            var calls: [TestClient.Started] = []
            for _ in 1...3 { calls.append(try await client.start(TestMethods.change)) }
            try await eventually { turnstile.waiting == 1 && waiting(server) == 2 }
            async let drained: Void = server.listener.drain()
            try await client.sawDrain()
            turnstile.open()
            for call in calls { #expect(try await call.reply().status.code == .ok) }
            await drained
            #expect(waiting(server) == 0)
        }
    }

    /// Its connection has closed, but its handler works on: whoever connects anew begins no more calls for that.
    @Test func aHandlerCountsUntilItReturns() async throws {
        try await withTurnstile { server in
            for _ in 1...5 {
                let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
                for _ in 1...3 { _ = try await client.start(TestMethods.change) }
                try await eventually { waiting(server) >= 2 }
                try await client.close()
                try await eventually { waiting(server) == 0 }
            }
            #expect(turnstile.arrivals.count == 1)
            #expect(try await callsInFlight(server) == 1)
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            let call = try await client.start(TestMethods.change)
            try await eventually { waiting(server) == 1 }
            turnstile.open()
            #expect(try await call.reply().status.code == .ok)
            try await client.close()
        }
    }

    @Test func noMoreCallsWaitThanTheirLimit() async throws {
        try await withTurnstile { options in
            options.transport.principalWaitingCallsMax = 2
        } _: { server in
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            var calls: [TestClient.Started] = []
            for _ in 1...3 { calls.append(try await client.start(TestMethods.change)) }
            let status = try await client.call(TestMethods.change).status
            #expect(status.code == .resourceExhausted && status.outcome == .notApplied)
            #expect(status.details.first?.reason == "SERVER_BUSY")
            try await eventually { server.log.text.contains("calls waiting beyond a limit") }
            turnstile.open()
            for call in calls { #expect(try await call.reply().status.code == .ok) }
            try await client.close()
        }
    }

    @Test func aClientThatDoesNotReadHoldsUpNoneOfItsPrincipals() async throws {
        try await withTurnstile(replyBytes: 200_000) { options in
            options.limits.outboundBytesMax = 131_072
            options.transport.flushBytes = 65_536
        } _: { server in
            let silent = try await TestClient.connect(to: server.unix, token: server.adminToken, reads: false)
            var calls: [TestClient.Started] = []
            for _ in 1...100 { calls.append(try await silent.start(TestMethods.change)) }
            try await eventually { waiting(server) == 99 }
            turnstile.open()
            try await eventually {
                let inFlight = try await callsInFlight(server)
                return inFlight == 0 && waiting(server) > 50
            }
            let begun = turnstile.arrivals.count
            let other = try await TestClient.connect(to: server.unix, token: server.adminToken)
            for _ in 1...5 {
                #expect(try await other.call(TestMethods.change).payload.count == 200_000)
            }
            #expect(turnstile.arrivals.count <= begun + 6)
            try await silent.startReading()
            for call in calls { #expect(try await call.reply().payload.count == 200_000) }
            #expect(waiting(server) == 0)
            for client in [silent, other] { try await client.close() }
        }
    }
}
