import NIOCore
import RCP
import SwiftProtobuf

/// A message as it is stored by itself: its bytes, and behind them their CRC-32C, high byte first. So that damage is
/// noticed before anything is made of the bytes.
package enum CheckedRecord {
    private static let checksumBytes = 4

    /// The bytes of a message of ours.
    static func message(_ message: some SwiftProtobuf.Message) -> ByteBuffer {
        do {
            return try RCPMessageCodec.encode(message)
        } catch {
            preconditionFailure("a record of ours is a message: every text in it is valid UTF-8")
        }
    }

    /// The message that encoded parts are, one behind the other.
    static func merged<Message: SwiftProtobuf.Message>(
        _ parts: [ByteBuffer], as type: Message.Type = Message.self
    ) throws(RecordError) -> Message {
        var message = Message()
        for part in parts {
            do {
                try RCPMessageCodec.merge(part, into: &message)
            } catch {
                throw .noMessage
            }
        }
        return message
    }

    package static func encode(_ message: some SwiftProtobuf.Message) -> ByteBuffer {
        checked(Self.message(message))
    }

    static func encode(_ item: some RecordItem) -> ByteBuffer { checked(item.bytes) }

    /// The message's bytes with their checksum behind them.
    static func checked(_ message: consuming ByteBuffer) -> ByteBuffer {
        var buffer = message
        buffer.writeInteger(buffer.withUnsafeReadableBytes { CRC32C.of($0) })
        return buffer
    }

    /// The message's bytes, of a record that was just encoded.
    static func contentsOfOurs(_ record: ByteBuffer) -> ByteBuffer {
        record.getSlice(at: record.readerIndex, length: record.readableBytes - checksumBytes)!
    }

    /// The message's bytes.
    package static func contents(_ record: ByteBuffer) throws(RecordError) -> ByteBuffer {
        let count = record.readableBytes - checksumBytes
        guard count >= 0,
            let contents = record.getSlice(at: record.readerIndex, length: count),
            let checksum = record.getInteger(at: record.readerIndex + count, as: UInt32.self),
            contents.withUnsafeReadableBytes({ CRC32C.of($0) }) == checksum
        else { throw RecordError(what: "its checksum does not fit") }
        // Whoever takes it apart without decoding it relies on that (`RCPMessageFields`).
        guard RCPMessageFields.select(contents, where: { _ in false }) != nil else {
            throw .noMessage
        }
        return contents
    }

    /// - Throws: for a damaged record, and for one that holds what this build does not know.
    package static func decode<Message: SwiftProtobuf.Message>(
        _ record: ByteBuffer, as type: Message.Type = Message.self
    ) throws(RecordError) -> Message {
        let message: Message = try merged([contents(record)])
        guard !message.hasUnknownFields else { throw .unknownField }
        return message
    }
}
