import Foundation
import Testing

@testable import returnsctl

@Suite("Days of iCalendar files")
struct ICalendarFileTests {
    private static let berlin = TimeZone(identifier: "Europe/Berlin")!

    private static func file(_ events: [String], head: String = "") throws -> ICalendarFile {
        let texts = events.map { "BEGIN:VEVENT\nSUMMARY:Fair\n\($0)\nEND:VEVENT\n" }
        return try ICalendarFile(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n\(head)\(texts.joined())END:VCALENDAR\n",
            years: 2027...2027, makeupWords: ["make-up"], makeupHours: [], zone: berlin)
    }

    /// Month and day of each, with the hours of half days.
    private static func days(_ file: ICalendarFile) -> [String] {
        file.days.map { day in
            let hours = day.hours.map { " \($0.opensMinute / 60)-\($0.closesMinute / 60)" }.joined()
            return day.date.dropFirst(5) + hours
        }
    }

    private static let threeDays = "DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;COUNT=3"
    private static let threeMornings =
        "DTSTART;TZID=Europe/Berlin:20270301T090000\nDTEND;TZID=Europe/Berlin:20270301T110000\nRRULE:FREQ=DAILY;COUNT=3"

    @Test(
        "an occurrence is excluded in whatever form it is named",
        arguments: [
            (threeDays, "EXDATE;VALUE=DATE:20270302", ["03-01", "03-03"]),
            (threeDays, "EXDATE:20270302T000000", ["03-01", "03-03"]),
            (threeDays, "EXDATE;TZID=Europe/Berlin:20270302T000000", ["03-01", "03-03"]),
            (threeDays, "EXDATE;TZID=W. Europe Standard Time:20270302T000000", ["03-01", "03-03"]),
            // Midnight in Berlin.
            (threeDays, "EXDATE:20270301T230000Z", ["03-01", "03-03"]),
            (threeDays, "EXDATE;VALUE=DATE:20270301,20270302", ["03-03"]),
            (threeMornings, "EXDATE;TZID=Europe/Berlin:20270302T090000", ["03-01 9-11", "03-03 9-11"]),
            (threeMornings, "EXDATE:20270302T080000Z", ["03-01 9-11", "03-03 9-11"]),
            (threeMornings, "EXDATE:20270302T090000", ["03-01 9-11", "03-03 9-11"]),
            (threeMornings, "EXDATE;VALUE=DATE:20270302", ["03-01 9-11", "03-03 9-11"]),
            (
                "DTSTART:20270301T090000\nDURATION:PT2H\nRRULE:FREQ=DAILY;COUNT=2", "EXDATE:20270302T080000Z",
                ["03-01 9-11"]
            ),
            (
                "DTSTART:20270301T080000Z\nDURATION:PT2H\nRRULE:FREQ=DAILY;COUNT=2",
                "EXDATE:20270302T080000Z", ["03-01 9-11"]
            ),
        ])
    func excluded(series: String, exclusion: String, expected: [String]) throws {
        let file = try Self.file(["\(series)\n\(exclusion)"])
        #expect(Self.days(file) == expected)
        #expect(file.notes.isEmpty)
    }

    @Test(
        "an event of its own takes the place of an occurrence",
        arguments: [
            ("RECURRENCE-ID;VALUE=DATE:20270302\nDTSTART;VALUE=DATE:20270305", ["03-01", "03-03", "03-05"]),
            ("RECURRENCE-ID:20270302T000000\nDTSTART;VALUE=DATE:20270305", ["03-01", "03-03", "03-05"]),
            ("RECURRENCE-ID:20270301T230000Z\nDTSTART;VALUE=DATE:20270305", ["03-01", "03-03", "03-05"]),
            (
                "RECURRENCE-ID;VALUE=DATE:20270302\nDTSTART:20270302T090000\nDURATION:PT1H",
                ["03-01", "03-02 9-10", "03-03"]
            ),
            (
                "RECURRENCE-ID;VALUE=DATE:20270302\nDTSTART;VALUE=DATE:20270302\nSTATUS:CANCELLED",
                ["03-01", "03-03"]
            ),
        ])
    func replaced(override: String, expected: [String]) throws {
        for events in [[Self.threeDays, override], [override, Self.threeDays]] {
            let file = try Self.file(events.map { "UID:1\n\($0)" })
            #expect(Self.days(file) == expected)
            #expect(file.notes.isEmpty)
        }
        let timed = try Self.file([
            "UID:2\n\(Self.threeMornings)",
            "UID:2\nRECURRENCE-ID:20270303T080000Z\nDTSTART;VALUE=DATE:20270310",
        ])
        #expect(Self.days(timed) == ["03-01 9-11", "03-02 9-11", "03-10"])
    }

