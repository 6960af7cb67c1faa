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
            .pickupScheduled,
            "\(isFirst ? "window" : "new window") \(localText(from)) to \(localText(until))",
            .pickupWindow(from: from, until: until), personalText: address)
        requestNotification("pickup")
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
            let collector = try acting(as: [.logistics], "the collection of goods is recorded by logistics")
            try startTransit(
                carrier: report.carrier, trackingNumber: report.trackingNumber, waybill: report.waybill)
            completeClocks(.pickup)
            completeClocks(.customerShip)
            value.pickups[index].result = .collected
            value.pickups[index].arrivedAt = arrivedAt
            record(
                .pickupCollected, "\(report.carrier) \(report.trackingNumber)",
                .pickupArrival(at: arrivedAt), by: collector)
        case .missed:
            try Require.text(report.reason, "reason", max: TextLimits.shortTextBytesMax)
            endClocks(.missed, of: .pickup)
            resumeCustomerShip()
            value.pickups[index].result = .missed
            value.pickups[index].reason = report.reason
            value.state = .approved
            record(.pickupMissed, "no goods were handed over", personalText: report.reason)
        }
    }

    /// After a missed pickup the customer has at least two more working days.
    private mutating func resumeCustomerShip() {
        resumeIfPaused(.customerShip)
        let atLeast = plan.calendar.closeOfBusiness(
            workingDaysAfter: now, count: Self.missedPickupWorkingDaysMin)
        for index in value.clocks.indices
        where value.clocks[index].kind == .customerShip && value.clocks[index].isRunning
            && value.clocks[index].dueAt < atLeast
        {
            value.clocks[index].extend(
                Clock.Extension(
                    at: now, byMilliseconds: atLeast - value.clocks[index].dueAt, reason: "pickup missed",
                    by: .system))
        }
    }

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

    private mutating func startTransit(carrier: String, trackingNumber: String, waybill: Document?)
        throws(CaseRejection)
    {
        try Require.text(carrier, "carrier", max: TextLimits.identifierBytesMax)
        try Require.identifier(trackingNumber, "tracking_no")
        try requireRoom(value.shipments.count, "shipments", max: CountLimits.caseShipmentsMax)
        try attach(waybill, as: .waybill, field: "waybill")
        value.shipments.append(Shipment(carrier: carrier, trackingNumber: trackingNumber, shippedAt: now))
        value.state = .inTransit
    }

    mutating func track(trackingNumber: String, event: Shipment.TrackingEvent) throws(CaseRejection) {
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

    mutating func reportException(_ kind: ExceptionKind, reason: String, lines: [LineUnits])
        throws(CaseRejection)
    {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax)
        try requireAwaited()
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
        voidArrivalClocksIfNothingIsAwaited()
        record(.exceptionReported, "\(kind)", .exception(kind), personalText: reason)
        notifyCustomer("exception")
    }

    mutating func found(_ note: String) throws(CaseRejection) {
        try Require.text(note, "note", max: TextLimits.shortTextBytesMax, optional: true)
        guard value.lostUndecidedUnits > 0 else {
            throw refusal("NOTHING_LOST", "no unit of this case is lost and undecided")
        }
        let found = value.lostUndecidedUnits
        for index in value.lines.indices {
            let units = value.lines[index].units.lostUndecided
            value.lines[index].units.lost -= units
            value.lines[index].units.awaited += units
        }
        value.exception = nil
        // What was due to be told stays due: it may be more than the loss, such as a refund of other units. The state
        // follows what is owed: in transit again where nothing has arrived yet.
        record(.goodsFound, "\(found) units", .units(found), personalText: note)
        requestNotification("found")
    }

    mutating func withdraw(_ reason: String) throws(CaseRejection) {
        try Require.text(reason, "reason", max: TextLimits.shortTextBytesMax, optional: true)
        guard !value.isWithdrawn else { throw refusal("WITHDRAWN", "the case is withdrawn already") }
        value.isWithdrawn = true
        record(.withdrawn, "the goods go back on arrival", personalText: reason)
    }

    private func requireAwaited() throws(CaseRejection) {
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

    static let pickupWindowMillisecondsMax = 24 * Milliseconds.hour
    static let missedPickupWorkingDaysMin = 2
}
