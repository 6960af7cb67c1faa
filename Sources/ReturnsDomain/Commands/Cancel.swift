extension CommandRule {
    /// The customer wants nothing any more, before anything was shipped.
    static let cancel = CommandRule(
        in: [.submitted, .infoNeeded, .approved, .pickupScheduled], leadsToTheEnd: true)
}

extension CaseDraft {
    mutating func cancel(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        releaseForEnd()
        value.stateBefore = value.state
        voidNotices()
        value.state = .cancelled
        endClocks(.voided)
        record(.cancelled, "nothing was shipped", personalText: reason)
    }
}
