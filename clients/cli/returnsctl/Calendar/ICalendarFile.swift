import CLibical
import Foundation
import ReturnsAPI

/// The days that an iCalendar file (RFC 5545) names, read by libical.
///
/// An event of whole days is a holiday, or, marked as such, days of make-up work (调休); an event of some hours makes a half
/// day on which business is done in these hours. Observances, which are no days off, are passed over unless asked for.
/// Repeated events count within the years asked for. What says when an event
/// is, and is not understood, refuses the file; whatever else is not understood is named.
struct ICalendarFile {
    enum Problem: Error, Equatable {
        case notACalendar
        /// It begins as one, and its end is missing.
        case cutOff
        case tooManyDays
        /// An event of hours that passes midnight, or lasts no time.
        case hoursMalformed(date: String, title: String)
        /// When the event is cannot be told.
        case notUnderstood(what: String, title: String)
        /// The calendar tells what is cancelled, and no days.
        case cancellation
    }

    /// As many as a calendar holds.
    static let daysMax = 5_000
    /// What marks make-up work in a title where the categories do not say it.
    static let makeupWordsDefault = ["班", "make-up", "makeup"]
    static let makeupCategory = "MAKEUP-DAY"

    /// In the order of their dates; of two events on one date the later in the file counts.
    private(set) var days: [Returns_V1_SpecialDay] = []
    /// Days that the file names and that are not taken, in the order of their dates.
    private(set) var skipped: [SkippedDay] = []
    /// What was left out, each once.
    private(set) var notes: [String] = []

    struct SkippedDay: Equatable {
        enum Reason: Equatable {
            /// With what says so.
            case observance(String)
            case cancelled
            /// Another event of the same day, further down in the file.
            case otherEvent(title: String)
        }

        var date: String
        var title: String
        var reason: Reason
    }

    /// - Parameters:
    ///   - makeupHours: Business hours of a day of make-up work.
    ///   - zone: The calendar's, for events that are written in another one.
    ///   - takesObservances: As if they were days off.
    init(
        _ text: String, years: ClosedRange<Int32>, makeupWords: [String],
        makeupHours: [Returns_V1_BusinessHours], zone: TimeZone, takesObservances: Bool = false
    ) throws(Problem) {
        guard let root = icalparser_parse_string(text) else {
            let begins = text.drop { $0.isWhitespace }.uppercased().hasPrefix("BEGIN:VCALENDAR")
            throw begins ? .cutOff : .notACalendar
        }
        defer { icalcomponent_free(root) }
        let times = TimeFormat(zone: zone)
        let events = try ICalendarEvents(root, times: times)
        var collector = Collector(
            makeupWords: makeupWords.map { $0.lowercased() }, makeupHours: makeupHours)
        var unmatched: [String] = []
        for event in events.all {
            let occurrences = try event.occurrences(years, replaced: events.replaced(of: event))
            let observance =
                takesObservances || event.isMakeup(words: collector.makeupWords)
                ? nil : event.observance
            if event.isCancelled || observance != nil {
                let reason = observance.map(SkippedDay.Reason.observance) ?? .cancelled
                for second in occurrences.wallSeconds { try collector.skip(event, at: second, reason) }
                continue
            }
            unmatched += occurrences.unmatched
            for second in occurrences.wallSeconds { try collector.add(event, at: second) }
        }
        days = collector.days.values.sorted { $0.date < $1.date }
        skipped = collector.skipped.sorted { ($0.date, $0.title) < ($1.date, $1.title) }
        var said: Set<String> = []
        notes = (events.notes + unmatched).filter { said.insert($0).inserted }
    }
}

/// Gathers the days of one event after the other.
private struct Collector {
    let makeupWords: [String]
    let makeupHours: [Returns_V1_BusinessHours]
    var days: [String: Returns_V1_SpecialDay] = [:]
    var skipped: [ICalendarFile.SkippedDay] = []

    /// - Parameter second: When it begins by the calendar's clocks.
    mutating func add(_ event: ICalendarEvent, at second: Int64) throws(ICalendarFile.Problem) {
        let first = Self.day(second)
        guard event.isWholeDays else {
            return try addHours(of: event, day: first, second - first * TimeFormat.secondsPerDay)
        }
        let isMakeup = event.isMakeup(words: makeupWords)
        for day in Self.wholeDays(event, from: first) {
            try add(
                day: day, kind: isMakeup ? .makeupDay : .holiday, hours: isMakeup ? makeupHours : [],
                title: event.title)
        }
    }

