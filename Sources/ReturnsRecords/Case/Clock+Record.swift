import RCP
import ReturnsAPI
import ReturnsDomain

extension Clock: RecordItem {
    package typealias Message = Returns_V1_Clock
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.kind, kind)
        writer.append(Fields.ordinal, ordinal)
        writer.append(Fields.owner, kind.owner)
        writer.append(Fields.startedAtMs, startedAt)
        writer.append(Fields.rawDueAtMs, rawDueAt)
        writer.append(Fields.dueAtMs, dueAt)
        writer.append(Fields.pauses, pauses)
        writer.append(Fields.warnedAtMs, warnedAt)
        writer.append(Fields.breachedAtMs, breachedAt)
        writer.append(Fields.escalatedAtMs, escalatedAt)
        writer.append(Fields.end, end)
        writer.append(Fields.endedAtMs, endedAt)
        writer.append(Fields.slaVersion, slaVersion)
        writer.append(Fields.nextFiringAtMs, nextFiring?.at)
        writer.append(Fields.extensions, extensions)
        // A pause that lasts counts nothing yet.
        writer.append(Fields.pausedMs, pausedMilliseconds(until: startedAt))
        if writer.holds(Fields.amountMinor) {
            writer.append(Fields.amountMinor, amountMinor)
            writer.append(Fields.paidMinor, paidMinor)
        }
    }

    /// Without what it was started with (`ClockStart`). Owner, next firing and the time of pauses follow from the others.
    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var kind: ClockKind?
        var ordinal: UInt32 = 0
        let zero = Instant(milliseconds: 0)
        var (startedAt, rawDueAt, dueAt) = (zero, zero, zero)
        var pauses: [Pause] = []
        var extensions: [Extension] = []
        var (warnedAt, escalatedAt) = (AlertSteps<Instant>(), AlertSteps<Instant>())
        var (breachedAt, endedAt): (Instant?, Instant?) = (nil, nil)
        var end: ClockEnd?
        var slaVersion: UInt64 = 0
        var (amountMinor, paidMinor): (Int64, Int64) = (0, 0)
        while let number = reader.next() {
            switch number {
            case Fields.kind: kind = try reader.read(Fields.kind)
            case Fields.ordinal: ordinal = reader.read(Fields.ordinal)
            case Fields.owner: let _: Role? = try reader.read(Fields.owner)
            case Fields.startedAtMs: startedAt = reader.read(Fields.startedAtMs)
            case Fields.rawDueAtMs: rawDueAt = reader.read(Fields.rawDueAtMs)
            case Fields.dueAtMs: dueAt = reader.read(Fields.dueAtMs)
            case Fields.pauses: try reader.read(Fields.pauses, into: &pauses)
            case Fields.warnedAtMs: try reader.read(Fields.warnedAtMs, into: &warnedAt)
            case Fields.breachedAtMs: breachedAt = reader.read(Fields.breachedAtMs)
            case Fields.escalatedAtMs: try reader.read(Fields.escalatedAtMs, into: &escalatedAt)
            case Fields.end: end = try reader.read(Fields.end)
            case Fields.endedAtMs: endedAt = reader.read(Fields.endedAtMs)
            case Fields.slaVersion: slaVersion = reader.read(Fields.slaVersion)
            case Fields.nextFiringAtMs: let _: Int64 = reader.read(Fields.nextFiringAtMs)
            case Fields.extensions: try reader.read(Fields.extensions, into: &extensions)
            case Fields.pausedMs: let _: Int64 = reader.read(Fields.pausedMs)
            case Fields.amountMinor: amountMinor = reader.read(Fields.amountMinor)
            case Fields.paidMinor: paidMinor = reader.read(Fields.paidMinor)
            default: break
            }
        }
        self.init(
            kind: try kind.present(), ordinal: ordinal, startedAt: startedAt, rawDueAt: rawDueAt,
            length: .wall(0), warnBeforeMilliseconds: [], escalateAfterMilliseconds: [],
            slaVersion: slaVersion)
        self.dueAt = dueAt
        self.pauses = pauses
        self.extensions = extensions
        self.warnedAt = warnedAt
        self.breachedAt = breachedAt
        self.escalatedAt = escalatedAt
        self.end = end
        self.endedAt = endedAt
        self.amountMinor = amountMinor
        self.paidMinor = paidMinor
    }

    /// The same clock, started with this.
    func started(with start: ClockStart) throws(RecordError) -> Clock {
        var clock = self
        clock.length = start.length
        clock.warnBeforeMilliseconds = start.warnBeforeMilliseconds
        clock.escalateAfterMilliseconds = start.escalateAfterMilliseconds
        clock.units = start.units
        for place in start.statePauses { clock.pauses[try pauses.place(place, "pause")].isByState = true }
        clock.warnAt = start.warnAt
        clock.escalateAt = start.escalateAt
        if start.warnAt.isEmpty && start.escalateAt.isEmpty {
            guard clock.canBeScheduled else { throw RecordError(what: "a clock's time is out of range") }
            clock.scheduleByTheWallClock()
        }
        guard clock.warnAt.count == clock.warnBeforeMilliseconds.count,
            clock.escalateAt.count == clock.escalateAfterMilliseconds.count
        else { throw RecordError(what: "a clock warns or escalates at times that it has none for") }
        return clock
    }
}

