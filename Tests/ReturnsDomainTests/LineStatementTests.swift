import ReturnsDomain
import ReturnsTestSupport
import Testing

/// What a form says of the goods of each line (N2): a parcel with one defective and one unwanted item.
@Suite struct LineStatementTests {
    private func line(
        _ id: String, _ quantity: Int64 = 1, reason: String = "", note: String = "", serials: [String] = []
    ) -> RequestedLine {
        RequestedLine(
            lineID: id, quantity: quantity,
            statement: LineStatement(reasonCode: reason, note: note, serialNumbers: serials))
    }

    @Test func eachLineKeepsItsOwn() throws {
        var desk = Desk()
        try desk.submit(
            Fixture.submission(lines: [
                line("1", 2, reason: "damaged", note: "in two pieces", serials: ["A1", "A2"]), line("2"),
            ]))
        #expect(desk.value.lines.map(desk.value.reasonCode) == ["damaged", "unwanted"])
        #expect(desk.value.lines[0].statement.note == "in two pieces")
        #expect(desk.value.lines[0].statement.serialNumbers == ["A1", "A2"])
        #expect(desk.value.lines[1].statement == LineStatement())
    }

    /// Two lines of one reason, which wants 15 papers: each is counted once, ten are named.
    @Test func evidenceIsNamedUpToALimit() throws {
        var desk = Desk()
        let place = try #require(desk.policy.reasons.firstIndex { $0.code == "damaged" })
        desk.policy.reasons[place].evidence = (1...15).map { "paper_\($0)" }
        try desk.submit(
            Fixture.submission(lines: [line("1", reason: "damaged"), line("2", reason: "damaged")]))
        let check = try #require(desk.value.checks.first { $0.kind == .reason })
        let named = (1...10).map { "paper_\($0)" }.joined(separator: ", ")
        #expect(check.detail == "covered; evidence wanted: \(named) and 5 more")
    }

    @Test func eachReasonIsJudged() throws {
        func check(_ lines: [RequestedLine]) throws -> Check {
            var desk = Desk()
            try desk.submit(Fixture.submission(lines: lines))
            return try #require(desk.value.checks.first { $0.kind == .reason })
        }
        let some = try check([line("1", reason: "worn_out"), line("2", reason: "damaged"), line("3")])
        #expect(some.result == .failed && some.detail == "not covered: line 1: worn_out")
        let all = try check([line("1", reason: "worn_out"), line("2", reason: "worn_out")])
        #expect(all.result == .failed && all.detail == "not covered: worn_out")
        let covered = try check([line("1", reason: "damaged"), line("2")])
        #expect(covered.result == .passed && covered.detail == "covered; evidence wanted: line 1: photograph")
        let each = try check([line("1", reason: "damaged"), line("2", reason: "damaged")])
        #expect(each.detail == "covered; evidence wanted: photograph")
    }

    @Test func oneLineNamedTwiceIsOne() throws {
        var desk = Desk()
        try desk.submit(
            Fixture.submission(lines: [
                line("1", reason: "damaged", serials: ["A1"]),
                line("1", reason: "damaged", note: "both", serials: ["A2"]),
            ]))
        #expect(
            desk.value.lines.map(\.statement) == [
                LineStatement(reasonCode: "damaged", note: "both", serialNumbers: ["A1", "A2"])
            ])
        for (second, field) in [
            (line("1", reason: "faulty"), "lines[1].reason_code"), (line("1"), "lines[1].reason_code"),
            (line("1", reason: "damaged", note: "other"), "lines[1].note"),
        ] {
            let form = Fixture.submission(lines: [line("1", reason: "damaged", note: "n"), second])
            let refused = try Desk().refusal(.submit(form), as: Cast.shop)
            #expect(refused.code == "LINE_STATEMENTS_DIFFER" && refused.field == field)
        }
    }

    @Test func aRetiredReasonIsNotForNewForms() throws {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [line("1", reason: "damaged")]))
        desk.policy.reasons[0].isRetired = true
        // A form that was taken before is judged as ever.
        try desk.follow("verify approve")
        var form = Fixture.submission(id: Fixture.caseID(2), lines: [line("2", reason: "damaged")])
        let refused = try desk.refusal(.submit(form), as: Cast.shop)
        #expect(refused.code == "REASON_RETIRED" && refused.field == "lines[0].reason_code")
        #expect(
            refused.text
                == "the reason damaged is retired; give one that is in use: faulty, wrong_item, not_as_described, unwanted, arrived_late, other, worn_out"
        )
        form = Fixture.submission(id: Fixture.caseID(2), reason: "damaged")
        #expect(try desk.refusal(.submit(form), as: Cast.shop).field == "reason_code")
    }
}
