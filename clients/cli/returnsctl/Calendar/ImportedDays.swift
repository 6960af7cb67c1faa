import ReturnsAPI

/// What an iCalendar file comes to: each day that is taken, and each that is not, with why.
struct ImportedDays {
    var found: ICalendarFile

    private static let shownMax = 10

    func text(_ style: Style) -> String {
        var table = Table([
            .init("DATE"), .init(""), .init("TAKEN AS"), .init("HOURS"), .init("TITLE"),
        ])
        let taken = found.days.map { day in
            (day.date, word(day.kind), BusinessHoursOption.text(day.hours), day.title, Table.Tone.plain)
        }
        let skipped = found.skipped.map { day in
            (day.date, "skipped: \(Self.why(day))", "", day.title, Table.Tone.warning)
        }
        for (date, kind, hours, title, tone) in (taken + skipped).sorted(by: { $0.0 < $1.0 }) {
            table.add([date, CalendarDetail.weekday(date), kind, hours, title], tone: tone)
        }
        return table.text(style)
    }

    /// "skipped: 2026-02-14 Valentine's Day (category OBSERVANCE); --observances takes observances too"
    var summaryOfSkipped: String {
        let days = found.skipped.map { "\($0.date) \($0.title) (\(Self.why($0)))" }
        let isObservance = found.skipped.contains { if case .observance = $0.reason { true } else { false } }
        return "skipped: " + CalendarImport.some(days, of: Self.shownMax).joined(separator: ", ")
            + (isObservance ? "; --observances takes observances too" : "")
    }

    private static func why(_ day: ICalendarFile.SkippedDay) -> String {
        switch day.reason {
        case .observance(let sign): "an observance, \(sign)"
        case .cancelled: "cancelled"
        case .otherEvent(let title): "'\(title)' of the same day counts"
        }
    }
}
