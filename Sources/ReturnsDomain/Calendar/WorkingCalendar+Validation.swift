extension WorkingCalendar {
    /// Refuses a calendar by which nothing could fall due, or that says two things of one day.
    public func validate() throws(CaseRejection) {
        try Require.identifier(name, "calendar.name")
        try Require.text(
            timeZone, "calendar.time_zone", max: TextLimits.identifierBytesMax, optional: true)
        guard !offsets.isEmpty, zone.isInOrder, offsets.count <= CountLimits.calendarOffsetsMax else {
            throw .invalid(
                "OUT_OF_RANGE", "calendar.offsets",
                "give UTC offsets within 14 hours, rising by time, at most \(CountLimits.calendarOffsetsMax)")
        }
        guard week.count == 7 else {
            throw .invalid(
                "OUT_OF_RANGE", "calendar.week", "a week has seven days; leave the hours of days off empty")
        }
        for (index, hours) in week.enumerated() { try Self.validate(hours, "calendar.week[\(index)].hours") }
        guard week.contains(where: { !$0.isEmpty }) else {
            throw .invalid("FIELD_REQUIRED", "calendar.week", "give business hours on at least one weekday")
        }
        try Require.count(specialDays.count, "calendar.special_days", 0...CountLimits.calendarSpecialDaysMax)
        for (day, special) in specialDays {
            let field = "calendar.special_days"
            guard Self.daysRange.contains(day) else {
                throw .invalid("OUT_OF_RANGE", field, "days lie within the years 1970 to 9999")
            }
            try Require.text(
                special.title, "\(field).title", max: TextLimits.identifierBytesMax, optional: true)
            try Self.validate(special.hours, "\(field).hours")
            guard special.hours.isEmpty == (special.kind == .holiday) else {
                throw .invalid(
                    "HOURS_MISMATCH", "\(field).hours",
                    special.kind == .holiday
                        ? "a holiday has no business hours; call it a half day, or leave them out"
                        : "a \(special.kind) needs its business hours")
            }
        }
    }

    private static func validate(_ hours: [Hours], _ field: String) throws(CaseRejection) {
        try Require.count(hours.count, field, 0...CountLimits.calendarHoursMax)
        guard
            hours.allSatisfy({
                $0.opensMinute >= 0 && $0.opensMinute < $0.closesMinute && $0.closesMinute <= dayMinutes
            }),
            zip(hours, hours.dropFirst()).allSatisfy({ $0.closesMinute < $1.opensMinute })
        else {
            throw .invalid(
                "OUT_OF_RANGE", field, "business opens before it closes, within one day, and its hours rise")
        }
    }

    /// 1970-01-01 to 9999-12-31.
    private static let daysRange: ClosedRange<Int32> = 0...2_932_896
}
