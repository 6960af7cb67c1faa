extension CommandRule {
    /// A pickup window is agreed, or a new one (R11).
    static let schedulePickup = CommandRule(in: [.approved, .pickupScheduled])
}

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
        owe(.pickup)
    }

    static let pickupWindowMillisecondsMax = 24 * Milliseconds.hour
}
