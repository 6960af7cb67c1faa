import CLibical
import Foundation
import ReturnsAPI

/// The days that an iCalendar file (RFC 5545) names, read by libical.
///
/// An event of whole days is a holiday, or, marked as such, days of make-up work (调休); an event of some hours makes a half
/// day on which business is done in these hours. Repeated events count within the years asked for. What says when an event
/// is, and is not understood, refuses the file; whatever else is not understood is named.
struct ICalendarFile {
    enum Problem: Error, Equatable {
        case notACalendar
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
    /// What was left out, each once.
    private(set) var notes: [String] = []

    /// - Parameters:
    ///   - makeupHours: Business hours of a day of make-up work.
    ///   - zone: The calendar's, for events that are written in another one.
    init(
        _ text: String, years: ClosedRange<Int32>, makeupWords: [String],
        makeupHours: [Returns_V1_BusinessHours],
        zone: TimeZone
    ) throws(Problem) {
        guard let root = icalparser_parse_string(text) else { throw .notACalendar }
        defer { icalcomponent_free(root) }
        let times = TimeFormat(zone: zone)
        let events = try ICalendarEvents(root, times: times)
        var collector = Collector(
            makeupWords: makeupWords.map { $0.lowercased() }, makeupHours: makeupHours)
        var unmatched: [String] = []
        for event in events.all where !event.isCancelled {
            let occurrences = try event.occurrences(years, replaced: events.replaced(of: event))
            unmatched += occurrences.unmatched
            for second in occurrences.wallSeconds { try collector.add(event, at: second) }
        }
        days = collector.days.values.sorted { $0.date < $1.date }
        var said: Set<String> = []
        notes = (events.notes + unmatched).filter { said.insert($0).inserted }
    }
}

/// Gathers the days of one event after the other.
private struct Collector {
    let makeupWords: [String]
    let makeupHours: [Returns_V1_BusinessHours]
    var days: [String: Returns_V1_SpecialDay] = [:]

    /// - Parameter second: When it begins by the calendar's clocks.
    mutating func add(_ event: ICalendarEvent, at second: Int64) throws(ICalendarFile.Problem) {
        let first = second.floored(by: TimeFormat.secondsPerDay)
        guard event.isWholeDays else {
            return try addHours(of: event, day: first, second - first * TimeFormat.secondsPerDay)
        }
        let isMakeup = event.isMakeup(words: makeupWords)
        let count = max(1, event.seconds / TimeFormat.secondsPerDay)
        for day in first..<(first + min(count, Int64(ICalendarFile.daysMax) + 1)) {
            try add(
                day: day, kind: isMakeup ? .makeupDay : .holiday, hours: isMakeup ? makeupHours : [],
                title: event.title)
        }
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
        days[date] = .with {
            $0.date = date
            $0.kind = kind
            $0.hours = hours
            $0.title = title
        }
        guard days.count <= ICalendarFile.daysMax else { throw .tooManyDays }
    }
}
