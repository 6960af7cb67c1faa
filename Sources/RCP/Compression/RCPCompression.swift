import CZlib
import NIOCore

/// Messages compressed with zlib, behind their size before compression (SPEC.md §6.7).
enum RCPCompression {
    /// The size field.
    static let sizeBytes = 4

    /// The size that a compressed message states.
    ///
    /// - Throws: M66 if there is none, M54 if it is above the limit.
    fileprivate static func size(of compressed: ByteBuffer, messageBytesMax: Int) throws(RCPViolation) -> Int
    {
        let size = compressed.getInteger(at: compressed.readerIndex, as: UInt32.self)
        guard let size, size > 0 else { throw .messageNotInflated }
        guard size <= messageBytesMax else { throw .messageTooLarge }
        return Int(size)
    }

    /// - Parameter size: as stated; as many bytes are produced, never more.
    /// - Throws: M66.
    fileprivate static func inflate(_ compressed: ByteBuffer, size: Int) throws(RCPViolation) -> ByteBuffer {
        var message = ByteBufferAllocator().buffer(capacity: size)
        var status = Z_OK
        var leftBytes = 0
        message.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { output in
            compressed.withUnsafeReadableBytes { input in
                let stream = UnsafeRawBufferPointer(rebasing: input[sizeBytes...])
                var outputBytes = uLong(size)
                var inputBytes = uLong(stream.count)
                status = uncompress2(output.bytes, &outputBytes, stream.bytes, &inputBytes)
                leftBytes = stream.count - Int(inputBytes)
                return Int(outputBytes)
            }
        }
        guard status == Z_OK, leftBytes == 0, message.readableBytes == size else { throw .messageNotInflated }
        return message
    }

    /// - Returns: nil if the message would not become smaller.
    static func deflate(_ message: ByteBuffer) -> ByteBuffer? {
        let roomBytes = message.readableBytes - sizeBytes - 1
        guard roomBytes > 0 else { return nil }
        var compressed = ByteBufferAllocator().buffer(capacity: sizeBytes + roomBytes)
        compressed.writeInteger(UInt32(message.readableBytes))
        var status = Z_OK
        compressed.writeWithUnsafeMutableBytes(minimumWritableBytes: roomBytes) { output in
            message.withUnsafeReadableBytes { input in
                var outputBytes = uLong(roomBytes)
                // A stream that does not fit is given up: that is what the room is for.
                status = compress2(
                    output.bytes, &outputBytes, input.bytes, uLong(input.count), Z_BEST_SPEED)
                return status == Z_OK ? Int(outputBytes) : 0
            }
        }
        guard status == Z_OK else { return nil }
        // Queues count what is sent: the room that was not needed must not be kept with it.
        compressed.shrinkBufferCapacity(to: compressed.readableBytes)
        return compressed
    }
}

/// Makes compressed messages what they were, and bounds what that costs: a few bytes can stand for many.
struct RCPInflater: Sendable {
    /// Sizes before compression within `windowMilliseconds`; nil where the peer is trusted with it.
    let bytesMax: Int?
    let windowMilliseconds: UInt64
    /// Set with each frame; the machines have no clock of their own.
    var nowMilliseconds: UInt64 = 0
    private var inflated = RCPSlidingCount()

    /// At a client, which chose its server.
    init() {
        bytesMax = nil
        windowMilliseconds = 1
    }

    init(limits: RCPLimits) {
        bytesMax = limits.inflatedBytesMax
        windowMilliseconds = UInt64(limits.strikeMilliseconds)
    }

    /// - Parameter roomBytes: what the message may take.
    /// - Throws: M66, M54, M43 or M67, before a byte is produced where the size says it.
    mutating func inflate(
        _ compressed: ByteBuffer, messageBytesMax: Int, roomBytes: Int
    ) throws(RCPViolation) -> ByteBuffer {
        let size = try RCPCompression.size(of: compressed, messageBytesMax: messageBytesMax)
        guard size <= roomBytes else { throw .heldBytesExhausted }
        if let bytesMax {
            let bytes = inflated.add(
                UInt32(size), nowMilliseconds: nowMilliseconds, windowMilliseconds: windowMilliseconds)
            if bytes > bytesMax { throw .inflatedTooMuch }
        }
        return try RCPCompression.inflate(compressed, size: size)
    }
}

/// A message as it travels.
struct RCPEncodedMessage: Sendable {
    var bytes: ByteBuffer
    var isCompressed = false

    /// - Parameter features: those of the connection; without COMPRESSION the message travels as it is.
    init(_ message: ByteBuffer, features: RCPFeatures) {
        bytes = message
        guard features.contains(.compression), message.readableBytes >= RCPLimits.compressedMessageBytesMin,
            let compressed = RCPCompression.deflate(message)
        else { return }
        bytes = compressed
        isCompressed = true
    }

    init(rest: ByteBuffer) { bytes = rest }

    /// The flags of the frame that begins the message, beside END and MORE.
    var flags: RCPFrameFlags { .message(isCompressed: isCompressed) }
}

extension UnsafeRawBufferPointer {
    fileprivate var bytes: UnsafePointer<Bytef>? { bindMemory(to: Bytef.self).baseAddress }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate var bytes: UnsafeMutablePointer<Bytef>? { bindMemory(to: Bytef.self).baseAddress }
}
