/// The goods' way to us (R10 to R12), and what goes wrong on it.
extension CaseDraft {
    mutating func schedulePickup(from: Instant, until: Instant, address: String) throws(CaseRejection) {
        try Require.text(address, "address", max: TextLimits.shortTextBytesMax)
        guard from > now, until > from, until.isRepresentable else {
            throw .invalid(
                "WINDOW_MALFORMED", "window_from_ms",
                "the window has to lie in the future and end after it begins")
        }
        guard until - from <= Self.pickupWindowMillisecondsMax else {
            throw .invalid(
                "WINDOW_MALFORMED", "window_until_ms",
                "a pickup window is at most \(Self.pickupWindowMillisecondsMax / Milliseconds.hour) hours")
        }
        try requireRoom(value.pickups.count, "pickups")
        endClocks(.superseded, of: .pickup)
        let isFirst = value.state == .approved
        value.pickups.append(Pickup(windowFrom: from, windowUntil: until, address: address))
        value.returnMethod = .pickup
        value.state = .pickupScheduled
        pauseIfRunning(.customerShip)
        startClock(.pickup, due: until)
        record(
            .pickupScheduled, isFirst ? "window \(from) to \(until)" : "new window \(from) to \(until)",
            ["from_ms": "\(from)", "until_ms": "\(until)"], personalText: address)
        events.appendNotification("pickup", state: value.state)
    }

    mutating func recordPickup(_ report: PickupReport) throws(CaseRejection) {
        let arrivedAt = report.arrivedAt ?? now
        guard arrivedAt.isRepresentable, arrivedAt <= now else {
            throw .invalid(
                "TIME_OUT_OF_RANGE", "arrived_at_ms", "the pickup cannot have arrived in the future")
        }
        let index = value.pickups.count - 1
        switch report.result {
        case .collected:
            try startTransit(
                carrier: report.carrier, trackingNumber: report.trackingNumber, waybill: report.waybill)
            completeClocks(.pickup)
            completeClocks(.customerShip)
            value.pickups[index].result = .collected
            value.pickups[index].arrivedAt = arrivedAt
            record(
                .pickupCollected, "\(report.carrier) \(report.trackingNumber)",
                ["arrived_at_ms": "\(arrivedAt)"])
        case .missed:
            try Require.text(report.reason, "reason", max: TextLimits.shortTextBytesMax)
            endClocks(.missed, of: .pickup)
            resumeCustomerShip()
            value.pickups[index].result = .missed
            value.pickups[index].reason = report.reason
            value.state = .approved
            record(.pickupMissed, report.reason)
        }
    }

    /// After a missed pickup the customer has at least two more working days.
    private mutating func resumeCustomerShip() {
        resumeIfPaused(.customerShip)
        let atLeast = policy.calendar.closeOfBusiness(
            workingDaysAfter: now, count: Self.missedPickupWorkingDaysMin)
        for index in value.clocks.indices
        where value.clocks[index].kind == .customerShip && value.clocks[index].isRunning {
            value.clocks[index].dueAt = max(value.clocks[index].dueAt, atLeast)
        }
    }

    mutating func ship(carrier: String, trackingNumber: String, waybill: Document?) throws(CaseRejection) {
        try startTransit(carrier: carrier, trackingNumber: trackingNumber, waybill: waybill)
        resumeIfPaused(.customerShip)
        record(.shipped, "\(carrier) \(trackingNumber)", ["carrier": carrier, "tracking_no": trackingNumber])
    }

    private mutating func startTransit(carrier: String, trackingNumber: String, waybill: Document?)
        throws(CaseRejection)
    {
        try Require.text(carrier, "carrier", max: TextLimits.identifierBytesMax)
        try Require.identifier(trackingNumber, "tracking_no")
        try requireRoom(value.shipments.count, "shipments")
        try attach(waybill, as: .waybill, field: "waybill")
        value.shipments.append(Shipment(carrier: carrier, trackingNumber: trackingNumber, shippedAt: now))
        value.state = .inTransit
    }

    mutating func track(trackingNumber: String, event: Shipment.TrackingEvent) throws(CaseRejection) {
        try Require.text(event.status, "event.status", max: TextLimits.shortTextBytesMax)
        try Require.text(event.place, "event.place", max: TextLimits.shortTextBytesMax, optional: true)
        guard event.at.isRepresentable, event.at <= now.adding(Milliseconds.day) else {
            throw .invalid("TIME_OUT_OF_RANGE", "event.at_ms", "a tracking event cannot lie in the future")
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

    mutating func reportException(_ kind: ExceptionKind, reason: String, lines: [LineUnits])
        throws(CaseRejection)
    {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try requireRoomForClocks()
        let affected =
            lines.isEmpty
            ? value.lines.indices.map { ($0, value.lines[$0].units.awaited) }
            : try caseLines(lines).map { ($0.index, $0.units) }
        for (position, line) in affected.enumerated() {
            guard line.1 <= value.lines[line.0].units.awaited else {
                throw .notAllowed(
                    "QUANTITY_EXCEEDED",
                    "\(value.lines[line.0].units.awaited) units of line \(value.lines[line.0].lineID) are awaited",
                    field: "lines[\(position)].units")
            }
        }
        for line in affected {
            value.lines[line.0].units.awaited -= line.1
            value.lines[line.0].units.lost += line.1
        }
        value.exception = kind
        value.state = .exception
        record(.exceptionReported, "\(kind): \(reason)", ["exception": "\(kind)"])
        notifyCustomer("exception")
    }

    mutating func found(_ note: String) throws(CaseRejection) {
        try Require.text(note, "note", max: TextLimits.shortTextBytesMax, optional: true)
        guard value.lostUndecidedUnits > 0 else {
            throw refusal("NOTHING_LOST", "no unit of this case is lost and undecided")
        }
        for index in value.lines.indices {
            let units = value.lines[index].units.lostUndecided
            value.lines[index].units.lost -= units
            value.lines[index].units.awaited += units
        }
        value.exception = nil
        // What was due to be told stays due: it may be more than the loss, such as a refund of other units.
        value.state = .inTransit
        record(.goodsFound, note)
        events.appendNotification("found", state: value.state)
    }

    mutating func withdraw(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        guard !value.isWithdrawn else { throw refusal("WITHDRAWN", "the case is withdrawn already") }
        value.isWithdrawn = true
        record(.withdrawn, reason)
    }

    static let pickupWindowMillisecondsMax = 24 * Milliseconds.hour
    static let missedPickupWorkingDaysMin = 2
}
