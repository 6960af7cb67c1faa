import ReturnsDomain

extension ReturnPolicy {
    static let recordVersion: UInt8 = 1

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 2_048)
        writer.write(Self.recordVersion)
        writer.write(version)
        writer.write(returnWindowDays)
        writer.writeList(reasons) { writer, reason in
            writer.write(reason.code)
            writer.write(reason.title)
            writer.write(reason.isCovered)
        }
        writer.write(requiredConditions)
        writer.write(standardVersion)
        writer.write(returnAddress)
        writer.write(instructions)
        writer.write(enclosures)
        writer.write(appealsMax)
        writer.write(followUpAttemptsMax)
        writer.write(isReturnlessAllowed)
        writer.write(createdAt)
        writer.write(createdBy)
        return writer.bytes
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == Self.recordVersion else {
            throw RecordError(what: "policy record of another version")
        }
        self.init(
            version: try reader.unsigned(), returnWindowDays: try reader.signed(),
            reasons: try reader.list { reader throws(RecordError) in
                Reason(code: try reader.text(), title: try reader.text(), isCovered: try reader.boolean())
            },
            requiredConditions: try reader.texts(), standardVersion: try reader.unsigned(),
            returnAddress: try reader.text(), instructions: try reader.text(), enclosures: try reader.texts(),
            appealsMax: try reader.integer(), followUpAttemptsMax: try reader.integer(),
            isReturnlessAllowed: try reader.boolean(),
            createdAt: try reader.instant(), createdBy: try reader.text())
        guard reader.isAtEnd else { throw RecordError(what: "policy record too long") }
        if let inconsistency { throw RecordError(what: inconsistency) }
    }
}
