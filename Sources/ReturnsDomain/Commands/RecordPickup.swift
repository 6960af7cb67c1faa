extension CommandRule {
    /// How a pickup ended (R11).
    static let recordPickup = CommandRule(in: [.pickupScheduled], leadsToTheEnd: true)
}

extension CaseDraft {
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
                    by: .system), calendar: plan.calendar)
        }
    }

    static let missedPickupWorkingDaysMin = 2
}

/// How a pickup ended (R11).
public struct PickupReport: Hashable, Sendable {
    public var result: PickupResult
    /// Nil means now.
    public var arrivedAt: Instant?
    /// Mandatory when collected.
    public var carrier: String
    public var trackingNumber: String
    public var waybill: Document?
    /// Mandatory when missed.
    public var reason: String

    public init(
        result: PickupResult, arrivedAt: Instant? = nil, carrier: String = "", trackingNumber: String = "",
        waybill: Document? = nil, reason: String = ""
    ) {
        self.result = result
        self.arrivedAt = arrivedAt
        self.carrier = carrier
        self.trackingNumber = trackingNumber
        self.waybill = waybill
        self.reason = reason
    }
}
