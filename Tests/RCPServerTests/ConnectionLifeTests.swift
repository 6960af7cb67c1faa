import Foundation
import NIOCore
import RCP
import RCPServices
import Testing

@testable import RCPServer

@Suite struct ConnectionLifeTests {
    private func life(jitter: Double = 1) -> ConnectionLife {
        var limits = RCPTransportLimits()
        limits.connectionAgeMillisecondsMax = 1_000
        limits.connectionIdleMillisecondsMax = 200
        limits.connectionGraceMilliseconds = 100
        var frame = RCPLimits()
        frame.frameMillisecondsMax = 50
        frame.frameBytesPerSecondMin = 1_000
        return ConnectionLife(limits: limits, frame: frame, now: 0, jitter: jitter)
    }

    private func look(
        _ life: inout ConnectionLife, at milliseconds: UInt64, openCalls: Int = 0, callsBegun: UInt32 = 0,
        frames: UInt64 = 0, frameBytes: Int = 0
    ) -> ConnectionLife.Change? {
        life.look(
            now: milliseconds * 1_000_000, openCalls: openCalls, callsBegun: callsBegun, frames: frames,
            frameBytes: frameBytes)
    }

    private func isDrain(_ change: ConnectionLife.Change?) -> Bool {
        if case .drain = change { true } else { false }
    }

    @Test func callsKeepAConnectionFromBeingIdle() {
        var life = life()
        #expect(look(&life, at: 150, openCalls: 1) == nil)
        // A call that came and went between two looks counts, too.
        #expect(look(&life, at: 349, callsBegun: 1) == nil)
        #expect(look(&life, at: 548, callsBegun: 1) == nil)
        #expect(isDrain(look(&life, at: 549, callsBegun: 1)))
    }

    @Test(arguments: [0.9, 1, 1.1]) func ageDrainsAndGraceEnds(jitter: Double) {
        var life = life(jitter: jitter)
        let age = UInt64(1_000 * jitter)
        for now in stride(from: 0, to: age - 1, by: 10) { #expect(look(&life, at: now, openCalls: 3) == nil) }
        #expect(isDrain(look(&life, at: age + 1, openCalls: 3)))
        #expect(look(&life, at: age + 100, openCalls: 3) == nil)
        #expect(look(&life, at: age + 101, openCalls: 3) == .end)
    }

    @Test func aFrameHasToKeepItsRate() {
        var life = life()
        // Half a frame that does not grow.
        #expect(look(&life, at: 0, openCalls: 1, frameBytes: 1) == nil)
        #expect(look(&life, at: 51, openCalls: 1, frameBytes: 1) == nil)
        #expect(look(&life, at: 52, openCalls: 1, frameBytes: 1) == .frameLate)
    }

    @Test func aLargeFrameMayTakeItsTime() {
        var life = life()
        for now in stride(from: UInt64(0), through: 900, by: 10) {
            #expect(look(&life, at: now, openCalls: 1, frameBytes: Int(now) + 10) == nil)
        }
    }

    @Test func eachFrameIsMeasuredByItself() {
        var life = life()
        for now in stride(from: UInt64(0), through: 900, by: 10) {
            #expect(look(&life, at: now, openCalls: 1, frames: now / 40, frameBytes: 1) == nil)
        }
    }

    /// Makes every connection so old that the next sweep drains it.
    private func age(_ server: TestServer) async throws {
        let loop = server.listener.loops.values.first!
        try await loop.eventLoop.submit {
            var young = loop.limits
            young.connectionAgeMillisecondsMax = 1
            for connection in loop.connections.values {
                connection.life = ConnectionLife(
                    limits: young, frame: loop.machine.limits, now: NIODeadline.now().uptimeNanoseconds,
                    jitter: 1)
            }
        }.get()
    }

    @Test func anOldConnectionIsDrainedAndItsCallEnds() async throws {
        try await withServer { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.gate, Data("on".utf8))
            await server.gate.waits(for: 1)
            try await age(server)
            try await client.sawDrain()
            #expect(server.listener.openConnections == 1)
            server.gate.open()
            #expect(try await call.reply().payload == Data("on".utf8))
            try await eventually { server.listener.openConnections == 0 }
        }
    }

    @Test func anOldConnectionEndsWithItsGrace() async throws {
        try await withServer { options in
            options.transport.connectionGraceMilliseconds = 50
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.gate)
            await server.gate.waits(for: 1)
            try await age(server)
            await #expect(throws: RCPStatus.self) { try await call.reply() }
            await server.gate.sawCancellations(1)
        }
    }

    @Test func anIdleConnectionIsDrained() async throws {
        try await withServer { options in
            options.transport.connectionIdleMillisecondsMax = 100
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            try await client.sawDrain()
            try await eventually { server.listener.openConnections == 0 }
        }
    }

    @Test func aClientThatTricklesIsClosed() async throws {
        try await withServer { options in
            options.limits.frameMillisecondsMax = 100
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            let bytes = request(TestMethods.echo, stream: 1, bytes: 1_000)
            for byte in bytes.readableBytesView.prefix(100) {
                guard (try? await client.send(ByteBuffer(bytes: [byte]))) != nil else { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            let frame = try #require(try await client.frame())
            #expect(frame.type == .goAway)
            #expect(frame.payload.getInteger(at: 4, as: UInt16.self) == RCPGoAwayCode.tooSlow.rawValue)
        }
    }

    @Test func openingAndCancellingAgainAndAgainEndsTheConnection() async throws {
        try await withServer { options in
            options.limits.cancelsMax = 500
            // However slowly a busy machine gets there.
            options.limits.strikeMilliseconds = 600_000
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let other = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            for _ in 0..<501 {
                guard let call = try? await client.start(TestMethods.gate) else { break }
                try await client.cancel(call)
            }
            let end = try #require(try await client.whenEnded())
            #expect(end.goAway?.code == .excessiveLoad)
            #expect(try await other.call(TestMethods.echo).status.code == .ok)
            try await eventually { try await callsInFlight(server) == 0 }
        }
    }
}
