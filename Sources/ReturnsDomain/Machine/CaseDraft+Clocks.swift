extension CaseDraft {
    /// Fires everything due by now, in the order it fell due, with its consequences.
    ///
    /// Bounded: no more clocks run than `CountLimits.caseRunningClocksMax`, each fires `Clock.firingsMax` times at
    /// most, and no consequence starts a clock. Should a damaged case have more due, they wait for the next decision.
    mutating func foldDueClocks() {
        for _ in 0..<CountLimits.foldedFiringsMax {
            guard let next = earliestDue() else { break }
            let clock = value.clocks[next.index]
            value.clocks[next.index].fire(next.firing, at: now)
            let before = value.state
            switch next.firing {
            case .warn(let step): recordFiring(.clockWarned, clock, "due", level: step)
            case .breach:
                recordFiring(.clockBreached, clock, "was due")
                breached(next.index)
            case .escalate(let level):
                recordFiring(.clockEscalated, clock, "level \(level), was due", level: level)
            case .resume: endPause(next.index, at: next.at)
            }
            if value.state != before { settleTracks() }
        }
        settleState()
        stateFound = value.state
    }

    /// A pause is over when it was to be, however late somebody looks.
    private mutating func endPause(_ index: Int, at end: Instant) {
        value.clocks[index].resume(at: end, calendar: plan.calendar)
        let kind = value.clocks[index].kind
        guard value.isHeld(kind) else {
            let clock = value.clocks[index]
            return record(
                .clockResumed, "\(kind), the pause is over; due at \(localText(clock.dueAt))",
                clock.detail(), by: .system, stateBefore: value.state)
        }
        // Where the state holds the clock as well, none of the time from here on is its owner's, and nothing goes on.
        value.clocks[index].pause(at: end, reason: "\(value.state)", by: .system, isByState: true)
        record(
            .clockPaused,
            "\(kind), the pause is over, and it stays paused while the case is in state \(value.state)",
            value.clocks[index].detail(), by: .system, stateBefore: value.state)
    }

    private func earliestDue() -> (index: Int, at: Instant, firing: Clock.Firing)? {
        var earliest: (index: Int, at: Instant, firing: Clock.Firing)?
        for index in value.clocks.indices {
            guard let next = value.clocks[index].nextFiring, next.at <= now else { continue }
            if earliest.map({ next.at < $0.at }) ?? true { earliest = (index, next.at, next.firing) }
        }
        return earliest
    }

    /// - Parameter level: Of an escalation; the step of a warning.
    private mutating func recordFiring(_ kind: EventType, _ clock: Clock, _ words: String, level: Int = 0) {
        let (role, target) = recipient(of: clock, escalation: kind == .clockEscalated ? level : 0)
        record(
            kind, "\(clock.kind) #\(clock.ordinal), \(words) at \(localText(clock.dueAt))",
            clock.detail(alert: .init(level: level, role: role, target: target, from: plan.messageTime(now))),
            by: .system, stateBefore: value.state)
    }

    /// Who is told of a firing: whose work it is, or whom the plan's escalation level names.
    private func recipient(of clock: Clock, escalation level: Int) -> (role: Role, target: String) {
        let escalations = plan.target(clock.kind).escalations
        guard level > 0, level <= escalations.count else {
            let assignment = value.assignment(clock.kind.owner)
            let person = assignment?.person ?? ""
            return (clock.kind.owner, person.isEmpty ? assignment?.team ?? "" : person)
        }
        return (escalations[level - 1].role, escalations[level - 1].target)
    }

    /// As a store that keeps no times of warnings and escalations reads them.
    mutating func scheduleByTheWallClock() {
        for index in value.clocks.indices where value.clocks[index].isRunning {
            value.clocks[index].scheduleByTheWallClock()
        }
    }

    /// The customer's own deadlines end something; everyone else's only become visible.
    private mutating func breached(_ index: Int) {
        switch value.clocks[index].kind.rule.atBreach {
        case .end(in: value.state): value.clocks[index].end(.missed, at: now)
        case .expire(in: value.state) where !waitsForTelling(value.clocks[index].kind):
            value.clocks[index].end(.missed, at: now)
            expire()
        case .nothing, .end, .expire: break
        }
    }

    private mutating func expire() {
        let before = value.state
        end(as: .expired)
        record(.expired, "the customer's deadline passed", by: .system, stateBefore: before)
    }

    // MARK: Starting and ending

    /// Starts a clock, or lets the work fall under one of its kind that runs already: one that is due at the same
    /// time, since one day's receipts or qualifications are one deadline, or the last where no more may run.
    ///
    /// - Parameters:
    ///   - units: What an INSPECT clock waits for.
    ///   - amountMinor: What a REFUND clock waits for.
    /// - Returns: The clock's place.
    @discardableResult
    mutating func startClock(
        _ kind: ClockKind, due: Instant? = nil, units: Int64 = 0, amountMinor: Int64 = 0
    ) -> Int {
        let target = plan.target(kind)
        let dueAt = due ?? target.length.due(from: now, calendar: plan.calendar)
        let running = value.clocks.indices.filter {
            value.clocks[$0].kind == kind && value.clocks[$0].isRunning
        }
        let shared = running.last {
            let clock = value.clocks[$0]
            return clock.dueAt == dueAt && !clock.isPaused && clock.breachedAt == nil
        }
        if let index = shared ?? (running.count < CountLimits.runningClocksPerKindMax ? nil : running.last) {
            value.clocks[index].units += units
            value.clocks[index].amountMinor += amountMinor
            return index
        }
        let ordinal = UInt32(value.clocks.indices.count { value.clocks[$0].kind == kind } + 1)
        var clock = Clock(
            kind: kind, ordinal: ordinal, startedAt: now, rawDueAt: dueAt,
            length: target.length,
            warnBeforeMilliseconds: due == nil ? AlertSteps(target.warnBeforeMilliseconds) : [],
            escalateAfterMilliseconds: AlertSteps(target.escalations.lazy.map(\.afterMilliseconds)),
            slaVersion: sla.version)
        clock.units = units
        clock.amountMinor = amountMinor
        // By the wall clock its times stand as they were made.
        if !clock.length.isOfWallClock { clock.schedule(plan.calendar) }
        value.clocks.append(clock)
        return value.clocks.count - 1
    }

    /// Inspected units are those of the oldest receipts: a receipt's clock ends when all of its units are inspected,
    /// whatever came later.
    mutating func completeInspection(of units: Int64) {
        var left = units
        for index in value.clocks.indices
        where value.clocks[index].kind == .inspect && value.clocks[index].isRunning && left > 0 {
            let covered = min(left, value.clocks[index].units)
            value.clocks[index].units -= covered
            left -= covered
            if value.clocks[index].units == 0 { complete(index) }
        }
    }

    /// Units that nobody inspects any more, since they never came: taken from the latest receipts.
    mutating func voidInspectClocks(of units: Int64) {
        var left = units
        for index in value.clocks.indices.reversed()
        where value.clocks[index].kind == .inspect && value.clocks[index].isRunning && left > 0 {
            let part = min(left, value.clocks[index].units)
            value.clocks[index].units -= part
            left -= part
            if value.clocks[index].units == 0 { value.clocks[index].end(.voided, at: now) }
        }
    }

    /// Ends every running clock of the kind as done: met, or missed when it is late.
    mutating func completeClocks(_ kind: ClockKind) {
        for index in value.clocks.indices
        where value.clocks[index].kind == kind && value.clocks[index].isRunning { complete(index) }
    }

    private mutating func complete(_ index: Int) {
        let end = value.clocks[index].completion(at: now)
        value.clocks[index].end(end, at: now)
    }

    mutating func endClocks(_ end: ClockEnd, of kind: ClockKind? = nil) {
        for index in value.clocks.indices where value.clocks[index].isRunning {
            guard kind == nil || value.clocks[index].kind == kind else { continue }
            value.clocks[index].end(end, at: now)
        }
    }

    mutating func pauseIfRunning(_ kind: ClockKind) {
        for index in value.clocks.indices
        where value.clocks[index].kind == kind && value.clocks[index].isRunning { pauseByState(index) }
    }

    mutating func resumeIfPaused(_ kind: ClockKind) {
        for index in value.clocks.indices where value.clocks[index].kind == kind { resumeByState(index) }
    }

    /// A running clock.
    mutating func pauseByState(_ index: Int) {
        guard !value.clocks[index].isPaused else { return }
        value.clocks[index].pause(at: now, reason: "\(value.state)", by: by, isByState: true)
    }

    /// What a supervisor has paused, a supervisor lets go on.
    mutating func resumeByState(_ index: Int) {
        guard value.clocks[index].isPaused, value.clocks[index].pauses.last?.isByState == true else { return }
        value.clocks[index].resume(at: now, calendar: plan.calendar)
    }

    /// Several clocks of a kind can run, one for each receipt: the last that the step suits, else the last of all.
    func runningIndex(_ kind: ClockKind, suits: (Clock) -> Bool) throws(CaseRejection) -> Int {
        let running = value.clocks.indices.filter {
            value.clocks[$0].kind == kind && value.clocks[$0].isRunning
        }
        guard let index = running.last(where: { suits(value.clocks[$0]) }) ?? running.last else {
            throw refusal("CLOCK_NOT_RUNNING", "no \(kind) clock is running", field: "kind")
        }
        return index
    }

    /// A time as people read it, in the zone of the plan's calendar.
    func localText(_ instant: Instant) -> String { plan.calendar.localText(instant) }
}

extension ActorRecord {
    static let system = ActorRecord(name: "system", role: .system)
}
