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
        writer.writeList(targets.sorted { $0.key.rawValue < $1.key.rawValue }) { writer, item in
            writer.write(item.key)
            switch item.value.length {
            case .wall(let milliseconds):
                writer.write(true)
                writer.write(milliseconds)
            case .workingDays(let days):
                writer.write(false)
                writer.write(Int64(days))
            }
            writer.write(item.value.warnBeforeMilliseconds)
            writer.writeList(item.value.escalateAfterMilliseconds) { $0.write($1) }
        }
        writer.write(calendar)
        writer.write(reviewCountsNet)
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
            targets: Dictionary(
                try reader.list { reader throws(RecordError) in
                    (try reader.code(ClockKind.self), try reader.target())
                },
                uniquingKeysWith: { _, last in last }),
            calendar: try reader.calendar(), reviewCountsNet: try reader.boolean(),
            appealsMax: try reader.integer(),
            followUpAttemptsMax: try reader.integer(), isReturnlessAllowed: try reader.boolean(),
            createdAt: try reader.instant(), createdBy: try reader.text())
        guard reader.isAtEnd else { throw RecordError(what: "policy record too long") }
    }
}

extension RecordWriter {
    fileprivate mutating func write(_ calendar: WorkingCalendar) {
        write(calendar.version)
        write(calendar.timeZone)
        writeList(calendar.offsets) { writer, offset in
            writer.write(offset.from)
            writer.write(Int64(offset.seconds))
        }
        writeList(calendar.workingWeekdays.sorted()) { $0.write($1) }
        writeList(calendar.holidays.sorted()) { $0.write(Int64($1)) }
        writeList(calendar.makeupDays.sorted()) { $0.write(Int64($1)) }
        write(Int64(calendar.opensMinute))
        write(Int64(calendar.closesMinute))
    }
}

extension RecordReader {
    fileprivate mutating func target() throws(RecordError) -> ClockTarget {
        let isWall = try boolean()
        let length = try signed()
        return ClockTarget(
            isWall ? .wall(length) : .workingDays(Int(length)), warnBefore: try signed(),
            escalateAfter: try list { reader throws(RecordError) in try reader.signed() })
    }

    private mutating func signed32() throws(RecordError) -> Int32 {
        guard let value = Int32(exactly: try signed()) else { throw RecordError(what: "number out of range") }
        return value
    }

    fileprivate mutating func calendar() throws(RecordError) -> WorkingCalendar {
        WorkingCalendar(
            version: try unsigned(), timeZone: try text(),
            offsets: try list { reader throws(RecordError) in
                WorkingCalendar.Offset(from: try reader.instant(), seconds: try reader.signed32())
            },
            workingWeekdays: Set(try list { reader throws(RecordError) in try reader.byte() }),
            holidays: Set(try list { reader throws(RecordError) in try reader.signed32() }),
            makeupDays: Set(try list { reader throws(RecordError) in try reader.signed32() }),
            opensMinute: try signed32(), closesMinute: try signed32())
    }
}
