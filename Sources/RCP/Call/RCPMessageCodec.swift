import NIOCore
import SwiftProtobuf

/// Protocol Buffers to and from `ByteBuffer` without an array in between.
public enum RCPMessageCodec {
    /// - Throws: the status of row M57; the bytes' own error would quote internals. In a server also FIELD_UNKNOWN (§8.3).
    @inlinable public static func decode<Message: SwiftProtobuf.Message>(
        _ type: Message.Type, from bytes: ByteBuffer, role: RCPRole
    ) throws(RCPStatus) -> Message {
        let message = try decodeLeniently(type, from: bytes, role: role)
        if role == .server, message.hasUnknownFields { throw .fieldUnknown(in: message, .nothingDone) }
        return message
    }

    /// Lets fields pass that this build does not know.
    ///
    /// - Throws: the status of row M57.
    @inlinable package static func decodeLeniently<Message: SwiftProtobuf.Message>(
        _ type: Message.Type, from bytes: ByteBuffer, role: RCPRole
    ) throws(RCPStatus) -> Message {
        do {
            return try Message(serializedBytes: RCPMessageBytes(buffer: bytes))
        } catch {
            let violation = RCPViolation.messageUndecodable
            switch role {
            case .server:
                throw RCPStatus(
                    code: .invalidArgument, outcome: .notApplied, text: violation.text,
                    details: [RCPErrorDetail(reason: .messageMalformed, text: violation.text)])
            case .client:
                throw RCPStatus(
                    code: .internalError, outcome: .unknown, retryAfterMilliseconds: -1, text: violation.text)
            }
        }
    }

    /// Adds what the bytes hold to a message, as if they stood behind those that it was read from.
    ///
    /// - Throws: where they are no bytes of such a message; what was read before then stays in it.
    @inlinable public static func merge(
        _ bytes: ByteBuffer, into message: inout some SwiftProtobuf.Message
    ) throws {
        try message.merge(serializedBytes: RCPMessageBytes(buffer: bytes))
    }

    /// - Throws: INTERNAL; a message of ours that cannot be written is a bug of ours.
    @inlinable public static func encode(_ message: some SwiftProtobuf.Message) throws(RCPStatus)
        -> ByteBuffer
    {
        do {
            let bytes: RCPMessageBytes = try message.serializedBytes()
            return bytes.buffer
        } catch {
            throw RCPStatus(code: .internalError, text: "the message cannot be serialised")
        }
    }
}

/// Lets SwiftProtobuf read from and write into a `ByteBuffer` in place.
@usableFromInline struct RCPMessageBytes: SwiftProtobufContiguousBytes {
    @usableFromInline var buffer: ByteBuffer

    @inlinable init(buffer: ByteBuffer) { self.buffer = buffer }

    @inlinable init(repeating: UInt8, count: Int) { buffer = ByteBuffer(repeating: repeating, count: count) }

    @inlinable init<S: Sequence>(_ sequence: S) where S.Element == UInt8 {
        buffer = ByteBuffer(bytes: sequence)
    }

    @inlinable var count: Int { buffer.readableBytes }

    @inlinable func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try buffer.withUnsafeReadableBytes(body)
    }

    @inlinable mutating func withUnsafeMutableBytes<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R)
        rethrows -> R
    {
        try buffer.withUnsafeMutableReadableBytes(body)
    }
}
