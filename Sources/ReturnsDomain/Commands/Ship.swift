extension CommandRule {
    /// The customer's own carrier and waybill (R12).
    ///
    /// Also of what is still to come after a first parcel went on its way, and can get lost there.
    static let ship = CommandRule(in: [.approved, .pickupScheduled, .inTransit] + .afterArrival) {
        $0.value.awaitedUnits > 0
    }
}

extension CaseDraft {
    /// The goods go on their way, or what is still to come of them does in a parcel of its own.
    mutating func ship(carrier: String, trackingNumber: String, waybill: Document?) throws(CaseRejection) {
        try requireAwaited()
        let stateBefore = value.state
        try startTransit(carrier: carrier, trackingNumber: trackingNumber, waybill: waybill)
        switch stateBefore {
        case .approved: break
        case .pickupScheduled: value.returnMethod = .carrier
        default:
            // A further parcel: what is awaited comes with it, in its own time.
            value.state = stateBefore
            endClocks(.superseded, of: .transit)
        }
        resumeIfPaused(.customerShip)
        record(
            .shipped, "\(carrier) \(trackingNumber)",
            .shipment(carrier: carrier, trackingNumber: trackingNumber))
    }
}