    @Test(
        "days are added, and the last one counts in whatever form it is written",
        arguments: [
            ("DTSTART;VALUE=DATE:20270301\nRDATE;VALUE=DATE:20270601,20280101", ["03-01", "06-01"]),
            (
                "DTSTART;TZID=Europe/Berlin:20270301T090000\nDURATION:PT1H\nRDATE:20270601T070000Z",
                ["03-01 9-10", "06-01 9-10"]
            ),
            ("DTSTART;VALUE=DATE:20270301\nRDATE;VALUE=DATE:20270601\nEXDATE;VALUE=DATE:20270601", ["03-01"]),
            (
                "DTSTART;VALUE=DATE:20270301\nRRULE:FREQ=DAILY;UNTIL=20270302T230000Z",
                ["03-01", "03-02", "03-03"]
            ),
            (
                "DTSTART;TZID=Europe/Berlin:20270301T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20270302",
                ["03-01 9-10", "03-02 9-10"]
            ),
            ("DTSTART;VALUE=DATE:20270301\nDURATION:P2D", ["03-01", "03-02"]),
            ("DTSTART;TZID=Europe/Berlin:20270301T090000\nDTEND:20270301T100000Z", ["03-01 9-11"]),
        ])
    func added(event: String, expected: [String]) throws {
        #expect(Self.days(try Self.file([event])) == expected)
    }

    @Test("of two versions of an event the later one counts; events that only share a UID all do")
    func versions() throws {
        let file = try Self.file([
            "UID:1\nSEQUENCE:2\nDTSTART;VALUE=DATE:20270302",
            "UID:1\nSEQUENCE:1\nDTSTART;VALUE=DATE:20270301",
        ])
        #expect(Self.days(file) == ["03-02"])
        #expect(file.notes == ["'Fair' of SEQUENCE 1, which has a later version here"])
        let shared = try Self.file([
            "UID:1\nDTSTART;VALUE=DATE:20270302", "UID:1\nDTSTART;VALUE=DATE:20270301",
        ])
        #expect(Self.days(shared) == ["03-01", "03-02"] && shared.notes.isEmpty)
    }

    @Test(
        "what tells when an event is, and is not understood, refuses the file",
        arguments: [
            ("DTSTART:2027", "DTSTART"), ("", "DTSTART is missing"),
            ("DTSTART:20270301T000000\nDTSTART:20270501T000000", "DTSTART stands in it twice"),
            ("\(threeDays)\nEXDATE:soon", "EXDATE"), ("\(threeDays)\nRRULE:FREQ=NEVER", "RRULE"),
            ("\(threeDays)\nEXRULE:FREQ=DAILY;COUNT=1", "EXRULE"),
            ("\(threeDays)\nRDATE;VALUE=PERIOD:20270601T090000Z/PT1H", "RDATE with a period"),
            ("\(threeDays)\nRDATE:20270601T090000Z", "both days or both times"),
            (
                "UID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270302\nDTSTART;VALUE=DATE:20270302",
                "RANGE"
            ),
            ("UID:1\nRECURRENCE-ID;VALUE=DATE:20270302\n\(threeDays)", "a repetition of its own"),
            ("DTSTART;TZID=Mars/Base:20270301T090000\nDURATION:PT1H", "'Mars/Base', which is not known"),
            ("DTSTART;VALUE=DATE:20270301\nDTEND:20270302T000000", "both days or both times"),
            ("DTSTART;VALUE=DATE:20270302\nDTEND;VALUE=DATE:20270301", "ends before it begins"),
            ("DTSTART;VALUE=DATE:20270301\nDURATION:PT36H", "whole days is whole days"),
            ("DTSTART;VALUE=DATE:20270301\nDURATION:P1D\nDTEND;VALUE=DATE:20270302", "exclude each other"),
        ])
    func refused(event: String, words: String) throws {
        let problem = #expect(throws: ICalendarFile.Problem.self) { try Self.file([event]) }
        guard case .notUnderstood(let what, "Fair")? = problem else {
            Issue.record("\(String(describing: problem))")
            return
        }
        #expect(what.contains(words), "\(what)")
    }

