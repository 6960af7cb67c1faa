extension CommandRule {
    /// Customer and order were verified, or one of them was not (R5).
    static let verify = CommandRule(in: [.submitted, .infoNeeded])
}

extension CaseDraft {
    mutating func verify(isCustomerVerified: Bool, isOrderVerified: Bool) throws(CaseRejection) {
        value.verification = Verification(
            isCustomerVerified: isCustomerVerified, isOrderVerified: isOrderVerified, by: by, at: now,
            orderVersion: order.version)
        // The order may have changed since the form came in; the reviewer sees the checks against it as it is now.
        value.checks = runChecks()
        record(
            .verified,
            "customer \(isCustomerVerified ? "verified" : "not verified"), order \(isOrderVerified ? "verified" : "not verified")"
        )
    }
}
