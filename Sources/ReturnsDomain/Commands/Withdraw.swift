extension CommandRule {
    /// The customer wants the goods back that are on their way.
    static let withdraw = CommandRule(in: [.inTransit]) { !$0.value.isWithdrawn }
}

extension CaseDraft {
    mutating func withdraw(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        guard !value.isWithdrawn else { throw refusal("WITHDRAWN", "the case is withdrawn already") }
        value.isWithdrawn = true
        record(.withdrawn, "the goods go back on arrival", personalText: reason)
    }
}
