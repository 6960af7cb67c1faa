extension ReturnPolicy {
    /// Refuses a policy under which a form could not be judged.
    ///
    /// - Parameter replaced: The version that it comes after; nil for the first.
    public func validate(replacing replaced: ReturnPolicy? = nil) throws(CaseRejection) {
        try Self.requireDays(returnWindowDays, "policy.return_window_days")
        try Require.count(reasons.count, "policy.reasons", 1...CountLimits.policyListMax)
        guard Set(reasons.map(\.code)).count == reasons.count else {
            throw .invalid("DUPLICATE_REASON", "policy.reasons", "each reason code may stand once")
        }
        for (index, reason) in reasons.enumerated() {
            try Require.identifier(reason.code, "policy.reasons[\(index)].code")
            try reason.validate("policy.reasons[\(index)]")
        }
        let codes = Set(reasons.map(\.code))
        if let removed = replaced?.reasons.first(where: { !codes.contains($0.code) }) {
            throw .invalid(
                "REASON_REMOVED", "policy.reasons",
                "the reason \(removed.code) is missing; cases name it, so keep it and set retired to true")
        }
        guard reasons.contains(where: { !$0.isRetired }) else {
            throw .invalid("FIELD_REQUIRED", "policy.reasons", "leave at least one reason in use")
        }
        try validateRules()
        try validateZones()
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
        guard (0...Money.amountMinorMax).contains(secondPersonAboveMinor ?? 0) else {
            throw .invalid(
                "OUT_OF_RANGE", "policy.second_person_above_minor",
                "give 0 to \(Money.amountMinorMax) in minor units, or leave it out for no second person")
        }
        guard (0...100).contains(deductionPercentMax) else {
            throw .invalid("OUT_OF_RANGE", "policy.deduction_percent_max", "give 0 to 100 per cent")
        }
    }

    static func requireDays(_ days: Int64, _ field: String) throws(CaseRejection) {
        guard (0...ReturnWindow.daysMax).contains(days) else {
            throw .invalid("OUT_OF_RANGE", field, "give 0 to \(ReturnWindow.daysMax) days")
        }
    }

    private func validateRules() throws(CaseRejection) {
        try Require.count(returnRules.count, "policy.return_rules", 0...CountLimits.policyListMax)
        let names = returnRules.reduce(0) { $0 + $1.skus.count + $1.categories.count }
        guard names <= CountLimits.returnRuleNamesMax else {
            throw .invalid(
                "COUNT_OUT_OF_RANGE", "policy.return_rules",
                "give at most \(CountLimits.returnRuleNamesMax) SKUs and categories together; there are \(names)"
            )
        }
        for (index, rule) in returnRules.enumerated() {
            let field = "policy.return_rules[\(index)]"
            guard !(rule.skus.isEmpty && rule.categories.isEmpty) else {
                throw .invalid("FIELD_REQUIRED", field, "name the SKUs or categories that the rule is for")
            }
            for (place, sku) in rule.skus.enumerated() {
                try Require.text(sku, "\(field).skus[\(place)]", max: TextLimits.identifierBytesMax)
            }
            for (place, category) in rule.categories.enumerated() {
                try Require.text(
                    category, "\(field).categories[\(place)]", max: TextLimits.identifierBytesMax)
            }
            try Self.requireDays(rule.returnDays, "\(field).return_days")
            try Require.text(rule.reason, "\(field).reason", max: TextLimits.shortTextBytesMax)
        }
    }

    private func validateZones() throws(CaseRejection) {
        try Require.count(channelZones.count, "policy.time_zones", 0...CountLimits.policyListMax)
        var channels = Set<String>()
        for (index, item) in channelZones.enumerated() {
            let field = "policy.time_zones[\(index)]"
            try Require.count(
                item.saleChannels.count, "\(field).sale_channels", 1...CountLimits.policyListMax)
            for (place, channel) in item.saleChannels.enumerated() {
                try OrderKey.validate(saleChannel: channel, "\(field).sale_channels[\(place)]")
                guard channels.insert(channel).inserted else {
                    throw .invalid(
                        "DUPLICATE_SALE_CHANNEL", "\(field).sale_channels[\(place)]",
                        "the sale channel \(channel) has a zone already; name it once")
                }
            }
            try Require.zone(item.zone, "\(field).time_zone")
        }
    }
}

extension ReturnReason {
    fileprivate func validate(_ field: String) throws(CaseRejection) {
        try Require.text(title, "\(field).title", max: TextLimits.shortTextBytesMax, optional: true)
        try Require.count(texts.count, "\(field).texts", 0...CountLimits.reasonTextsMax)
        for (index, text) in texts.enumerated() {
            try Require.identifier(text.locale, "\(field).texts[\(index)].locale")
            try Require.text(
                text.text, "\(field).texts[\(index)].text", max: TextLimits.shortTextBytesMax)
        }
        guard Set(texts.map(\.locale)).count == texts.count else {
            throw .invalid("DUPLICATE_LOCALE", "\(field).texts", "each locale may stand once")
        }
        try Require.count(evidence.count, "\(field).evidence", 0...CountLimits.conditionsMax)
        for (index, code) in evidence.enumerated() {
            try Require.identifier(code, "\(field).evidence[\(index)]")
        }
    }
}
