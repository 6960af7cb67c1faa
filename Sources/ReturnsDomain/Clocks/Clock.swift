/// One deadline of a case, from start to end. A breach is never erased.
public struct Clock: Hashable, Sendable {
    public struct Pause: Hashable, Sendable {
        public var from: Instant
        /// Nil while the pause lasts.
        public var until: Instant?
        /// When it ends by itself, at the latest; nil for one that the case's state ends, and for one of a build in which none
        /// ended by itself.
        public var endsAt: Instant?
        public var reason: String
        public var by: ActorRecord
        /// The case's state holds the clock, and lets it go on.
        public var isByState: Bool
        /// Why it went on, and who let it; empty and nil while the pause lasts and where the state ended it.
        public var resumeReason = ""
        public var resumedBy: ActorRecord?

        public init(
            from: Instant, until: Instant? = nil, endsAt: Instant? = nil, reason: String, by: ActorRecord,
            isByState: Bool = false
        ) {
            self.from = from
            self.until = until
            self.endsAt = endsAt
            self.reason = reason
            self.by = by
            self.isByState = isByState
        }
    }

    /// More time, granted by a supervisor or by the procedure.
    public struct Extension: Hashable, Sendable {
        public var at: Instant
        public var byMilliseconds: Int64
        public var reason: String
        public var by: ActorRecord

        public init(at: Instant, byMilliseconds: Int64, reason: String, by: ActorRecord) {
            self.at = at
            self.byMilliseconds = byMilliseconds
            self.reason = reason
            self.by = by
        }
    }

    /// What a clock does at a point in time, in the order it does it.
    public enum Firing: Hashable, Sendable {
        /// From 1 on, in the order of the target's steps.
        case warn(step: Int)
        case breach
        /// Level 1, 2 or 3.
        case escalate(level: Int)
        /// The pause is over.
        case resume
    }

    public static let warningsMax = AlertSteps<Instant>.countMax
    public static let escalationLevelsMax = AlertSteps<Instant>.countMax
    /// All that one clock can have due at once: the end of a pause, its warnings, the breach and its escalations.
    public static let firingsMax = 1 + warningsMax + 1 + escalationLevelsMax

    public let kind: ClockKind
    /// 1 for the first clock of its kind in the case.
    public let ordinal: UInt32
    public let startedAt: Instant
    /// Without pauses. An extension is a due time granted anew, so it moves this one too.
    public var rawDueAt: Instant
    public var dueAt: Instant
    /// The length it was started with, which pauses stretch by its own measure.
    public var length: ClockTarget.Length
    /// By the clock's own measure: of the wall clock or of business time, as its length is.
    public var warnBeforeMilliseconds: AlertSteps<Int64>
    public var escalateAfterMilliseconds: AlertSteps<Int64>
    /// When it warns; step n at index n − 1.
    public var warnAt: AlertSteps<Instant>
    /// When each level is due after the breach; level n at index n − 1. A pause after the breach moves those to come, since
    /// nobody escalates for it, and not the due time, since the breach stands.
    public var escalateAt: AlertSteps<Instant>
    /// The SLA policy it runs under; an ended clock keeps the one it ended under.
    public var slaVersion: UInt64
    /// INSPECT: the units that this clock waits for; the oldest clock's are inspected first. 0 for the other kinds.
    public var units: Int64 = 0
    /// REFUND: the money that this clock waits for, goods and shipping; what is paid goes to the oldest first. 0 for the other
    /// kinds, and for one of a build that let all of them wait for all the money.
    public var amountMinor: Int64 = 0
    /// REFUND: what was paid of the money it waited for.
    public var paidMinor: Int64 = 0
    public var pauses: [Pause] = []
    public var extensions: [Extension] = []
    /// When each warning fired; step n at index n − 1.
    public var warnedAt: AlertSteps<Instant> = []
    public var breachedAt: Instant?
    /// When each level fired; level n at index n − 1.
    public var escalatedAt: AlertSteps<Instant> = []
    public var end: ClockEnd?
    public var endedAt: Instant?

