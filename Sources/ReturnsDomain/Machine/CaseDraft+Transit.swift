/// The goods' way to us (R10 to R12).
extension CaseDraft {
    mutating func startTransit(carrier: String, trackingNumber: String, waybill: Document?)
        throws(CaseRejection)
    {
        try Require.text(carrier, "carrier", max: TextLimits.identifierBytesMax)
        try Require.identifier(trackingNumber, "tracking_no")
        try requireRoom(value.shipments.count, "shipments", max: CountLimits.caseShipmentsMax)
        try attach(waybill, as: .waybill, field: "waybill")
        value.shipments.append(Shipment(carrier: carrier, trackingNumber: trackingNumber, shippedAt: now))
        value.state = .inTransit
    }

    func requireAwaited() throws(CaseRejection) {
        guard value.awaitedUnits > 0 else {
            throw refusal("NOTHING_AWAITED", "no unit of this case is still to come")
        }
    }

    /// What got lost or was released did not arrive in time, nor late.
    mutating func voidArrivalClocksIfNothingIsAwaited() {
        guard value.awaitedUnits == 0 else { return }
        endClocks(.voided, of: .transit)
        endClocks(.voided, of: .customerShip)
    }
}