extension Clock.Pause: RecordItem {
    package typealias Message = Returns_V1_ClockPause
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.fromMs, from)
        writer.append(Fields.untilMs, until)
        writer.append(Fields.by, by)
        writer.append(Fields.resumedBy, resumedBy)
        writer.append(Fields.endsAtMs, endsAt)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var from = Instant(milliseconds: 0)
        var (until, endsAt): (Instant?, Instant?) = (nil, nil)
        var (by, resumedBy): (ActorRecord?, ActorRecord?) = (nil, nil)
        while let number = reader.next() {
            switch number {
            case Fields.fromMs: from = reader.read(Fields.fromMs)
            case Fields.untilMs: until = reader.read(Fields.untilMs)
            case Fields.by: by = try reader.read(Fields.by)
            case Fields.resumedBy: resumedBy = try reader.read(Fields.resumedBy)
            case Fields.endsAtMs: endsAt = reader.read(Fields.endsAtMs)
            default: break
            }
        }
        self.init(from: from, until: until, endsAt: endsAt, reason: "", by: try by.present())
        self.resumedBy = resumedBy
    }
}

extension Clock.Extension: RecordItem {
    package typealias Message = Returns_V1_ClockExtension
    private typealias Fields = Message.Fields

    package func write(to writer: inout RCPMessageWriter) {
        writer.append(Fields.atMs, at)
        writer.append(Fields.byMs, byMilliseconds)
        writer.append(Fields.by, by)
    }

    package init(from reader: inout RCPMessageReader) throws(RecordError) {
        var at = Instant(milliseconds: 0)
        var milliseconds: Int64 = 0
        var by: ActorRecord?
        while let number = reader.next() {
            switch number {
            case Fields.atMs: at = reader.read(Fields.atMs)
            case Fields.byMs: milliseconds = reader.read(Fields.byMs)
            case Fields.by: by = try reader.read(Fields.by)
            default: break
            }
        }
        self.init(at: at, byMilliseconds: milliseconds, reason: "", by: try by.present())
    }
}

/// What a clock was started with, which the server alone needs.
struct ClockStart: RecordItem {
    typealias Message = Returns_V1_EngineClock
    private typealias Fields = Message.Fields
    var length: ClockTarget.Length
    var warnBeforeMilliseconds: AlertSteps<Int64>
    var escalateAfterMilliseconds: AlertSteps<Int64>
    var units: Int64
    var warnAt: AlertSteps<Instant>
    var escalateAt: AlertSteps<Instant>
    /// Places of pauses, from 1 on.
    var statePauses: [UInt32]

    init(_ clock: Clock) {
        length = clock.length
        warnBeforeMilliseconds = clock.warnBeforeMilliseconds
        escalateAfterMilliseconds = clock.escalateAfterMilliseconds
        units = clock.units
        warnAt = clock.warnAt
        escalateAt = clock.escalateAt
        statePauses = []
        for (index, pause) in clock.pauses.enumerated() where pause.isByState {
            statePauses.append(UInt32(index + 1))
        }
    }

    func write(to writer: inout RCPMessageWriter) {
        switch length {
        case .wall(let milliseconds): writer.append(Fields.wallMs, milliseconds)
        case .working(let milliseconds): writer.append(Fields.workingMs, milliseconds)
        case .workingDays(let days): writer.append(Fields.workingDays, UInt32(clamping: days))
        }
        writer.append(Fields.warnBeforeMs, warnBeforeMilliseconds)
        writer.append(Fields.escalateAfterMs, escalateAfterMilliseconds)
        writer.append(Fields.units, units)
        writer.append(Fields.statePauses, statePauses)
        if writer.holds(Fields.warnAtMs) {
            writer.append(Fields.warnAtMs, warnAt)
            writer.append(Fields.escalateAtMs, escalateAt)
        }
    }

    init(from reader: inout RCPMessageReader) throws(RecordError) {
        var length: ClockTarget.Length?
        warnBeforeMilliseconds = []
        escalateAfterMilliseconds = []
        units = 0
        (warnAt, escalateAt) = ([], [])
        statePauses = []
        while let number = reader.next() {
            switch number {
            case Fields.wallMs: length = .wall(reader.read(Fields.wallMs))
            case Fields.workingMs: length = .working(reader.read(Fields.workingMs))
            case Fields.workingDays:
                let days: UInt32 = reader.read(Fields.workingDays)
                length = .workingDays(Int(days))
            case Fields.warnBeforeMs: try reader.read(Fields.warnBeforeMs, into: &warnBeforeMilliseconds)
            case Fields.escalateAfterMs:
                try reader.read(Fields.escalateAfterMs, into: &escalateAfterMilliseconds)
            case Fields.units: units = reader.read(Fields.units)
            case Fields.statePauses: reader.read(Fields.statePauses, into: &statePauses)
            case Fields.warnAtMs: try reader.read(Fields.warnAtMs, into: &warnAt)
            case Fields.escalateAtMs: try reader.read(Fields.escalateAtMs, into: &escalateAt)
            default: break
            }
        }
        guard let length else { throw RecordError(what: "a clock without a length") }
        self.length = length
    }
}
