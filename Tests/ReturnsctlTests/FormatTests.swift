import Foundation
import MoneyFormat
import ReturnsAPI
import Testing

@testable import returnsctl

@Suite("How durations, times, money and words are written and read")
struct FormatTests {
    @Test("a day ends where the next begins, also where clocks change on it")
    func endOfDay() throws {
        let london = TimeFormat(zone: try #require(TimeZone(identifier: "Europe/London")))
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-30", 24)] {
            let beginning = try #require(london.parse(day))
            #expect(london.endOfDay(beginning) == beginning + Int64(hours) * 3_600_000 - 1, "\(day)")
        }
    }

    @Test(
        "durations are written with their two largest units",
        arguments: [
            (0, "0s"), (999, "0s"), (1_000, "1s"), (61_000, "1m 1s"), (3_600_000, "1h"),
            (7_800_000, "2h 10m"),
            (3_605_000, "1h"), (86_400_000, "1d"), (273_600_000, "3d 4h"), (-7_800_000, "2h 10m"),
            (86_400_000 + 59_000, "1d"),
        ] as [(Int64, String)])
    func durationText(milliseconds: Int64, text: String) {
        #expect(DurationFormat.text(milliseconds: milliseconds) == text)
    }

    @Test("late and left")
    func due() {
        #expect(DurationFormat.due(1_000_000, now: 8_800_000) == "2h 10m late")
        #expect(DurationFormat.due(8_800_000, now: 1_000_000) == "2h 10m left")
        #expect(DurationFormat.due(1_000, now: 1_500) == "due now")
    }

    @Test(
        "durations are read",
        arguments: [
            ("25h", 90_000_000), ("1h30m", 5_400_000), ("1h 30m", 5_400_000), ("3d", 259_200_000),
            ("500ms", 500),
            ("10s", 10_000),
        ] as [(String, Int64)])
    func durationParsed(text: String, milliseconds: Int64) {
        #expect(DurationFormat.parse(text) == milliseconds)
    }

    @Test(
        "texts that are no duration",
        arguments: ["", "h", "5", "-5h", "5x", "1h-2m", "0s", "9999999999999999999d", "40000d"])
    func noDuration(text: String) {
        #expect(DurationFormat.parse(text) == nil)
    }

    static let shanghai = TimeFormat(zone: TimeZone(identifier: "Asia/Shanghai")!)
    static let london = TimeFormat(zone: TimeZone(identifier: "Europe/London")!)

    @Test("times are written in their zone, with the offset")
    func timeText() {
        #expect(Self.shanghai.text(milliseconds: 1_795_413_360_000) == "2026-11-23 13:56 +08:00")
        #expect(Self.london.text(milliseconds: 1_795_413_360_000) == "2026-11-23 05:56 +00:00")
        #expect(Self.london.text(milliseconds: 1_309_000_000_000) == "2011-06-25 12:06 +01:00")
        #expect(Self.london.fields(milliseconds: 1_795_413_360_000).weekday == "Mon")
        #expect(TimeFormat.offsetText(-12_600) == "-03:30")
    }

    @Test(
        "times are read",
        arguments: [
            // Winter and summer in London.
            ("2010-12-01 08:26:00", 1_291_191_960_000), ("2011-06-25 12:06", 1_308_999_960_000),
            ("2011-06-25", 1_308_956_400_000), ("2011-06-25T12:06:00+08:00", 1_308_974_760_000),
            ("2011-06-25T12:06:00.250Z", 1_309_003_560_250), ("2011-06-25 12:06 -0330", 1_309_016_160_000),
            // The hour that clocks skip is read as if they had not gone forward.
            ("2011-03-27 01:30:00", 1_301_189_400_000),
            // Of the hour that comes twice the first counts.
            ("2011-10-30 01:30:00", 1_319_934_600_000),
            ("2012-02-29", 1_330_473_600_000),
        ] as [(String, Int64)])
    func timeParsed(text: String, milliseconds: Int64) {
        #expect(Self.london.parse(text) == milliseconds)
    }

