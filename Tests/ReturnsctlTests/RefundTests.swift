import Foundation
import RCP
import ReturnsAPI
import Testing

@testable import returnsctl

/// Files of a gateway's results, what is made of their lines, and how refunds are listed.
@Suite struct RefundTests {
    private static let singapore = TimeFormat(zone: TimeZone(identifier: "Asia/Singapore")!)

    private static func read(_ text: String) throws -> [RefundResultLine] {
        try RefundResultFile.read(Data(text.utf8), times: singapore)
    }

    // MARK: CSV

    @Test func csvIsReadAsRFC4180HasIt() throws {
        let text = "a,b,c\r\n1,\"x, \"\"y\"\"\nz\",\r\n\r\n\"\",2,3"
        #expect(
            try CSVText.rows(text) == [
                .init(line: 1, cells: ["a", "b", "c"]),
                .init(line: 2, cells: ["1", "x, \"y\"\nz", ""]),
                .init(line: 5, cells: ["", "2", "3"]),
            ])
        #expect(throws: CSVText.Fault.unfinishedQuote(line: 2)) { try CSVText.rows("a\n\"b\nc") }
        #expect(throws: CSVText.Fault.textBehindQuote(line: 1)) { try CSVText.rows("\"a\"b,c") }
    }

    /// What this program writes, it reads.
    @Test func csvThatWasWrittenIsRead() throws {
        var rows = CSVRows(["refund_id", "reason"])
        rows.add(["A-1", "he said \"no\", twice; really"])
        #expect(try CSVText.rows(rows.text())[1].cells == ["A-1", "he said \"no\", twice; really"])
    }

    // MARK: Files

    @Test func csvAndJSONSayTheSame() throws {
        let expected = [
            RefundResultLine(
                number: 2, refundID: "A-1", result: .succeeded, voucher: "V-1",
                timeMilliseconds: 1_796_047_500_000, latestMilliseconds: 1_796_047_500_000,
                amount: "12.50", currency: "EUR"),
            RefundResultLine(number: 3, refundID: "B-1", result: .failed, reason: "card closed", attempt: 2),
        ]
        #expect(
            try Self.read(
                """
                \u{FEFF}refund_id,Result,voucher,time,amount,currency,reason,attempt
                A-1,succeeded,V-1,2026-11-30T22:05+08:00,12.50,EUR,,
                B-1,FAILED,,,,,card closed,2
                """.replacing("\u{FEFF}", with: "")) == expected)
        #expect(
            try Self.read(
                """

                {"refund_id": "A-1", "result": "succeeded", "voucher": "V-1", "time": "2026-11-30T22:05+08:00", "amount": "12.50", "currency": "EUR"}
                {"refund_id": "B-1", "result": "failed", "reason": "card closed", "attempt": 2}
                """) == expected)
    }

    @Test(arguments: [
        ("", "line 1: there is nothing in the file"),
        (",\n", "line 1: there is nothing in the file but empty cells: write CSV"),
        ("\"\"\n", "line 1: there is nothing in the file but empty cells: write CSV"),
        (",,,\n\n,\n", "line 1: there is nothing in the file but empty cells: write CSV"),
        ("[{\"refund_id\": \"A-1\"}]", "line 1: this is a JSON array: leave out its brackets"),
        (
            "refund_id,result,foo\nA-1,failed,x",
            "line 1: column 'foo' is not known; known are amount, attempt, credit_note, currency, reason, refund_id, result, time, voucher"
        ),
        (
            "refund_id,result\nA-1,failed,x",
            "line 2: has 3 values under 2 headings: the columns are refund_id, result"
        ),
        ("refund_id;result\nA-1;failed", "line 1: columns are separated by ';'"),
        ("refund_id,result,result\n", "line 1: a column stands twice"),
        ("refund_id,result\nA-1", "line 2: has 1 value under 2 headings"),
        ("refund_id,result\n,failed", "line 2: refund_id is missing"),
        ("refund_id,result\nA-1,abandoned", "line 2: result 'abandoned' is not one of"),
        ("refund_id,result,amount\nA-1,succeeded,1.00", "line 2: a refund that succeeded has a voucher"),
        ("refund_id,result,voucher\nA-1,succeeded,V", "line 2: a refund that succeeded has an amount"),
        ("refund_id,result\nA-1,failed", "line 2: a refund that failed has a reason"),
        ("refund_id,result,time\nA-1,unknown,soon", "line 2: 'soon' is no time"),
        ("refund_id,result,attempt\nA-1,unknown,0", "line 2: attempt '0' is no number from 1 on"),
        ("{\"refund_id\": \"A-1\", \"results\": \"failed\"}", "line 1: results is not known here"),
    ])
    func aFaultNamesItsLine(_ text: String, _ expected: String) {
        let failure = #expect(throws: CommandFailure.self) { try Self.read(text) }
        #expect(failure?.text.hasPrefix(expected) ?? false, "\(failure?.text ?? "")")
        #expect(failure?.exit == .usage)
    }

    // MARK: Steps

    private static func refund(_ status: Returns_V1_RefundStatus, voucher: String = "") -> Returns_V1_Refund {
        .with {
            $0.refundID = "A-1"
            $0.status = status
            $0.amountMinor = 1_250
            $0.voucher = voucher
            $0.attempts = 1
            $0.startedAtMs = 1_796_000_000_000
        }
    }

    private static func step(
        _ change: (inout RefundResultLine) -> Void = { _ in },
        _ refund: Returns_V1_Refund = refund(.inProgress),
        booked: RefundResultLine? = nil
    ) -> RefundResultStep {
        var line = RefundResultLine(
            number: 2, refundID: "A-1", result: .succeeded, voucher: "V-1", amount: "12.50")
        change(&line)
        return .of(line, refund, currency: "EUR", booked: booked, times: singapore)
    }

    private static func kind(_ step: RefundResultStep) -> RefundResultReport.Kind? {
        if case .differs(let kind, _, _, _) = step { kind } else { nil }
    }

    @Test func whatAgreesIsBookedOnce() {
        #expect(Self.step() == .book)
        #expect(Self.step({ $0.amount = "12.50 EUR" }) == .book)
        #expect(Self.step({ _ in }, Self.refund(.succeeded, voucher: "V-1")) == .already)
        #expect(Self.step({ $0.result = .failed }, Self.refund(.failed)) == .already)
        // It succeeded after all, or late.
        #expect(Self.step({ _ in }, Self.refund(.failed)) == .book)
        #expect(Self.step({ _ in }, Self.refund(.abandoned)) == .book)
        let booked = RefundResultLine(number: 1, refundID: "A-1", result: .succeeded, voucher: "V-1")
        #expect(Self.step(booked: booked) == .already)
    }

    /// Of a refund that was paid and came back, a success is no news that can be booked, whatever its voucher.
    @Test func whatCameBackDiffers() {
        for voucher in ["V-1", "V-2"] {
            let step = Self.step({ $0.voucher = voucher }, Self.refund(.returned, voucher: "V-1"))
            #expect(Self.kind(step) == .returned)
        }
    }

    /// 7.50 of 20.00 came back: the gateway's file still says the 20.00 that it paid, and that is booked.
    @Test func aPartThatCameBackIsOfWhatWasPaid() {
        let paid = Self.refund(.succeeded, voucher: "V-1")
        let value = Returns_V1_Case.with {
            $0.refunds = [
                paid,
                .with {
                    $0.refundID = "A-1-returned-1"
                    $0.partOf = "A-1"
                    $0.status = .returned
                    $0.amountMinor = 750
                    $0.voucher = "V-1"
                },
            ]
        }
        func step(_ amount: String) -> RefundResultStep {
            let line = RefundResultLine(
                number: 2, refundID: "A-1", result: .succeeded, voucher: "V-1", amount: amount)
            return .of(line, paid, currency: "EUR", returnedMinor: value.returnedMinor(of: "A-1"))
        }
        #expect(step("20.00") == .already)
        #expect(Self.kind(step("12.50")) == .amountDiffers)
        // And a result without a refund's name is of the refund, not of the part that has its voucher.
        #expect(RecordedResult(status: .succeeded, voucher: "V-1").refund(of: value)?.refundID == "A-1")
        #expect(PaidRefund.only(in: value) == "A-1")
    }

    /// An earlier attempt's failure is recorded, and one of the attempt under way is news.
    @Test func failuresAreOfTheirAttempts() {
        var second = Self.refund(.inProgress)
        second.attempts = 2
        #expect(Self.step({ ($0.result, $0.attempt) = (.failed, 1) }, second) == .already)
        #expect(Self.step({ ($0.result, $0.attempt) = (.failed, 2) }, second) == .book)
    }

    /// One refund on several lines: a dry run says of each what the run would.
    @Test func aDryRunGoesOnFromWhatItWouldBook() {
        func after(
            _ first: Returns_V1_RefundStatus, _ change: (inout RefundResultLine) -> Void
        ) -> RefundResultStep {
            Self.step(
                change, booked: RefundResultLine(number: 1, refundID: "A-1", result: first, voucher: "V-1"))
        }
        #expect(after(.succeeded) { _ in } == .already)
        #expect(Self.kind(after(.succeeded) { $0.voucher = "V-2" }) == .otherVoucher)
        #expect(Self.kind(after(.succeeded) { $0.result = .failed }) == .refused)
        #expect(Self.kind(after(.succeeded) { $0.result = .unknown }) == .refused)
        #expect(after(.failed) { $0.result = .failed } == .already)
        #expect(after(.failed) { _ in } == .book)
        #expect(Self.kind(after(.failed) { $0.result = .unknown }) == .refused)
        #expect(after(.unknown) { $0.result = .failed } == .book)
        #expect(after(.unknown) { $0.result = .unknown } == .already)
    }

    @Test func aCreditNoteIsBookedOnce() {
        var paid = Self.refund(.succeeded, voucher: "V-1")
        #expect(Self.step({ $0.creditNote = "N-1" }, paid) == .book)
        paid.creditNote = "N-1"
        #expect(Self.step({ _ in }, paid) == .already)
        #expect(Self.step({ $0.creditNote = "N-1" }, paid) == .already)
        #expect(Self.kind(Self.step({ $0.creditNote = "N-2" }, paid)) == .otherCreditNote)
    }

    /// One payment's paper on two refunds is booked and noted on both; on two lines of one refund it is one paper.
    @Test func papersOfTwoRefundsAreNoted() {
        func line(_ number: Int, _ id: String, _ voucher: String, _ note: String = "") -> RefundResultLine {
            RefundResultLine(
                number: number, refundID: id, result: .succeeded, voucher: voucher, creditNote: note)
        }
        let lines = [
            line(2, "A-1", "V-1", "N-1"), line(3, "B-1", "V-1"), line(4, "A-1", "V-1"),
            line(5, "C-1", "V-3", "N-1"),
        ]
        let papers = RepeatedPapers(lines)
        #expect(
            papers.texts(of: lines[0]) == [
                "voucher V-1 is that of refund B-1 in line 3, too: check which of them it is of",
                "credit note N-1 is that of refund C-1 in line 5, too: check which of them it is of",
            ])
        #expect(
            papers.texts(of: lines[1]) == [
                "voucher V-1 is that of refund A-1 in line 2, too: check which of them it is of"
            ])
        #expect(RepeatedPapers(Array(lines[2...])).texts(of: lines[2]) == [])
    }

    /// What is refused for one line's sake is that line's difference; what would be refused for every line's ends the run.
    @Test func refusalsAreOfALineOrOfAll() {
        func status(_ code: RCPStatusCode, _ reason: String, _ outcome: RCPOutcome = .notApplied) -> RCPStatus
        {
            RCPStatus(
                code: code, outcome: outcome, text: "no",
                details: reason.isEmpty ? [] : [RCPErrorDetail(reason: reason, text: "no")])
        }
        for reason in ["INSPECTOR_REFUNDS", "PAYMENTS_CHANGER", "SECOND_PERSON_REQUIRED"] {
            #expect(status(.permissionDenied, reason).isOfOneItem)
            #expect(!status(.permissionDenied, reason).endsImport)
        }
        for reason in ["ROLE_REQUIRED", "GRANT_REQUIRED", "SALE_CHANNELS_REQUIRED", ""] {
            #expect(!status(.permissionDenied, reason).isOfOneItem)
            #expect(status(.permissionDenied, reason).endsImport)
        }
        #expect(!status(.unauthenticated, "").isOfOneItem && !status(.unavailable, "").isOfOneItem)
        #expect(status(.failedPrecondition, "REFUND_NOT_PENDING").isOfOneItem)
        #expect(!status(.failedPrecondition, "REFUND_NOT_PENDING", .unknown).isOfOneItem)
    }

    @Test func aRunThatEndedSaysWhere() throws {
        var report = RefundResultReport()
        (report.lines, report.booked, report.stoppedAt) = (1, 1, 3)
        report.note(.init(kind: .samePaper, line: 2, refundID: "A-1", caseID: "A", text: "look"))
        #expect(
            report.text(.plain) == """
                LINE  DIFFERENCE  REFUND  FILE  RECORDED  WHAT
                   2  same_paper  A-1     -     -         look
                1 line: 1 booked, 0 booked before; no difference; 1 note
                stopped at line 3: neither it nor what is behind it is counted here
                """)
        #expect(try report.json().contains("\"stoppedAt\":3"))
    }

    @Test func whatDiffersIsNotBooked() {
        #expect(
            Self.step({ $0.amount = "12.50 €" })
                == .differs(
                    .amountDiffers, said: "12.50 €", recorded: "12.50 EUR",
                    "€ in 12.50 € is no code of a currency: write it like 12.34 EUR"))
        #expect(
            Self.step({ $0.amount = "12.51" })
                == .differs(
                    .amountDiffers, said: "12.51 EUR", recorded: "12.50 EUR",
                    "not booked: look at the refund with the gateway"))
        #expect(Self.kind(Self.step({ $0.amount = "12,50" })) == .amountDiffers)
        #expect(Self.kind(Self.step({ $0.currency = "USD" })) == .currencyDiffers)
        #expect(Self.kind(Self.step({ _ in }, Self.refund(.succeeded, voucher: "V-0"))) == .otherVoucher)
        let dayBefore: Int64 = 1_796_000_000_000 - 86_400_000
        #expect(Self.step({ $0.timeMilliseconds = dayBefore }) == .book)
        #expect(Self.kind(Self.step({ $0.timeMilliseconds = dayBefore - 1 })) == .beforeStart)
    }

    @Test func aReportSaysWhatDiffers() throws {
        var report = RefundResultReport()
        report.lines = 3
        report.booked = 1
        report.already = 1
        #expect(report.text(.plain) == "3 lines: 1 booked, 1 booked before; no difference")
        report.add(
            .init(
                kind: .amountDiffers, line: 3, refundID: "A-1", caseID: "A", said: "1.00 EUR",
                recorded: "2.00 EUR", text: "not booked"))
        report.isDryRun = true
        #expect(
            report.text(.plain) == """
                LINE  DIFFERENCE      REFUND  FILE      RECORDED  WHAT
                   3  amount_differs  A-1     1.00 EUR  2.00 EUR  not booked
                3 lines: 1 would be booked, 1 booked before; 1 difference
                dry run: nothing was booked
                """)
        #expect(
            report.rows.text()
                == "line,difference,refund,case,file,recorded,what\r\n3,amount_differs,A-1,A,1.00 EUR,2.00 EUR,not booked\r\n"
        )
        #expect(
            try report.jsonLines() == [
                "{\"caseId\":\"A\",\"difference\":\"amount_differs\",\"file\":\"1.00 EUR\",\"line\":3,\"recorded\":\"2.00 EUR\",\"refundId\":\"A-1\",\"what\":\"not booked\"}"
            ])
    }

    // MARK: Lists

    private static let reply = Returns_V1_ListRefundsReply.with {
        $0.nowMs = 1_796_047_500_000
        $0.refunds = [
            .with {
                $0.caseID = "CASE1"
                $0.order.saleChannel = "online"
                $0.order.orderNo = "P-1"
                $0.state = .refunding
                $0.standing = .inProgress
                $0.refundID = "CASE1-1"
                $0.amountMinor = 2_500
                $0.shippingMinor = 500
                $0.currency = "EUR"
                $0.payments = [
                    .with {
                        $0.reference = "card-1"
                        $0.amountMinor = 2_500
                    }
                ]
                $0.dueAtMs = 1_796_047_440_000
                $0.startedAtMs = 1_796_000_040_000
                $0.attempts = 1
            },
            .with {
                $0.caseID = "CASE2"
                $0.order.saleChannel = "online"
                $0.order.orderNo = "P-2"
                $0.state = .qualified
                $0.standing = .toMake
                $0.amountMinor = 1_000
                $0.currency = "JPY"
                $0.payments = [
                    .with {
                        $0.reference = "card-2"
                        $0.amountMinor = 900
                    }
                ]
                $0.unplacedMinor = 100
                $0.paused = true
                $0.dueAtMs = 1_796_047_560_000
            },
        ]
        $0.totals = [
            .with {
                $0.currency = "EUR"
                $0.standing = .inProgress
                $0.refunds = 1
                $0.amountMinor = 2_500
            },
            .with {
                $0.currency = "JPY"
                $0.standing = .toMake
                $0.refunds = 2
                $0.amountMinor = 3_000
            },
        ]
    }

    @Test func refundsAreListedWithTheirSums() {
        #expect(
            RefundTable.text(Self.reply, times: Self.singapore, .plain) == """
                DUE AT                            STANDING        AMOUNT  CASE   ORDER       REFUND   TO                               STATE
                2026-11-30 22:04 +08:00           in_progress  25.00 EUR  CASE1  online/P-1  CASE1-1  card-1                           refunding
                2026-11-30 22:06 +08:00 (paused)  to_make       1000 JPY  CASE2  online/P-2  -        card-2 900 + another method 100  qualified

                CURRENCY  STANDING     REFUNDS  AMOUNT
                EUR       in_progress        1   25.00
                JPY       to_make            2    3000
                2 of 3 refunds shown; the sums are of all of them
                """)
        let rows = RefundTable.csv(Self.reply, times: Self.singapore).text().split(separator: "\r\n")
        #expect(
            rows[1]
                == "2026-11-30T22:04:00+08:00,in_progress,25.00,EUR,5.00,CASE1,online/P-1,CASE1-1,card-1=25.00,,0.00,2026-11-30T08:54:00+08:00,1,,refunding"
        )
        #expect(RefundTable.text(.init(), .plain) == "no refund is due")
    }
}
