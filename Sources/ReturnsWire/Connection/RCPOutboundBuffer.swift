import NIOCore

/// Frames that are not yet handed to the transport.
///
/// A frame that stands alone is written at once. What is left of a fragmented message waits, and the streams take
/// turns, one frame each: a large message delays no other by more than a frame.
///
/// Holds no buffer while nothing waits, as `RCPInboundBuffer`.
struct RCPOutboundBuffer: Sendable {
    private var frames = ByteBuffer()
    /// What each stream has yet to send of its message.
    private var rests: [UInt32: ByteBuffer] = [:]
    private var restBytes = 0
    /// The streams of `rests`, the next one first. A stream that was dropped loses its turn when it comes.
    private var turns = CircularBuffer<UInt32>()
    /// What `frames` is given room for at first: the last bytes taken were as many.
    private var expectedBytes = 0

    static let expectedBytesMax = 262_144

    var readableBytes: Int { frames.readableBytes + restBytes }

    /// Appends frames that need no turn.
    @inline(__always)
    mutating func append<Result>(_ write: (inout ByteBuffer) -> Result) -> Result {
        if frames.capacity == 0 { frames = ByteBufferAllocator().buffer(capacity: expectedBytes) }
        return write(&frames)
    }

    /// Queues what did not fit the message's first frame.
    mutating func append(_ rest: ByteBuffer, stream: UInt32) {
        precondition(rests.updateValue(rest, forKey: stream) == nil, "stream \(stream) sends two messages")
        restBytes += rest.readableBytes
        turns.append(stream)
    }

    /// Writes the next fragment unless `bytes` or more are ready.
    ///
    /// - Returns: the stream, and whether its message is now complete; nil if no fragment was written.
    mutating func writeFragment(below bytes: Int, framePayloadBytesMax: Int) -> (
        stream: UInt32, isLast: Bool
    )? {
        while frames.readableBytes < bytes, let stream = turns.popFirst() {
            guard var rest = rests.removeValue(forKey: stream) else { continue }
            restBytes -= rest.readableBytes
            append {
                RCPFrameWriter.writeFragment(
                    of: &rest, stream: stream, framePayloadBytesMax: framePayloadBytesMax, into: &$0)
            }
            let isLast = rest.readableBytes == 0
            if !isLast { append(rest, stream: stream) }
            return (stream, isLast)
        }
        return nil
    }

    /// The frames that are ready, nil if there are none.
    mutating func take() -> ByteBuffer? {
        let taken = frames
        frames = ByteBuffer()
        guard taken.readableBytes > 0 else { return nil }
        expectedBytes = min(taken.readableBytes, Self.expectedBytesMax)
        return taken
    }

    /// The call has ended: what is left of its message is not sent.
    mutating func drop(stream: UInt32) {
        if let rest = rests.removeValue(forKey: stream) { restBytes -= rest.readableBytes }
    }

    /// Leaves only what was written, and what is still to be said in farewell.
    mutating func dropRests() {
        rests = [:]
        restBytes = 0
        turns = CircularBuffer()
    }
}
