import ArgumentParser
import Foundation
import RCP
import ReturnsAPI

struct CalendarImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take the special days of an iCalendar file into a calendar.",
        discussion: """
            Events of whole days are holidays, but for observances, which are worked: those of the category OBSERVANCE, or \
            called so in description or title. Those of the category MAKEUP-DAY, or with a word for it in their title, are days \
            of make-up work, with the hours of the first working day of the week. An event of some hours makes a half day on \
            which business is done in these hours; two of a day are taken together. Of other events of one day make-up work \
            counts, else the holiday, in whatever order they stand. What the calendar held from the first to the last of these days is replaced; \
            all else stays.

            A calendar that is not there yet begins with --time-zone, --hours and --weekday.
            """)
    @Argument(help: "Which calendar.") var name: String
    @Argument(help: ArgumentHelp("iCalendar file, or - for standard input.", valueName: "file"))
    var file: String
    @Option(help: "The calendar's zone, such as Asia/Shanghai; that of the version before unless given.")
    var timeZone: String?
    @Option(
        help: "Business hours of a working day, such as 9:00-12:00,13:00-18:00; as before, or 9:00-18:00.")
    var hours: BusinessHoursOption?
    @Option(
        name: .customLong("weekday"), parsing: .upToNextOption,
        help: "Days that are worked, such as mon tue wed; as before, or Monday to Friday.")
    var weekdays: [Weekday] = []
    @Option(
        name: .customLong("makeup-word"),
        help:
            "What marks make-up work in a title; repeatable. \(ICalendarFile.makeupWordsDefault.joined(separator: ", ")) unless given."
    )
    var makeupWords: [String] = []
    @Flag(help: "Take observances as holidays too, though the file says that they are no days off.")
    var observances = false
    @Option(help: "The first year that repeated events count in; this one unless given.") var fromYear: Int32?
    @Option(help: "The last one; two years later unless given.") var untilYear: Int32?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let timeZone, TimeZone(identifier: timeZone) == nil {
            throw ValidationError("'\(timeZone)' is no time zone: write it like Asia/Shanghai")
        }
        for year in [fromYear, untilYear].compactMap({ $0 }) where !(1970...9_998).contains(year) {
            throw ValidationError("years are 1970 to 9998")
        }
        if let fromYear, let untilYear, fromYear > untilYear {
            throw ValidationError("--from-year lies behind --until-year")
        }
    }

    func run() async throws {
        let text = try InputText.text(try await InputFile.contents(file), name: file)
        try await global.withSession { session in
            let known = try await Self.known(name, session)
            let now = try await session.serverNowMilliseconds()
            let (calendar, found) = try merged(text, over: known, nowMilliseconds: now)
            if global.dryRun {
                try session.output.preview(ImportedDays(found: found).text(session.style))
            } else if !found.skipped.isEmpty {
                Output.note(ImportedDays(found: found).summaryOfSkipped)
            }
            let request = Returns_V1_PutCalendarRequest.with {
                $0.calendar = calendar
                $0.replacesVersion = known?.version ?? 0
            }
            if Confirmation.isNeeded(global), Question.canBeAsked {
                // Nobody is asked about a calendar that is refused.
                var trial = request
                trial.dryRun = true
                _ = try await session.client.calendars.putCalendar(trial)
                Output.note(ImportedDays(found: found).text(session.style))
                let version = known.map { "version \($0.version) of calendar \(name)" } ?? "no calendar yet"
                try await Confirmation.ask(
                    "This takes these days into \(name), in place of \(version).", global)
            }
            try await CalendarPut.send(request, session)
        }
    }

    private static func known(_ name: String, _ session: Session) async throws -> Returns_V1_WorkingCalendar?
    {
        do {
            return try await session.client.calendars.getCalendar(.with { $0.name = name }).message.calendar
        } catch let status as RCPStatus where status.code == .notFound {
            return nil
        }
    }

    /// The calendar as the file and the options make it, and what the file names.
    func merged(
        _ text: String, over known: Returns_V1_WorkingCalendar?, nowMilliseconds: Int64
    ) throws -> (calendar: Returns_V1_WorkingCalendar, found: ICalendarFile) {
        var calendar = known ?? .with { $0.name = name }
        guard let zone = TimeZone(identifier: timeZone ?? calendar.timeZone), known != nil || timeZone != nil
        else {
            throw CommandFailure.usage(
                "calendar \(name) is new: say where it is with --time-zone, such as --time-zone Asia/Shanghai"
            )
        }
        let thisYear =
            Int32(TimeFormat(zone: zone).fields(milliseconds: nowMilliseconds).date.prefix(4)) ?? 1970
        let years =
            (fromYear ?? thisYear)...max(fromYear ?? thisYear, untilYear ?? (fromYear ?? thisYear) + 2)
        if known == nil || timeZone != nil {
            calendar.timeZone = zone.identifier
            let start = TimeFormat.day(year: Int64(years.lowerBound) - 1, month: 1, day: 1)
            calendar.offsets = ZoneOffsets.table(zone, from: start * TimeFormat.secondsPerDay * 1_000)
        }
        if known == nil || hours != nil || !weekdays.isEmpty { calendar.week = week(over: known) }
        let workday = calendar.week.first { !$0.hours.isEmpty }?.hours ?? []
        let found: ICalendarFile
        do {
            found = try ICalendarFile(
                text, years: years,
                makeupWords: makeupWords.isEmpty ? ICalendarFile.makeupWordsDefault : makeupWords,
                makeupHours: workday, zone: zone, takesObservances: observances)
        } catch {
            throw Self.failure(error, file)
        }
        if !found.notes.isEmpty {
            Output.note("left out: " + Self.some(found.notes, of: Self.notesShownMax).joined(separator: "; "))
        }
        guard !found.days.isEmpty else {
            throw CommandFailure(
                .failed, "\(file) names no day in the years \(years.lowerBound) to \(years.upperBound)",
                hints: found.skipped.isEmpty
                    ? ["other years: --from-year and --until-year"]
                    : [ImportedDays(found: found).summaryOfSkipped])
        }
        // Dates like these sort as text.
        let (first, last) = (found.days[0].date, found.days[found.days.count - 1].date)
        let before = calendar.specialDays
        calendar.specialDays = before.filter { $0.date < first || $0.date > last } + found.days
        let gone = Set(before.map(\.date)).subtracting(calendar.specialDays.map(\.date)).sorted()
        if !gone.isEmpty {
            let shown = Self.some(gone, of: Self.goneDaysShownMax)
            Output.note("no special days any more: \(shown.joined(separator: ", "))")
        }
        return (calendar, found)
    }

    private static let goneDaysShownMax = 10
    private static let notesShownMax = 10

    /// The first ones, and how many more there are.
    static func some(_ texts: [String], of max: Int) -> [String] {
        texts.prefix(max).map { TextWidth.safe($0) }
            + (texts.count > max ? ["\(texts.count - max) more"] : [])
    }

    private func week(over known: Returns_V1_WorkingCalendar?) -> [Returns_V1_WeekdayHours] {
        let usual =
            hours?.hours ?? known?.week.first { !$0.hours.isEmpty }?.hours
            ?? BusinessHoursOption(argument: "9:00-18:00")!.hours
        return Weekday.allCases.enumerated().map { index, day in
            let isWorked: Bool
            if !weekdays.isEmpty {
                isWorked = weekdays.contains(day)
            } else if let known {
                isWorked = index < known.week.count && !known.week[index].hours.isEmpty
            } else {
                isWorked = day != .sat && day != .sun
            }
            return .with { $0.hours = isWorked ? usual : [] }
        }
    }

    private static func failure(_ problem: ICalendarFile.Problem, _ file: String) -> CommandFailure {
        switch problem {
        case .notACalendar:
            CommandFailure(
                .failed, "\(file) is no iCalendar file",
                hints: ["one begins with BEGIN:VCALENDAR; deploy/calendars has examples"])
        case .cutOff:
            CommandFailure(
                .failed, "\(file) ends too early: END:VEVENT or END:VCALENDAR is missing",
                hints: ["fetch or export it once more"])
        case .tooManyDays:
            CommandFailure(
                .failed, "\(file) names more than \(ICalendarFile.daysMax) days",
                hints: ["take fewer years: --from-year and --until-year"])
        case .hoursMalformed(let date, let title):
            CommandFailure(
                .failed,
                "the event '\(TextWidth.safe(title))' on \(date) is no half day: it passes midnight or lasts no time",
                hints: ["give it hours within one day, or whole days (DTSTART;VALUE=DATE)"])
        case .notUnderstood(let what, let title):
            CommandFailure(
                .failed,
                "the event '\(TextWidth.safe(title))' of \(file) is not understood: \(TextWidth.safe(what))",
                hints: [
                    "nothing was imported, since days could be missing: correct the file, or leave the event out"
                ])
        case .cancellation:
            CommandFailure(
                .failed, "\(file) cancels events (METHOD:CANCEL) and names no days",
                hints: ["export the whole calendar, and import that"])
        }
    }
}
