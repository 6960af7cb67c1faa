import NIOCore

/// What one end has yet to hand to its transport.
///
/// A frame that stands alone is written at once. Fragments and message streams wait for their turn and for credit: the
/// streams take turns, one frame each, so that a large message delays no other by more than a frame.
///
/// Holds no buffer while nothing waits, as `RCPInboundBuffer`.
struct RCPOutboundBuffer: Sendable {
    /// Frames that are ready, in pieces of a size that a transport takes at once; the last piece is `frames`.
    private var pieces = CircularBuffer<ByteBuffer>()
    private var pieceBytes = 0
    private var frames = ByteBuffer()
    /// What `frames` is given room for at first: the last bytes taken were as many.
    private var expectedBytes = 0

    private var streams: [UInt32: RCPOutboundStream] = [:]
    private var queuedBytes = 0
    /// Those of `queuedBytes` that belong to message streams, whose readers may be slow.
    private(set) var messageStreamBytes = 0
    /// The streams that may have a frame to send, the next one first. One that was dropped loses its turn when it comes.
    private var turns = CircularBuffer<UInt32>()
    /// What MESSAGE frames may still cost; nil without STREAMING, where they are free.
    private var connectionWindow: Int?
    /// Whether a stream has lost its turn for want of the connection's credit.
    private var waitsForConnectionCredit = false
    private var connectionCreditCame = false
    /// Streams whose writer waited and may go on.
    private var relieved = CircularBuffer<UInt32>()

    /// A piece is closed when it has as many bytes.
    private static let pieceBytesMin = 262_144

    /// Everything that waits, be it for the transport, a turn or credit.
    var readableBytes: Int { readyBytes + queuedBytes }
    /// Frames that wait for the transport alone.
    var readyBytes: Int { pieceBytes + frames.readableBytes }
    /// Whether something can be sent now, credit permitting.
    var isReady: Bool { readyBytes > 0 || !turns.isEmpty }

    /// From now on MESSAGE frames need credit.
    mutating func negotiatedStreaming() { connectionWindow = RCPLimits.connectionWindowBytes }

    /// Appends frames that need neither turn nor credit.
    @inline(__always)
    mutating func append<Result>(_ write: (inout ByteBuffer) -> Result) -> Result {
        makeRoom()
        return write(&frames)
    }

    /// Gives the peer credit, if any is due.
    mutating func appendCredit(_ bytes: UInt32?, stream: UInt32) {
        guard let bytes else { return }
        append { RCPFrameWriter.writeCredit(bytes: bytes, stream: stream, into: &$0) }
    }

    @inline(__always)
    private mutating func makeRoom() {
        if frames.capacity == 0 {
            frames = ByteBufferAllocator().buffer(capacity: expectedBytes)
        } else if frames.readableBytes >= Self.pieceBytesMin {
            pieceBytes += frames.readableBytes
            pieces.append(frames)
            frames = ByteBufferAllocator().buffer(capacity: Self.pieceBytesMin)
        }
    }

    // MARK: Streams

    /// Queues what did not fit the first frame of a call's only message; END follows with its last fragment.
    mutating func append(_ rest: ByteBuffer, stream: UInt32) {
        let queued = RCPOutboundStream(rest: rest)
        let previous = streams.updateValue(queued, forKey: stream)
        precondition(previous == nil, "stream \(stream) sends two messages")
        queuedBytes += queued.queuedBytes
        turns.append(stream)
    }

    /// Begins a message stream.
    mutating func open(_ stream: UInt32) { streams[stream] = RCPOutboundStream() }

    /// Queues a message of a message stream. While all of them together have `messageStreamBytesMax` waiting, each
    /// writer waits until nothing of its own is left.
    ///
    /// - Returns: nil if the stream has ended meanwhile; otherwise whether its writer may go on at once. If not, the
    ///   stream will come from `nextRelieved`.
    mutating func send(
        _ message: RCPEncodedMessage, stream: UInt32, queueBytesMax: Int, messageStreamBytesMax: Int
    ) -> Bool? {
        guard let index = streams.index(forKey: stream) else { return nil }
        let before = streams.values[index].queuedBytes
        let queueBytesMax = messageStreamBytes < messageStreamBytesMax ? queueBytesMax : 0
        let hasRoom = streams.values[index].append(message, queueBytesMax: queueBytesMax)
        let added = streams.values[index].queuedBytes - before
        queuedBytes += added
        messageStreamBytes += added
        takeTurn(index)
        return hasRoom
    }

