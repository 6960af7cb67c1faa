extension ReturnPolicy {
    /// Refuses a policy under which a form could not be judged.
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
        try Require.text(
            returnAddress, "policy.return_address", max: TextLimits.shortTextBytesMax, optional: true)
        try Require.text(instructions, "policy.instructions", max: TextLimits.longTextBytesMax)
        guard (0...10).contains(appealsMax), (1...20).contains(followUpAttemptsMax) else {
            throw .invalid(
                "OUT_OF_RANGE", "policy", "appeals_max is 0 to 10 and follow_up_attempts_max 1 to 20")
        }
    }
}
