import RCP
import Testing

@testable import returnsctl

@Suite("What imports say, without a server")
final class ImportReportTests: ImportFixture {
    @Test("an import that stops says why, and leaves no request id to look after")
    func settled() throws {
        let lost = RCPStatus(
            code: .unavailable, outcome: .unknown, text: "gone",
            details: [RCPErrorDetail(reason: outcomeUnknownReason, text: "request id …")])
        func report(_ error: any Error, isInDoubt: Bool) -> (text: String, exit: Exit) {
            FailureReport.text(ImportOptions.settled(error, isInDoubt: isInDoubt), style: .plain)
        }
        let doubtful = report(lost, isInDoubt: true)
        #expect(doubtful.text.hasPrefix("error: gone (UNAVAILABLE)\n  the same command again finds out"))
        #expect(!doubtful.text.contains("request id"))
        #expect(doubtful.exit == .outcomeUnknown)
        let sure = report(lost, isInDoubt: false)
        #expect(sure.text == "error: gone (UNAVAILABLE)" && sure.exit == .unavailable)
        let cancelled = RCPStatus(code: .cancelled, outcome: .unknown)
        #expect(report(cancelled, isInDoubt: true).exit == .interrupted)
        let damaged = CommandFailure(.failed, "damaged")
        #expect(report(damaged, isInDoubt: false).exit == .failed)
    }

    @Test("the summary tells results and reasons")
    func summary() throws {
        var totals = ImportReport.Totals()
        totals.results = [.created: 800, .unchanged: 57]
        totals.refusals = ["ORDER_MISSING": 722, "QUANTITY_EXCEEDED": 3]
        let summary = ImportSummary(
            noun: "case", totals: totals, time: .seconds(2), timeZone: "Europe/London")
        #expect(
            summary.text(.plain) == """
                857 cases accepted (800 new, 57 already there)
                725 refused
                  722 ORDER_MISSING
                  3 QUANTITY_EXCEEDED
                times without an offset were read as Europe/London (--time-zone)
                in 2s, 791/s
                """)
        #expect(
            try summary.json().contains(#""refusedByReason":{"ORDER_MISSING":722,"QUANTITY_EXCEEDED":3}"#))
    }

    @Test("the bar")
    func bar() {
        var totals = ImportReport.Totals()
        totals.results = [.created: 500]
        totals.refusals = ["X": 10]
        let line = ImportProgress.line(totals, fraction: 0.5, seconds: 10)
        #expect(line == "████████████░░░░░░░░░░░░ 50 %  500 accepted  10 refused  51/s  10s left")
        let idle = ImportProgress.line(totals, fraction: 0.5, seconds: 10, idleSeconds: 12)
        #expect(idle.hasSuffix("51/s  no answer for 12s"))
        #expect(ImportProgress.line(totals, fraction: nil, seconds: 10) == "500 accepted  10 refused  51/s")
    }
}
