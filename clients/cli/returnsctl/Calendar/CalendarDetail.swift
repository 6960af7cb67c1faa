import ReturnsAPI

/// A calendar on one screen.
struct CalendarDetail {
    var reply: Returns_V1_GetCalendarReply

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    static func table(_ calendars: [Returns_V1_WorkingCalendar]) -> Table {
        var table = Table([
            .init("CALENDAR"), .init("VERSION", .right), .init("ZONE"), .init("WEEK"), .init("SPECIAL DAYS"),
        ])
        for calendar in calendars {
            table.add([
                calendar.name, "\(calendar.version)", calendar.timeZone, week(calendar),
                specialDays(calendar),
            ])
        }
        return table
    }

    /// "Asia/Shanghai, Mon–Fri 9:00–18:00, 33 holidays, 6 make-up days"
    static func summary(_ calendar: Returns_V1_WorkingCalendar) -> String {
        "\(TextWidth.safe(calendar.timeZone)), \(week(calendar)); \(specialDays(calendar))"
    }

    func text(_ style: Style) -> String {
        let calendar = reply.calendar
        let isNewest = calendar.version == reply.currentVersion
        var lines = [
            style.bold("calendar \(TextWidth.safe(calendar.name)) \(calendar.version)")
                + (isNewest ? ", the newest version" : "; the newest version is \(reply.currentVersion)"),
            "  zone          \(TextWidth.safe(calendar.timeZone))",
            "  week          \(Self.week(calendar))",
            "  special days  \(Self.specialDays(calendar))",
        ]
        guard !calendar.specialDays.isEmpty else { return lines.joined(separator: "\n") }
        var days = Table([.init("DATE"), .init(""), .init("KIND"), .init("HOURS"), .init("TITLE")])
        for day in calendar.specialDays.sorted(by: { $0.date < $1.date }) {
            days.add(
                [
                    day.date, Self.weekday(day.date), word(day.kind), BusinessHoursOption.text(day.hours),
                    day.title,
                ], tone: day.kind == .holiday ? .warning : .plain)
        }
        lines += ["", days.text(style)]
        return lines.joined(separator: "\n")
    }

    /// Days with the same hours stand together: "Mon–Fri 9:00–18:00, Sat 9:00–12:00".
    private static func week(_ calendar: Returns_V1_WorkingCalendar) -> String {
        var parts: [(first: Int, last: Int, hours: String)] = []
        for (index, day) in calendar.week.prefix(weekdays.count).enumerated() where !day.hours.isEmpty {
            let hours = BusinessHoursOption.text(day.hours)
            if let last = parts.last, last.last == index - 1, last.hours == hours {
                parts[parts.count - 1].last = index
            } else {
                parts.append((index, index, hours))
            }
        }
        return parts.map { part in
            let days =
                part.first == part.last
                ? weekdays[part.first] : "\(weekdays[part.first])–\(weekdays[part.last])"
            return "\(days) \(part.hours)"
        }.joined(separator: ", ")
    }

    private static func specialDays(_ calendar: Returns_V1_WorkingCalendar) -> String {
        let counts: [(Returns_V1_SpecialDayKind, String)] = [
            (.holiday, "holiday"), (.makeupDay, "make-up day"), (.halfDay, "half day"),
        ]
        let parts = counts.compactMap { kind, noun in
            let count = calendar.specialDays.count { $0.kind == kind }
            return count > 0 ? counted(count, noun) : nil
        }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    static func weekday(_ date: String) -> String {
        TimeFormat.utc.parse(date).map { TimeFormat.utc.fields(milliseconds: $0).weekday } ?? ""
    }
}
