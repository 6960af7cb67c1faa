import ReturnsAPI

/// A policy on one screen.
struct PolicyDetail {
    var reply: Returns_V1_GetPolicyReply

    func text(_ style: Style) -> String {
        let policy = reply.policy
        let isCurrent = policy.version == reply.currentVersion
        var lines = [
            style.bold("policy \(policy.version)")
                + (isCurrent ? ", in force" : ", replaced; \(reply.currentVersion) is in force"),
            "  return window   \(policy.returnWindowDays) days",
            "  standard        version \(policy.standardVersion)",
            "  conditions      \(policy.requiredConditions.joined(separator: ", "))",
            "  enclosures      \(policy.enclosures.joined(separator: ", "))",
            "  return address  \(policy.returnAddress.isEmpty ? "none: approvals have to give one" : TextWidth.safe(policy.returnAddress))",
            "  instructions    \(TextWidth.safe(policy.instructions))",
            "  appeals         \(policy.appealsMax); follow-up attempts \(policy.followUpAttemptsMax); "
                + "returnless \(policy.returnlessAllowed ? "allowed" : "not allowed")",
            "",
        ]
        var reasons = Table([.init("REASON"), .init("TITLE"), .init("COVERED")])
        for reason in policy.reasons {
            reasons.add([reason.code, reason.title, reason.covered ? "yes" : "no"])
        }
        lines.append(reasons.text(style))
        return lines.joined(separator: "\n")
    }
}
