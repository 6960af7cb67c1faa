import Foundation
import NIOCore
import NIOPosix
import RCP
import RCPServices
import Testing

@testable import RCPServer

@Suite struct ConnectionTests {
    private func refusal(_ body: () async throws -> Void) async -> RCPRefused? {
        let error = await #expect(throws: TestClient.Refused.self) { try await body() }
        return error?.refused
    }

    /// The client is gone before its request is read, and the reply is there when the end of its input is.
    @Test func aReplyThatMeetsTheEndOfItsConnectionHarmsNoOther() async throws {
        try await withServer { server in
            let loop = try #require(server.listener.loops.values.first).eventLoop
            for turns in 1...8 {
                let client = try await RawClient.open(server.unix, token: server.adminToken)
                let isHeld = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
                let isGone = DispatchSemaphore(value: 0)
                loop.execute {
                    isHeld.succeed()
                    isGone.wait()
                }
                try await isHeld.futureResult.get()
                try await client.send(request(TestMethods.later, stream: 1, bytes: turns))
                try await client.close()
                isGone.signal()
            }
            let client = try await TestClient.connect(to: server.unix, token: server.adminToken)
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()
        }
    }

    @Test(arguments: ["rtk_wrong", "", nil])
    func aWrongTokenIsRefused(_ token: String?) async throws {
        try await withServer { server in
            let refused = await refusal { _ = try await TestClient.connect(to: server.tcp, token: token) }
            #expect(refused?.code == .unauthenticated)
            #expect(refused?.text.contains("token") == true)
            try await eventually { server.listener.openConnections == 0 }
            let line = server.log.text.split(separator: "\n").first { $0.contains("connection refused") }
            #expect(line?.contains("127.0.0.1") == true)
            if let token, !token.isEmpty { #expect(!server.log.text.contains(token)) }
        }
    }

    @Test func anHTTPClientIsToldWhatThisPortIs() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server.tcp)
            try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = String(buffer: try await client.rest())
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(answer.contains("RCP/1"))
        }
    }

    @Test func garbageIsClosedWithoutAByte() async throws {
        try await withServer { server in
            let client = try await RawClient.connect(to: server.tcp)
            try await client.send("\u{0}\u{1}nonsense")
            #expect(try await client.rest().readableBytes == 0)
            try await client.close()
            #expect(server.log.text.contains("M3"))
        }
    }

    /// What clients do that prove nothing: HTTP, noise, no handshake that RCP knows, one that is malformed, too much at once.
    static let failures: [(bytes: [UInt8], line: String)] = [
        (Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), "\"row\": M1"),
        (Array("nonsense, and more of it".utf8), "\"row\": M3"),
        (preface + [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0], "\"row\": M"),
        (preface + [255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0], "\"row\": M"),
    ]

    static var preface: [UInt8] {
        var bytes = ByteBuffer()
        RCPFrameWriter.writePreface(into: &bytes)
        return Array(buffer: bytes)
    }

    @Test(arguments: failures.indices)
    func aHandshakeThatFailsIsLoggedWithItsPeerAndNotAsOftenAsItFails(_ index: Int) async throws {
        let failure = Self.failures[index]
        try await withServer { server in
            for (address, peer) in [(server.tcp, "127.0.0.1"), (server.unix, "unix")] {
                let begun = NIODeadline.now()
                for _ in 0..<20 {
                    let client = try await RawClient.connect(to: address)
                    try await client.send(ByteBuffer(bytes: failure.bytes))
                    _ = try await client.rest()
                    try await client.close()
                }
                try await eventually { server.listener.openConnections == 0 }
                let lines = server.log.text.split(separator: "\n").filter {
                    $0.contains(failure.line) && $0.contains("\"peer\": \(peer)")
                }
                // One in ten seconds.
                let linesMax = 1 + (NIODeadline.now() - begun).nanoseconds / 10_000_000_000
                #expect((1...linesMax).contains(Int64(lines.count)), "\(server.log.text)")
                #expect(lines.allSatisfy { $0.hasPrefix("notice ") })
            }
        }
    }

    /// Who has proved itself is named, too.
    @Test func aConnectionThatIsEndedForItsClientIsLoggedWithPeerAndPrincipal() async throws {
        try await withServer { server in
            let shop = server.authenticator.admit(name: "shop", roles: ["member"])
            let begun = NIODeadline.now()
            for _ in 0..<20 {
                let client = try await RawClient.open(server.tcp, token: shop)
                try await client.send(ByteBuffer(bytes: [255, 255, 255, 255, 0x10, 0, 0, 0, 0, 0, 0, 1]))
                _ = try await client.rest()
                try await client.close()
            }
            try await eventually { server.listener.openConnections == 0 }
            let lines = server.log.text.split(separator: "\n").filter { $0.contains("\"row\": ") }
            let linesMax = 1 + (NIODeadline.now() - begun).nanoseconds / 10_000_000_000
            #expect((1...linesMax).contains(Int64(lines.count)), "\(lines)")
            #expect(
                lines.allSatisfy { $0.contains("\"peer\": 127.0.0.1") && $0.contains("\"principal\": shop") })
        }
    }

    /// A REQUEST whose first fragment of `total` bytes has come, and its rest.
    private func fragments(timeoutMilliseconds: UInt32, total: Int) -> (first: ByteBuffer, rest: ByteBuffer) {
        var payload = ByteBuffer()
        payload.writeInteger(timeoutMilliseconds)
        payload.writeRepeatingByte(0, count: 16)
        payload.writeInteger(UInt16(0))
        payload.writeInteger(UInt32(total))
        payload.writeBytes([0x0A, UInt8(total - 2)])
        var first = ByteBuffer()
        RCPFrameHeader(
            payloadBytes: payload.readableBytes, type: .request, flags: [.more, .hasMessage],
            method: TestMethods.echo.id, stream: 1
        ).write(into: &first)
        first.writeImmutableBuffer(payload)
        var rest = ByteBuffer()
        RCPFrameHeader(
            payloadBytes: total - 2, type: .message, flags: [.end, .hasMessage], method: 0, stream: 1
        ).write(into: &rest)
        rest.writeRepeatingByte(7, count: total - 2)
        return (first, rest)
    }

    @Test(arguments: [UInt32(200), 0])
    func aRequestWhoseFragmentsStopComingIsAnswered(timeoutMilliseconds: UInt32) async throws {
        try await withServer { options in
            options.limits.assemblyMillisecondsMax = 400
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            let (first, rest) = fragments(timeoutMilliseconds: timeoutMilliseconds, total: 20)
            try await client.send(first)
            let frame = try #require(try await client.frame())
            #expect(frame.type == .response && frame.stream == 1)
            #expect(
                frame.payload.getInteger(at: 0, as: UInt8.self) == RCPStatusCode.deadlineExceeded.rawValue)
            // What comes late belongs to a call that has ended, and the stream's room is free again. In one piece, so
            // that no pause of this machine parts the next request's fragments.
            var next = fragments(timeoutMilliseconds: 0, total: 20)
            next.first.setInteger(UInt32(2), at: 8)
            next.rest.setInteger(UInt32(2), at: 8)
            var bytes = rest
            bytes.writeImmutableBuffer(next.first)
            bytes.writeImmutableBuffer(next.rest)
            try await client.send(bytes)
            let answer = try #require(try await client.frame())
            #expect(answer.stream == 2)
            #expect(answer.payload.getInteger(at: 0, as: UInt8.self) == RCPStatusCode.ok.rawValue)
            try await client.close()
        }
    }

    @Test func anOversizedFrameEndsTheConnectionBeforeItIsRead() async throws {
        try await withServer { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            var bytes = ByteBuffer()
            RCPFrameHeader(
                payloadBytes: Int(UInt32.max), type: .request, flags: [.end, .hasMessage], method: 0x0102,
                stream: 1
            ).write(into: &bytes)
            try await client.send(bytes)
            let frame = try #require(try await client.frame())
            #expect(frame.type == .goAway)
            #expect(frame.payload.getInteger(at: 4, as: UInt16.self) == RCPGoAwayCode.frameTooLarge.rawValue)
            #expect(try await client.frame() == nil)
            try await client.close()
            try await eventually { server.listener.openConnections == 0 }
        }
    }

    /// The farewell must not be lost to a reset when the client was still sending.
    @Test func aFarewellReachesAClientThatGoesOnSending() async throws {
        try await withServer { options in
            // However slow this machine is at the moment, the client gets to read.
            options.transport.lingerMillisecondsMax = 60_000
        } _: { server in
            let client = try await RawClient.connect(to: server.tcp)
            try await client.send("POST /upload HTTP/1.1\r\n" + String(repeating: "x", count: 1_000_000))
            #expect(String(buffer: try await client.rest()).hasPrefix("HTTP/1.1 400"))
            try await client.close()
        }
    }

    @Test func aClientWithoutHelloIsRefusedInTime() async throws {
        try await withServer { options in
            options.limits.helloMillisecondsMax = 30
        } _: { server in
            let client = try await RawClient.connect(to: server.tcp)
            let frame = try #require(try await client.frame())
            #expect(frame.type == .refused)
            #expect(frame.payload.getInteger(at: 0, as: UInt16.self) == RCPRefusedCode.helloTimeout.rawValue)
            try await client.close()
        }
    }

    @Test func aPingIsAnswered() async throws {
        try await withServer { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            var bytes = ByteBuffer()
            RCPFrameWriter.writePing(opaque: 4_711, into: &bytes)
            try await client.send(bytes)
            let frame = try #require(try await client.frame())
            #expect(frame.type == .pong)
            #expect(frame.payload.getInteger(at: 0, as: UInt64.self) == 4_711)
            try await client.close()
        }
    }

    @Test func aSilentClientIsPingedAndThenClosed() async throws {
        try await withServer { options in
            options.transport.keepaliveIdleMilliseconds = 40
            options.transport.keepaliveAnswerMillisecondsMax = 40
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            #expect(try await client.frame()?.type == .ping)
            #expect(try await client.frame()?.type == .goAway)
            #expect(try await client.frame() == nil)
            try await client.close()
        }
    }

    @Test func aClientThatAnswersPingsStays() async throws {
        try await withServer { options in
            options.transport.keepaliveIdleMilliseconds = 40
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            var opaques: Set<UInt64> = []
            for _ in 0..<3 {
                let ping = try #require(try await client.frame())
                #expect(ping.type == .ping)
                let opaque = try #require(ping.payload.getInteger(at: 0, as: UInt64.self))
                opaques.insert(opaque)
                var pong = ByteBuffer()
                RCPFrameWriter.writePong(opaque: opaque, into: &pong)
                try await client.send(pong)
            }
            #expect(opaques.count == 3)
            try await client.close()
        }
    }

    @Test func aRevokedPrincipalsConnectionsEnd() async throws {
        try await withServer { server in
            let token = server.authenticator.admit(name: "shop", roles: ["member"])
            let client = try await TestClient.connect(to: server.tcp, token: token)
            let admin = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let call = try await client.start(TestMethods.gate)
            await server.gate.waits(for: 1)
            server.authenticator.revoke(name: "shop")
            let end = try await client.whenEnded()
            #expect(end?.goAway?.code == .unauthenticated)
            await #expect(throws: RCPStatus.self) { try await call.reply() }
            await server.gate.sawCancellations(1)
            #expect(try await admin.call(TestMethods.echo).status.code == .ok)
            let refused = await refusal {
                _ = try await TestClient.connect(to: server.tcp, token: token)
            }
            #expect(refused?.code == .unauthenticated)
            try await admin.close()
        }
    }

    @Test func tooManyConnectionsAreRefused() async throws {
        try await withServer { options in
            options.transport.connections.connectionsMax = 1
            options.transport.connections.administratorConnectionsKept = 0
        } _: { server in
            let shop = server.authenticator.admit(name: "shop", roles: ["member"])
            let first = try await TestClient.connect(to: server.tcp, token: shop)
            let refused = await #expect(throws: TestClient.Refused.self) {
                try await TestClient.connect(to: server.tcp, token: shop)
            }
            #expect(refused?.refused.code == .overloaded)
            try await first.close()
            try await eventually { server.listener.openConnections == 0 }
            let third = try await TestClient.connect(to: server.tcp, token: shop)
            try await third.close()
        }
    }

    @Test func tooManyCallsAreToldToWait() async throws {
        try await withServer { options in
            options.transport.callsPerLoopMax = 2
            options.transport.administratorCallsKept = 0
        } _: { server in
            let client = try await TestClient.connect(to: server.tcp, token: server.adminToken)
            let calls = [try await client.start(TestMethods.gate), try await client.start(TestMethods.gate)]
            await server.gate.waits(for: 2)
            let busy = try await client.call(TestMethods.echo).status
            #expect(busy.code == .resourceExhausted && busy.outcome == .notApplied)
            #expect(busy.retryAfterMilliseconds == 100)
            #expect(busy.details.first?.reason == "SERVER_BUSY")
            server.gate.open()
            for call in calls { #expect(try await call.reply().status.code == .ok) }
            #expect(try await client.call(TestMethods.echo).status.code == .ok)
            try await client.close()
        }
    }

    @Test func aClientBeyondItsStreamsIsToldToWait() async throws {
        try await withServer { options in
            options.limits.streamsMax = 1
        } _: { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            try await client.send(request(TestMethods.gate, stream: 1))
            await server.gate.waits(for: 1)
            try await client.send(request(TestMethods.echo, stream: 2))
            let frame = try #require(try await client.frame())
            #expect(frame.type == .response && frame.stream == 2)
            #expect(
                frame.payload.getInteger(at: 0, as: UInt8.self) == RCPStatusCode.resourceExhausted.rawValue)
            try await client.close()
        }
    }

    /// SPEC.md §6.6: whoever closes the sending side is gone.
    @Test func aHalfClosedClientIsTakenAsGone() async throws {
        try await withServer { server in
            let client = try await RawClient.open(server.tcp, token: server.adminToken)
            var bytes = request(TestMethods.echo, stream: 1)
            bytes.writeImmutableBuffer(request(TestMethods.gate, stream: 2))
            try await client.send(bytes)
            await server.gate.waits(for: 1)
            try await client.closeOutput()
            await server.gate.sawCancellations(1)
            // What was answered before is still delivered.
            #expect(try await client.frame()?.stream == 1)
            #expect(try await client.frame() == nil)
            try await eventually { server.listener.openConnections == 0 }
        }
    }
}

func request(_ method: RCPMethod, stream: UInt32, bytes: Int = 0) -> ByteBuffer {
    var out = ByteBuffer()
    var message = ByteBuffer()
    if bytes > 0,
        let encoded: [UInt8] = try? EchoRequest.with({ $0.payload = Data(count: bytes) })
            .serializedBytes()
    {
        message.writeBytes(encoded)
    }
    let rest = RCPFrameWriter.writeRequest(
        stream: stream, method: method.id, head: RCPRequestHead(), message: message,
        framePayloadBytesMax: 262_144, into: &out)
    precondition(rest == nil, "the request does not fit a frame")
    return out
}
