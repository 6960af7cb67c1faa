import ReturnsAPI
import ReturnsDomain

extension Clock {
    package var message: Returns_V1_Clock {
        .with {
            $0.kind = kind.message()
            $0.ordinal = ordinal
            $0.owner = kind.owner.message()
            $0.startedAtMs = startedAt.milliseconds
            $0.rawDueAtMs = rawDueAt.milliseconds
            $0.dueAtMs = dueAt.milliseconds
            $0.pauses = pauses.map { pause in
                .with {
                    $0.fromMs = pause.from.milliseconds
                    if let until = pause.until { $0.untilMs = until.milliseconds }
                    $0.by = pause.by.message
                    if let actor = pause.resumedBy { $0.resumedBy = actor.message }
                }
            }
            // A pause that lasts counts nothing yet.
            $0.pausedMs = pausedMilliseconds(until: startedAt)
            $0.extensions = extensions.map { grant in
                .with {
                    $0.atMs = grant.at.milliseconds
                    $0.byMs = grant.byMilliseconds
                    $0.by = grant.by.message
                }
            }
            $0.warnedAtMs = warnedAt.map(\.milliseconds)
            if let breachedAt { $0.breachedAtMs = breachedAt.milliseconds }
            $0.escalatedAtMs = escalatedAt.map(\.milliseconds)
            if let end { $0.end = end.message() }
            if let endedAt { $0.endedAtMs = endedAt.milliseconds }
            $0.slaVersion = slaVersion
            if let next = nextFiring { $0.nextFiringAtMs = next.at.milliseconds }
        }
    }

    /// What it was started with.
    var engineMessage: Returns_V1_EngineClock {
        .with {
            switch length {
            case .wall(let milliseconds): $0.wallMs = milliseconds
            case .working(let milliseconds): $0.workingMs = milliseconds
            case .workingDays(let days): $0.workingDays = UInt32(clamping: days)
            }
            $0.warnBeforeMs = warnBeforeMilliseconds
            $0.escalateAfterMs = escalateAfterMilliseconds
            $0.units = units
            for (index, pause) in pauses.enumerated() where pause.isByState {
                $0.statePauses.append(UInt32(index + 1))
            }
        }
    }

    func reasonMessages(place: UInt32) -> [Returns_V1_ClockReason] {
        var reasons: [Returns_V1_ClockReason] = []
        for (index, pause) in pauses.enumerated() where !(pause.reason.isEmpty && pause.resumeReason.isEmpty)
        {
            reasons.append(
                .with {
                    $0.clock = place
                    $0.pause = UInt32(index + 1)
                    $0.reason = pause.reason
                    $0.resumeReason = pause.resumeReason
                })
        }
        for (index, grant) in extensions.enumerated() where !grant.reason.isEmpty {
            reasons.append(
                .with {
                    $0.clock = place
                    $0.extension = UInt32(index + 1)
                    $0.reason = grant.reason
                })
        }
        return reasons
    }

    init(_ message: Returns_V1_Clock, _ engine: Returns_V1_EngineClock) throws(RecordError) {
        let length: ClockTarget.Length =
            switch engine.length {
            case .wallMs(let milliseconds): .wall(milliseconds)
            case .workingMs(let milliseconds): .working(milliseconds)
            case .workingDays(let days): .workingDays(Int(days))
            case nil: throw RecordError(what: "a clock without a length")
            }
        self.init(
            kind: try message.kind.stored(), ordinal: message.ordinal,
            startedAt: Instant(milliseconds: message.startedAtMs),
            rawDueAt: Instant(milliseconds: message.rawDueAtMs), length: length,
            warnBeforeMilliseconds: engine.warnBeforeMs, escalateAfterMilliseconds: engine.escalateAfterMs,
            slaVersion: message.slaVersion)
        dueAt = Instant(milliseconds: message.dueAtMs)
        units = engine.units
        pauses = try message.pauses.mapStored { pause throws(RecordError) in
            var value = Pause(
                from: Instant(milliseconds: pause.fromMs),
                until: pause.hasUntilMs ? Instant(milliseconds: pause.untilMs) : nil, reason: "",
                by: try ActorRecord(pause.by))
            if pause.hasResumedBy { value.resumedBy = try ActorRecord(pause.resumedBy) }
            return value
        }
        for place in engine.statePauses { pauses[try pauses.place(place, "pause")].isByState = true }
        extensions = try message.extensions.mapStored { grant throws(RecordError) in
            Extension(
                at: Instant(milliseconds: grant.atMs), byMilliseconds: grant.byMs, reason: "",
                by: try ActorRecord(grant.by))
        }
        warnedAt = message.warnedAtMs.map { Instant(milliseconds: $0) }
        if message.hasBreachedAtMs { breachedAt = Instant(milliseconds: message.breachedAtMs) }
        escalatedAt = message.escalatedAtMs.map { Instant(milliseconds: $0) }
        end = try message.end.storedOptional()
        if message.hasEndedAtMs { endedAt = Instant(milliseconds: message.endedAtMs) }
    }
}
