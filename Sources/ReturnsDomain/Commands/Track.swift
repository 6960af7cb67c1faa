extension CommandRule {
    /// What the carrier tells of a parcel (R12).
    static let track = CommandRule(in: [.inTransit] + .afterArrival) { !$0.value.shipments.isEmpty }
}

extension CaseDraft {
    mutating func track(trackingNumber: String, event report: TrackingReport) throws(CaseRejection) {
        let event = Shipment.TrackingEvent(at: report.at ?? now, status: report.status, place: report.place)
        try Require.text(event.status, "event.status", max: TextLimits.shortTextBytesMax)
        try Require.text(event.place, "event.place", max: TextLimits.shortTextBytesMax, optional: true)
        guard event.at.isRepresentable, event.at <= now.adding(Milliseconds.day) else {
            throw .invalid(
                "TIME_OUT_OF_RANGE", "event.at_ms",
                "a tracking event cannot lie more than a day in the future")
        }
        let found =
            trackingNumber.isEmpty
            ? value.shipments.indices.last : value.shipments.lastIndex { $0.trackingNumber == trackingNumber }
        guard let index = found else {
            throw refusal(
                "SHIPMENT_UNKNOWN", "the case has no such shipment; record it with ship", field: "tracking_no"
            )
        }
        try requireRoom(value.shipments[index].events.count, "tracking events of a shipment")
        value.shipments[index].events.append(event)
        record(.tracked, event.place.isEmpty ? event.status : "\(event.status), \(event.place)")
    }
}

/// What the carrier tells of a parcel.
public struct TrackingReport: Hashable, Sendable {
    /// Nil means now.
    public var at: Instant?
    public var status: String
    public var place: String

    public init(at: Instant? = nil, status: String, place: String) {
        self.at = at
        self.status = status
        self.place = place
    }
}
