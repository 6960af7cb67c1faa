extension CommandRule {
    /// The customer takes what was offered instead.
    static let acceptAlternative = CommandRule(in: [.rejected])
}

extension CaseDraft {
    mutating func acceptAlternative(_ goods: [GoodsUnits]) throws(CaseRejection) {
        try Require.count(goods.count, "goods", 0...CountLimits.caseRecordsMax)
        for (index, item) in goods.enumerated() {
            try Require.text(item.sku, "goods[\(index)].sku", max: TextLimits.identifierBytesMax)
            try Require.units(item.units, "goods[\(index)].quantity")
            try requireRoomForOutbound()
            value.outbound.append(Outbound(kind: .alternative, lineID: "", sku: item.sku, units: item.units))
        }
        value.state = .alternative
        completeClocks(.appeal)
        // Who has accepted knows of the refusal.
        voidNotices(of: [.rejection])
        record(
            .alternativeAccepted, goods.isEmpty ? "" : "\(counted(goods.count, "kind")) of goods to send out")
    }
}

/// Units of goods that are on no line.
public struct GoodsUnits: Hashable, Sendable {
    public var sku: String
    public var units: Int64

    public init(sku: String, units: Int64) {
        self.sku = sku
        self.units = units
    }
}
