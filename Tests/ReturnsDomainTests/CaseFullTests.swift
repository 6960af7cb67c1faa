import ReturnsDomain
import ReturnsTestSupport
import Testing

/// A case has a limit in bytes, and a way to its end when it has reached it.
@Suite struct CaseFullTests {
    private func tracking() -> Command {
        let text = String(repeating: "x", count: TextLimits.shortTextBytesMax)
        return .track(trackingNumber: "", event: .init(at: Fixture.monday, status: text, place: text))
    }

    /// In transit, full of tracking events.
    private func full() throws -> Desk {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        for parcel in 0..<CountLimits.caseShipmentsMax {
            try desk.run(
                .ship(carrier: "SF", trackingNumber: "T\(parcel)", waybill: nil), as: Cast.shop, after: 1)
            for _ in 0..<CountLimits.caseRecordsMax {
                guard case .success(let transition) = desk.decide(tracking(), as: Cast.leo) else {
                    return desk
                }
                desk.current = transition.caseAfter
            }
        }
        return desk
    }

    @Test func aFullCaseTakesOnlyWhatLeadsToItsEnd() throws {
        var desk = try full()
        #expect(desk.value.weightBytes <= CountLimits.caseBytesMax)
        #expect(desk.value.weightBytes > CountLimits.caseBytesMax - 2_000)
        #expect(try desk.refusal(tracking(), as: Cast.leo).code == "CASE_FULL")
        // A note adds to the story and not to the case.
        try desk.run(.note(text: "full"), as: Cast.sara)
        try desk.follow("receive inspect refund record_refund tell attach_document follow_up close")
        #expect(desk.value.state == .closed)
    }

    /// A case that its form fills could be neither approved nor refused.
    @Test func aFormLeavesItsCaseRoom() throws {
        var desk = Desk()
        desk.order.lines = (1...CountLimits.orderLinesMax).map {
            OrderLine(lineID: "\($0)", sku: "SKU\($0)", quantity: 1, unitPriceMinor: 1, paidMinor: 1)
        }
        func form(_ noteBytes: Int) -> Submission {
            var form = Fixture.submission()
            form.lines = desk.order.lines.map {
                var line = RequestedLine(lineID: $0.lineID, quantity: 1)
                line.statement.note = String(repeating: "n", count: noteBytes)
                return line
            }
            return form
        }
        let refusal = try desk.refusal(.submit(form(TextLimits.lineNoteBytesMax)), as: Cast.shop)
        #expect(refusal.code == "FORM_TOO_LARGE" && refusal.field == "lines")
        #expect(refusal.text.contains("768 KiB"))
        // 2,500 lines of about 56 bytes, and 200 bytes of note each: 640,000 of 786,432 bytes.
        try desk.run(.submit(form(200)), as: Cast.shop)
        try desk.follow("verify approve")
        #expect(desk.value.state == .approved)
    }

    @Test func parcelsAreLimited() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        for parcel in 0..<CountLimits.caseShipmentsMax {
            try desk.run(.ship(carrier: "SF", trackingNumber: "T\(parcel)", waybill: nil), as: Cast.shop)
        }
        let refusal = try desk.refusal(.ship(carrier: "SF", trackingNumber: "T", waybill: nil), as: Cast.shop)
        #expect(refusal.code == "CASE_FULL" && refusal.text.contains("another case"))
    }

    /// However many papers there are, the one that closing needs finds room.
    @Test func aNeededPaperFindsRoom() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        while desk.value.documents.count < CountLimits.caseRecordsMax {
            try desk.run(.attachDocument(Fixture.document(.other)), as: Cast.sara, after: 1)
        }
        #expect(
            try desk.refusal(.attachDocument(Fixture.document(.other)), as: Cast.sara).code == "CASE_FULL")
        try desk.follow("refund record_refund tell follow_up close")
        #expect(desk.value.state == .closed)
    }
}
