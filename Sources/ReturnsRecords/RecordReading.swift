import NIOCore
import RCP
import SwiftProtobuf

/// What is read of a record, of one part of its message after the other, before it comes to a value.
protocol RecordReading {
    associatedtype Message: SwiftProtobuf.Message
    associatedtype Value

    init()

    /// Reads the fields of a part.
    mutating func read(_ reader: inout RCPMessageReader) throws(RecordError)

    /// What the parts come to. What does not add up is damaged.
    func value() throws(RecordError) -> Value
}

extension RecordReading {
    /// - Parameters:
    ///   - parts: Bytes that are one message, one behind the other.
    ///   - isReadOnly: Nothing is decided on the value, so that fields which this build does not know are passed over.
    /// - Throws: for a damaged record, and for one that holds what this build does not know.
    static func value(of parts: [ByteBuffer], isReadOnly: Bool = false) throws(RecordError) -> Value {
        do throws(RecordError) {
            var reading = Self()
            var hasUnknownFields = false
            for part in parts where part.readableBytes > 0 {
                hasUnknownFields = try reading.read(part) || hasUnknownFields
            }
            guard isReadOnly || !hasUnknownFields else { throw .unknownField }
            return try reading.value()
        } catch {
            // What is missing may stand in a field that a newer build has for it, further on.
            guard !error.isNewer, let message = try? CheckedRecord.merged(parts, as: Message.self),
                message.hasUnknownFields
            else { throw error }
            throw .unknownField
        }
    }

    /// - Returns: Whether the part has fields that this build does not know.
    private mutating func read(_ part: ByteBuffer) throws(RecordError) -> Bool {
        try RCPMessageReader.read(part) { reader throws(RecordError) in
            let damage: RecordError?
            do throws(RecordError) {
                try read(&reader)
                damage = nil
            } catch { damage = error }
            // Nothing can be said of what was read of bytes that are no message.
            guard !reader.isMalformed else { throw .noMessage }
            if let damage { throw damage }
            return reader.hasUnknownFields
        }
    }
}

/// Of a record that is one item.
struct ItemReading<Item: RecordItem>: RecordReading {
    typealias Message = Item.Message
    private var item: Item?

    init() {}

    mutating func read(_ reader: inout RCPMessageReader) throws(RecordError) {
        item = try Item(from: &reader)
    }

    func value() throws(RecordError) -> Item { try item.present() }
}
