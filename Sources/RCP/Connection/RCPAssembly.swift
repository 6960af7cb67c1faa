import NIOCore

/// One message on its way in fragments (SPEC.md §6.4).
///
/// Invariant: 0 < received < total; the total was counted against the limits when the first fragment came,
/// and memory grows with what has come, not with what was announced.
struct RCPAssembly: Sendable, Hashable {
    let totalBytes: Int
    let isCompressed: Bool
    private(set) var message: ByteBuffer

    /// The stated total of a message that goes on in further frames, as the last field before it; nil of one that does not.
    static func total(
        reading buffer: inout ByteBuffer, flags: RCPFrameFlags, truncated: RCPViolation
    ) throws(RCPViolation) -> UInt32? {
        guard flags.contains(.more) else { return nil }
        guard let total = buffer.readInteger(as: UInt32.self) else { throw truncated }
        guard buffer.readableBytes > 0 else { throw .fragmentEmpty }
        return total
    }

    /// Takes the first fragment, which is what `buffer` holds behind the total.
    init(
        total: UInt32, firstFragment buffer: ByteBuffer, flags: RCPFrameFlags, messageBytesMax: Int
    ) throws(RCPViolation) {
        guard total <= messageBytesMax else { throw .messageTooLarge }
        guard total > buffer.readableBytes else { throw .fragmentTotal }
        totalBytes = Int(total)
        isCompressed = flags.contains(.compressed)
        // A copy, so that the read buffer of which the fragment is a slice can be let go.
        message = ByteBuffer()
        message.writeImmutableBuffer(buffer)
    }

    /// - Parameter endsCall: whether the message is its sender's only one, so that END has to stand on its last fragment.
    /// - Returns: whether the message is complete.
    mutating func append(_ frame: RCPFrame, endsCall: Bool) throws(RCPViolation) -> Bool {
        guard frame.flags.contains(.hasMessage), !frame.flags.contains(.compressed) else {
            throw .messageUnexpected
        }
        guard frame.payload.readableBytes > 0 else { throw .fragmentEmpty }
        let isLast = !frame.flags.contains(.more)
        if isLast, endsCall, !frame.flags.contains(.end) { throw .messageNotEnded }
        let receivedBytes = message.readableBytes + frame.payload.readableBytes
        // More after the total was reached, or an end below it, are the same mistake.
        guard receivedBytes <= totalBytes, isLast == (receivedBytes == totalBytes) else { throw .fragmentSum }
        message.writeImmutableBuffer(frame.payload)
        return isLast
    }

    /// Makes the complete message what it was before it was compressed, if it was.
    ///
    /// - Parameter roomBytes: what it may take, beside the total that is held for it already.
    mutating func inflate(
        _ inflater: inout RCPInflater, messageBytesMax: Int, roomBytes: Int
    ) throws(RCPViolation) {
        guard isCompressed else { return }
        message = try inflater.inflate(
            message, messageBytesMax: messageBytesMax, roomBytes: roomBytes + totalBytes)
    }
}
