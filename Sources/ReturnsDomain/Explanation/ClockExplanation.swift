/// From a clock's start to its due time, and to its end.
public struct ClockExplanation: Hashable, Sendable {
    public enum Step: Hashable, Sendable {
        case started(at: Instant)
        /// By telling the customer.
        case told(NoticeOccasion, at: Instant)
        case length(ClockTarget.Length, from: Instant, passed: [PassedDay], due: Instant)
        case agreed(due: Instant)
        /// `until` is nil while the pause lasts: it moves the due time when it is over.
        case paused(from: Instant, until: Instant?, isByState: Bool, due: Instant)
        case extended(byMilliseconds: Int64, at: Instant, due: Instant)
        /// The steps come to another time than the one that stands.
        case kept(due: Instant)
        case breached(at: Instant)
        case ended(ClockEnd, at: Instant)
    }

    /// A day between two times that does not count as its weekday would, or not at all.
    public struct PassedDay: Hashable, Sendable {
        public var day: Int32
        /// Nil of a day off by its weekday.
        public var kind: SpecialDayKind?
        public var title: String

        public init(_ day: Int32, kind: SpecialDayKind? = nil, title: String = "") {
            self.day = day
            self.kind = kind
            self.title = title
        }
    }

    public var clock: Clock
    public var plan: String
    public var calendar: WorkingCalendar.Reference
    public var timeZone: String
    public var steps: [Step] = []

    /// Goes the way that `Clock.recompute` goes, step by step.
    init(_ clock: Clock, notices: [Notice], plan: SLAPlan) {
        self.clock = clock
        self.plan = plan.name
        let calendar = plan.calendar
        self.calendar = calendar.reference
        timeZone = calendar.timeZone
        let telling = notices.first {
            $0.state == .told && $0.endedAt == clock.startedAt
                && clock.kind.rule.occasions.contains($0.occasion)
        }
        steps.append(
            telling.map { .told($0.occasion, at: clock.startedAt) } ?? .started(at: clock.startedAt))
        var due: Instant
        if case .byAgreement = clock.kind.rule.start {
            // Extensions have moved it since.
            due = clock.rawDueAt.adding(-clock.extensions.sumClamped(\.byMilliseconds))
            steps.append(.agreed(due: due))
        } else {
            due = clock.length.due(from: clock.startedAt, calendar: calendar)
            steps.append(
                .length(
                    clock.length, from: clock.startedAt,
                    passed: Self.passed(clock.length, from: clock.startedAt, to: due, calendar), due: due))
        }
        var grants = clock.extensions[...]
        func extend(before time: Instant?) {
            while let grant = grants.first, time.map({ grant.at < $0 }) ?? true {
                grants.removeFirst()
                due = due.adding(grant.byMilliseconds)
                steps.append(.extended(byMilliseconds: grant.byMilliseconds, at: grant.at, due: due))
            }
        }
        for pause in clock.pauses {
            extend(before: pause.until)
            // A breach is never erased, so a pause behind it moves nothing; nor does one that ended with its clock.
            let endedWithIt = pause.until == clock.endedAt && pause == clock.pauses.last && due == clock.dueAt
            if let until = pause.until, !endedWithIt, clock.breachedAt.map({ $0 > pause.from }) ?? true {
                due = clock.length.due(due, pausedFrom: pause.from, until: until, calendar: calendar)
            }
            steps.append(
                .paused(from: pause.from, until: pause.until, isByState: pause.isByState, due: due))
        }
        extend(before: nil)
        if due != clock.dueAt { steps.append(.kept(due: clock.dueAt)) }
        if let at = clock.breachedAt { steps.append(.breached(at: at)) }
        if let end = clock.end, let at = clock.endedAt { steps.append(.ended(end, at: at)) }
    }

    /// No length is longer than this many days, so that damage makes no list without an end.
    static let passedDaysMax: Int32 = 400

    /// Of a clock that counts business time; on the wall clock every day counts.
    private static func passed(
        _ length: ClockTarget.Length, from: Instant, to due: Instant, _ calendar: WorkingCalendar
    ) -> [PassedDay] {
        if case .wall = length { return [] }
        let first = calendar.localDay(of: from)
        let last = min(calendar.localDay(of: due), first + passedDaysMax)
        guard last >= first else { return [] }
        return (first...last).compactMap { day in
            if let special = calendar.specialDays[day] {
                return PassedDay(day, kind: special.kind, title: special.title)
            }
            return calendar.isWorkingDay(day) ? nil : PassedDay(day)
        }
    }
}
