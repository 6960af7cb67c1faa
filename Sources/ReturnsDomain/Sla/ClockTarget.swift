/// How long a kind of clock runs, when it warns, and to whom it escalates.
public struct ClockTarget: Hashable, Sendable {
    public enum Length: Hashable, Sendable {
        /// Wall-clock milliseconds from the start.
        case wall(Int64)
        /// Business time from the start, in milliseconds.
        case working(Int64)
        /// The close of business of this many working days after the day of the start.
        case workingDays(Int)
    }

    /// Who is told when work is late, and how long after its due time.
    public struct Escalation: Hashable, Sendable {
        public var afterMilliseconds: Int64
        public var role: Role
        /// A person or team of that role; empty means all of it.
        public var target: String

        public init(afterMilliseconds: Int64, role: Role, target: String = "") {
            self.afterMilliseconds = afterMilliseconds
            self.role = role
            self.target = target
        }
    }

    public var length: Length
    /// Steps before the due time, falling, at most `Clock.warningsMax`; none means no warning.
    public var warnBeforeMilliseconds: [Int64]
    /// Rising, at most `Clock.escalationLevelsMax`; level n at index n − 1.
    public var escalations: [Escalation]

    public init(_ length: Length, warnBefore: [Int64] = [], escalations: [Escalation] = []) {
        self.length = length
        warnBeforeMilliseconds = warnBefore
        self.escalations = escalations
    }
}

extension ClockTarget.Length {
    /// Whether it is measured without a calendar.
    var isOfWallClock: Bool {
        if case .wall = self { true } else { false }
    }

    public func due(from start: Instant, calendar: WorkingCalendar) -> Instant {
        switch self {
        case .wall(let milliseconds): start.adding(milliseconds)
        case .working(let milliseconds): calendar.adding(workingMilliseconds: milliseconds, to: start)
        case .workingDays(let days): calendar.closeOfBusiness(workingDaysAfter: start, count: days)
        }
    }

    /// The time that lies so many milliseconds behind an instant, or before it where they are negative, by this measure:
    /// business time where it counts working hours or days.
    func time(_ milliseconds: Int64, from instant: Instant, calendar: WorkingCalendar) -> Instant {
        switch self {
        case .wall: instant.adding(milliseconds)
        case .working, .workingDays:
            milliseconds < 0
                ? calendar.subtracting(workingMilliseconds: -milliseconds, from: instant)
                : calendar.adding(workingMilliseconds: milliseconds, to: instant)
        }
    }

    /// What a due time becomes by a pause: later by the pause's length on the wall clock, or so that the same business
    /// time is left as when the pause began, and as much of what was granted beyond it. A clock that was late when it paused
    /// keeps its due time.
    func due(_ due: Instant, pausedFrom from: Instant, until: Instant, calendar: WorkingCalendar) -> Instant {
        guard due > from else { return due }
        switch self {
        case .wall: return due.adding(until - from)
        case .working, .workingDays:
            let left = calendar.workingMilliseconds(from: from, to: due)
            // All that is left lies outside business, by an extension: it is kept as it is.
            guard left > 0 else { return due.adding(until - from) }
            let beyond = due - calendar.adding(workingMilliseconds: left, to: from)
            return calendar.adding(workingMilliseconds: left, to: until).adding(beyond)
        }
    }
}
