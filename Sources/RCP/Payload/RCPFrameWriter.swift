import NIOCore

/// Appends whole frames to one buffer. Nothing is allocated per frame while the buffer has room.
public enum RCPFrameWriter {
    /// Appends the preface, which precedes a client's HELLO (SPEC.md §2).
    public static func writePreface(into out: inout ByteBuffer) { out.writeBytes(RCPPreface.bytes) }

    /// Appends a HELLO frame (SPEC.md §4.1).
    public static func write(_ hello: RCPHello, into out: inout ByteBuffer) {
        frame(.hello, into: &out) { hello.writePayload(into: &$0) }
    }

    /// Appends a HELLO_ACK frame (SPEC.md §4.2).
    public static func write(_ ack: RCPHelloAck, into out: inout ByteBuffer) {
        frame(.helloAck, into: &out) { ack.writePayload(into: &$0) }
    }

    /// Appends a REFUSED frame (SPEC.md §4.3).
    public static func write(_ refused: RCPRefused, into out: inout ByteBuffer) {
        frame(.refused, into: &out) { refused.writePayload(into: &$0) }
    }

    /// Appends a GOAWAY frame (SPEC.md §5.2).
    public static func write(_ goAway: RCPGoAway, into out: inout ByteBuffer) {
        frame(.goAway, into: &out) { goAway.writePayload(into: &$0) }
    }

    /// Appends a PING frame (SPEC.md §5.1); its PONG brings `opaque` back.
    public static func writePing(opaque: UInt64, into out: inout ByteBuffer) {
        RCPFrameHeader(payloadBytes: 8, type: .ping).write(into: &out)
        out.writeInteger(opaque)
    }

    /// Appends a PONG frame (SPEC.md §5.1).
    public static func writePong(opaque: UInt64, into out: inout ByteBuffer) {
        RCPFrameHeader(payloadBytes: 8, type: .pong).write(into: &out)
        out.writeInteger(opaque)
    }

    /// Appends a CREDIT frame (SPEC.md §5.3); stream 0 is the connection's window.
    public static func writeCredit(bytes: UInt32, stream: UInt32, into out: inout ByteBuffer) {
        precondition(bytes > 0, "CREDIT of zero bytes (SPEC.md M30)")
        RCPFrameHeader(payloadBytes: 4, type: .credit, stream: stream).write(into: &out)
        out.writeInteger(bytes)
    }

    /// Appends a CANCEL frame (SPEC.md §6.5).
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
