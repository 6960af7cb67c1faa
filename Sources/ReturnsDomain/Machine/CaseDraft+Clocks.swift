extension CaseDraft {
    /// Fires everything due by now, in the order it fell due, with its consequences.
    ///
    /// Bounded: a clock fires at most a warning, a breach and `Clock.escalationLevelsMax` levels, and no
    /// consequence starts a clock that is due already.
    mutating func foldDueClocks() {
        while let next = earliestDue() {
            let clock = value.clocks[next.index]
            value.clocks[next.index].fire(next.firing, at: now)
            let before = value.state
            switch next.firing {
            case .warn: recordFiring(.clockWarned, clock, "due")
            case .breach:
                recordFiring(.clockBreached, clock, "was due")
                breached(next.index)
            case .escalate(let level):
                recordFiring(.clockEscalated, clock, "level \(level), was due", level: level)
            }
            if value.state != before { settleTracks() }
        }
        settleState()
        stateFound = value.state
    }

    private func earliestDue() -> (index: Int, at: Instant, firing: Clock.Firing)? {
        var earliest: (index: Int, at: Instant, firing: Clock.Firing)?
        for (index, clock) in value.clocks.enumerated() {
            guard let next = clock.nextFiring, next.at <= now else { continue }
            if earliest.map({ next.at < $0.at }) ?? true { earliest = (index, next.at, next.firing) }
        }
        return earliest
    }

    private mutating func recordFiring(_ kind: CaseEventKind, _ clock: Clock, _ words: String, level: Int = 0)
    {
        record(
            kind, "\(clock.kind) #\(clock.ordinal), \(words) at \(clock.dueAt)",
            [
                "clock": "\(clock.kind)", "ordinal": "\(clock.ordinal)", "due_at_ms": "\(clock.dueAt)",
                "level": "\(level)",
            ],
            by: .system, stateBefore: value.state)
    }

    /// The customer's own deadlines end something; everyone else's only become visible.
    private mutating func breached(_ index: Int) {
        switch (value.clocks[index].kind, value.state) {
        case (.customerInfo, .infoNeeded), (.customerShip, .approved):
            value.clocks[index].end(.missed, at: now)
            expire()
        case (.appeal, .rejected):
            value.clocks[index].end(.missed, at: now)
        default:
            break
        }
    }

    private mutating func expire() {
        let before = value.state
        releaseForEnd()
        value.customerTold = .none
        value.stateBefore = before
        value.state = .expired
        endClocks(.voided)
        record(.expired, "the customer's deadline passed", by: .system, stateBefore: before)
    }

    // MARK: Starting and ending

    mutating func startClock(_ kind: ClockKind, due: Instant? = nil) {
        let target = policy.target(kind)
        let ordinal = UInt32(value.clocks.count { $0.kind == kind } + 1)
        value.clocks.append(
            Clock(
                kind: kind, ordinal: ordinal, startedAt: now,
                rawDueAt: due ?? target.due(from: now, calendar: policy.calendar),
                length: target.length, warnBeforeMilliseconds: due == nil ? target.warnBeforeMilliseconds : 0,
                escalateAfterMilliseconds: target.escalateAfterMilliseconds, policyVersion: policy.version))
    }

    /// Ends every running clock of the kind as done: met, or missed when it is late.
    mutating func completeClocks(_ kind: ClockKind) {
        for index in value.clocks.indices
        where value.clocks[index].kind == kind && value.clocks[index].isRunning {
            let end = value.clocks[index].completion(at: now, reviewCountsNet: policy.reviewCountsNet)
            value.clocks[index].end(end, at: now)
        }
    }

    mutating func endClocks(_ end: ClockEnd, of kind: ClockKind? = nil) {
        for index in value.clocks.indices where value.clocks[index].isRunning {
            guard kind == nil || value.clocks[index].kind == kind else { continue }
            value.clocks[index].end(end, at: now)
        }
    }

    mutating func pauseIfRunning(_ kind: ClockKind) {
        for index in value.clocks.indices
        where value.clocks[index].kind == kind && value.clocks[index].isRunning
            && !value.clocks[index].isPaused
        {
            value.clocks[index].pause(at: now, reason: "\(value.state)")
        }
    }

    mutating func resumeIfPaused(_ kind: ClockKind) {
        for index in value.clocks.indices
        where value.clocks[index].kind == kind && value.clocks[index].isPaused {
            value.clocks[index].resume(at: now, calendar: policy.calendar)
        }
    }

    // MARK: Commands

    mutating func pauseClock(_ kind: ClockKind, reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        let index = try runningIndex(kind) { !$0.isPaused }
        guard !value.clocks[index].isPaused else {
            throw refusal("CLOCK_PAUSED", "the \(kind) clock is paused already")
        }
        try requireRoom(value.clocks[index].pauses.count, "pauses of a clock")
        value.clocks[index].pause(at: now, reason: reason)
        record(.clockPaused, "\(kind): \(reason)", ["clock": "\(kind)"])
    }

    mutating func resumeClock(_ kind: ClockKind) throws(CaseRejection) {
        let index = try runningIndex(kind) { $0.isPaused }
        guard value.clocks[index].isPaused else {
            throw refusal("CLOCK_NOT_PAUSED", "the \(kind) clock is not paused")
        }
        guard !value.isHeld(kind) else {
            throw refusal("CLOCK_HELD", "the \(kind) clock pauses while the case is in state \(value.state)")
        }
        value.clocks[index].resume(at: now, calendar: policy.calendar)
        record(.clockResumed, "\(kind), due at \(value.clocks[index].dueAt)", ["clock": "\(kind)"])
    }

    mutating func extendClock(_ kind: ClockKind, by milliseconds: Int64, reason: String) throws(CaseRejection)
    {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        guard (1...Self.extensionMillisecondsMax).contains(milliseconds) else {
            throw .invalid(
                "OUT_OF_RANGE", "by_ms",
                "extend by 1 millisecond to \(Self.extensionMillisecondsMax / Milliseconds.day) days")
        }
        let index = try runningIndex(kind) { $0.breachedAt == nil }
        guard value.clocks[index].breachedAt == nil else {
            throw refusal("CLOCK_BREACHED", "the \(kind) clock is breached; a breach is never erased")
        }
        value.clocks[index].dueAt = value.clocks[index].dueAt.adding(milliseconds)
        record(
            .clockExtended, "\(kind), due at \(value.clocks[index].dueAt): \(reason)",
            ["clock": "\(kind)", "due_at_ms": "\(value.clocks[index].dueAt)"])
    }

    /// Several clocks of a kind can run, one for each receipt: the last that the step suits, else the last of all.
    private func runningIndex(_ kind: ClockKind, suits: (Clock) -> Bool) throws(CaseRejection) -> Int {
        let running = value.clocks.indices.filter {
            value.clocks[$0].kind == kind && value.clocks[$0].isRunning
        }
        guard let index = running.last(where: { suits(value.clocks[$0]) }) ?? running.last else {
            throw refusal("CLOCK_NOT_RUNNING", "no \(kind) clock is running", field: "kind")
        }
        return index
    }

    static let extensionMillisecondsMax = 365 * Milliseconds.day
}

extension ActorRecord {
    static let system = ActorRecord(name: "system", role: .system)
}
