import NIOCore
import RCP

/// Changes one frame in ways that a faulty or hostile peer might, most of which still pass the header.
///
/// Blind bit flips nearly always break the header's length or type. So the mutator knows where header and
/// payload are, and usually keeps the length true.
struct FrameMutator {
    var generator: SeededGenerator

    /// Values at which decoders go wrong: zero, one, limits and their neighbours, the largest.
    private static let interesting: [UInt32] = [
        0, 1, 2, 3, 9, 16, 20, 64, 65, 128, 129, 255, 4096, 4097, 8192, 8193, 16_384, 16_385, 65_535, 65_536,
        65_537, 131_072, 131_073, 262_144, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    ]

    mutating func mutate(_ frame: ByteBuffer) -> ByteBuffer {
        var frame = frame
        for _ in 0..<(generator.chance(75) ? 1 : 2) { mutateOnce(&frame) }
        return frame
    }

    private mutating func mutateOnce(_ frame: inout ByteBuffer) {
        let payloadBytes = frame.readableBytes - RCPFrameHeader.bytes
        switch generator.below(100) {
        case 0..<26: flipPayloadBits(&frame)
        case 26..<44: setPayloadInteger(&frame)
        case 44..<56: resizePayload(&frame, to: generator.below(payloadBytes + 1))
        case 56..<62: resizePayload(&frame, to: payloadBytes + 1 + generator.below(40))
        case 62..<72: setStream(&frame)
        case 72..<84: setFlags(&frame)
        case 84..<88: frame.setInteger(generator.pick([0, 0x0101, 0x0102, 0x0103, 0x7777]) as UInt16, at: 6)
        case 88..<92: setType(&frame)
        case 92..<94: frame.setInteger(generator.pick(Self.interesting), at: 0)
        case 94..<97: flipHeaderBit(&frame)
        default: clearRequestID(&frame)
        }
    }

    private mutating func flipPayloadBits(_ frame: inout ByteBuffer) {
        let payloadBytes = frame.readableBytes - RCPFrameHeader.bytes
        guard payloadBytes > 0 else { return setFlags(&frame) }
        for _ in 0..<1 + generator.below(3) {
            let index = RCPFrameHeader.bytes + generator.below(payloadBytes)
            let byte: UInt8 = frame.getInteger(at: index)!
            frame.setInteger(byte ^ (1 << UInt8(generator.below(8))), at: index)
        }
    }

    private mutating func flipHeaderBit(_ frame: inout ByteBuffer) {
        let index = generator.below(RCPFrameHeader.bytes)
        let byte: UInt8 = frame.getInteger(at: index)!
        frame.setInteger(byte ^ (1 << UInt8(generator.below(8))), at: index)
    }

    private mutating func setPayloadInteger(_ frame: inout ByteBuffer) {
        let payloadBytes = frame.readableBytes - RCPFrameHeader.bytes
        let value = generator.pick(Self.interesting)
        let width = generator.pick([1, 2, 4])
        guard payloadBytes >= width else { return setFlags(&frame) }
        // The fields stand near the front; a long message behind them is not worth as many attempts.
        let offset = generator.below(min(payloadBytes - width + 1, 48))
        switch width {
        case 1: frame.setInteger(UInt8(truncatingIfNeeded: value), at: RCPFrameHeader.bytes + offset)
        case 2: frame.setInteger(UInt16(truncatingIfNeeded: value), at: RCPFrameHeader.bytes + offset)
        default: frame.setInteger(value, at: RCPFrameHeader.bytes + offset)
        }
    }

    private func setLength(_ frame: inout ByteBuffer) {
        frame.setInteger(UInt32(frame.readableBytes - RCPFrameHeader.bytes), at: 0)
    }

    private mutating func resizePayload(_ frame: inout ByteBuffer, to payloadBytes: Int) {
        let present = frame.readableBytes - RCPFrameHeader.bytes
        if payloadBytes <= present {
            frame.moveWriterIndex(to: RCPFrameHeader.bytes + payloadBytes)
        } else {
            for _ in present..<payloadBytes {
                frame.writeInteger(UInt8(truncatingIfNeeded: generator.next()))
            }
        }
        setLength(&frame)
    }

    private mutating func setStream(_ frame: inout ByteBuffer) {
        let stream: UInt32 = frame.getInteger(at: 8)!
        let choices: [UInt32] = [0, 1, stream &+ 1, stream &- 1, stream &+ 7, .max, 2]
        frame.setInteger(generator.pick(choices), at: 8)
    }

    private mutating func setFlags(_ frame: inout ByteBuffer) {
        let choices: [UInt8] = [0x00, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x0B, 0x0D, 0x05, 0x80, 0x10, 0x89, 0x0C]
        frame.setInteger(generator.pick(choices), at: 5)
    }

    private mutating func setType(_ frame: inout ByteBuffer) {
        let choices: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x42, 0x00]
        frame.setInteger(generator.pick(choices), at: 4)
    }

    /// Zeroes or sets what a REQUEST has as its request id; in other frames, so many payload bytes.
    private mutating func clearRequestID(_ frame: inout ByteBuffer) {
        let byte: UInt8 = generator.chance(70) ? 0 : 0x5A
        let end = min(frame.writerIndex, RCPFrameHeader.bytes + 20)
        for index in RCPFrameHeader.bytes + 4..<max(end, RCPFrameHeader.bytes + 4) {
            frame.setInteger(byte, at: index)
        }
    }
}
