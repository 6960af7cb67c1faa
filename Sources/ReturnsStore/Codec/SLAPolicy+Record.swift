import ReturnsDomain

extension SLAPolicy {
    static let recordVersion: UInt8 = 1

    /// Calendars stand in it by name and version: they are kept once, however many plans go by one.
    func encodeRecord() -> [UInt8] {
        var writer = RecordWriter(capacity: 1_024)
        writer.write(Self.recordVersion)
        writer.write(version)
        writer.writeList(plans) { $0.write($1) }
        writer.write(createdAt)
        writer.write(createdBy)
        return writer.bytes
    }

    init(
        record bytes: UnsafeRawBufferPointer, calendars: [WorkingCalendar.Reference: WorkingCalendar]
    ) throws(RecordError) {
        var reader = RecordReader(bytes)
        guard try reader.byte() == Self.recordVersion else {
            throw RecordError(what: "SLA policy record of another version")
        }
        self.init(
            version: try reader.unsigned(),
            plans: try reader.list { reader throws(RecordError) in try reader.plan(calendars) },
            createdAt: try reader.instant(), createdBy: try reader.text())
        guard reader.isAtEnd else { throw RecordError(what: "SLA policy record too long") }
        if let inconsistency { throw RecordError(what: inconsistency) }
    }
}

extension RecordWriter {
    fileprivate mutating func write(_ plan: SLAPlan) {
        write(plan.name)
        write(plan.condition.saleChannels)
        write(plan.condition.reasons)
        write(plan.condition.customerClasses)
        write(plan.condition.orderValue != nil)
        if let value = plan.condition.orderValue {
            write(value.currency.description)
            write(value.fromMinor)
            write(value.belowMinor != nil)
            if let below = value.belowMinor { write(below) }
        }
        write(plan.calendar.name)
        write(plan.calendar.version)
        writeList(plan.targets.sorted { $0.key.rawValue < $1.key.rawValue }) { writer, item in
            writer.write(item.key)
            writer.write(item.value.length)
            writer.writeList(item.value.warnBeforeMilliseconds) { $0.write($1) }
            writer.writeList(item.value.escalations) { writer, escalation in
                writer.write(escalation.afterMilliseconds)
                writer.write(escalation.role)
                writer.write(escalation.target)
            }
        }
        write(plan.reviewCountsNet)
        write(plan.quietHours != nil)
        if let quiet = plan.quietHours {
            write(Int64(quiet.fromMinute))
            write(Int64(quiet.untilMinute))
            write(quiet.includesDaysOff)
        }
    }

    mutating func write(_ length: ClockTarget.Length) {
        switch length {
        case .wall(let milliseconds):
            write(UInt8(1))
            write(milliseconds)
        case .working(let milliseconds):
            write(UInt8(2))
            write(milliseconds)
        case .workingDays(let days):
            write(UInt8(3))
            write(Int64(days))
        }
    }
}

extension RecordReader {
    fileprivate mutating func plan(
        _ calendars: [WorkingCalendar.Reference: WorkingCalendar]
    ) throws(RecordError) -> SLAPlan {
        let name = try text()
        var condition = SLACondition(
            saleChannels: try texts(), reasons: try texts(), customerClasses: try texts())
        if try boolean() { condition.orderValue = try orderValue() }
        let reference = WorkingCalendar.Reference(name: try text(), version: try unsigned())
        guard let calendar = calendars[reference] else {
            throw RecordError(what: "calendar \(reference) is missing")
        }
        let targets = try list { reader throws(RecordError) in
            (try reader.code(ClockKind.self), try reader.target())
        }
        return SLAPlan(
            name: name, condition: condition, calendar: calendar,
            targets: Dictionary(targets, uniquingKeysWith: { _, last in last }),
            reviewCountsNet: try boolean(),
            quietHours: try boolean()
                ? QuietHours(
                    fromMinute: try signed32(), untilMinute: try signed32(), includesDaysOff: try boolean())
                : nil)
    }

    private mutating func orderValue() throws(RecordError) -> SLACondition.OrderValue {
        guard let currency = CurrencyCode(try text()) else { throw RecordError(what: "not a currency") }
        return SLACondition.OrderValue(
            currency: currency, fromMinor: try signed(), belowMinor: try boolean() ? try signed() : nil)
    }

    private mutating func target() throws(RecordError) -> ClockTarget {
        ClockTarget(
            try clockLength(), warnBefore: try list { reader throws(RecordError) in try reader.signed() },
            escalations: try list { reader throws(RecordError) in
                ClockTarget.Escalation(
                    afterMilliseconds: try reader.signed(), role: try reader.code(),
                    target: try reader.text())
            })
    }

    mutating func clockLength() throws(RecordError) -> ClockTarget.Length {
        switch try byte() {
        case 1: return .wall(try signed())
        case 2: return .working(try signed())
        case 3: return .workingDays(try integer())
        default: throw RecordError(what: "unknown length of a clock")
        }
    }

    mutating func signed32() throws(RecordError) -> Int32 {
        guard let value = Int32(exactly: try signed()) else { throw RecordError(what: "number out of range") }
        return value
    }
}
