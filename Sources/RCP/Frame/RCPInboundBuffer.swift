import NIOCore

/// Bytes that have come and are not yet frames.
///
/// Holds nothing while the connection is idle: 10,000 idle connections cost no buffers.
public struct RCPInboundBuffer: Sendable {
    private var bytes = ByteBuffer()
    /// Whether frames given out, or whoever read from the transport, may share the storage of `bytes`.
    private var isShared = false

    public init() {}

    /// Bytes that were not taken yet.
    public var readableBytes: Int { bytes.readableBytes }

    /// What the left-over part of a frame keeps of memory; 0 where that is little.
    var roomBytes: Int {
        if bytes.readableBytes == 0 || bytes.storageCapacity <= RCPByteLease.freeBytes { return 0 }
        return bytes.storageCapacity
    }

    /// Moves a small left-over part out of a large buffer.
    mutating func compact() {
        var own = ByteBuffer()
        own.writeImmutableBuffer(bytes)
        bytes = own
        isShared = false
    }

    /// Takes over `received` without copying when nothing is left over from before.
    ///
    /// A left-over part of a frame is never given room in advance: a peer that announces a large frame and
    /// sends nothing costs nothing. It moves to storage of its own once, since appending to shared storage
    /// would copy all of that, and from then on grows in place.
    public mutating func append(_ received: ByteBuffer) {
        guard bytes.readableBytes > 0 else {
            bytes = received
            isShared = true
            return
        }
        if isShared {
            var own = ByteBuffer()
            own.reserveCapacity(bytes.readableBytes + received.readableBytes)
            own.writeImmutableBuffer(bytes)
            bytes = own
            isShared = false
        }
        bytes.writeImmutableBuffer(received)
    }

    mutating func next(_ decoder: inout RCPFrameDecoder) throws(RCPViolation) -> RCPFrame? {
        let frame = try decoder.next(from: &bytes)
        if frame != nil { isShared = true }
        // Frames given out are slices of the same storage. Letting go of it here lets it die with them.
        if bytes.readableBytes == 0 { bytes = ByteBuffer() }
        return frame
    }

    /// Gives up the frame under way: what has come of it goes, and what is still to come is dropped as it comes.
    mutating func skipFrame(_ decoder: inout RCPFrameDecoder) -> RCPFrameHeader {
        let header = decoder.skipFrame(&bytes)
        bytes = ByteBuffer()
        return header
    }

    func endsBetweenFrames(_ decoder: RCPFrameDecoder) -> Bool { decoder.isBetweenFrames(bytes) }

    mutating func discard() { bytes = ByteBuffer() }
}