    /// - Parameter second: When it would begin by the calendar's clocks.
    mutating func skip(
        _ event: ICalendarEvent, at second: Int64, _ reason: ICalendarFile.SkippedDay.Reason
    ) throws(ICalendarFile.Problem) {
        let first = Self.day(second)
        for day in event.isWholeDays ? Self.wholeDays(event, from: first) : first..<(first + 1) {
            try skip(ICalendarEvent.dateText(day), event.title, reason)
        }
    }

    private mutating func skip(
        _ date: String, _ title: String, _ reason: ICalendarFile.SkippedDay.Reason
    ) throws(ICalendarFile.Problem) {
        skipped.append(.init(date: date, title: title, reason: reason))
        guard skipped.count <= ICalendarFile.daysMax else { throw .tooManyDays }
    }

    /// Which of two events of one day counts does not go by their places in the file, since iCalendar gives those no meaning: a day
    /// that is made up for is worked, a holiday has no hours; of two alike the first by title.
    private static func counts(_ day: Returns_V1_SpecialDay, over other: Returns_V1_SpecialDay) -> Bool {
        func rank(_ kind: Returns_V1_SpecialDayKind) -> Int {
            switch kind {
            case .makeupDay: 0
            case .holiday: 1
            case .halfDay, .unspecified, .UNRECOGNIZED: 2
            }
        }
        return (rank(day.kind), day.title) < (rank(other.kind), other.title)
    }

    /// What the server takes as the name of a day.
    private static let titleBytesMax = 64

    /// The hours of two events together: a day with a lunch break is two of them.
    private static func united(
        _ day: Returns_V1_SpecialDay, _ other: Returns_V1_SpecialDay
    ) -> Returns_V1_SpecialDay {
        var hours: [Returns_V1_BusinessHours] = []
        for next in (day.hours + other.hours).sorted(by: { $0.opensMinute < $1.opensMinute }) {
            if let last = hours.last, next.opensMinute <= last.closesMinute {
                hours[hours.count - 1].closesMinute = max(last.closesMinute, next.closesMinute)
            } else {
                hours.append(next)
            }
        }
        var united = day
        united.hours = hours
        let titles = Set(day.title.components(separatedBy: ", ")).union([other.title])
        let title = titles.sorted().joined(separator: ", ")
        if title.utf8.count <= titleBytesMax { united.title = title }
        return united
    }

    private static func day(_ second: Int64) -> Int64 { second.floored(by: TimeFormat.secondsPerDay) }

    /// No more of them than would be too many.
    private static func wholeDays(_ event: ICalendarEvent, from first: Int64) -> Range<Int64> {
        let count = max(1, event.seconds / TimeFormat.secondsPerDay)
        return first..<(first + min(count, Int64(ICalendarFile.daysMax) + 1))
    }

    private mutating func addHours(
        of event: ICalendarEvent, day: Int64, _ secondOfDay: Int64
    ) throws(ICalendarFile.Problem) {
        let opens = secondOfDay / 60
        let closes = opens + event.seconds / 60
        guard event.seconds >= 60, closes <= 1_440 else {
            throw .hoursMalformed(date: ICalendarEvent.dateText(day), title: event.title)
        }
        try add(
            day: day, kind: .halfDay,
            hours: [
                .with {
                    $0.opensMinute = UInt32(opens)
                    $0.closesMinute = UInt32(closes)
                }
            ], title: event.title)
    }

    private mutating func add(
        day: Int64, kind: Returns_V1_SpecialDayKind, hours: [Returns_V1_BusinessHours], title: String
    ) throws(ICalendarFile.Problem) {
        let date = ICalendarEvent.dateText(day)
        let found = Returns_V1_SpecialDay.with {
            $0.date = date
            $0.kind = kind
            $0.hours = hours
            $0.title = title
        }
        guard let before = days[date], before != found else {
            days[date] = found
            return
        }
        if before.kind == .halfDay, kind == .halfDay {
            days[date] = Self.united(before, found)
        } else {
            let (counts, other) = Self.counts(before, over: found) ? (before, found) : (found, before)
            days[date] = counts
            if other.title != counts.title { try skip(date, other.title, .otherEvent(title: counts.title)) }
        }
        guard days.count <= ICalendarFile.daysMax else { throw .tooManyDays }
    }
}
