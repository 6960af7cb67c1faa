import ReturnsDomain

extension TimelineEntry {
    static let recordVersion: UInt8 = 1

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 96)
        writer.write(Self.recordVersion)
        writer.write(at)
        writer.write(kind)
        writer.write(actor)
        writer.write(stateBefore)
        writer.write(stateAfter)
        writer.write(text)
        writer.write(personalText)
        writer.write(caseVersion)
        return writer.bytes
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == Self.recordVersion else {
            throw RecordError(what: "timeline entry of another version")
        }
        self.init(
            at: try reader.instant(), kind: try reader.code(), actor: try reader.actor(),
            stateBefore: try reader.optionalCode(), stateAfter: try reader.code(), text: try reader.text(),
            personalText: try reader.text(), caseVersion: try reader.unsigned())
        guard reader.isAtEnd else { throw RecordError(what: "timeline entry too long") }
    }
}
