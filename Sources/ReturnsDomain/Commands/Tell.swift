extension CommandRule {
    /// The customer was told what was due to be told (R7, R8, R15, R17).
    static let tell = CommandRule(
        in: [.approved, .rejected, .pickupScheduled, .inTransit] + .afterArrival, leadsToTheEnd: true
    ) { $0.value.customerTold.isOpen }
}

extension CaseDraft {
    mutating func tell(channel: String, reference: String) throws(CaseRejection) {
        try Require.identifier(channel, "channel")
        try Require.text(reference, "reference", max: TextLimits.referenceBytesMax, optional: true)
        guard value.customerTold.isOpen else {
            throw refusal("NOTHING_TO_TELL", "the customer knows all that is due to be told")
        }
        value.customerTold = .done
        completeClocks(.notify)
        restartUntoldClocks()
        record(
            .customerTold, "by \(channel)\(reference.isEmpty ? "" : ", \(reference)")",
            .customerTold(channel: channel))
    }
}
