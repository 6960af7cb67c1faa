extension CommandRule {
    /// The case is at its end: everything is done and the documents are there (R19).
    static let close = CommandRule(in: [.rejected] + .resting, leadsToTheEnd: true) {
        $0.value.closingNeeds(policy: $0.policy).isEmpty
    }
}

extension CaseDraft {
    mutating func close() throws(CaseRejection) {
        let needs = value.closingNeeds(policy: policy)
        guard needs.isEmpty else {
            throw refusal("NOT_COMPLETE", "before closing: \(needs.joined(separator: "; "))")
        }
        value.stateBefore = value.state
        if value.state != .rejected { releaseForEnd() }
        completeClocks(.followUp)
        endClocks(.voided)
        value.state = .closed
        record(.closed)
    }
}
