extension CommandRule {
    /// The customer wants nothing any more, before anything was shipped.
    static let cancel = CommandRule(
        in: [.submitted, .infoNeeded, .approved, .pickupScheduled], leadsToTheEnd: true)
}

extension CaseDraft {
    mutating func cancel(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        end(as: .cancelled)
        record(
            .cancelled,
            value.state == .cancelled ? "nothing was shipped" : "goods that came to it go out before it ends",
            personalText: reason)
    }
}