    @Test("what else is not understood is named, once")
    func named() throws {
        let file = try Self.file(
            ["\(Self.threeDays)\nDESCRIPTION:\nEXDATE;VALUE=DATE:20270320\nEXDATE;VALUE=DATE:20290101"],
            head: "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n")
        #expect(Self.days(file) == ["03-01", "03-02", "03-03"])
        #expect(
            file.notes == [
                "a VTODO, which is no event", "of 'Fair': No value for DESCRIPTION property",
                "of 'Fair': a change of 2027-03-20, which is none of its days",
            ])
        #expect(throws: ICalendarFile.Problem.cancellation) {
            try Self.file([Self.threeDays], head: "METHOD:CANCEL\n")
        }
    }

    @Test("a file that was cut off is told from one of another kind")
    func cutOff() throws {
        for (text, problem) in [
            ("\r\nBEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART:2027", ICalendarFile.Problem.cutOff),
            ("date,title\n2027-01-01,New Year\n", .notACalendar),
        ] {
            #expect(throws: problem) {
                try ICalendarFile(
                    text, years: 2027...2027, makeupWords: [], makeupHours: [], zone: Self.berlin)
            }
        }
    }

    private static let lunchBreak = [
        "DTSTART:20270104T100000\nDTEND:20270104T120000\nSUMMARY:morning",
        "DTSTART:20270104T130000\nDTEND:20270104T160000\nSUMMARY:afternoon",
        "DTSTART:20270104T110000\nDTEND:20270104T123000\nSUMMARY:morning",
    ]
    private static let holidayOnAHalfDay = [
        "DTSTART;VALUE=DATE:20270104\nDTEND;VALUE=DATE:20270106\nSUMMARY:Year end",
        "DTSTART:20270104T090000\nDTEND:20270104T120000\nSUMMARY:half day",
    ]

    @Test(
        "events of one day come to the same in whatever order they stand",
        arguments: [
            (lunchBreak, ["01-04 10-12 13-16"]), (lunchBreak.reversed(), ["01-04 10-12 13-16"]),
            (holidayOnAHalfDay, ["01-04", "01-05"]), (holidayOnAHalfDay.reversed(), ["01-04", "01-05"]),
        ])
    func order(events: [String], expected: [String]) throws {
        let texts = events.map { "BEGIN:VEVENT\n\($0)\nEND:VEVENT\n" }
        let file = try ICalendarFile(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n\(texts.joined())END:VCALENDAR\n", years: 2027...2027,
            makeupWords: [], makeupHours: [], zone: Self.berlin)
        #expect(Self.days(file) == expected)
        let skipped = file.skipped.map(\.title)
        #expect(skipped == (events.count == 2 ? ["half day"] : []))
        if events.count == 3 { #expect(file.days[0].title == "afternoon, morning") }
    }

    private static let feed = [
        "DTSTART;VALUE=DATE:20270101\nSUMMARY:New Year\nCATEGORIES:Holidays",
        "DTSTART;VALUE=DATE:20270214\nSUMMARY:Valentine's Day\nCATEGORIES:Holidays,OBSERVANCE",
        "DTSTART;VALUE=DATE:20270314\nSUMMARY:Mother's Day\nDESCRIPTION:Observance\\nTo hide it\\, go on",
        "DTSTART;VALUE=DATE:20270327\nSUMMARY:Boat Race (Not a Public Holiday)",
        "DTSTART;VALUE=DATE:20270401\nSUMMARY:Fair\nSTATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20270502\nSUMMARY:Shift\nCATEGORIES:MAKEUP-DAY,OBSERVANCE",
        "DTSTART;VALUE=DATE:20270101\nSUMMARY:Bank Holiday",
    ]

    private static func feed(takesObservances: Bool) throws -> ICalendarFile {
        let texts = feed.map { "BEGIN:VEVENT\n\($0)\nEND:VEVENT\n" }
        return try ICalendarFile(
            "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n\(texts.joined())END:VCALENDAR\n", years: 2027...2027,
            makeupWords: [], makeupHours: [], zone: berlin, takesObservances: takesObservances)
    }

    @Test("observances are no days off unless they are asked for")
    func observances() throws {
        let file = try Self.feed(takesObservances: false)
        #expect(Self.days(file) == ["01-01", "05-02"])
        #expect(file.days.map(\.kind) == [.holiday, .makeupDay])
        #expect(
            file.skipped == [
                .init(date: "2027-01-01", title: "New Year", reason: .otherEvent(title: "Bank Holiday")),
                .init(
                    date: "2027-02-14", title: "Valentine's Day", reason: .observance("category OBSERVANCE")),
                .init(
                    date: "2027-03-14", title: "Mother's Day", reason: .observance("described as Observance")),
                .init(
                    date: "2027-03-27", title: "Boat Race (Not a Public Holiday)",
                    reason: .observance("titled (Not a Public Holiday)")),
                .init(date: "2027-04-01", title: "Fair", reason: .cancelled),
            ])
        let all = try Self.feed(takesObservances: true)
        #expect(Self.days(all) == ["01-01", "02-14", "03-14", "03-27", "05-02"])
        #expect(all.skipped.map(\.date) == ["2027-01-01", "2027-04-01"])
        let text = ImportedDays(found: file).text(.plain)
        #expect(text.contains("2027-02-14  Sun  skipped: an observance, category OBSERVANCE"))
        #expect(text.contains("2027-01-01  Fri  holiday"))
        #expect(ImportedDays(found: file).summaryOfSkipped.hasSuffix("; --observances takes observances too"))
    }
}
