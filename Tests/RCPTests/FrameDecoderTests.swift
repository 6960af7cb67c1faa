import NIOCore
import NIOTestUtils
import Testing

@testable import RCP

/// The decoder under NIO's verifier and under random splits.
@Suite struct FrameDecoderTests {
    private static let rules = RCPHeaderRules(
        role: .client, framePayloadBytesMax: 65_536, features: [.fragments])

    private static let frames = [
        Fixture.ping(0x0102_0304_0506_0708),
        Fixture.response(1),
        Fixture.goAway(3),
        RCPFrame(
            type: .message, flags: [.more, .hasMessage], stream: 9,
            payload: ByteBuffer(repeating: 0xAB, count: 1000)),
        RCPFrame(type: .message, flags: .end, stream: 9),
        Fixture.cancel(7),
    ]

    private static func bytes(_ frames: [RCPFrame]) -> ByteBuffer {
        var out = ByteBuffer()
        for frame in frames { frame.write(into: &out) }
        return out
    }

    @Test func verifierAccepts() throws {
        let pairs = Self.frames.map { (Self.bytes([$0]), [$0]) }
        let all = (Self.bytes(Self.frames), Self.frames)
        try ByteToMessageDecoderVerifier.verifyDecoder(inputOutputPairs: pairs + [all]) {
            RCPFrameDecoder(rules: Self.rules)
        }
    }

    @Test(arguments: 1...64)
    func everySplitGivesTheSameFrames(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        // Ignorable frames between the others must leave no trace.
        var bytes = ByteBuffer()
        for frame in Self.frames {
            RCPFrameHeader(payloadBytes: 300, typeNumber: 0x77, flags: .ignorable, method: 5, stream: 5)
                .write(into: &bytes)
            bytes.writeRepeatingByte(0xEE, count: 300)
            frame.write(into: &bytes)
        }
        var decoder = RCPFrameDecoder(rules: Self.rules)
        var inbound = RCPInboundBuffer()
        var decoded: [RCPFrame] = []
        while bytes.readableBytes > 0 {
            let length = min(bytes.readableBytes, 1 + generator.below(seed))
            inbound.append(bytes.readSlice(length: length)!)
            while let frame = try inbound.next(&decoder) { decoded.append(frame) }
        }
        #expect(decoded == Self.frames)
        #expect(inbound.endsBetweenFrames(decoder))
        #expect(decoder.framesDecoded == UInt64(Self.frames.count))
    }

    @Test func ignorableFramesAreNotBuffered() throws {
        var decoder = RCPFrameDecoder(rules: Self.rules)
        var inbound = RCPInboundBuffer()
        var header = ByteBuffer()
        RCPFrameHeader(payloadBytes: 65_536, typeNumber: 0x77, flags: .ignorable, method: 0, stream: 0)
            .write(into: &header)
        inbound.append(header)
        for _ in 0..<64 {
            #expect(try inbound.next(&decoder) == nil)
            #expect(inbound.readableBytes == 0)
            inbound.append(ByteBuffer(repeating: 0, count: 1024))
        }
        #expect(try inbound.next(&decoder) == nil)
        #expect(inbound.endsBetweenFrames(decoder))
    }

    @Test func lengthIsRefusedBeforeThePayloadComes() {
        var decoder = RCPFrameDecoder(rules: Self.rules)
        var header = ByteBuffer()
        RCPFrameHeader(payloadBytes: 65_537, type: .response, flags: [.end, .hasMessage], stream: 1)
            .write(into: &header)
        #expect(throws: RCPViolation.payloadTooLarge) { try decoder.next(from: &header) }
    }

    @Test func headerIsRefusedAtItsTwelfthByte() throws {
        var decoder = RCPFrameDecoder(rules: Self.rules)
        var bytes = ByteBuffer()
        RCPFrameHeader(payloadBytes: 100, typeNumber: 0x55, flags: [], method: 0, stream: 0).write(
            into: &bytes)
        var eleven = bytes.getSlice(at: 0, length: 11)!
        #expect(try decoder.next(from: &eleven) == nil)
        #expect(throws: RCPViolation.typeUnknown) { try decoder.next(from: &bytes) }
    }

    @Test func payloadsAreSlicesOfTheReadBuffer() throws {
        var decoder = RCPFrameDecoder(rules: Self.rules)
        var bytes = Self.bytes(Self.frames)
        let address = bytes.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress!) }
        let size = UInt(bytes.readableBytes)
        while let frame = try decoder.next(from: &bytes) {
            if frame.payload.readableBytes == 0 { continue }
            let place = frame.payload.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress!) }
            #expect((address..<address + size).contains(place))
        }
    }

    @Test func endWithinAFrameIsAnError() throws {
        var decoder = RCPFrameDecoder(rules: Self.rules)
        var bytes = Self.bytes([Fixture.ping(1)]).getSlice(at: 0, length: 15)!
        #expect(throws: RCPViolation.endInsideFrame) { try decoder.decodeLast(buffer: &bytes, seenEOF: true) }
        var whole = Self.bytes([Fixture.ping(1)])
        #expect(try decoder.decodeLast(buffer: &whole, seenEOF: true) == Fixture.ping(1))
        #expect(try decoder.decodeLast(buffer: &whole, seenEOF: true) == nil)
    }
}
