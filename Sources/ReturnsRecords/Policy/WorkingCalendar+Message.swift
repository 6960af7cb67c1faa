import NIOCore
import ReturnsAPI
import ReturnsDomain

extension WorkingCalendar {
    /// As a request gives it.
    package init(_ proto: Returns_V1_WorkingCalendar, version: UInt64) throws(CaseRejection) {
        try self.init(fields: proto, version: version)
        try validate()
    }

    package init(record: ByteBuffer) throws(RecordError) {
        let message: Returns_V1_WorkingCalendar = try CheckedRecord.decode(record)
        do {
            try self.init(fields: message, version: message.version)
        } catch {
            throw RecordError(error)
        }
        createdAt = Instant(milliseconds: message.createdAtMs)
        createdBy = message.createdBy
        if let inconsistency { throw RecordError(what: inconsistency) }
    }

    private init(fields proto: Returns_V1_WorkingCalendar, version: UInt64) throws(CaseRejection) {
        self.init(
            name: proto.name, version: version, timeZone: proto.timeZone,
            offsets: proto.offsets.map(Offset.init),
            week: proto.week.map { $0.hours.map(Hours.init) })
        for (index, day) in proto.specialDays.enumerated() {
            let field = "calendar.special_days[\(index)]"
            guard let number = Self.day(ofDate: day.date) else {
                throw .invalid("DATE_MALFORMED", "\(field).date", "give a date as 2026-10-01")
            }
            guard specialDays[number] == nil else {
                throw .invalid("DUPLICATE_DAY", "\(field).date", "\(day.date) stands twice")
            }
            specialDays[number] = SpecialDay(
                kind: try day.kind.required("\(field).kind"), hours: day.hours.map(Hours.init),
                title: day.title)
        }
    }

    package var message: Returns_V1_WorkingCalendar {
        .with {
            $0.name = name
            $0.version = version
            $0.timeZone = timeZone
            $0.offsets = offsets.map(\.message)
            $0.week = week.map { hours in .with { $0.hours = hours.map(\.message) } }
            $0.specialDays = specialDays.sorted { $0.key < $1.key }.map { day, special in
                .with {
                    $0.date = Self.dateText(ofDay: day)
                    $0.kind = special.kind.message()
                    $0.hours = special.hours.map(\.message)
                    $0.title = special.title
                }
            }
            $0.createdAtMs = createdAt.milliseconds
            $0.createdBy = createdBy
        }
    }
}

extension WorkingCalendar.Hours {
    fileprivate init(_ proto: Returns_V1_BusinessHours) {
        // What does not fit is no minute of a day either, which validation tells.
        self.init(
            opensMinute: Int32(clamping: proto.opensMinute), closesMinute: Int32(clamping: proto.closesMinute)
        )
    }

    fileprivate var message: Returns_V1_BusinessHours {
        .with {
            $0.opensMinute = UInt32(clamping: opensMinute)
            $0.closesMinute = UInt32(clamping: closesMinute)
        }
    }
}
