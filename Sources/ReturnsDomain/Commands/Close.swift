extension CommandRule {
    /// The case is at its end: everything is done and the documents are there (R19).
    static let close = CommandRule(in: [.rejected] + .resting, leadsToTheEnd: true) {
        $0.value.needsToClose(policy: $0.policy).isEmpty
    }
}

extension CaseDraft {
    mutating func close() throws(CaseRejection) {
        let needs = value.needsToClose(policy: policy)
        guard needs.isEmpty else {
            let isPrepared = value.liveRefund?.status == .prepared
            let texts = needs.map { need in
                need == .refundResult && isPrepared
                    ? "confirm or give up the refund that is prepared" : need.text(value.currency)
            }
            throw refusal("NOT_COMPLETE", "before closing: \(texts.joined(separator: "; "))")
        }
        value.stateBefore = value.state
        if value.state != .rejected { releaseForEnd() }
        completeClocks(.followUp)
        voidNotices()
        endClocks(.voided)
        value.state = .closed
        record(.closed)
    }
}
