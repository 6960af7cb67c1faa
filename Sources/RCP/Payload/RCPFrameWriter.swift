import NIOCore

/// Appends whole frames to one buffer. Nothing is allocated per frame while the buffer has room.
public enum RCPFrameWriter {
    public static func writePreface(into out: inout ByteBuffer) { out.writeBytes(RCPPreface.bytes) }

    public static func write(_ hello: RCPHello, into out: inout ByteBuffer) {
        frame(.hello, into: &out) { hello.writePayload(into: &$0) }
    }

    public static func write(_ ack: RCPHelloAck, into out: inout ByteBuffer) {
        frame(.helloAck, into: &out) { ack.writePayload(into: &$0) }
    }

    public static func write(_ refused: RCPRefused, into out: inout ByteBuffer) {
        frame(.refused, into: &out) { refused.writePayload(into: &$0) }
    }

    public static func write(_ goAway: RCPGoAway, into out: inout ByteBuffer) {
        frame(.goAway, into: &out) { goAway.writePayload(into: &$0) }
    }

    public static func writePing(opaque: UInt64, into out: inout ByteBuffer) {
        RCPFrameHeader(payloadBytes: 8, type: .ping).write(into: &out)
        out.writeInteger(opaque)
    }

    public static func writePong(opaque: UInt64, into out: inout ByteBuffer) {
        RCPFrameHeader(payloadBytes: 8, type: .pong).write(into: &out)
        out.writeInteger(opaque)
    }

    public static func writeCredit(bytes: UInt32, stream: UInt32, into out: inout ByteBuffer) {
        precondition(bytes > 0, "CREDIT of zero bytes (SPEC.md M30)")
        RCPFrameHeader(payloadBytes: 4, type: .credit, stream: stream).write(into: &out)
        out.writeInteger(bytes)
    }

    public static func writeCancel(_ code: RCPStatusCode, stream: UInt32, into out: inout ByteBuffer) {
        precondition(code != .ok, "CANCEL needs a status other than OK (SPEC.md M32)")
        RCPFrameHeader(payloadBytes: 1, type: .cancel, stream: stream).write(into: &out)
        out.writeInteger(code.rawValue)
    }

    private static func frame(
        _ type: RCPFrameType, into out: inout ByteBuffer, payload: (inout ByteBuffer) -> Void
    ) {
        let start = out.writerIndex
        RCPFrameHeader(payloadBytes: 0, type: type).write(into: &out)
        payload(&out)
        out.setInteger(UInt32(out.writerIndex - start - RCPFrameHeader.bytes), at: start)
    }
}
