import ReturnsDomain

extension WorkingCalendar {
    static let recordVersion: UInt8 = 1

    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 1_024)
        writer.write(Self.recordVersion)
        writer.write(name)
        writer.write(version)
        writer.write(timeZone)
        writer.writeList(offsets) { writer, offset in
            writer.write(offset.from)
            writer.write(Int64(offset.seconds))
        }
        writer.writeList(week) { $0.write($1) }
        // In a fixed order: equal calendars have equal records.
        writer.writeList(specialDays.sorted { $0.key < $1.key }) { writer, item in
            writer.write(Int64(item.key))
            writer.write(item.value.kind)
            writer.write(item.value.hours)
            writer.write(item.value.title)
        }
        writer.write(createdAt)
        writer.write(createdBy)
        return writer.bytes
    }

    init(record bytes: UnsafeRawBufferPointer) throws(RecordError) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == Self.recordVersion else {
            throw RecordError(what: "calendar record of another version")
        }
        self.init(
            name: try reader.text(), version: try reader.unsigned(), timeZone: try reader.text(),
            offsets: try reader.list { reader throws(RecordError) in
                Offset(from: try reader.instant(), seconds: try reader.signed32())
            },
            week: try reader.list { reader throws(RecordError) in try reader.businessHours() },
            specialDays: Dictionary(
                try reader.list { reader throws(RecordError) in
                    (
                        try reader.signed32(),
                        SpecialDay(
                            kind: try reader.code(), hours: try reader.businessHours(),
                            title: try reader.text())
                    )
                }, uniquingKeysWith: { _, last in last }))
        createdAt = try reader.instant()
        createdBy = try reader.text()
        guard reader.isAtEnd else { throw RecordError(what: "calendar record too long") }
        if let inconsistency { throw RecordError(what: inconsistency) }
    }
}

extension RecordWriter {
    fileprivate mutating func write(_ hours: [WorkingCalendar.Hours]) {
        writeList(hours) { writer, hours in
            writer.write(Int64(hours.opensMinute))
            writer.write(Int64(hours.closesMinute))
        }
    }
}

extension RecordReader {
    fileprivate mutating func businessHours() throws(RecordError) -> [WorkingCalendar.Hours] {
        try list { reader throws(RecordError) in
            WorkingCalendar.Hours(opensMinute: try reader.signed32(), closesMinute: try reader.signed32())
        }
    }
}
