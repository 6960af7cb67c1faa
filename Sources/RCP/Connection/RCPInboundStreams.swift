import NIOCore

/// The receiving side of a connection's message streams: what the peer may still send, and what it gets back.
///
/// Connection credit is returned as frames arrive, stream credit as messages are taken (SPEC.md §5.3). Both are
/// gathered up to half a window, so that small messages do not cost a CREDIT each.
struct RCPInboundStreams: Sendable {
    private var streams: [UInt32: RCPInboundStream] = [:]
    /// Of complete messages until they are taken, and of those under assembly; each with a header, since empty ones cost
    /// memory, too.
    private(set) var held = RCPHeldBytes()
    private var connection = RCPInboundWindow(bytes: RCPLimits.connectionWindowBytes)

    var heldBytes: Int { held.bytes }

    func contains(_ stream: UInt32) -> Bool { streams[stream] != nil }
    /// Whether a message of the stream has begun and not ended.
    func isWithinMessage(_ stream: UInt32) -> Bool { streams[stream]?.isWithinMessage ?? false }

    mutating func open(_ stream: UInt32) { streams[stream] = RCPInboundStream() }

    /// The call has ended: what its stream holds is let go.
    mutating func remove(_ stream: UInt32) {
        guard let ended = streams.removeValue(forKey: stream) else { return }
        held.replace(ended.held, with: RCPHeldBytes())
    }

    /// The call has ended, but its reader may still take what was delivered; that counts until then.
    mutating func finish(_ stream: UInt32) {
        guard let index = streams.index(forKey: stream) else { return }
        let before = streams.values[index].held
        let isEmpty = streams.values[index].finish()
        held.replace(before, with: streams.values[index].held)
        if isEmpty { streams.remove(at: index) }
    }

    mutating func removeAll() {
        streams = [:]
        held = RCPHeldBytes()
    }

    /// Takes what a MESSAGE costs the connection, whatever becomes of it.
    ///
    /// - Returns: the CREDIT due for the connection, if any.
    mutating func arrived(cost: Int) throws(RCPViolation) -> UInt32? {
        try connection.take(cost)
        return connection.giveBack(cost)
    }

    enum Arrival {
        case incomplete
        case message(ByteBuffer, isLast: Bool)
        /// The stream has ended without another message.
        case end
    }

    /// - Precondition: the stream is open.
    mutating func receive(
        _ frame: RCPFrame, _ inflater: inout RCPInflater, messageBytesMax: Int, heldBytesMax: Int
    ) throws(RCPViolation) -> Arrival {
        guard let index = streams.index(forKey: frame.stream) else {
            preconditionFailure("MESSAGE for stream \(frame.stream), which is not open")
        }
        let before = streams.values[index].held
        defer { held.replace(before, with: streams.values[index].held) }
        return try streams.values[index].receive(
            frame, &inflater, messageBytesMax: messageBytesMax, roomBytes: heldBytesMax - heldBytes)
    }

    /// The reader has taken the stream's oldest message, or its stream has ended meanwhile.
    mutating func messageTaken(_ stream: UInt32) {
        guard let index = streams.index(forKey: stream) else { return }
        let before = streams.values[index].held
        streams.values[index].messageTaken()
        held.replace(before, with: streams.values[index].held)
        if streams.values[index].isFinished { streams.remove(at: index) }
    }

    /// The CREDIT due for the stream, if any.
    mutating func credit(_ stream: UInt32) -> UInt32? {
        guard let index = streams.index(forKey: stream) else { return nil }
        return streams.values[index].credit()
    }
}

/// One window at its receiver: what the peer has left, and what is due to it.
private struct RCPInboundWindow: Sendable {
    private var left: Int
    private var due = 0
    private let half: Int

    init(bytes: Int) {
        left = bytes
        half = bytes / 2
    }

    mutating func take(_ cost: Int) throws(RCPViolation) {
        guard cost <= left else { throw .creditOverrun }
        left -= cost
    }

    /// - Returns: the CREDIT to send, once enough is due.
    mutating func giveBack(_ bytes: Int) -> UInt32? {
        due += bytes
        guard due >= half else { return nil }
        defer { due = 0 }
        left += due
        return UInt32(due)
    }
}

/// The receiving half of one message stream.
private struct RCPInboundStream: Sendable {
    /// A complete message that its reader has not taken.
    private struct Untaken {
        let heldBytes: Int
        /// What it cost and has not been given back.
        let owedBytes: Int
    }

    private var window = RCPInboundWindow(bytes: RCPLimits.streamWindowBytes)
    private var untaken = CircularBuffer<Untaken>()
    private var assembly: RCPAssembly?
    private var assemblyHeldBytes = 0
    /// What the fragments of `assembly` cost and has not been given back.
    private var assemblyOwedBytes = 0
    /// To be given back by the next `credit`.
    private var dueBytes = 0
    private(set) var held = RCPHeldBytes()
    private var isEnded = false
    private var isCallEnded = false

    var isWithinMessage: Bool { assembly != nil }
    var isFinished: Bool { isCallEnded && untaken.isEmpty }

