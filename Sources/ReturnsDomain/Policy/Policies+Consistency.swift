/// What has to hold in stored policies and calendars so that nothing that is computed with them overflows. It is less than
/// what is asked of a new version: versions are never changed, so a rule that came later binds none before it.
extension ReturnPolicy {
    /// The first thing that is out of range; nil when nothing is.
    public var inconsistency: String? {
        guard (0...100_000).contains(returnWindowDays), (0...1_000).contains(appealsMax),
            (0...1_000).contains(followUpAttemptsMax), (0...100).contains(deductionPercentMax),
            returnRules.allSatisfy({ (0...100_000).contains($0.returnDays) })
        else { return "a number is out of range" }
        guard channelZones.allSatisfy({ $0.zone.isInOrder && !$0.zone.offsets.isEmpty }) else {
            return "an offset is out of range"
        }
        return nil
    }
}

extension SLAPolicy {
    public var inconsistency: String? {
        guard !plans.isEmpty else { return "SLA policy without a plan" }
        for plan in plans {
            if let quietHours = plan.quietHours,
                ![quietHours.fromMinute, quietHours.untilMinute].allSatisfy({
                    (0...WorkingCalendar.dayMinutes).contains($0)
                })
            {
                return "quiet hours are out of range"
            }
            guard plan.targets.values.allSatisfy(\.isInRange) else { return "a target is out of range" }
        }
        return nil
    }
}

extension ClockTarget {
    fileprivate var isInRange: Bool {
        let durations = warnBeforeMilliseconds + escalations.map(\.afterMilliseconds) + [length.magnitude]
        return warnBeforeMilliseconds.count <= Clock.warningsMax
            && escalations.count <= Clock.escalationLevelsMax
            && durations.allSatisfy { (0...Self.longestMilliseconds).contains($0) }
    }
}

extension ClockTarget.Length {
    /// Milliseconds or days.
    var magnitude: Int64 {
        switch self {
        case .wall(let milliseconds), .working(let milliseconds): milliseconds
        case .workingDays(let days): Int64(days)
        }
    }
}

extension WorkingCalendar {
    public var inconsistency: String? {
        guard zone.isInOrder else { return "an offset is out of range" }
        let hours = week.joined() + specialDays.values.flatMap(\.hours)
        guard
            hours.allSatisfy({
                (0...Self.dayMinutes).contains($0.opensMinute)
                    && (0...Self.dayMinutes).contains($0.closesMinute)
            })
        else { return "business hours are out of range" }
        return nil
    }
}
