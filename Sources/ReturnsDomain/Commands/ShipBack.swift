extension CommandRule {
    /// The customer's own goods went back: refused, withdrawn or undeclared, also those that came before what was approved.
    static let shipBack = CommandRule(
        in: .open, leadsToTheEnd: true, isOfGoodsThatWait: true
    ) {
        $0.value.outbound.contains { $0.shippedAt == nil && $0.kind.isOwnGoods }
    }
}

extension CaseDraft {
    mutating func shipBack(carrier: String, trackingNumber: String) throws(CaseRejection) {
        try shipOut(ownGoods: true, carrier: carrier, trackingNumber: trackingNumber)
    }
}