    mutating func receive(
        _ frame: RCPFrame, _ inflater: inout RCPInflater, messageBytesMax: Int, roomBytes: Int
    ) throws(RCPViolation) -> RCPInboundStreams.Arrival {
        let isFragment = frame.flags.contains(.hasMessage) && !frame.flags.contains(.compressed)
        if isEnded || (isWithinMessage && !isFragment) { throw .messageUnexpected }
        try window.take(frame.messageCost)
        let arrival = try take(frame, &inflater, messageBytesMax: messageBytesMax, roomBytes: roomBytes)
        isEnded = frame.flags.contains(.end)
        return arrival
    }

    private mutating func take(
        _ frame: RCPFrame, _ inflater: inout RCPInflater, messageBytesMax: Int, roomBytes: Int
    ) throws(RCPViolation) -> RCPInboundStreams.Arrival {
        if assembly != nil {
            return try takeFragment(
                frame, &inflater, messageBytesMax: messageBytesMax, roomBytes: roomBytes)
        }
        guard frame.flags.contains(.hasMessage) else { return .end }
        var payload = frame.payload
        let total = try RCPAssembly.total(reading: &payload, flags: frame.flags, truncated: .fragmentTotal)
        guard let total else {
            guard payload.readableBytes <= messageBytesMax else { throw .messageTooLarge }
            if frame.flags.contains(.compressed) {
                payload = try inflater.inflate(
                    payload, messageBytesMax: messageBytesMax, roomBytes: roomBytes - RCPFrameHeader.bytes)
            }
            return try complete(
                payload, cost: frame.messageCost, roomBytes: roomBytes, isLast: frame.flags.contains(.end))
        }
        assembly = try RCPAssembly(
            total: total, firstFragment: payload, flags: frame.flags, messageBytesMax: messageBytesMax)
        try fragmentArrived(frame, roomBytes: roomBytes)
        return .incomplete
    }

    private mutating func takeFragment(
        _ frame: RCPFrame, _ inflater: inout RCPInflater, messageBytesMax: Int, roomBytes: Int
    ) throws(RCPViolation) -> RCPInboundStreams.Arrival {
        guard try assembly!.append(frame, endsCall: false) else {
            try fragmentArrived(frame, roomBytes: roomBytes)
            return .incomplete
        }
        try assembly!.inflate(&inflater, messageBytesMax: messageBytesMax, roomBytes: roomBytes)
        let message = assembly!.message
        let freedBytes = assemblyHeldBytes
        let cost = assemblyOwedBytes + frame.messageCost
        dropAssembly()
        return try complete(
            message, cost: cost, roomBytes: roomBytes + freedBytes, isLast: frame.flags.contains(.end))
    }

    /// While the reader has nothing else to take, the message gets credit to become complete, and all of it is held in
    /// advance; behind other messages no more can come than the window has left, and only that is held.
    private mutating func fragmentArrived(_ frame: RCPFrame, roomBytes: Int) throws(RCPViolation) {
        let isNext = untaken.isEmpty
        let bytes = RCPFrameHeader.bytes + (isNext ? assembly!.totalBytes : assembly!.message.readableBytes)
        guard bytes - assemblyHeldBytes <= roomBytes else { throw .heldBytesExhausted }
        held.remove(assemblyHeldBytes)
        held.add(bytes)
        assemblyHeldBytes = bytes
        if isNext { dueBytes += frame.messageCost } else { assemblyOwedBytes += frame.messageCost }
    }

    private mutating func dropAssembly() {
        assembly = nil
        held.remove(assemblyHeldBytes)
        assemblyHeldBytes = 0
        assemblyOwedBytes = 0
    }

    private mutating func complete(
        _ message: ByteBuffer, cost: Int, roomBytes: Int, isLast: Bool
    ) throws(RCPViolation) -> RCPInboundStreams.Arrival {
        let bytes = RCPFrameHeader.bytes + message.readableBytes
        guard bytes <= roomBytes else { throw .heldBytesExhausted }
        held.add(bytes)
        untaken.append(Untaken(heldBytes: bytes, owedBytes: cost))
        return .message(message, isLast: isLast)
    }

    /// - Returns: whether nothing is left to be taken.
    mutating func finish() -> Bool {
        isEnded = true
        isCallEnded = true
        dropAssembly()
        return untaken.isEmpty
    }

    mutating func messageTaken() {
        guard let message = untaken.popFirst() else { preconditionFailure("more messages taken than came") }
        held.remove(message.heldBytes)
        dueBytes += message.owedBytes
        if untaken.isEmpty {
            dueBytes += assemblyOwedBytes
            assemblyOwedBytes = 0
        }
    }

    mutating func credit() -> UInt32? {
        // Nobody sends here any more.
        if isEnded || dueBytes == 0 { return nil }
        defer { dueBytes = 0 }
        return window.giveBack(dueBytes)
    }
}

extension RCPFrame {
    /// What a MESSAGE takes from the windows: its frame, header included.
    var messageCost: Int { RCPFrameHeader.bytes + payload.readableBytes }
}