    public init(
        kind: ClockKind, ordinal: UInt32, startedAt: Instant, rawDueAt: Instant, length: ClockTarget.Length,
        warnBeforeMilliseconds: AlertSteps<Int64>, escalateAfterMilliseconds: AlertSteps<Int64>,
        slaVersion: UInt64
    ) {
        self.kind = kind
        self.ordinal = ordinal
        self.startedAt = startedAt
        self.rawDueAt = rawDueAt
        dueAt = rawDueAt
        self.length = length
        self.warnBeforeMilliseconds = warnBeforeMilliseconds
        self.escalateAfterMilliseconds = escalateAfterMilliseconds
        warnAt = warnBeforeMilliseconds.map { rawDueAt.adding(-$0) }
        escalateAt = escalateAfterMilliseconds.map { rawDueAt.adding($0) }
        self.slaVersion = slaVersion
    }

    public var isRunning: Bool { end == nil }
    public var isPaused: Bool { end == nil && pauses.last.map { $0.until == nil } ?? false }

    /// Breached, and not done: it stays late while it is paused.
    public var isLate: Bool { end == nil && breachedAt != nil }

    /// How long the clock has been held, up to `now` where a pause lasts.
    public func pausedMilliseconds(until now: Instant) -> Int64 {
        pauses.reduce(0) { $0 + max(0, ($1.until ?? max(now, $1.from)) - $1.from) }
    }

    /// The next thing the clock will do, and when; nil when it has ended, is held by the case's state or has nothing left to
    /// fire.
    public var nextFiring: (at: Instant, firing: Firing)? {
        guard end == nil else { return nil }
        if isPaused { return pauses.last?.endsAt.map { ($0, .resume) } }
        guard breachedAt != nil else {
            let step = warnedAt.count
            return step < warnAt.count ? (warnAt[step], .warn(step: step + 1)) : (dueAt, .breach)
        }
        let level = escalatedAt.count
        return level < escalateAt.count ? (escalateAt[level], .escalate(level: level + 1)) : nil
    }

    /// Sets when it warns and escalates, by its own measure, from the due time as it is now.
    mutating func schedule(_ calendar: WorkingCalendar) {
        warnAt = warnBeforeMilliseconds.map { length.time(-$0, from: dueAt, calendar: calendar) }
        escalateAt = escalateAfterMilliseconds.map { length.time($0, from: dueAt, calendar: calendar) }
        guard let breachedAt else { return }
        for pause in pauses where pause.from >= breachedAt {
            guard let until = pause.until else { break }
            escalateAt = escalateAt.map {
                length.due($0, pausedFrom: pause.from, until: until, calendar: calendar)
            }
        }
    }

    /// Whether its times and lengths can be added: asked of a clock that was read, which may be damaged.
    public var canBeScheduled: Bool {
        let lengths = 0...ClockTarget.longestMilliseconds
        return dueAt.isRepresentable && warnBeforeMilliseconds.allSatisfy(lengths.contains)
            && escalateAfterMilliseconds.allSatisfy(lengths.contains)
            && pauses.allSatisfy { $0.from.isRepresentable && ($0.until?.isRepresentable ?? true) }
    }

    /// The same as builds did that measured warnings and escalations by the wall clock alone, and stored none of the times.
    public mutating func scheduleByTheWallClock() {
        warnAt = warnBeforeMilliseconds.map { dueAt.adding(-$0) }
        let paused = pauses.reduce(Int64(0)) { sum, pause in
            guard let breachedAt, pause.from >= breachedAt else { return sum }
            return sum + max(0, (pause.until ?? pause.from) - pause.from)
        }
        escalateAt = escalateAfterMilliseconds.map { dueAt.adding($0 + paused) }
    }

