import ReturnsDomain

extension OrderEntry {
    static let recordVersion: UInt8 = 1

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 128)
        writer.write(Self.recordVersion)
        write(to: &writer)
        return writer.bytes
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == Self.recordVersion else {
            throw RecordError(what: "order timeline entry of another version")
        }
        try self.init(reading: &reader)
        guard reader.isAtEnd else { throw RecordError(what: "order timeline entry too long") }
    }

    /// Within an order's record, whose version it shares.
    func write(to writer: inout RecordWriter) {
        writer.write(at)
        writer.write(kind)
        writer.write(actor)
        writer.write(text)
        writer.write(reason)
        writer.write(orderVersion)
    }

    init(reading reader: inout RecordReader) throws(RecordError) {
        self.init(
            at: try reader.instant(), kind: try reader.code(), actor: try reader.actor(),
            text: try reader.text(), reason: try reader.text(), orderVersion: try reader.unsigned())
    }
}
