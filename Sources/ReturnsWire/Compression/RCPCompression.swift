import CZlib
import NIOCore

/// Messages compressed with zlib, behind their size before compression (SPEC.md §6.7).
enum RCPCompression {
    /// The size field.
    static let sizeBytes = 4

    /// The size that a compressed message states.
    ///
    /// - Throws: M66 if there is none, M54 if it is above the limit.
    static func size(of compressed: ByteBuffer, messageBytesMax: Int) throws(RCPViolation) -> Int {
        let size = compressed.getInteger(at: compressed.readerIndex, as: UInt32.self)
        guard let size, size > 0 else { throw .messageNotInflated }
        guard size <= messageBytesMax else { throw .messageTooLarge }
        return Int(size)
    }

    /// - Parameter size: as stated; as many bytes are produced, never more.
    /// - Throws: M66.
    static func inflate(_ compressed: ByteBuffer, size: Int) throws(RCPViolation) -> ByteBuffer {
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
        return status == Z_OK ? compressed : nil
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
