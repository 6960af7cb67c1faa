import ReturnsDomain
import ReturnsTestSupport
import Testing

/// A gateway that repeats itself, and vouchers that belong to refunds.
@Suite struct RepeatedResultTests {
    private static let refunding = "submit verify approve tell ship receive inspect refund"

    private static func report(
        _ desk: Desk, _ result: RefundReport.Result, number: Int = 1, attempt: UInt32? = nil
    ) -> Command {
        .recordRefund(
            RefundReport(refundID: "\(desk.value.id)-\(number)", attempt: attempt, result: result))
    }

    /// Of a content that no other paper of the scenarios has.
    private static func paper(_ byte: UInt8, _ reference: String = "paper", refundID: String = "") -> Document
    {
        Document(
            type: .refundVoucher, reference: reference, sha256: [UInt8](repeating: 10 + byte, count: 32),
            addedAt: Instant(milliseconds: 0), addedBy: "", refundID: refundID)
    }

    @Test func theSameResultAgainChangesNothing() throws {
        var desk = Desk()
        try desk.follow(Self.refunding)
        let results: [RefundReport.Result] = [
            .unknown, .failed(reason: "declined"), .succeeded(voucher: "V1", document: Self.paper(1)),
        ]
        for result in results {
            try desk.run(Self.report(desk, result), as: Cast.fei)
            let before = desk.value
            let again = try desk.run(Self.report(desk, result), as: Cast.fei, after: 0)
            #expect(again.isEmpty && again.entries.isEmpty && again.events.isEmpty)
            #expect(desk.value == before)
        }
        #expect(desk.value.documents.count(where: { $0.type == .refundVoucher }) == 1)
    }

