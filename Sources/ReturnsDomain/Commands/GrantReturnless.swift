extension CommandRule {
    /// All awaited units are refunded without the goods.
    static let grantReturnless = CommandRule(in: [.approved], duty: .decideOwed) {
        $0.policy.isReturnlessAllowed
    }
}

extension CaseDraft {
    mutating func grantReturnless(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        guard policy.isReturnlessAllowed else {
            throw refusal("RETURNLESS_OFF", "policy \(policy.version) allows no refund without the goods")
        }
        for index in value.lines.indices {
            let units = value.lines[index].units.awaited
            value.lines[index].units.awaited = 0
            value.lines[index].units.kept += units
            makeRefundable(units, line: index)
        }
        value.state = .qualified
        endClocks(.voided, of: .customerShip)
        record(.returnlessGranted, "refunded without the goods", personalText: reason)
    }
}
