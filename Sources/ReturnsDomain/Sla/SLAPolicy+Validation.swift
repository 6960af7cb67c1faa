extension SLAPolicy {
    /// Refuses a policy under which a clock could not run, or that leaves a case without a plan.
    ///
    /// - Parameter now: From when on its targets have to be reachable in their calendars.
    public func validate(now: Instant) throws(CaseRejection) {
        try Require.count(plans.count, "policy.plans", 1...CountLimits.slaPlansMax)
        var names = Set<String>()
        for (index, plan) in plans.enumerated() {
            try plan.validate("policy.plans[\(index)]", now: now)
            guard names.insert(plan.name).inserted else {
                throw .invalid(
                    "DUPLICATE_PLAN", "policy.plans[\(index)].name",
                    "plan \(plan.name) stands twice; give each plan its own name")
            }
            guard plan.condition.isForAll == (index == plans.count - 1) else {
                throw .invalid(
                    "PLAN_ORDER", "policy.plans[\(index)].condition",
                    plan.condition.isForAll
                        ? "only the last plan has no condition: the plans behind this one would never count"
                        : "the last plan is for all cases that no other picks, so it has no condition")
            }
        }
    }
}

extension SLAPlan {
    fileprivate func validate(_ field: String, now: Instant) throws(CaseRejection) {
        try Require.identifier(name, "\(field).name")
        try condition.validate("\(field).condition")
        for kind in ClockKind.allCases {
            guard let target = targets[kind] else { continue }
            try target.validate("\(field).targets.\(kind)")
            let days = (target.length.due(from: now, calendar: calendar) - now) / Milliseconds.day
            guard days < Int64(WorkingCalendar.searchDaysMax) - 1 else {
                throw .invalid(
                    "OUT_OF_RANGE", "\(field).targets.\(kind)",
                    "by calendar \(calendar.name) this target is more than ten years away")
            }
        }
        if let quietHours {
            guard [quietHours.fromMinute, quietHours.untilMinute].allSatisfy({ (0..<1_440).contains($0) }),
                quietHours.fromMinute != quietHours.untilMinute
            else {
                throw .invalid(
                    "OUT_OF_RANGE", "\(field).quiet_hours",
                    "give two different minutes of the day, 0 to 1439")
            }
        }
    }
}

extension SLACondition {
    fileprivate func validate(_ field: String) throws(CaseRejection) {
        let lists = [
            ("sale_channels", saleChannels), ("reasons", reasons), ("customer_classes", customerClasses),
        ]
        for (name, list) in lists {
            try Require.count(list.count, "\(field).\(name)", 0...CountLimits.policyListMax)
            for (index, code) in list.enumerated() {
                try Require.identifier(code, "\(field).\(name)[\(index)]")
            }
        }
        if let orderValue {
            guard (0...Money.amountMinorMax).contains(orderValue.fromMinor),
                orderValue.belowMinor.map({ $0 > orderValue.fromMinor }) ?? true
            else {
                throw .invalid(
                    "OUT_OF_RANGE", "\(field).order_value",
                    "give an amount from which, and a larger one below which it holds, or none")
            }
        }
    }
}

extension ClockTarget {
    fileprivate func validate(_ field: String) throws(CaseRejection) {
        switch length {
        case .wall(let milliseconds):
            guard (0...Self.longestMilliseconds).contains(milliseconds) else {
                throw .invalid("OUT_OF_RANGE", field, "a wall-clock target is at most ten years")
            }
        case .working(let milliseconds):
            guard (1...10_000 * Milliseconds.hour).contains(milliseconds) else {
                throw .invalid("OUT_OF_RANGE", field, "a target is at most 10,000 hours of business time")
            }
        case .workingDays(let days):
            guard (1...1_000).contains(days) else {
                throw .invalid("OUT_OF_RANGE", field, "a target is 1 to 1000 working days")
            }
        }
        guard warnBeforeMilliseconds.count <= Clock.warningsMax,
            warnBeforeMilliseconds.allSatisfy({ (1...Self.longestMilliseconds).contains($0) }),
            zip(warnBeforeMilliseconds, warnBeforeMilliseconds.dropFirst()).allSatisfy(>)
        else {
            throw .invalid(
                "OUT_OF_RANGE", "\(field).warn_before_ms",
                "give at most \(Clock.warningsMax) warnings, the earliest first, each within ten years")
        }
        let after = escalations.map(\.afterMilliseconds)
        guard after.count <= Clock.escalationLevelsMax,
            after.allSatisfy({ (1...Self.longestMilliseconds).contains($0) }),
            zip(after, after.dropFirst()).allSatisfy(<)
        else {
            throw .invalid(
                "OUT_OF_RANGE", "\(field).escalations",
                "give at most \(Clock.escalationLevelsMax) rising escalations, each within ten years")
        }
        for (index, escalation) in escalations.enumerated() {
            try Require.identifier(
                escalation.target, "\(field).escalations[\(index)].target", optional: true)
        }
    }

    static let longestMilliseconds = 3_650 * Milliseconds.day
}