    @Test func whatDiffersIsToldApart() throws {
        var desk = Desk()
        try desk.follow(Self.refunding)
        try desk.run(Self.report(desk, .failed(reason: "declined")), as: Cast.fei)
        let other = try desk.refusal(Self.report(desk, .failed(reason: "expired")), as: Cast.fei)
        #expect(other.code == "REFUND_NOT_PENDING")
        try desk.follow("refund")
        // The first attempt's failure, told again while the second is under way.
        let late = try desk.run(
            Self.report(desk, .failed(reason: "declined"), attempt: 1), as: Cast.fei, after: 0)
        #expect(late.isEmpty && desk.value.refunds[0].status == .inProgress)
        // Of which attempt it speaks is to be said.
        let unnamed = try desk.refusal(Self.report(desk, .failed(reason: "declined")), as: Cast.fei)
        #expect(unnamed.code == "REFUND_ATTEMPT_REQUIRED")
        try desk.run(
            Self.report(desk, .succeeded(voucher: "V1", document: nil), attempt: 2), as: Cast.fei)
        let second = try desk.refusal(
            Self.report(desk, .succeeded(voucher: "V2", document: nil)), as: Cast.fei)
        #expect(second.code == "REFUND_SUCCEEDED" && second.text.contains("with voucher V1; V2 was not"))
        let first = try desk.run(
            Self.report(desk, .failed(reason: "declined"), attempt: 1), as: Cast.fei, after: 0)
        #expect(first.isEmpty)
        // The second attempt paid: that it failed can only mean that the money came back.
        let failed = try desk.refusal(
            Self.report(desk, .failed(reason: "account closed"), attempt: 2), as: Cast.fei)
        #expect(
            failed.code == "REFUND_NOT_PENDING"
                && failed.text.hasSuffix(
                    "not in progress; where the bank sent the money back, record that with record_returned_refund"
                ))
    }

    /// A bank statement is the voucher of each refund on it: it is attached to each, and said to be there.
    @Test func oneFileIsTheVoucherOfSeveral() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let ids = (1...2).map { "\(desk.value.id)-\($0)" }
        func success(_ number: Int, _ paper: Document?) -> Command {
            Self.report(desk, .succeeded(voucher: "V\(number)", document: paper), number: number)
        }
        for number in 1...2 {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            try desk.run(success(number, number == 1 ? Self.paper(1) : nil), as: Cast.fei)
        }
        #expect(desk.value.closingNeeds.contains(.document(.refundVoucher, refundID: ids[1])))
        let late = try desk.run(success(2, Self.paper(1)), as: Cast.fei)
        #expect(
            late.entries.map(\.text) == [
                "refund_voucher of refund \(ids[1]); the same file is there as refund_voucher of refund \(ids[0])"
            ])
        #expect(!desk.value.missingDocuments.contains(.refundVoucher))
        // Told again, it is there.
        for number in 1...2 {
            #expect(try desk.run(success(number, Self.paper(1)), as: Cast.fei, after: 0).isEmpty)
        }
        #expect(desk.value.documents.count(where: { $0.type == .refundVoucher }) == 2)
    }

    /// With the result itself, too; and so is the number of a credit note.
    @Test func papersOfAnotherRefundAreSaid() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        for number in 1...2 {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            var report = RefundReport(
                refundID: "\(desk.value.id)-\(number)",
                result: .succeeded(voucher: "V\(number)", document: Self.paper(1)))
            report.creditNote = "25312000"
            try desk.run(.recordRefund(report), as: Cast.fei)
        }
        let texts = desk.transitions.flatMap(\.entries).filter { $0.kind == .refundSucceeded }.map(\.text)
        #expect(texts[0] == "10.00 EUR to payment card-1, voucher V1, credit note 25312000")
        #expect(
            texts[1]
                == "10.00 EUR to payment card-1, voucher V2, credit note 25312000; refund \(desk.value.id)-1 has the same credit note: check which of them it is of; the same file is there as refund_voucher of refund \(desk.value.id)-1"
        )
    }

    @Test func aCreditNoteThatComesLaterIsComparedToo() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        func success(_ number: Int, _ note: String) -> Command {
            .recordRefund(
                RefundReport(
                    refundID: "\(desk.value.id)-\(number)",
                    result: .succeeded(voucher: "V\(number)", document: nil), creditNote: note))
        }
        for number in 1...2 {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            try desk.run(success(number, number == 1 ? "N1" : ""), as: Cast.fei)
        }
        let late = try desk.run(success(2, "N1"), as: Cast.fei)
        #expect(
            late.entries.map(\.text) == [
                "credit note N1 of refund \(desk.value.id)-2; refund \(desk.value.id)-1 has the same credit note: check which of them it is of"
            ])
        let other = try desk.refusal(success(2, "N2"), as: Cast.fei)
        #expect(
            other.code == "CREDIT_NOTE_EXISTS"
                && other.text.hasSuffix("if N1 is wrong, write it down with note"))
    }

    @Test func aPaperThatComesLaterIsAttached() throws {
        var desk = Desk()
        try desk.follow(Self.refunding)
        try desk.run(Self.report(desk, .succeeded(voucher: "V1", document: nil)), as: Cast.fei)
        let later = try desk.run(
            Self.report(desk, .succeeded(voucher: "V1", document: Self.paper(1))), as: Cast.fei)
        #expect(later.entries.map(\.kind) == [.documentAttached])
        #expect(desk.value.documents.last?.refundID == "\(desk.value.id)-1")
        #expect(!desk.value.missingDocuments.contains(.refundVoucher))
    }

    @Test func aVoucherOfAnotherRefundIsSaid() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        for number in 1...2 {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            try desk.run(
                Self.report(desk, .succeeded(voucher: "V1", document: nil), number: number), as: Cast.fei)
        }
        let texts = desk.transitions.flatMap(\.entries).filter { $0.kind == .refundSucceeded }.map(\.text)
        #expect(texts[0] == "10.00 EUR to payment card-1, voucher V1")
        #expect(
            texts[1]
                == "10.00 EUR to payment card-1, voucher V1; refund \(desk.value.id)-1 has the same voucher: check which of them it is of"
        )
    }

    /// Two refunds, and neither has its voucher: each is asked for by its name, and a file counts for one of them.
    @Test func aVoucherBelongsToARefund() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        for number in 1...2 {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            try desk.run(
                Self.report(desk, .succeeded(voucher: "V\(number)", document: nil), number: number),
                as: Cast.fei)
        }
        let ids = (1...2).map { "\(desk.value.id)-\($0)" }
        func vouchers() -> [ClosingNeed] {
            desk.value.closingNeeds.filter {
                if case .document(.refundVoucher, _) = $0 { true } else { false }
            }
        }
        #expect(vouchers() == ids.map { .document(.refundVoucher, refundID: $0) })
        let open = try desk.refusal(.attachDocument(Self.paper(1)), as: Cast.fei)
        #expect(open.code == "REFUND_REQUIRED" && open.text.contains("\(ids[0]), \(ids[1])"))
        // By the number of the gateway's voucher.
        try desk.run(.attachDocument(Self.paper(1, "V2")), as: Cast.fei)
        #expect(vouchers() == [.document(.refundVoucher, refundID: ids[0])])
        let known = try desk.refusal(.attachDocument(Self.paper(1)), as: Cast.fei)
        #expect(known.code == "DOCUMENT_KNOWN" && known.text.contains(ids[1]))
        let attached = try desk.run(.attachDocument(Self.paper(2)), as: Cast.fei)
        #expect(attached.entries[0].text == "refund_voucher of refund \(ids[0])" && vouchers() == [])
        // Where it is said, one file is the voucher of both.
        let both = try desk.run(.attachDocument(Self.paper(1, refundID: ids[0])), as: Cast.fei)
        #expect(
            both.entries[0].text
                == "refund_voucher of refund \(ids[0]); the same file is there as refund_voucher of refund \(ids[1])"
        )
        #expect(
            try desk.refusal(.attachDocument(Self.paper(3, refundID: "R-9")), as: Cast.fei).code
                == "REFUND_NOT_FOUND")
        var waybill = Self.paper(4, refundID: ids[0])
        waybill.type = .waybill
        #expect(try desk.refusal(.attachDocument(waybill), as: Cast.sue).code == "REFUND_NOT_OF_DOCUMENT")
    }

    /// A refund that came back needs no voucher; its own is not the next one's.
    @Test func aVoucherIsNotTheNextRefunds() throws {
        var desk = Desk()
        try desk.follow(Self.refunding)
        try desk.run(Self.report(desk, .succeeded(voucher: "V1", document: Self.paper(1))), as: Cast.fei)
        try desk.follow("record_returned_refund refund")
        try desk.run(Self.report(desk, .succeeded(voucher: "V2", document: nil), number: 2), as: Cast.fei)
        #expect(desk.value.closingNeeds.contains(.document(.refundVoucher, refundID: "\(desk.value.id)-2")))
    }

    /// A store of the first level counts vouchers, as all its servers do.
    @Test func theFirstLevelCounts() throws {
        var desk = Desk()
        desk.keeps = KeptFacts.all.subtracting(.voucherRefunds)
        try desk.follow("submit verify approve tell ship receive inspect")
        for number in 1...2 {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            try desk.run(
                Self.report(desk, .succeeded(voucher: "V", document: nil), number: number), as: Cast.fei)
        }
        #expect(desk.value.closingNeeds.contains(.document(.refundVoucher)))
        try desk.run(.attachDocument(Self.paper(1)), as: Cast.fei)
        #expect(desk.value.closingNeeds.contains(.document(.refundVoucher)))
        try desk.run(.attachDocument(Self.paper(1)), as: Cast.fei)
        #expect(!desk.value.closingNeeds.contains(.document(.refundVoucher)))
        #expect(Command.attachDocument(Self.paper(1, refundID: "X-1")).needs == .voucherRefunds)
    }
}
