import CLibical
import Foundation

/// One event of an iCalendar file: whole days or some hours, once or repeatedly.
struct ICalendarEvent {
    let title: String
    let uid: String?
    let sequence: Int32
    let isCancelled: Bool
    let start: icaltimetype
    /// How long it lasts by the clocks on the wall; 0 where nothing says it.
    let seconds: Int64
    /// The occurrence of its series that it takes the place of.
    let replaces: icaltimetype?

    private let component: OpaquePointer
    /// In the calendar's zone.
    private let times: TimeFormat
    private let excluded: [icaltimetype]
    private let added: [icaltimetype]

    var isWholeDays: Bool { start.is_date != 0 }

    /// What the versions of one event have in common.
    var versionKey: String? {
        uid.map { uid in
            "\(uid)\n\(replaces.flatMap { icaltime_as_ical_string($0) }.map { String(cString: $0) } ?? "")"
        }
    }

    /// - Parameter notes: gains what is not understood and says nothing of when the event is.
    init(
        _ component: OpaquePointer, times: TimeFormat, notes: inout [String]
    ) throws(ICalendarFile.Problem) {
        let title = icalcomponent_get_summary(component).map { String(cString: $0) } ?? ""
        self.component = component
        self.times = times
        self.title = title
        uid = icalcomponent_get_uid(component).map { String(cString: $0) }
        sequence = icalcomponent_get_sequence(component)
        let status = icalcomponent_get_status(component)
        isCancelled = status == ICAL_STATUS_CANCELLED
        func refused(_ what: String) -> ICalendarFile.Problem { .notUnderstood(what: what, title: title) }
        for mistake in Self.mistakes(in: component) {
            if Self.timeProperties.contains(where: { mistake.contains("\($0) property") }) {
                throw refused(mistake)
            }
            notes.append("of '\(title)': \(mistake)")
        }
        if status == ICAL_STATUS_X { notes.append("of '\(title)': a STATUS that no event has") }
        for (kind, name) in Self.singleProperties where Self.properties(of: component, kind).count > 1 {
            throw refused("\(name) stands in it twice")
        }
        let reader = PropertyReader(component: component, title: title)
        start = try reader.time(ICAL_DTSTART_PROPERTY, "DTSTART") ?? icaltime_null_time()
        guard icaltime_is_null_time(start) == 0 else { throw refused("DTSTART is missing") }
        seconds = try Self.seconds(from: start, reader, times)
        guard Self.properties(of: component, ICAL_EXRULE_PROPERTY).isEmpty else {
            throw refused("EXRULE, which RFC 5545 has dropped: write the days as EXDATE")
        }
        // Whole days need no zone: the day is that which is written.
        let needsZone = start.is_date == 0
        replaces = try reader.time(ICAL_RECURRENCEID_PROPERTY, "RECURRENCE-ID", needsZone: needsZone)
        excluded = try reader.times(ICAL_EXDATE_PROPERTY, "EXDATE", needsZone: needsZone)
        added = try reader.times(ICAL_RDATE_PROPERTY, "RDATE")
        guard added.allSatisfy({ ($0.is_date != 0) == (start.is_date != 0) }) else {
            throw refused("RDATE and DTSTART have to be both days or both times")
        }
        let rules = Self.properties(of: component, ICAL_RRULE_PROPERTY)
        if replaces != nil {
            for property in Self.properties(of: component, ICAL_RECURRENCEID_PROPERTY)
            where icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER) != nil {
                throw refused(
                    "RECURRENCE-ID with RANGE: write the days from there on as an event of their own")
            }
            guard rules.isEmpty, added.isEmpty else {
                throw refused("RECURRENCE-ID beside a repetition of its own")
            }
        }
        for rule in rules { try adjust(rule) }
        // They are looked at here, since libical finds them by equal form alone.
        for kind in [ICAL_EXDATE_PROPERTY, ICAL_RDATE_PROPERTY] {
            for property in Self.properties(of: component, kind) {
                icalcomponent_remove_property(component, property)
                icalproperty_free(property)
            }
        }
    }

    /// What tells when an event is.
    private static let timeProperties = [
        "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS",
    ]

    private static var singleProperties: [(icalproperty_kind, String)] {
        [
            (ICAL_DTSTART_PROPERTY, "DTSTART"), (ICAL_DTEND_PROPERTY, "DTEND"),
            (ICAL_DURATION_PROPERTY, "DURATION"), (ICAL_RECURRENCEID_PROPERTY, "RECURRENCE-ID"),
        ]
    }

    private static func seconds(
        from start: icaltimetype, _ reader: PropertyReader, _ times: TimeFormat
    ) throws(ICalendarFile.Problem) -> Int64 {
        let end = try reader.time(ICAL_DTEND_PROPERTY, "DTEND")
        let duration = properties(of: reader.component, ICAL_DURATION_PROPERTY).first.map {
            Int64(icaldurationtype_as_int(icalproperty_get_duration($0)))
        }
        guard end == nil || duration == nil else {
            throw reader.refused("DTEND and DURATION exclude each other")
        }
        if let end {
            guard (end.is_date != 0) == (start.is_date != 0) else {
                throw reader.refused("DTSTART and DTEND have to be both days or both times")
            }
            let seconds = times.wallSecond(end, like: start) - times.wallSecond(start)
            guard seconds >= 0 else { throw reader.refused("it ends before it begins") }
            return seconds
        }
        if let duration, start.is_date != 0 {
            guard duration >= 0, duration % TimeFormat.secondsPerDay == 0 else {
                throw reader.refused("the DURATION of whole days is whole days")
            }
        }
        return duration ?? 0
    }

    /// A last day is written in another form than the start by some programs, and libical then compares the two as they
    /// stand: the last occurrence would be missing.
    private func adjust(_ property: OpaquePointer) throws(ICalendarFile.Problem) {
        var rule = icalproperty_get_rrule(property)
        if icaltime_is_null_time(rule.until) == 0, (rule.until.is_date != 0) != isWholeDays {
            guard rule.rscale == nil else {
                throw .notUnderstood(what: "an RRULE whose UNTIL and DTSTART differ in form", title: title)
            }
            let (year, month, day) = TimeFormat.civil(day: day(of: rule.until))
            rule.until.year = Int32(year)
            rule.until.month = Int32(month)
            rule.until.day = Int32(day)
            (rule.until.hour, rule.until.minute, rule.until.second) = isWholeDays ? (0, 0, 0) : (23, 59, 59)
            rule.until.is_date = isWholeDays ? 1 : 0
            rule.until.zone = isWholeDays ? nil : start.zone
            icalproperty_set_rrule(property, rule)
        }
        guard let iterator = icalrecur_iterator_new(rule, start) else {
            throw .notUnderstood(what: "an RRULE that cannot be followed", title: title)
        }
        icalrecur_iterator_free(iterator)
    }

    func isMakeup(words: [String]) -> Bool {
        if categories.contains(where: { $0.uppercased() == ICalendarFile.makeupCategory }) { return true }
        let title = title.lowercased()
        return words.contains { title.contains($0) }
    }

    private var categories: [String] {
        Self.properties(of: component, ICAL_CATEGORIES_PROPERTY).flatMap { property in
            (icalproperty_get_categories(property).map { String(cString: $0) } ?? "").split(separator: ",")
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// What says that the event is kept in mind and worked all the same, as feeds of holidays write it; nil where nothing does.
    var observance: String? {
        func isSaid(_ text: some StringProtocol) -> Bool {
            let text = text.trimmingCharacters(in: .whitespaces).lowercased()
            return Self.observanceWords.contains { text.hasPrefix($0) }
        }
        if let category = categories.first(where: isSaid) { return "category \(category)" }
        let description =
            Self.properties(of: component, ICAL_DESCRIPTION_PROPERTY).first
            .flatMap { icalproperty_get_description($0) }.map { String(cString: $0) } ?? ""
        let beginning = description.prefix { !$0.isNewline }
        if isSaid(beginning) { return "described as \(beginning.prefix { $0 != "," && $0 != "." })" }
        let remark = title.split(separator: "(").dropFirst().last { isSaid($0) }
        return remark.map { "titled (\($0)" }
    }

    private static let observanceWords = ["observance", "not a public holiday", "not a holiday"]

    // MARK: Occurrences

    /// When the event and its repetitions begin by the calendar's clocks, but for those that are excluded or that other
    /// events take the place of.
    func occurrences(
        _ years: ClosedRange<Int32>, replaced: [icaltimetype]
    ) throws(ICalendarFile.Problem) -> (wallSeconds: [Int64], unmatched: [String]) {
        let first = TimeFormat.day(year: Int64(years.lowerBound), month: 1, day: 1)
        let last = TimeFormat.day(year: Int64(years.upperBound) + 1, month: 1, day: 1)
        let bounds = (first * TimeFormat.secondsPerDay)..<(last * TimeFormat.secondsPerDay)
        let isZoned = start.hasZone
        var starts = repetitions(years).map { isZoned ? $0 + times.offsetSeconds(at: $0) : $0 }
        starts += added.map { times.wallSecond($0, like: start) }.filter(bounds.contains)
        var (days, seconds): (Set<Int64>, Set<Int64>) = ([], [])
        var unmatched: [String] = []
        let (startDays, startSeconds) = (Set(starts.map(Self.day)), Set(starts))
        for time in excluded + replaced {
            let day = day(of: time)
            let second = times.wallSecond(time, like: start)
            let isDay = isWholeDays || time.is_date != 0
            if isDay { days.insert(day) } else { seconds.insert(second) }
            let isMatched = isDay ? startDays.contains(day) : startSeconds.contains(second)
            if !isMatched, bounds.contains(day * TimeFormat.secondsPerDay) {
                unmatched.append(
                    "of '\(title)': a change of \(Self.dateText(day)), which is none of its days")
            }
        }
        return (
            starts.filter { !days.contains(Self.day($0)) && !seconds.contains($0) }, unmatched
        )
    }

    /// The day that a time names, by the calendar's clocks where it is in UTC, and otherwise as it is written.
    private func day(of time: icaltimetype) -> Int64 {
        if isWholeDays, icaltime_is_utc(time) == 0 {
            return TimeFormat.day(year: Int64(time.year), month: Int64(time.month), day: Int64(time.day))
        }
        return Self.day(times.wallSecond(time, like: start))
    }

    private static func day(_ wallSecond: Int64) -> Int64 {
        wallSecond.floored(by: TimeFormat.secondsPerDay)
    }

    static func dateText(_ day: Int64) -> String {
        TimeFormat.utc.fields(milliseconds: day * TimeFormat.secondsPerDay * 1_000).date
    }

    /// As libical tells them: in seconds since 1970, dates and times without a zone as if they were in UTC.
    private func repetitions(_ years: ClosedRange<Int32>) -> [Int64] {
        var starts: [Int64] = []
        let range = (Self.bound(years.lowerBound), Self.bound(years.upperBound + 1))
        withUnsafeMutablePointer(to: &starts) { starts in
            icalcomponent_foreach_recurrence(
                component, range.0, range.1,
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

    // MARK: Properties

    /// What libical could not read of a component, in its own words.
    static func mistakes(in component: OpaquePointer) -> [String] {
        properties(of: component, ICAL_XLICERROR_PROPERTY).map { property in
            let text = icalproperty_get_xlicerror(property).map { String(cString: $0) } ?? ""
            return text.replacing(". Removing entire property", with: "")
                .trimmingCharacters(in: CharacterSet(charactersIn: ": "))
        }
    }

    fileprivate static func properties(
        of component: OpaquePointer, _ kind: icalproperty_kind
    ) -> [OpaquePointer] {
        var found: [OpaquePointer] = []
        var next = icalcomponent_get_first_property(component, kind)
        while let property = next {
            found.append(property)
            next = icalcomponent_get_next_property(component, kind)
        }
        return found
    }
}

/// Reads the times of an event, in zones that are known.
private struct PropertyReader {
    let component: OpaquePointer
    let title: String

    func refused(_ what: String) -> ICalendarFile.Problem { .notUnderstood(what: what, title: title) }

    func time(
        _ kind: icalproperty_kind, _ name: String, needsZone: Bool = true
    ) throws(ICalendarFile.Problem) -> icaltimetype? {
        try times(kind, name, needsZone: needsZone).first
    }

    func times(
        _ kind: icalproperty_kind, _ name: String, needsZone: Bool = true
    ) throws(ICalendarFile.Problem) -> [icaltimetype] {
        var times: [icaltimetype] = []
        for property in ICalendarEvent.properties(of: component, kind) {
            guard icalvalue_isa(icalproperty_get_value(property)) != ICAL_PERIOD_VALUE else {
                throw refused("\(name) with a period: write the beginning alone")
            }
            let time = icalproperty_get_datetime_with_component(property, component)
            if needsZone, time.is_date == 0, !time.hasZone,
                let zone = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER)
            {
                let id = icalparameter_get_tzid(zone).map { String(cString: $0) } ?? ""
                throw refused(
                    "\(name) in the time zone '\(id)', which is not known: the file has to describe it")
            }
            times.append(time)
        }
        return times
    }
}

extension icaltimetype {
    /// A time without a zone is the calendar's own.
    fileprivate var hasZone: Bool { zone != nil || icaltime_is_utc(self) != 0 }
}

extension TimeFormat {
    /// What clocks in this zone show at a time of an iCalendar file, in seconds since 1970. A time without a zone is in that
    /// of another one beside it, if that has one.
    fileprivate func wallSecond(_ time: icaltimetype, like other: icaltimetype? = nil) -> Int64 {
        let zone = time.hasZone || time.is_date != 0 ? time.zone : other?.zone
        let second = Int64(icaltime_as_timet_with_zone(time, zone))
        return time.is_date == 0 && (time.hasZone || zone != nil)
            ? second + offsetSeconds(at: second) : second
    }
}
