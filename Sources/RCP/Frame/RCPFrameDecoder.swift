import NIOCore

/// Cuts bytes into frames without copying them.
///
/// Invariant: a header is checked against `rules` before a single byte of its payload is waited for, so the
/// buffer it reads from never needs to hold more than one frame within the limits.
public struct RCPFrameDecoder: Sendable {
    /// Set by the connection's machine when the handshake has agreed on more.
    public var rules: RCPHeaderRules
    /// Frames given out so far.
    public private(set) var framesDecoded: UInt64 = 0

    private var awaitsPreface: Bool
    /// What is left of an unknown, ignorable frame; its bytes are dropped as they come.
    private var ignoredBytesLeft: Int = 0

    public init(rules: RCPHeaderRules) {
        self.rules = rules
        awaitsPreface = rules.role == .server
    }

    /// Whether the transport may end here: between frames, after the preface.
    public func isBetweenFrames(_ buffer: ByteBuffer) -> Bool {
        buffer.readableBytes == 0 && ignoredBytesLeft == 0
    }

    /// The next frame, or nil if more bytes are needed. After an error the decoder must not be used again.
    public mutating func next(from buffer: inout ByteBuffer) throws(RCPViolation) -> RCPFrame? {
        if awaitsPreface {
            guard try RCPPreface.read(from: &buffer) else { return nil }
            awaitsPreface = false
        }
        while skipIgnored(&buffer), let header = RCPFrameHeader(peeking: buffer) {
            let payloadBytes = Int(header.payloadBytes)
            guard let type = try header.check(rules) else {
                buffer.moveReaderIndex(forwardBy: RCPFrameHeader.bytes)
                ignoredBytesLeft = payloadBytes
                continue
            }
            let start = buffer.readerIndex + RCPFrameHeader.bytes
            guard let payload = buffer.getSlice(at: start, length: payloadBytes) else { return nil }
            buffer.moveReaderIndex(forwardBy: RCPFrameHeader.bytes + payloadBytes)
            framesDecoded += 1
            return RCPFrame(
                type: type, flags: header.flags, method: header.method, stream: header.stream,
                payload: payload)
        }
        return nil
    }

    /// Drops the frame under way, whose header has passed its checks.
    ///
    /// - Precondition: `next` has just found the frame incomplete.
    mutating func skipFrame(_ buffer: inout ByteBuffer) -> RCPFrameHeader {
        guard let header = RCPFrameHeader(peeking: buffer) else {
            preconditionFailure("no header of a frame to skip")
        }
        buffer.moveReaderIndex(forwardBy: RCPFrameHeader.bytes)
        ignoredBytesLeft = Int(header.payloadBytes)
        _ = skipIgnored(&buffer)
        return header
    }

    /// - Returns: whether the ignored frame, if any, is behind us.
    private mutating func skipIgnored(_ buffer: inout ByteBuffer) -> Bool {
        guard ignoredBytesLeft > 0 else { return true }
        let skipped = min(ignoredBytesLeft, buffer.readableBytes)
        buffer.moveReaderIndex(forwardBy: skipped)
        ignoredBytesLeft -= skipped
        return ignoredBytesLeft == 0
    }
}

extension RCPFrameDecoder: NIOSingleStepByteToMessageDecoder {
    public typealias InboundOut = RCPFrame

    public mutating func decode(buffer: inout ByteBuffer) throws -> RCPFrame? {
        try next(from: &buffer)
    }

    public mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> RCPFrame? {
        if let frame = try next(from: &buffer) { return frame }
        if seenEOF, !isBetweenFrames(buffer) { throw RCPViolation.endInsideFrame }
        return nil
    }
}
