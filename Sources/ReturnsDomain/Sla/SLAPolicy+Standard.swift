extension SLAPolicy {
    /// What a new store starts with: the procedure's fixed deadlines, and sensible values for those it leaves open.
    public static func standard(version: UInt64 = 1) -> SLAPolicy {
        SLAPolicy(
            version: version,
            plans: [SLAPlan(name: "standard", calendar: .standard, targets: standardTargets)])
    }

    static let standardTargets: [ClockKind: ClockTarget] = [
        // R6: 24 wall-clock hours from receipt.
        .review: ClockTarget(
            .wall(24 * Milliseconds.hour), warnBefore: [4 * Milliseconds.hour], escalations: levels(.service)),
        .customerInfo: ClockTarget(.wall(7 * Milliseconds.day), warnBefore: [2 * Milliseconds.day]),
        .appeal: ClockTarget(.wall(14 * Milliseconds.day)),
        .customerShip: ClockTarget(.wall(14 * Milliseconds.day), warnBefore: [3 * Milliseconds.day]),
        .pickup: ClockTarget(.wall(0), escalations: levels(.logistics)),
        .transit: ClockTarget(
            .wall(10 * Milliseconds.day), warnBefore: [2 * Milliseconds.day], escalations: levels(.logistics)),
        .inspect: ClockTarget(
            .workingDays(2), warnBefore: [8 * Milliseconds.hour], escalations: levels(.warehouse)),
        .notify: ClockTarget(
            .workingDays(1), warnBefore: [4 * Milliseconds.hour], escalations: levels(.service)),
        .customerChoice: ClockTarget(
            .wall(7 * Milliseconds.day), warnBefore: [Milliseconds.day], escalations: levels(.service)),
        // R16: three working days after the day of qualification, due at the close of business.
        .refund: ClockTarget(
            .workingDays(3), warnBefore: [8 * Milliseconds.hour], escalations: levels(.finance)),
        .returnShip: ClockTarget(
            .workingDays(3), warnBefore: [8 * Milliseconds.hour], escalations: levels(.warehouse)),
        .followUp: ClockTarget(
            .workingDays(7), warnBefore: [Milliseconds.day], escalations: levels(.service)),
    ]

    /// First those who should have done it, then whoever supervises them, twice.
    private static func levels(_ role: Role) -> [ClockTarget.Escalation] {
        [
            ClockTarget.Escalation(afterMilliseconds: 4 * Milliseconds.hour, role: role),
            ClockTarget.Escalation(afterMilliseconds: Milliseconds.day, role: .supervisor),
            ClockTarget.Escalation(afterMilliseconds: 3 * Milliseconds.day, role: .supervisor),
        ]
    }
}
