import CLibical
import Foundation
import ReturnsAPI

/// The days that an iCalendar file (RFC 5545) names, read by libical.
///
/// An event of whole days is a holiday, or, marked as such, days of make-up work (调休); an event of some hours makes a half
/// day on which business is done in these hours. Repeated events count within the years asked for.
struct ICalendarFile {
    enum Problem: Error, Equatable {
        case notACalendar
        case tooManyDays
        /// An event of hours that passes midnight, or lasts no time.
        case hoursMalformed(date: String, title: String)
    }

    /// As many as a calendar holds.
    static let daysMax = 5_000
    /// What marks make-up work in a title where the categories do not say it.
    static let makeupWordsDefault = ["班", "make-up", "makeup"]
    static let makeupCategory = "MAKEUP-DAY"

    /// In the order of their dates; of two events on one date the later in the file counts.
    private(set) var days: [Returns_V1_SpecialDay] = []

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
        var collector = Collector(
            years: years, makeupWords: makeupWords.map { $0.lowercased() }, makeupHours: makeupHours,
            times: TimeFormat(zone: zone))
        var calendar: OpaquePointer? = root
        // Several calendars in one file stand in a component around them.
        if icalcomponent_isa(root) == ICAL_XROOT_COMPONENT {
            calendar = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT)
        }
        guard calendar != nil else { throw .notACalendar }
        while let current = calendar {
            guard icalcomponent_isa(current) == ICAL_VCALENDAR_COMPONENT else { throw .notACalendar }
            var event = icalcomponent_get_first_component(current, ICAL_VEVENT_COMPONENT)
            while let found = event {
                try collector.add(found)
                event = icalcomponent_get_next_component(current, ICAL_VEVENT_COMPONENT)
            }
            calendar =
                current == root ? nil : icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT)
        }
        days = collector.days.values.sorted { $0.date < $1.date }
    }
}

/// Gathers the days of one event after the other.
private struct Collector {
    let years: ClosedRange<Int32>
    let makeupWords: [String]
    let makeupHours: [Returns_V1_BusinessHours]
    let times: TimeFormat
    var days: [String: Returns_V1_SpecialDay] = [:]

    mutating func add(_ event: OpaquePointer) throws(ICalendarFile.Problem) {
        guard icalcomponent_get_status(event) != ICAL_STATUS_CANCELLED else { return }
        let title = icalcomponent_get_summary(event).map { String(cString: $0) } ?? ""
        let start = icalcomponent_get_dtstart(event)
        let end = icalcomponent_get_dtend(event)
        for second in Self.starts(of: event, years) {
            if start.is_date != 0 {
                let isMakeup = isMakeup(event, title)
                // The end is the day after the last; without one it is a single day.
                let count = max(1, end.is_date != 0 ? Self.day(end) - Self.day(start) : 1)
                let first = second.floored(by: TimeFormat.secondsPerDay)
                for day in first..<(first + min(count, Int64(ICalendarFile.daysMax) + 1)) {
                    try add(
                        day: day, kind: isMakeup ? .makeupDay : .holiday, hours: isMakeup ? makeupHours : [],
                        title: title)
                }
            } else {
                try addHours(from: second, seconds: Self.seconds(from: start, to: end), start, title)
            }
        }
    }

    private mutating func addHours(
        from second: Int64, seconds: Int64, _ start: icaltimetype, _ title: String
    ) throws(ICalendarFile.Problem) {
        // A time without a zone is the calendar's own; libical tells it as if it were in UTC.
        let isFloating = start.zone == nil && start.is_utc() == false
        let local = isFloating ? second : second + times.offsetSeconds(at: second)
        let day = local.floored(by: TimeFormat.secondsPerDay)
        let opens = (local - day * TimeFormat.secondsPerDay) / 60
        let closes = opens + seconds / 60
        guard seconds >= 60, closes <= 1_440 else {
            throw .hoursMalformed(date: Self.dateText(day), title: title)
        }
        try add(
            day: day, kind: .halfDay,
            hours: [
                .with {
                    $0.opensMinute = UInt32(opens)
                    $0.closesMinute = UInt32(closes)
                }
            ], title: title)
    }

    private mutating func add(
        day: Int64, kind: Returns_V1_SpecialDayKind, hours: [Returns_V1_BusinessHours], title: String
    ) throws(ICalendarFile.Problem) {
        let date = Self.dateText(day)
        days[date] = .with {
            $0.date = date
            $0.kind = kind
            $0.hours = hours
            $0.title = title
        }
        guard days.count <= ICalendarFile.daysMax else { throw .tooManyDays }
    }

    private func isMakeup(_ event: OpaquePointer, _ title: String) -> Bool {
        var property = icalcomponent_get_first_property(event, ICAL_CATEGORIES_PROPERTY)
        while let found = property {
            let categories = icalproperty_get_categories(found).map { String(cString: $0) } ?? ""
            let names = categories.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            if names.contains(where: { $0.uppercased() == ICalendarFile.makeupCategory }) { return true }
            property = icalcomponent_get_next_property(event, ICAL_CATEGORIES_PROPERTY)
        }
        let title = title.lowercased()
        return makeupWords.contains { title.contains($0) }
    }

    // MARK: libical's times

    /// When the event and its repetitions begin, in seconds since 1970; dates at midnight UTC.
    private static func starts(of event: OpaquePointer, _ years: ClosedRange<Int32>) -> [Int64] {
        var starts: [Int64] = []
        let range = (bound(years.lowerBound), bound(years.upperBound + 1))
        withUnsafeMutablePointer(to: &starts) { starts in
            icalcomponent_foreach_recurrence(
                event, range.0, range.1,
                { _, span, context in
                    guard let span, let context else { return }
                    let starts = context.assumingMemoryBound(to: [Int64].self)
                    // One more than is taken, so that too many are noticed.
                    if starts.pointee.count <= ICalendarFile.daysMax {
                        starts.pointee.append(Int64(span.pointee.start))
                    }
                }, starts)
        }
        return starts
    }

    private static func bound(_ year: Int32) -> icaltimetype {
        var time = icaltime_null_time()
        time.year = year
        time.month = 1
        time.day = 1
        time.is_date = 1
        return time
    }

    private static func day(_ time: icaltimetype) -> Int64 {
        TimeFormat.day(year: Int64(time.year), month: Int64(time.month), day: Int64(time.day))
    }

    private static func seconds(from start: icaltimetype, to end: icaltimetype) -> Int64 {
        guard icaltime_is_null_time(end) == 0 else { return 0 }
        let difference = icaltime_subtract(end, start)
        return Int64(icaldurationtype_as_int(difference))
    }

    private static func dateText(_ day: Int64) -> String {
        TimeFormat.utc.fields(milliseconds: day * TimeFormat.secondsPerDay * 1_000).date
    }
}

extension icaltimetype {
    fileprivate func is_utc() -> Bool { icaltime_is_utc(self) != 0 }
}
