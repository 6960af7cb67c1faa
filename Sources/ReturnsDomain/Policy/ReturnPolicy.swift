/// A version of what returns are judged by: window, reasons, conditions, deadlines and calendar (R2, R6, R22).
///
/// Versions are never changed or removed. A case pins the one it was approved under.
public struct ReturnPolicy: Hashable, Sendable {
    /// A reason from the managed list (R4). A listed one that is not covered fails its check.
    public struct Reason: Hashable, Sendable {
        public var code: String
        public var title: String
        public var isCovered: Bool

        public init(code: String, title: String, isCovered: Bool) {
            self.code = code
            self.title = title
            self.isCovered = isCovered
        }
    }

    public var version: UInt64
    public var returnWindowDays: Int64
    public var reasons: [Reason]
    /// Conditions that the customer has to declare met.
    public var requiredConditions: [String]
    public var standardVersion: UInt64
    public var returnAddress: String
    public var instructions: String
    public var enclosures: [String]
    /// One target for every kind of clock but PICKUP, which ends with its window.
    public var targets: [ClockKind: ClockTarget]
    public var calendar: WorkingCalendar
    /// Attainment of REVIEW leaves out the time the customer was asked; by default it does not.
    public var reviewCountsNet: Bool
    public var appealsMax: Int
    public var followUpAttemptsMax: Int
    public var isReturnlessAllowed: Bool
    public var createdAt: Instant
    public var createdBy: String

    public init(
        version: UInt64, returnWindowDays: Int64, reasons: [Reason], requiredConditions: [String],
        standardVersion: UInt64, returnAddress: String, instructions: String, enclosures: [String],
        targets: [ClockKind: ClockTarget], calendar: WorkingCalendar, reviewCountsNet: Bool = false,
        appealsMax: Int = 1, followUpAttemptsMax: Int = 3, isReturnlessAllowed: Bool = false,
        createdAt: Instant = Instant(milliseconds: 0), createdBy: String = ""
    ) {
        self.version = version
        self.returnWindowDays = returnWindowDays
        self.reasons = reasons
        self.requiredConditions = requiredConditions
        self.standardVersion = standardVersion
        self.returnAddress = returnAddress
        self.instructions = instructions
        self.enclosures = enclosures
        self.targets = targets
        self.calendar = calendar
        self.reviewCountsNet = reviewCountsNet
        self.appealsMax = appealsMax
        self.followUpAttemptsMax = followUpAttemptsMax
        self.isReturnlessAllowed = isReturnlessAllowed
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    public func target(_ kind: ClockKind) -> ClockTarget {
        targets[kind] ?? Self.defaultTargets[kind]!
    }

    public func reason(_ code: String) -> Reason? {
        reasons.first { $0.code == code }
    }
}

/// How long a kind of clock runs, when it warns and when it escalates.
public struct ClockTarget: Hashable, Sendable {
    public enum Length: Hashable, Sendable {
        /// Wall-clock milliseconds from the start.
        case wall(Int64)
        /// The close of business of this many working days after the day of the start.
        case workingDays(Int)
    }

    public var length: Length
    /// 0 means no warning.
    public var warnBeforeMilliseconds: Int64
    /// After the due time, rising, at most `Clock.escalationLevelsMax`.
    public var escalateAfterMilliseconds: [Int64]

    public init(_ length: Length, warnBefore: Int64, escalateAfter: [Int64]) {
        self.length = length
        warnBeforeMilliseconds = warnBefore
        escalateAfterMilliseconds = escalateAfter
    }

    public func due(from start: Instant, calendar: WorkingCalendar) -> Instant {
        switch length {
        case .wall(let milliseconds): start.adding(milliseconds)
        case .workingDays(let days): calendar.closeOfBusiness(workingDaysAfter: start, count: days)
        }
    }
}
