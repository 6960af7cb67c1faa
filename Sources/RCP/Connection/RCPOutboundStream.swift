import NIOCore

/// The messages that one stream has yet to send: a message stream's, or what is left of a unary call's only one.
struct RCPOutboundStream: Sendable {
    /// What follows the last message.
    enum End: Sendable {
        /// More messages may come.
        case open
        /// END, on the last MESSAGE if it can be.
        case endFlag
        case response(RCPResponseHead)
    }

    enum Turn {
        /// Nothing could be written for want of the connection's credit, or of the stream's own.
        case waitsForCredit(ofConnection: Bool)
        /// A frame is written. `isRelieved`: the writer waited for this.
        case sent(isRelieved: Bool)
        /// The last frame is written.
        case ended
    }

    /// Of the first one, a part may be sent already.
    private var messages = CircularBuffer<RCPEncodedMessage>()
    private var isWithinMessage = false
    /// Message bytes, and a header for each message: empty ones cost memory, too.
    private(set) var queuedBytes = 0
    /// What MESSAGE frames may still cost this stream; nil where they cost the connection alone.
    private var window: Int?
    /// Set while the writer waits.
    private var relievedBelow: Int?
    private var end = End.open
    var hasTurn = false

    /// A message stream.
    init() { window = RCPLimits.streamWindowBytes }

    /// What is left of a unary call's message; its turn is the caller's to give.
    init(rest: ByteBuffer) {
        messages.append(RCPEncodedMessage(rest: rest))
        isWithinMessage = true
        queuedBytes = RCPFrameHeader.bytes + rest.readableBytes
        end = .endFlag
        hasTurn = true
    }

    var isMessageStream: Bool { window != nil }
    var hasMessages: Bool { !messages.isEmpty }

    var hasWork: Bool {
        if case .open = end { !messages.isEmpty } else { true }
    }

    /// - Returns: whether the writer may go on at once.
    mutating func append(_ message: RCPEncodedMessage, queueBytesMax: Int) -> Bool {
        messages.append(message)
        queuedBytes += RCPFrameHeader.bytes + message.bytes.readableBytes
        if queuedBytes <= queueBytesMax { return true }
        // Half of it, so that a writer is not woken for each message.
        relievedBelow = queueBytesMax / 2
        return false
    }

    /// Nobody writes any more: `end` follows the messages that wait.
    mutating func close(_ end: End) {
        self.end = end
        relievedBelow = nil
    }

    mutating func addCredit(_ bytes: UInt32) throws(RCPViolation) {
        guard let window else { return }
        guard window + Int(bytes) <= RCPLimits.windowBytesMax else { throw .creditOverflow }
        self.window = window + Int(bytes)
    }

    /// Writes the next frame, as far as credit permits.
    mutating func writeFrame(
        _ stream: UInt32, _ connectionWindow: inout Int?, framePayloadBytesMax: Int,
        into out: inout ByteBuffer
    ) -> Turn {
        let left = min(window ?? .max, connectionWindow ?? .max)
        let before = out.readableBytes
        guard messages.isEmpty else {
            let bytesMax = min(framePayloadBytesMax, left - RCPFrameHeader.bytes)
            guard let isWhole = writeMessage(stream, left: left, bytesMax: bytesMax, into: &out) else {
                return .waitsForCredit(ofConnection: left == connectionWindow)
            }
            pay(out.readableBytes - before, &connectionWindow)
            if isWhole, messages.isEmpty, case .endFlag = end { return .ended }
            return .sent(isRelieved: isRelieved())
        }
        switch end {
        case .open:
            return .sent(isRelieved: false)
        case .endFlag:
            guard left >= RCPFrameHeader.bytes else {
                return .waitsForCredit(ofConnection: left == connectionWindow)
            }
            RCPFrameHeader(payloadBytes: 0, type: .message, flags: .end, stream: stream).write(into: &out)
            pay(RCPFrameHeader.bytes, &connectionWindow)
            return .ended
        case .response(let head):
            RCPFrameWriter.writeResponse(stream: stream, head: head, into: &out)
            return .ended
        }
    }

    /// - Returns: whether the first message is now sent to its end; nil if nothing of it could be.
    private mutating func writeMessage(
        _ stream: UInt32, left: Int, bytesMax: Int, into out: inout ByteBuffer
    ) -> Bool? {
        let bytes = messages[messages.startIndex].bytes.readableBytes
        if bytes <= bytesMax {
            let message = messages.removeFirst()
            var flags = isWithinMessage ? .hasMessage : message.flags
            if messages.isEmpty, case .endFlag = end { flags.insert(.end) }
            RCPFrame(type: .message, flags: flags, stream: stream, payload: message.bytes).write(into: &out)
            isWithinMessage = false
            queuedBytes -= RCPFrameHeader.bytes + bytes
            return true
        }
        let totalBytes = isWithinMessage ? 0 : 4
        guard left >= min(RCPFrameHeader.bytes + totalBytes + bytes, RCPLimits.fragmentCreditBytesMin) else {
            return nil
        }
        let fragmentBytes = min(bytesMax - totalBytes, bytes - 1)
        let flags = isWithinMessage ? .hasMessage : messages[messages.startIndex].flags
        RCPFrameHeader(
            payloadBytes: totalBytes + fragmentBytes, type: .message, flags: flags.union(.more),
            stream: stream
        ).write(into: &out)
        if !isWithinMessage { out.writeInteger(UInt32(bytes)) }
        out.writeImmutableBuffer(messages[messages.startIndex].bytes.readSlice(length: fragmentBytes)!)
        isWithinMessage = true
        queuedBytes -= fragmentBytes
        return false
    }

    private mutating func pay(_ cost: Int, _ connectionWindow: inout Int?) {
        if let window { self.window = window - cost }
        if let left = connectionWindow { connectionWindow = left - cost }
    }

    private mutating func isRelieved() -> Bool {
        guard let below = relievedBelow, queuedBytes <= below else { return false }
        relievedBelow = nil
        return true
    }
}
