import NIOCore
import RCP
import Testing

/// Compression between the two machines (SPEC.md §6.7); the rows that it adds have vectors.
@Suite struct CompressionTests {
    /// A message that zlib makes about twenty times as small.
    private static func text(_ size: Int) -> ByteBuffer {
        let words = Array("order 1000123, line 2: two of three returned; ".utf8)
        return ByteBuffer(bytes: (0..<size).map { words[$0 % words.count] &+ UInt8($0 / 4_096 % 3) })
    }

    /// What zlib cannot make smaller.
    private static func noise(_ size: Int) -> ByteBuffer {
        var generator = SeededGenerator(seed: 7)
        return ByteBuffer(bytes: (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// One call whose message is sent back.
    ///
    /// - Returns: what both frames took.
    private func echo(_ message: ByteBuffer, features: RCPFeatures) -> Int {
        var pair = ConnectionPairTests.Pair(seed: 1, features: features)
        let stream = pair.open(message: message)
        pair.settle()
        #expect(pair.started.last?.message == message)
        #expect(pair.server.heldBytes == message.readableBytes)
        pair.server.reply(stream: stream, head: Fixture.success, message: message)
        pair.settle()
        let reply = RCPInboundReply(stream: stream, head: Fixture.success, message: message)
        #expect(pair.clientActions.last == .completeCall(reply))
        #expect(pair.server.heldBytes == 0)
        #expect(pair.client.heldBytes == 0)
        return pair.bytesSent
    }

    @Test(arguments: [2_000, 65_000, 131_072])
    func bothDirectionsAreCompressedWhereAgreed(size: Int) {
        let plain = echo(Self.text(size), features: .offered)
        let compressed = echo(Self.text(size), features: .implemented)
        #expect(plain > 2 * size)
        #expect(compressed < plain / 8)
    }

    @Test func whatWouldNotBecomeSmallerIsSentAsItIs() {
        for message in [Self.noise(5_000), Self.noise(131_072), Self.text(1_023), ByteBuffer()] {
            #expect(echo(message, features: .implemented) == echo(message, features: .offered))
        }
    }

    @Test func messagesThatCannotBeInflatedCountToo() throws {
        var limits = VectorFixture.shared.limits(.server)
        limits.inflatedBytesMax = 300
        var server = Fixture.server(limits)
        var opening = ByteBuffer(bytes: RCPPreface.bytes)
        RCPFrameWriter.write(Fixture.hello(features: .implemented), into: &opening)
        server.bytesReceived(opening)
        #expect(server.nextAction(nowMilliseconds: 0) != nil)
        server.authenticated()
        var bad = ByteBuffer(integer: UInt32(100))
        bad.writeString("this is no zlib stream")
        for stream: UInt32 in 1...4 {
            let id = RCPRequestID(high: 1, low: UInt64(stream))
            var frame = ByteBuffer()
            _ = RCPFrameWriter.writeRequest(
                stream: stream, method: Fixture.mutation.id, head: RCPRequestHead(requestID: id),
                message: bad,
                isCompressed: true, framePayloadBytesMax: 65_536, into: &frame)
            server.bytesReceived(frame)
            let action = server.nextAction(nowMilliseconds: 0)
            switch action {
            case .refuseCall(_, _, .messageNotInflated): #expect(stream < 4)
            case .close(let close): #expect(stream == 4 && close.violation == .inflatedTooMuch)
            default: Issue.record("unexpected: \(String(describing: action))")
            }
        }
    }

    @Test func aMessageLargerThanAFrameIsCompressedBeforeItIsSplit() {
        // Too large for a frame even when compressed: half of it is noise.
        var message = Self.noise(80_000)
        message.writeImmutableBuffer(Self.text(50_000))
        let bytes = echo(message, features: .implemented)
        #expect(bytes > 2 * 80_000)
        #expect(bytes < 2 * 90_000)
    }
}
