import Foundation
import ReturnsAPI
import Testing

@testable import returnsctl

/// CSV by RFC 4180, and nothing in it that a spreadsheet carries out.
@Suite struct CSVRowsTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
        // One line: control characters are no text.
        ("two\nlines", "two lines"), ("=1+1", "'=1+1"), ("@cmd", "'@cmd"), ("+44 1", "'+44 1"), ("-1", "'-1"),
        ("＝1", "'＝1"), (" =1", "' =1"), ("=a,b", "\"'=a,b\""), ("客退", "客退"),
        // A combining mark behind a quote, a comma or a sign takes nothing of what they are.
        ("x\"\u{301},=1", "\"x\"\"\u{301},=1\""), ("a,\u{301}b", "\"a,\u{301}b\""),
        ("=\u{301}1", "'=\u{301}1"),
    ])
    func field(text: String, field: String) {
        var rows = CSVRows(["text", "number"])
        rows.add([.text(text), .number("-5")])
        #expect(rows.text() == "text,number\r\n\(field),-5\r\n")
        #expect(rows.text(withHeadings: false) == "\(field),-5\r\n")
    }

    @Test func cases() {
        let value = Returns_V1_Case.with {
            $0.id = "C1"
            $0.order.saleChannel = "store"
            $0.order.orderNo = "P-1"
            $0.customerID = "cu-7"
            $0.currency = "GBP"
            $0.state = .qualified
            $0.money = .due
            $0.notes = 2
            $0.submittedAtMs = 1_795_413_360_000
            $0.lines = [
                .with {
                    $0.sku = "MUG"
                    $0.units.requested = 2
                    $0.owedMinor = 1_500
                    $0.committedMinor = 300
                },
                .with {
                    $0.sku = "CUP"
                    $0.units.requested = 1
                },
            ]
        }
        let lines = CaseTable.csv([value], times: StoryTests.shanghai).text().components(separatedBy: "\r\n")
        #expect(
            lines == [
                "case,order,reference,customer,state,skus,units,amount_due,currency,owed,clock,due_at,notes,submitted_at,changed_at",
                "C1,store/P-1,,cu-7,qualified,\"MUG; CUP\",3,12.00,GBP,refund,,,2,2026-11-23T13:56:00+08:00,",
                "",
            ])
        let table = CaseTable.text([value], now: 0, times: StoryTests.shanghai, .plain)
        #expect(table.contains("cu-7      MUG ×2, CUP  qualified  refund   12.00 GBP"))
    }

    @Test func listsAlone() {
        func isList(_ line: String) -> Bool {
            VerbGuide.path(in: line.split(separator: " ").map(String.init)).command is any ListsRows.Type
        }
        for line in ["case list", "case timeline C1", "sla due", "policy list", "sla policy list -o csv"] {
            #expect(isList(line), "\(line)")
        }
        for line in ["case get C1", "policy get", "case verify C1 -o csv"] {
            #expect(!isList(line), "\(line)")
        }
    }
}