    /// No more messages follow: `end` does, after those that wait.
    mutating func end(_ stream: UInt32, _ end: RCPOutboundStream.End) {
        guard let index = streams.index(forKey: stream) else { return }
        streams.values[index].close(end)
        takeTurn(index)
    }

    func hasMessages(_ stream: UInt32) -> Bool { streams[stream]?.hasMessages ?? false }

    /// The call has ended: what is left of its messages is not sent.
    mutating func drop(_ stream: UInt32) {
        guard let dropped = streams.removeValue(forKey: stream) else { return }
        queuedBytes -= dropped.queuedBytes
        if dropped.isMessageStream { messageStreamBytes -= dropped.queuedBytes }
        // Turns of dropped streams are skipped when they come, which takes long while the transport takes nothing.
        if turns.count > 2 * streams.count + Self.staleTurnsMax {
            turns = CircularBuffer(turns.filter { streams[$0] != nil })
        }
    }

    private static let staleTurnsMax = 64

    /// Leaves only what was written, and what is still to be said in farewell.
    mutating func dropStreams() {
        streams = [:]
        queuedBytes = 0
        messageStreamBytes = 0
        turns = CircularBuffer()
        relieved = CircularBuffer()
        waitsForConnectionCredit = false
    }

    mutating func nextRelieved() -> UInt32? {
        while let stream = relieved.popFirst() { if streams[stream] != nil { return stream } }
        return nil
    }

    // MARK: Credit

    mutating func addCredit(_ bytes: UInt32, stream: UInt32) throws(RCPViolation) {
        guard let index = streams.index(forKey: stream) else { return }
        try streams.values[index].addCredit(bytes)
        takeTurn(index)
    }

    mutating func addConnectionCredit(_ bytes: UInt32) throws(RCPViolation) {
        guard let window = connectionWindow else { return }
        guard window + Int(bytes) <= RCPLimits.windowBytesMax else { throw .creditOverflow }
        connectionWindow = window + Int(bytes)
        connectionCreditCame = true
        guard waitsForConnectionCredit else { return }
        waitsForConnectionCredit = false
        var index = streams.startIndex
        while index != streams.endIndex {
            takeTurn(index)
            streams.formIndex(after: &index)
        }
    }

    /// Whether messages wait for the connection's credit, and none has come since the last call.
    mutating func hasNoConnectionCredit() -> Bool {
        defer { connectionCreditCame = false }
        return waitsForConnectionCredit && !connectionCreditCame
    }

    private mutating func takeTurn(_ index: Dictionary<UInt32, RCPOutboundStream>.Index) {
        guard !streams.values[index].hasTurn, streams.values[index].hasWork else { return }
        streams.values[index].hasTurn = true
        turns.append(streams.keys[index])
    }

    // MARK: Bytes

    /// Gives streams their turns until `bytes` are ready, one stream has ended, or nothing more may be sent.
    ///
    /// - Returns: the stream whose END or RESPONSE has been written.
    mutating func writeUntilEnd(below bytes: Int, framePayloadBytesMax: Int) -> UInt32? {
        while readyBytes < bytes, let stream = turns.popFirst() {
            guard let index = streams.index(forKey: stream) else { continue }
            streams.values[index].hasTurn = false
            let before = streams.values[index].queuedBytes
            makeRoom()
            let turn = streams.values[index].writeFrame(
                stream, &connectionWindow, framePayloadBytesMax: framePayloadBytesMax, into: &frames)
            let written = before - streams.values[index].queuedBytes
            queuedBytes -= written
            if streams.values[index].isMessageStream { messageStreamBytes -= written }
            switch turn {
            case .waitsForCredit(let ofConnection):
                if ofConnection { waitsForConnectionCredit = true }
            case .sent(let isRelieved):
                if isRelieved { relieved.append(stream) }
                takeTurn(index)
            case .ended:
                streams.remove(at: index)
                return stream
            }
        }
        return nil
    }

    /// The next frames that are ready, nil if there are none.
    mutating func take() -> ByteBuffer? {
        if let piece = pieces.popFirst() {
            pieceBytes -= piece.readableBytes
            return piece
        }
        let taken = frames
        frames = ByteBuffer()
        guard taken.readableBytes > 0 else { return nil }
        expectedBytes = min(taken.readableBytes, Self.pieceBytesMin)
        return taken
    }
}
