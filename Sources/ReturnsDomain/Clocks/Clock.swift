/// One deadline of a case, from start to end (DESIGN §3). A breach is never erased.
public struct Clock: Hashable, Sendable {
    public struct Pause: Hashable, Sendable {
        public var from: Instant
        /// Nil while the pause lasts.
        public var until: Instant?
        public var reason: String

        public init(from: Instant, until: Instant? = nil, reason: String) {
            self.from = from
            self.until = until
            self.reason = reason
        }
    }

    /// What a clock does at a point in time, in the order it does it.
    public enum Firing: Hashable, Sendable {
        case warn
        case breach
        /// Level 1, 2 or 3.
        case escalate(level: Int)
    }

    public static let escalationLevelsMax = 3
    /// All that one clock ever fires: a warning, the breach and its escalations.
    public static let firingsMax = 2 + escalationLevelsMax

    public let kind: ClockKind
    /// 1 for the first clock of its kind in the case.
    public let ordinal: UInt32
    public let startedAt: Instant
    /// Without pauses. An extension is a due time granted anew, so it moves this one too.
    public var rawDueAt: Instant
    public var dueAt: Instant
    /// The length it was started with, which pauses stretch by its own measure.
    public let length: ClockTarget.Length
    public let warnBeforeMilliseconds: Int64
    public let escalateAfterMilliseconds: [Int64]
    public let policyVersion: UInt64
    /// INSPECT: the units that this clock waits for; the oldest clock's are inspected first. 0 for the other kinds.
    public var units: Int64 = 0
    public var pauses: [Pause] = []
    public var warnedAt: Instant?
    public var breachedAt: Instant?
    /// When each level fired; level n at index n − 1.
    public var escalatedAt: [Instant] = []
    public var end: ClockEnd?
    public var endedAt: Instant?

    public init(
        kind: ClockKind, ordinal: UInt32, startedAt: Instant, rawDueAt: Instant, length: ClockTarget.Length,
        warnBeforeMilliseconds: Int64, escalateAfterMilliseconds: [Int64], policyVersion: UInt64
    ) {
        self.kind = kind
        self.ordinal = ordinal
        self.startedAt = startedAt
        self.rawDueAt = rawDueAt
        dueAt = rawDueAt
        self.length = length
        self.warnBeforeMilliseconds = warnBeforeMilliseconds
        self.escalateAfterMilliseconds = escalateAfterMilliseconds
        self.policyVersion = policyVersion
    }

    public var isRunning: Bool { end == nil }
    public var isPaused: Bool { end == nil && pauses.last.map { $0.until == nil } ?? false }

    /// The next thing the clock will do, and when; nil when it has ended, is paused or has nothing left to fire.
    public var nextFiring: (at: Instant, firing: Firing)? {
        guard end == nil, !isPaused else { return nil }
        guard breachedAt != nil else {
            if warnBeforeMilliseconds > 0, warnedAt == nil {
                return (dueAt.adding(-warnBeforeMilliseconds), .warn)
            }
            return (dueAt, .breach)
        }
        let level = escalatedAt.count
        guard level < escalateAfterMilliseconds.count else { return nil }
        return (
            dueAt.adding(escalateAfterMilliseconds[level] + pausedSinceBreachMilliseconds),
            .escalate(level: level + 1)
        )
    }

    /// A pause after the breach moves no due time, since the breach stands, but nobody escalates for it.
    private var pausedSinceBreachMilliseconds: Int64 {
        guard let breachedAt else { return 0 }
        return pauses.reduce(0) { sum, pause in
            pause.from >= breachedAt ? sum + max(0, (pause.until ?? pause.from) - pause.from) : sum
        }
    }

    mutating func fire(_ firing: Firing, at now: Instant) {
        switch firing {
        case .warn: warnedAt = now
        case .breach: breachedAt = now
        case .escalate: escalatedAt.append(now)
        }
    }

    mutating func pause(at now: Instant, reason: String) {
        precondition(isRunning && !isPaused, "pause of a clock that does not run")
        pauses.append(Pause(from: now, reason: reason))
    }

    /// Ends the pause and moves the due time: by the pause's length on the wall clock, or so that the same business
    /// time is left as when the pause began.
    mutating func resume(at now: Instant, calendar: WorkingCalendar) {
        precondition(isPaused, "resume of a clock that is not paused")
        // Two servers' clocks may differ: a pause never lasts less than no time.
        let from = pauses[pauses.count - 1].from
        let now = max(now, from)
        pauses[pauses.count - 1].until = now
        // A clock that was late when it paused keeps its due time: its breach stands, its escalations wait.
        guard dueAt > from else { return }
        switch length {
        case .wall: dueAt = dueAt.adding(now - from)
        case .workingDays:
            let left = calendar.workingMilliseconds(from: from, to: dueAt)
            dueAt = calendar.adding(workingMilliseconds: left, to: now)
        }
    }

    /// A breach is never erased: what was late is missed, also where its work fell away.
    mutating func end(_ end: ClockEnd, at now: Instant) {
        precondition(isRunning, "end of a clock that has ended")
        if isPaused { pauses[pauses.count - 1].until = now }
        self.end = breachedAt != nil && (end == .voided || end == .superseded) ? .missed : end
        endedAt = now
    }

    /// A supervisor grants more time.
    mutating func extend(by milliseconds: Int64) {
        dueAt = dueAt.adding(milliseconds)
        rawDueAt = rawDueAt.adding(milliseconds)
    }

    /// How the clock ends when its work is done now: met until it was breached. REVIEW counts the time the customer
    /// was asked as well, unless the policy counts net time.
    func completion(at now: Instant, reviewCountsNet: Bool) -> ClockEnd {
        if breachedAt != nil || (!isPaused && now >= dueAt) { return .missed }
        if kind == .review, !reviewCountsNet, now >= rawDueAt { return .missed }
        return .met
    }
}
