extension ReturnPolicy {
    /// Refuses a policy under which a clock could not run or a form could not be judged.
    public func validate() throws(CaseRejection) {
        guard (0...3_650).contains(returnWindowDays) else {
            throw .invalid("OUT_OF_RANGE", "policy.return_window_days", "give 0 to 3650 days")
        }
        try Require.count(reasons.count, "policy.reasons", 1...CountLimits.policyListMax)
        guard Set(reasons.map(\.code)).count == reasons.count else {
            throw .invalid("DUPLICATE_REASON", "policy.reasons", "each reason code may stand once")
        }
        for (index, reason) in reasons.enumerated() {
            try Require.identifier(reason.code, "policy.reasons[\(index)].code")
            try Require.text(
                reason.title, "policy.reasons[\(index)].title", max: TextLimits.shortTextBytesMax,
                optional: true)
        }
        try Require.count(
            requiredConditions.count, "policy.required_conditions", 0...CountLimits.conditionsMax)
        for (index, code) in requiredConditions.enumerated() {
            try Require.identifier(code, "policy.required_conditions[\(index)]")
        }
        try Require.count(enclosures.count, "policy.enclosures", 0...CountLimits.conditionsMax)
        for (index, code) in enclosures.enumerated() {
            try Require.identifier(code, "policy.enclosures[\(index)]")
        }
        try Require.text(returnAddress, "policy.return_address", max: TextLimits.shortTextBytesMax)
        try Require.text(instructions, "policy.instructions", max: TextLimits.longTextBytesMax)
        for kind in ClockKind.allCases {
            if let target = targets[kind] { try target.validate("policy.targets.\(kind)") }
        }
        try calendar.validate()
        guard (0...10).contains(appealsMax), (1...20).contains(followUpAttemptsMax) else {
            throw .invalid(
                "OUT_OF_RANGE", "policy", "appeals_max is 0 to 10 and follow_up_attempts_max 1 to 20")
        }
    }
}

extension ClockTarget {
    fileprivate func validate(_ field: String) throws(CaseRejection) {
        switch length {
        case .wall(let milliseconds):
            guard (0...3_650 * Milliseconds.day).contains(milliseconds) else {
                throw .invalid("OUT_OF_RANGE", field, "a wall-clock target is at most ten years")
            }
        case .workingDays(let days):
            guard (1...1_000).contains(days) else {
                throw .invalid("OUT_OF_RANGE", field, "a target is 1 to 1000 working days")
            }
        }
        guard (0...3_650 * Milliseconds.day).contains(warnBeforeMilliseconds),
            escalateAfterMilliseconds.count <= Clock.escalationLevelsMax,
            escalateAfterMilliseconds.allSatisfy({ (1...3_650 * Milliseconds.day).contains($0) }),
            zip(escalateAfterMilliseconds, escalateAfterMilliseconds.dropFirst()).allSatisfy(<)
        else {
            throw .invalid(
                "OUT_OF_RANGE", field,
                "give at most \(Clock.escalationLevelsMax) rising escalations and a warning, each within ten years"
            )
        }
    }
}

extension WorkingCalendar {
    fileprivate func validate() throws(CaseRejection) {
        guard !workingWeekdays.isEmpty, workingWeekdays.allSatisfy({ (1...7).contains($0) }) else {
            throw .invalid(
                "OUT_OF_RANGE", "policy.calendar.working_weekdays",
                "give at least one weekday, 1 Monday to 7 Sunday")
        }
        guard (0..<1_440).contains(opensMinute), (1...1_440).contains(closesMinute),
            opensMinute < closesMinute
        else {
            throw .invalid(
                "OUT_OF_RANGE", "policy.calendar", "business hours open before they close, within one day")
        }
        guard !offsets.isEmpty, zip(offsets, offsets.dropFirst()).allSatisfy({ $0.from < $1.from }),
            offsets.count <= CountLimits.calendarOffsetsMax,
            offsets.allSatisfy({ $0.seconds.magnitude <= 14 * 3_600 })
        else {
            throw .invalid(
                "OUT_OF_RANGE", "policy.calendar.offsets",
                "give UTC offsets within 14 hours, rising by time, at most \(CountLimits.calendarOffsetsMax)")
        }
        try Require.text(
            timeZone, "policy.calendar.time_zone", max: TextLimits.identifierBytesMax, optional: true)
        guard holidays.isDisjoint(with: makeupDays) else {
            throw .invalid(
                "OUT_OF_RANGE", "policy.calendar.holidays",
                "a day cannot be a holiday and a make-up working day")
        }
        guard holidays.count <= 5_000, makeupDays.count <= 5_000 else {
            throw .invalid(
                "COUNT_OUT_OF_RANGE", "policy.calendar.holidays",
                "at most 5000 holidays and make-up days each")
        }
    }
}
