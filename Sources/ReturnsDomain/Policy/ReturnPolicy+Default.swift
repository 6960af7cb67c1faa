extension ReturnPolicy {
    /// What a new store starts with: the procedure's fixed deadlines, and sensible values for those it leaves open.
    public static func standard(version: UInt64 = 1) -> ReturnPolicy {
        ReturnPolicy(
            version: version,
            returnWindowDays: 30,
            reasons: [
                Reason(code: "damaged", title: "Arrived damaged", isCovered: true),
                Reason(code: "faulty", title: "Does not work", isCovered: true),
                Reason(code: "wrong_item", title: "Not what was ordered", isCovered: true),
                Reason(code: "not_as_described", title: "Not as described", isCovered: true),
                Reason(code: "unwanted", title: "Changed mind", isCovered: true),
                Reason(code: "arrived_late", title: "Arrived too late", isCovered: true),
                Reason(code: "other", title: "Another reason", isCovered: true),
                Reason(code: "worn_out", title: "Worn in use", isCovered: false),
            ],
            requiredConditions: ["original_packaging", "unused"],
            standardVersion: 1,
            returnAddress: "Returns desk, see the enclosed label",
            instructions:
                "Pack the goods in their original packaging and enclose the return form and the invoice.",
            enclosures: ["return_form", "invoice"],
            targets: defaultTargets,
            calendar: .shanghai)
    }

    static let defaultTargets: [ClockKind: ClockTarget] = [
        // R6: 24 wall-clock hours from receipt.
        .review: ClockTarget(
            .wall(24 * Milliseconds.hour), warnBefore: 4 * Milliseconds.hour, escalateAfter: levels),
        .customerInfo: ClockTarget(
            .wall(7 * Milliseconds.day), warnBefore: 2 * Milliseconds.day, escalateAfter: []),
        .appeal: ClockTarget(.wall(14 * Milliseconds.day), warnBefore: 0, escalateAfter: []),
        .customerShip: ClockTarget(
            .wall(14 * Milliseconds.day), warnBefore: 3 * Milliseconds.day, escalateAfter: []),
        .pickup: ClockTarget(.wall(0), warnBefore: 0, escalateAfter: levels),
        .transit: ClockTarget(
            .wall(10 * Milliseconds.day), warnBefore: 2 * Milliseconds.day, escalateAfter: levels),
        .inspect: ClockTarget(.workingDays(2), warnBefore: 8 * Milliseconds.hour, escalateAfter: levels),
        .notify: ClockTarget(.workingDays(1), warnBefore: 4 * Milliseconds.hour, escalateAfter: levels),
        .customerChoice: ClockTarget(
            .wall(7 * Milliseconds.day), warnBefore: Milliseconds.day, escalateAfter: levels),
        // R16: three working days after the day of qualification, due at the close of business.
        .refund: ClockTarget(.workingDays(3), warnBefore: 8 * Milliseconds.hour, escalateAfter: levels),
        .returnShip: ClockTarget(.workingDays(3), warnBefore: 8 * Milliseconds.hour, escalateAfter: levels),
        .followUp: ClockTarget(.workingDays(7), warnBefore: Milliseconds.day, escalateAfter: levels),
    ]

    private static let levels = [4 * Milliseconds.hour, Milliseconds.day, 3 * Milliseconds.day]
}

extension WorkingCalendar {
    /// Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991; Monday to Friday, nine to six.
    /// Holidays differ from year to year and are the administrator's to add.
    public static let shanghai = WorkingCalendar(
        version: 1, timeZone: "Asia/Shanghai",
        offsets: [Offset(from: Instant(milliseconds: 0), seconds: 8 * 3_600)],
        workingWeekdays: [1, 2, 3, 4, 5], holidays: [], makeupDays: [], opensMinute: 9 * 60,
        closesMinute: 18 * 60)
}