    /// London's clocks went from 01:00 to 02:00 on 27 March 2011.
    @Test func aTimeThatNoClockShowsIsSaid() throws {
        let time = try #require(Self.london.parse("2011-03-27 01:30"))
        #expect(
            TimeOption.note("2011-03-27 01:30", "--until", time, Self.london)
                == "--until 2011-03-27 01:30 is no time in Europe/London: clocks go forward over it; taken as 2011-03-27 02:30 +01:00"
        )
        for text in [
            "2011-03-27 00:59", "2011-03-27 02:00", "2011-03-27T01:30Z", "2011-10-30 01:30", "+4h",
            "2011-03-27",
        ] {
            #expect(TimeOption.note(text, "--until", time, Self.london) == nil, "\(text)")
        }
    }

    @Test(
        "texts that are no time",
        arguments: [
            "", "2010", "2010-13-01", "2011-02-29", "2010-12-01 24:00", "2010-12-01 08:60",
            "2010-12-01 08:26:60",
            "2010-12-01 08:26:00 ", "2010-12-01x08:26", "2010-12-01 08:26:00+8", "1969-12-31",
            "2010-12-01 08:26:00.",
        ])
    func noTime(text: String) {
        #expect(Self.london.parse(text) == nil)
    }

    @Test("times beside now")
    func relativeTimes() {
        #expect(Self.london.parse("now", nowMilliseconds: 5) == 5)
        #expect(Self.london.parse("+2h", nowMilliseconds: 5) == 7_200_005)
        #expect(Self.london.parse("-1d", nowMilliseconds: 86_400_005) == 5)
        #expect(Self.london.parse("+", nowMilliseconds: 5) == nil)
    }

    @Test("every day of four centuries is read back as it was written")
    func calendar() {
        for day in stride(from: Int64(0), to: 146_097 * 2, by: 17) {
            let (year, month, monthDay) = TimeFormat.civil(day: day)
            #expect(TimeFormat.day(year: year, month: month, day: monthDay) == day)
        }
    }

    @Test(
        "money has its currency's decimals",
        arguments: [
            (1_234, "GBP", "12.34 GBP"), (5, "GBP", "0.05 GBP"), (0, "GBP", "0.00 GBP"),
            (1_234, "JPY", "1234 JPY"),
            (1_234, "KWD", "1.234 KWD"), (-250, "EUR", "-2.50 EUR"), (100, "CNY", "1.00 CNY"),
        ] as [(Int64, String, String)])
    func moneyText(minor: Int64, currency: String, text: String) {
        #expect(MoneyFormat.text(minor, currency) == text)
    }

    @Test(
        "money is read without rounding",
        arguments: [
            ("12.34", "GBP", 1_234), ("12", "GBP", 1_200), ("12.3", "GBP", 1_230), ("0.05", "GBP", 5),
            ("1234", "JPY", 1_234), ("1.2", "KWD", 1_200),
        ] as [(String, String, Int64)])
    func moneyParsed(text: String, currency: String, minor: Int64) throws {
        #expect(try MoneyFormat.parse(text, currency) == minor)
    }

    @Test(
        "texts that are no amount",
        arguments: [
            ("12.345", "GBP", "too many decimals"), ("1.5", "JPY", "no decimals"), ("-1", "GBP", "no amount"),
            ("1,50", "GBP", "no amount"), ("", "GBP", "no amount"), (".5", "GBP", "no amount"),
            ("5.", "GBP", "no amount"),
            ("1e3", "GBP", "no amount"), ("99999999999999999999", "GBP", "too large"),
            ("１", "GBP", "no amount"),
        ])
    func noMoney(text: String, currency: String, reason: String) {
        let fault = #expect(throws: MoneyFormat.Fault.self) { try MoneyFormat.parse(text, currency) }
        #expect(fault?.text.contains(reason) == true)
    }

    @Test("words of the protocol's enumerations, both ways")
    func words() throws {
        #expect(word(Returns_V1_CaseState.infoNeeded) == "info_needed")
        #expect(word(Returns_V1_CaseState.UNRECOGNIZED(99)) == "#99")
        #expect(word(Returns_V1_Track.unspecified) == "-")
        #expect(value(ofWord: "in-transit", as: Returns_V1_CaseState.self) == .inTransit)
        #expect(value(ofWord: "unspecified", as: Returns_V1_CaseState.self) == nil)
        for state in Returns_V1_CaseState.allCases where state != .unspecified {
            #expect(value(ofWord: word(state), as: Returns_V1_CaseState.self) == state)
        }
    }

    @Test("columns of a terminal")
    func width() {
        #expect(TextWidth.columns("abc") == 3)
        #expect(TextWidth.columns("退货") == 4)
        #expect(TextWidth.columns("e\u{301}") == 1)
        #expect(TextWidth.padded("退", to: 4, alignment: .left) == "退  ")
        #expect(TextWidth.safe("a\u{1B}[31mb\nc") == "a\u{FFFD}[31mb c")
        #expect(TextWidth.safe("a\u{9B}31mb\u{202E}c\u{2028}d") == "a\u{FFFD}31mb\u{FFFD}c\u{FFFD}d")
        #expect(TextWidth.wrapped("one two three", width: 7) == ["one two", "three"])
    }

    @Test("a table's columns are as wide as their widest cell")
    func table() {
        var table = Table([.init("NAME"), .init("N", .right), .init("LAST")])
        table.add(["退货", "7", "x"])
        table.add(["abc", "12", "y"], tone: .alarm)
        #expect(table.text(.plain) == "NAME   N  LAST\n退货   7  x\nabc   12  y")
        #expect(table.text(Style(isColoured: true)).contains("\u{1B}[31mabc   12  y\u{1B}[0m"))
    }

    @Test("JSON prints no control characters either, and reads back as it was")
    func safeJSON() throws {
        let text = "a\u{1B}\u{7F}\u{80}\u{9B}31m\u{9F}\u{A0}\u{2027}\u{2028}\u{202E}\u{2066}\u{206A}é\n\"\\"
        for json in [
            String(decoding: try JSONEncoder().encode([text]), as: UTF8.self),
            try Returns_V1_HealthCheckReply.with { $0.reason = text }.jsonString(),
        ] {
            let safe = TextWidth.safeJSON("{\n\t\"x\": \(json)\n}")
            let unsafe = safe.unicodeScalars.filter {
                switch $0.value {
                case 0x0A, 0x09: false
                case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
                default: false
                }
            }
            #expect(unsafe.isEmpty)
            #expect(safe.lowercased().contains("\\u009b31m"))
            #expect(safe.unicodeScalars.contains("é") && safe.unicodeScalars.contains("\u{2027}"))
            let was = try JSONSerialization.jsonObject(with: Data("{\"x\": \(json)}".utf8)) as? NSDictionary
            #expect(was != nil)
            #expect(try JSONSerialization.jsonObject(with: Data(safe.utf8)) as? NSDictionary == was)
        }
        #expect(TextWidth.safeJSON(#"{"a": "é"}"#) == #"{"a": "é"}"#)
        // Colours and the lines of a table stay.
        let table = "\u{1B}[31mé\u{1B}[0m\n\tb"
        #expect(TextWidth.safeLines(table) == table)
        #expect(
            TextWidth.safeLines("a\u{9B}31m\u{202E}b\u{2028}\u{7F}")
                == "a\u{FFFD}31m\u{FFFD}b\u{FFFD}\u{FFFD}")
    }
}