    mutating func fire(_ firing: Firing, at now: Instant) {
        switch firing {
        case .warn: warnedAt.append(now)
        case .breach: breachedAt = now
        case .escalate: escalatedAt.append(now)
        case .resume: break
        }
    }

    mutating func pause(
        at now: Instant, endsAt: Instant? = nil, reason: String, by actor: ActorRecord,
        isByState: Bool = false
    ) {
        precondition(isRunning && !isPaused, "pause of a clock that does not run")
        pauses.append(Pause(from: now, endsAt: endsAt, reason: reason, by: actor, isByState: isByState))
    }

    /// Ends the pause and moves the due time (`ClockTarget.Length.due`).
    mutating func resume(
        at now: Instant, calendar: WorkingCalendar, reason: String = "", by actor: ActorRecord? = nil
    ) {
        precondition(isPaused, "resume of a clock that is not paused")
        let last = pauses.count - 1
        // Two servers' clocks may differ: a pause never lasts less than no time.
        let from = pauses[last].from
        let now = max(now, from)
        pauses[last].until = now
        pauses[last].resumeReason = reason
        pauses[last].resumedBy = actor
        if breachedAt == nil {
            dueAt = length.due(dueAt, pausedFrom: from, until: now, calendar: calendar)
        }
        schedule(calendar)
    }

    /// A breach is never erased: what was late is missed, also where its work fell away.
    mutating func end(_ end: ClockEnd, at now: Instant) {
        precondition(isRunning, "end of a clock that has ended")
        if isPaused { pauses[pauses.count - 1].until = max(now, pauses[pauses.count - 1].from) }
        self.end = breachedAt != nil && (end == .voided || end == .superseded) ? .missed : end
        endedAt = now
    }

    /// More time is granted.
    mutating func extend(_ grant: Extension, calendar: WorkingCalendar) {
        extensions.append(grant)
        add(grant.byMilliseconds)
        schedule(calendar)
    }

    /// Goes by another target as if it had from its start: what was consumed, paused and granted since counts as before.
    /// A clock that was breached keeps its due time, since a breach is never erased; so does one whose due time was agreed
    /// with the customer. Of time that the customer was promised none is taken away. What has fired does not fire again.
    mutating func recompute(_ target: ClockTarget, slaVersion: UInt64, calendar: WorkingCalendar) {
        precondition(isRunning, "recomputing a clock that has ended")
        self.slaVersion = slaVersion
        escalateAfterMilliseconds = AlertSteps(target.escalations.lazy.map(\.afterMilliseconds))
        defer { schedule(calendar) }
        guard breachedAt == nil else { return }
        if case .byAgreement = kind.rule.start { return }
        length = target.length
        warnBeforeMilliseconds = AlertSteps(target.warnBeforeMilliseconds)
        let (promised, rawPromised) = (dueAt, rawDueAt)
        rawDueAt = length.due(from: startedAt, calendar: calendar)
        dueAt = rawDueAt
        // As it went: a pause moves the due time when it ends.
        var grants = extensions[...]
        for pause in pauses {
            guard let until = pause.until else { break }
            while let grant = grants.first, grant.at < until {
                grants.removeFirst()
                add(grant.byMilliseconds)
            }
            dueAt = length.due(dueAt, pausedFrom: pause.from, until: until, calendar: calendar)
        }
        for grant in grants { add(grant.byMilliseconds) }
        if kind.owner == .channel {
            dueAt = max(dueAt, promised)
            rawDueAt = max(rawDueAt, rawPromised)
        }
    }

    private mutating func add(_ milliseconds: Int64) {
        dueAt = dueAt.adding(milliseconds)
        rawDueAt = rawDueAt.adding(milliseconds)
    }

    /// How the clock ends when its work is done now: by the due time that it shows.
    func completion(at now: Instant) -> ClockEnd {
        breachedAt != nil || (!isPaused && now >= dueAt) ? .missed : .met
    }
}
