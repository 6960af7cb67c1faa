import MoneyFormat
import ReturnsAPI

/// A policy on one screen.
struct PolicyDetail {
    var reply: Returns_V1_GetPolicyReply
    var times = TimeFormat.screen

    func text(_ style: Style) -> String {
        let policy = reply.policy
        let isCurrent = policy.version == reply.currentVersion
        var lines = [
            style.bold("policy \(policy.version)")
                + (isCurrent ? ", in force" : ", replaced; \(reply.currentVersion) is in force"),
            "  put             \(times.text(milliseconds: policy.createdAtMs)) by \(policy.createdBy.isEmpty ? "the server" : TextWidth.safe(policy.createdBy))",
            "  return window   \(policy.returnWindowDays) days",
            "  standard        version \(policy.standardVersion)",
            "  conditions      \(policy.requiredConditions.joined(separator: ", "))",
            "  enclosures      \(policy.enclosures.joined(separator: ", "))",
            "  return address  \(policy.returnAddress.isEmpty ? "none: approvals have to give one" : TextWidth.safe(policy.returnAddress))",
            "  instructions    \(TextWidth.safe(policy.instructions))",
            "  appeals         \(policy.appealsMax); follow-up attempts \(policy.followUpAttemptsMax); "
                + "returnless \(policy.returnlessAllowed ? "allowed" : "not allowed")",
            "  deductions      \(Self.deductions(policy))",
            "  second person   \(Self.secondPerson(policy))",
            "",
        ]
        lines += windowLines(policy) + [Self.reasons(policy).text(style)]
        return lines.joined(separator: "\n")
    }

    private static func deductions(_ policy: Returns_V1_Policy) -> String {
        let most = policy.deductionPercentMax
        return most == 0
            ? "each takes a supervisor"
            : "up to \(most) per cent of a line's share; more takes a supervisor"
    }

    /// The number is in minor units of whatever currency a case has, so it is shown as that, and in two currencies.
    private static func secondPerson(_ policy: Returns_V1_Policy) -> String {
        guard policy.hasSecondPersonAboveMinor else { return "no refund has to be confirmed" }
        let most = policy.secondPersonAboveMinor
        return
            "confirms refunds above \(most) minor units of the case's currency: \(MoneyFormat.text(most, "EUR")), \(MoneyFormat.text(most, "JPY"))"
    }

    /// What goods have windows of their own, and whose days windows count.
    private func windowLines(_ policy: Returns_V1_Policy) -> [String] {
        let rules = policy.returnRules.enumerated().map { index, rule in
            let goods = [("SKU", rule.skus), ("category", rule.categories)].filter { !$0.1.isEmpty }
                .map { "\($0.0) \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
            let days = rule.returnDays == 0 ? "not returnable" : "\(rule.returnDays) days"
            return "  return rule \(index + 1)   \(TextWidth.safe("\(goods): \(days), \(rule.reason)"))"
        }
        let zones = policy.timeZones.map { item in
            let channels = item.saleChannels.joined(separator: ", ")
            return "  days of         \(TextWidth.safe("\(item.timeZone) for sale channel \(channels)"))"
        }
        let lines = rules + zones
        return lines.isEmpty ? [] : lines + [""]
    }

    private static func reasons(_ policy: Returns_V1_Policy) -> Table {
        var reasons = Table([
            .init("REASON"), .init("TITLE"), .init("CATEGORY"), .init("COVERED"), .init("WAY BACK PAID BY"),
            .init("EVIDENCE"), .init("IN USE"), .init("TEXTS"),
        ])
        for reason in policy.reasons {
            reasons.add([
                reason.code, reason.title, word(reason.category).replacing("_", with: " "),
                reason.covered ? "yes" : "no", word(reason.returnPayer),
                reason.evidence.joined(separator: ", "), reason.retired ? "retired" : "yes",
                reason.texts.map { "\($0.locale): \($0.text)" }.joined(separator: "; "),
            ])
        }
        return reasons
    }
}
