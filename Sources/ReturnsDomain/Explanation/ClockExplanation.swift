/// From a clock's start to its due time, and to its end.
public struct ClockExplanation: Hashable, Sendable {
    public enum Step: Hashable, Sendable {
        case started(at: Instant)
        /// By telling the customer.
        case told(NoticeOccasion, at: Instant)
        case length(ClockTarget.Length, from: Instant, passed: [PassedDay], due: Instant)
        case agreed(due: Instant)
        /// It moves the due time when it is over.
        case paused(Clock.Pause)
        /// Nil where the due time cannot be derived.
        case resumed(Clock.Pause, at: Instant, due: Instant?)
        case extended(byMilliseconds: Int64, at: Instant, due: Instant?)
        /// The steps before come to another time than the one that stands, or there are none that come to any.
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

    /// What a clock went by.
    public struct Rules: Hashable, Sendable {
        public var slaVersion: UInt64
        public var plan: String
        public var calendar: WorkingCalendar.Reference
        public var timeZone: String

        init(_ plan: SLAPlan, of version: UInt64) {
            slaVersion = version
            self.plan = plan.name
            calendar = plan.calendar.reference
            timeZone = plan.calendar.timeZone
        }
    }

    public var clock: Clock
    /// Nil where none are known by which the steps come to what stands.
    public var rules: Rules?
    /// In the order of time.
    public var steps: [Step] = []
    /// What the steps come to.
    private(set) var derivedDue: Instant?

    /// Goes the way that `Clock.recompute` goes, step by step.
    init(_ clock: Clock, notices: [Notice], plan: SLAPlan, of version: UInt64) {
        self.clock = clock
        rules = Rules(plan, of: version)
        addStart(notices)
        let calendar = plan.calendar
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
        for change in Self.changes(of: clock) {
            switch change {
            case .extension(let grant):
                due = due.adding(grant.byMilliseconds)
                steps.append(.extended(byMilliseconds: grant.byMilliseconds, at: grant.at, due: due))
            case .pause(let pause): steps.append(.paused(pause))
            case .resumption(let pause, let until):
                // One that ended with its clock moved nothing.
                if until == clock.endedAt && pause == clock.pauses.last && due == clock.dueAt { continue }
                // A breach is never erased, so a pause behind it moves nothing.
                if clock.breachedAt.map({ $0 > pause.from }) ?? true {
                    due = clock.length.due(due, pausedFrom: pause.from, until: until, calendar: calendar)
                }
                steps.append(.resumed(pause, at: until, due: due))
            case .breach(let at): steps.append(.breached(at: at))
            }
        }
        derivedDue = due
        if due != clock.dueAt { steps.append(.kept(due: clock.dueAt)) }
        addEnd()
    }

    /// What is known of a clock whose due time no known plan comes to.
    init(_ clock: Clock, notices: [Notice]) {
        self.clock = clock
        addStart(notices)
        steps.append(.kept(due: clock.dueAt))
        for change in Self.changes(of: clock) {
            switch change {
            case .extension(let grant):
                steps.append(.extended(byMilliseconds: grant.byMilliseconds, at: grant.at, due: nil))
            case .pause(let pause): steps.append(.paused(pause))
            case .resumption(let pause, let until):
                guard until != clock.endedAt else { continue }
                steps.append(.resumed(pause, at: until, due: nil))
            case .breach(let at): steps.append(.breached(at: at))
            }
        }
        addEnd()
    }

    private mutating func addStart(_ notices: [Notice]) {
        let telling = notices.first {
            $0.state == .told && $0.endedAt == clock.startedAt
                && clock.kind.rule.occasions.contains($0.occasion)
        }
        steps.append(
            telling.map { .told($0.occasion, at: clock.startedAt) } ?? .started(at: clock.startedAt))
    }

    private mutating func addEnd() {
        if let end = clock.end, let at = clock.endedAt { steps.append(.ended(end, at: at)) }
    }

    private enum Change {
        case pause(Clock.Pause)
        case resumption(Clock.Pause, Instant)
        case breach(Instant)
        case `extension`(Clock.Extension)

        var at: Instant {
            switch self {
            case .pause(let pause): pause.from
            case .resumption(_, let until): until
            case .breach(let at): at
            case .extension(let grant): grant.at
            }
        }
    }

    /// In the order of time. What is of one moment: a pause and its end first, then a breach, then more time.
    private static func changes(of clock: Clock) -> [Change] {
        var changes: [Change] = []
        for pause in clock.pauses {
            changes.append(.pause(pause))
            if let until = pause.until { changes.append(.resumption(pause, until)) }
        }
        if let at = clock.breachedAt { changes.append(.breach(at)) }
        changes += clock.extensions.map { .extension($0) }
        return changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// No length is longer than this many days, so that damage makes no list without an end.
    static let passedDaysMax: Int32 = 400

    /// Of a clock that counts business time; on the wall clock every day counts. Working days count from the day behind the start.
    private static func passed(
        _ length: ClockTarget.Length, from: Instant, to due: Instant, _ calendar: WorkingCalendar
    ) -> [PassedDay] {
        let first: Int32
        switch length {
        case .wall: return []
        case .working: first = calendar.localDay(of: from)
        case .workingDays: first = calendar.localDay(of: from) + 1
        }
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

/// The plans by which the clocks of a case may have run: an ended one keeps the version that it ended under, and a breached one the due
/// time of an earlier one.
struct PlansOfThePast {
    private let value: Case
    private let order: Order
    private let policies: [UInt64: SLAPolicy]

    init(of value: Case, order: Order, sla: SLAPolicy, others: [UInt64: SLAPolicy]) {
        self.value = value
        self.order = order
        policies = others.merging([sla.version: sla]) { _, own in own }
    }

    /// So many versions before the clock's own are tried.
    private static let versionsMax = 16

    /// By the first plan whose steps come to the due time that stands.
    func explanation(of clock: Clock) -> ClockExplanation {
        var own: ClockExplanation?
        for (version, plan) in candidates(clock) {
            let explanation = ClockExplanation(clock, notices: value.notices, plan: plan, of: version)
            if explanation.derivedDue == clock.dueAt { return explanation }
            if own == nil, version == clock.slaVersion { own = explanation }
        }
        // What the customer was promised is kept, whatever the plan that took over comes to.
        if let own, clock.kind.owner == .channel, clock.breachedAt == nil { return own }
        return ClockExplanation(clock, notices: value.notices)
    }

    private func candidates(_ clock: Clock) -> [(version: UInt64, plan: SLAPlan)] {
        var candidates: [(version: UInt64, plan: SLAPlan)] = []
        let earlier = policies.keys.filter { $0 < clock.slaVersion }.sorted(by: >).prefix(Self.versionsMax)
        for version in [clock.slaVersion] + earlier {
            guard let policy = policies[version] else { continue }
            // As it was chosen: the case keeps the name, and the order tells it anew.
            let first =
                version == value.slaVersion
                ? policy.plan(named: value.slaPlan) : policy.plan(for: order, reason: value.form.reasonCode)
            candidates.append((version, first))
            candidates += policy.plans.filter { $0.name != first.name }.map { (version, $0) }
        }
        return candidates
    }
}
