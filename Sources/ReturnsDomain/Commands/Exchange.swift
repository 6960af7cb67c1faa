extension CommandRule {
    /// Goods of ours went out, in exchange or as an alternative.
    static let exchange = CommandRule(in: .afterArrival, leadsToTheEnd: true) {
        $0.value.outbound.contains { $0.shippedAt == nil && !$0.kind.isOwnGoods }
    }
}

extension CaseDraft {
    mutating func exchange(carrier: String, trackingNumber: String) throws(CaseRejection) {
        try shipOut(ownGoods: false, carrier: carrier, trackingNumber: trackingNumber)
    }
}
