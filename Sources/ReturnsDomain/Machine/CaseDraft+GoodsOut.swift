/// Goods that go out to the customer.
extension CaseDraft {
    /// Goods that are owed go out: the customer's own, or goods of ours.
    mutating func shipOut(ownGoods: Bool, carrier: String, trackingNumber: String) throws(CaseRejection) {
        try Require.text(carrier, "carrier", max: TextLimits.identifierBytesMax)
        try Require.identifier(trackingNumber, "tracking_no")
        var units: Int64 = 0
        for index in value.outbound.indices
        where value.outbound[index].shippedAt == nil && value.outbound[index].kind.isOwnGoods == ownGoods {
            value.outbound[index].carrier = carrier
            value.outbound[index].trackingNumber = trackingNumber
            value.outbound[index].shippedAt = now
            units += value.outbound[index].units
        }
        guard units > 0 else {
            throw refusal(
                "NOTHING_TO_SHIP",
                ownGoods
                    ? "no goods wait to go back; exchanges and alternatives go out with exchange"
                    : "no goods of ours wait to go out; the customer's goods go back with ship-back")
        }
        record(
            ownGoods ? .shippedBack : .exchanged, "\(counted(units, "unit")), \(carrier) \(trackingNumber)",
            .shipment(carrier: carrier, trackingNumber: trackingNumber))
        owe(ownGoods ? .shippedBack : .exchanged)
    }

    /// What is not to go out after all was shipped neither in time nor late.
    mutating func voidReturnShipIfNothingWaits() {
        guard !value.hasGoodsToShip else { return }
        endClocks(.voided, of: .returnShip)
    }

    /// The case comes to its end. Goods that came to it unexpected keep it open until they are out again (`comeToTheEnd`).
    mutating func end(as state: CaseState) {
        releaseForEnd()
        voidNotices()
        guard value.hasGoodsToShip else {
            value.stateBefore = value.state
            endClocks(.voided)
            value.state = state
            return
        }
        for kind in ClockKind.allCases where kind != .returnShip { endClocks(.voided, of: kind) }
        value.stateBefore = state
        value.state = .shipBack
    }

    /// The goods that kept the case open are out, so it comes back to its end, and can be reopened as it could before. Its units
    /// were released when it ended.
    mutating func comeToTheEnd(_ end: CaseState) {
        let before = value.state
        value.stateBefore = stateLeft(for: end)
        value.state = end
        voidNotices()
        endClocks(.voided)
        record(
            end == .closed ? .closed : end == .expired ? .expired : .cancelled,
            "no goods of it wait to go back any more", by: .system, stateBefore: before)
    }

    /// Which state the case left when it ended. From arrival on it follows from what is owed, so that any of those does.
    private func stateLeft(for end: CaseState) -> CaseState {
        let isApproved = if case .approved = value.decisions.last?.outcome { true } else { false }
        guard end == .closed else { return isApproved ? .approved : .infoNeeded }
        // Whoever took the alternative was in time; otherwise the refusal's window was left to pass.
        let appeal = value.clocks.last { $0.kind == .appeal }?.end
        let isRefused =
            !isApproved && appeal != .met && appeal != nil
            && !value.outbound.contains { $0.kind == .alternative }
        return isRefused ? .rejected : .shipBack
    }

    mutating func sendBack(_ units: Int64, line index: Int) throws(CaseRejection) {
        try requireRoomForOutbound()
        value.lines[index].units.sentBack += units
        value.outbound.append(
            Outbound(
                kind: .sendBack, lineID: value.lines[index].lineID, sku: value.lines[index].sku, units: units)
        )
    }
}

extension OutboundKind {
    /// The customer's own goods go back; the others are goods of ours.
    var isOwnGoods: Bool {
        switch self {
        case .sendBack, .undeclared: true
        case .exchange, .exchangeAccepted, .alternative: false
        }
    }
}
