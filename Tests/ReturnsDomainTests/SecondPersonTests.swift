import ReturnsDomain
import ReturnsTestSupport
import Testing

/// A large refund is prepared by one person and confirmed by another; by which method a refund goes; and its credit note.
@Suite struct SecondPersonTests {
    /// All of the first line: 49.99, where a second person is needed above 49.98.
    private static func qualified() throws -> Desk {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 5)]))
        try desk.follow("verify approve tell ship receive inspect")
        return desk
    }

    @Test func nobodyPaysBeforeASecondPersonConfirms() throws {
        var desk = try Self.qualified()
        let id = "\(desk.value.id)-1"
        let prepared = try desk.run(.refund(RefundOrder()), as: Cast.fei)
        #expect(prepared.events.map(\.kind) == [.refundPrepared])
        #expect(desk.value.state == .refunding && desk.value.refunds[0].status == .prepared)
        #expect(desk.order.committedMinor == 4_999)
        // The clock goes on, and waits for all of it.
        #expect(desk.value.runningClock(.refund)?.amountMinor == 4_999)
        let paid = RefundReport(refundID: id, result: .succeeded(voucher: "V", document: nil))
        #expect(try desk.refusal(.recordRefund(paid), as: Cast.fei).code == "REFUND_NOT_CONFIRMED")
        #expect(try desk.refusal(.refund(RefundOrder()), as: Cast.fei).code == "REFUND_NOT_CONFIRMED")
        let robot = Actor(name: "erp", roles: [.finance], onBehalfOf: "fei")
        for actor in [Cast.fei, robot] {
            #expect(
                try desk.refusal(.confirmRefund(refundID: id), as: actor).code == "SECOND_PERSON_REQUIRED")
        }
        let inspector = Actor(name: Cast.wang.name, roles: [.finance])
        #expect(try desk.refusal(.confirmRefund(refundID: id), as: inspector).code == "INSPECTOR_REFUNDS")
        let confirmed = try desk.run(.confirmRefund(refundID: id), as: Cast.sue)
        #expect(confirmed.events.map(\.kind) == [.refundStarted])
        #expect(confirmed.entries[0].text == "49.99 EUR to payment card-1 as \(id), prepared by fei")
        #expect(
            desk.value.refunds[0].confirmedBy?.name == "sue" && desk.value.refunds[0].startedAt == desk.now)
        #expect(try desk.refusal(.confirmRefund(refundID: id), as: Cast.sue).code == "REFUND_NOT_PREPARED")
        try desk.run(.recordRefund(paid), as: Cast.fei)
        #expect(desk.value.state == .refunded)
    }

    /// Who may confirm may decline, and only that; until then closing asks for it.
    @Test func aSupervisorDeclines() throws {
        var desk = try Self.qualified()
        let id = "\(desk.value.id)-1"
        let decline = Command.abandonRefund(refundID: id, gatewayConfirmation: "too much")
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        let supervisor = Cast.only(.supervisor)
        let declined = try desk.run(decline, as: supervisor)
        #expect(declined.entries[0].text == "it was not confirmed: too much")
        #expect(declined.entries[0].actor.role == .supervisor && desk.value.state == .qualified)
        try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        try desk.run(
            .recordRefund(RefundReport(refundID: "\(desk.value.id)-2", result: .failed(reason: "declined"))),
            as: Cast.fei)
        let refused = try desk.refusal(
            .abandonRefund(refundID: "\(desk.value.id)-2", gatewayConfirmation: "dead"), as: supervisor)
        #expect(refused.code == "ROLE_REQUIRED" && refused.text.contains("finance gives up"))
    }

    /// What is not confirmed is given up, and its amount is due again; one cent less needs no second person.
    @Test func whatIsNotConfirmedIsGivenUp() throws {
        var desk = try Self.qualified()
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        let given = try desk.run(
            .abandonRefund(refundID: "\(desk.value.id)-1", gatewayConfirmation: "too much"), as: Cast.fei)
        #expect(given.entries[0].text == "it was not confirmed: too much")
        #expect(desk.value.state == .qualified && desk.order.committedMinor == 0)
        try desk.run(.refund(RefundOrder(amountMinor: 4_998)), as: Cast.fei)
        #expect(desk.value.refunds[1].status == .inProgress)
    }

    /// Shipping counts, a failed refund is tried again without another confirmation, and a store of the first level has none.
    @Test func theWholeAmountCounts() throws {
        var desk = try Self.qualified()
        try desk.run(.refund(RefundOrder(amountMinor: 4_900, shippingMinor: 99)), as: Cast.fei)
        #expect(desk.value.refunds[0].status == .prepared)
        try desk.follow("confirm_refund record_refund:1")
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        #expect(desk.value.refunds[0].status == .inProgress && desk.value.refunds[0].attempts == 2)
        var old = try Self.qualified()
        old.keeps = KeptFacts.all.subtracting(.refundDetails)
        try old.run(.refund(RefundOrder()), as: Cast.fei)
        #expect(old.value.refunds[0].status == .inProgress)
        #expect(Command.confirmRefund(refundID: "X-1").needs == .refundDetails)
    }

    /// What one person prepared and gave up is not booked as paid by the same person: 49.99 would go out by one alone.
    @Test func whoPreparedDoesNotRecordWhatNobodyConfirmed() throws {
        var desk = try Self.qualified()
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        let id = desk.value.refunds[0].id
        try desk.run(.abandonRefund(refundID: id, gatewayConfirmation: "oops"), as: Cast.fei)
        let paid = Command.recordRefund(
            RefundReport(refundID: id, result: .succeeded(voucher: "V", document: nil)))
        let robot = Actor(name: "erp", roles: [.finance], onBehalfOf: "fei")
        for actor in [Cast.fei, robot] {
            #expect(try desk.refusal(paid, as: actor).code == "SECOND_PERSON_REQUIRED")
        }
        let recorded = try desk.run(paid, as: Actor(name: "fred", roles: [.finance]))
        #expect(
            recorded.entries[0].text
                == "49.99 EUR to payment card-1, voucher V; it came after the refund was given up, and nobody had confirmed that it may be paid"
        )
        #expect(desk.value.refunds[0].confirmedBy?.name == "fred" && desk.value.state == .refunded)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
        var unseen = desk.value
        unseen.refunds[0].confirmedBy = nil
        #expect(MoneyProof(desk.order, cases: [unseen]).findings.map(\.subject) == [id])
    }

    /// 30.00 and then 19.99 come to 49.99: the second of them needs a second person. What was confirmed counts no more.
    @Test func manySmallRefundsAreALargeOne() throws {
        var desk = try Self.qualified()
        func refund(_ minor: Int64) throws {
            try desk.run(.refund(RefundOrder(amountMinor: minor)), as: Cast.fei)
        }
        try refund(3_000)
        #expect(desk.value.refunds[0].status == .inProgress)
        try desk.follow("record_refund tell")
        try refund(1_998)
        #expect(desk.value.refunds[1].status == .inProgress)
        try desk.follow("record_refund tell")
        try refund(1)
        #expect(desk.value.refunds[2].status == .prepared)
        var large = try Self.qualified()
        try large.run(.refund(RefundOrder(amountMinor: 3_000, shippingMinor: 100)), as: Cast.fei)
        try large.follow("record_refund tell")
        try large.run(.refund(RefundOrder(amountMinor: 1_899)), as: Cast.fei)
        #expect(large.value.refunds[1].status == .prepared)
        try large.follow("confirm_refund record_refund tell")
        try large.run(.refund(RefundOrder(amountMinor: 100)), as: Cast.fei)
        #expect(large.value.refunds[2].status == .inProgress)
    }

    /// Refund 1 was given up and is paid all the same, while refund 2 of the same money waits for its second person: nobody has paid
    /// refund 2, so it is given up, and nothing went out twice.
    @Test func aPreparedRefundGivesWayToALateSuccess() throws {
        var desk = try Self.qualified()
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        try desk.follow("confirm_refund record_refund:1 abandon_refund")
        try desk.run(.refund(RefundOrder(shippingMinor: 100)), as: Cast.fei)
        #expect(desk.value.refunds.map(\.status) == [.abandoned, .prepared])
        let id = desk.value.id
        let late = try desk.run(
            .recordRefund(RefundReport(refundID: "\(id)-1", result: .succeeded(voucher: "V", document: nil))),
            as: Cast.fei)
        #expect(late.entries.map(\.kind) == [.refundSucceeded, .refundAbandoned])
        #expect(late.entries[1].text == "it was not confirmed, and \(id)-1 has paid what it was for")
        #expect(desk.value.refunds.map(\.status) == [.succeeded, .abandoned])
        #expect(desk.order.overpaidMinor == 0 && desk.order.committedMinor == 4_999)
        #expect(desk.value.state == .refunded)
        #expect(try desk.refusal(.confirmRefund(refundID: "\(id)-2"), as: Cast.sue).kind == .notAllowedNow)
    }

    /// By hand: the method and the text that are given, and the method and the text that the refund has.
    @Test(
        arguments: [
            (nil, "", RefundMethod.original, ""), (.original, "", .original, ""),
            (.cash, "", .cash, "cash"), (.bankTransfer, "to IBAN …42", .bankTransfer, "to IBAN …42"),
            (.other, "cheque", .other, "cheque"), (nil, "cheque", .other, "cheque"),
            (nil, "store_credit", .storeCredit, "store_credit"),
        ] as [(RefundMethod?, String, RefundMethod, String)])
    func aMethodIsOfTheList(
        _ given: RefundMethod?, _ text: String, _ method: RefundMethod, _ other: String
    ) throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let wish = RefundOrder(
            otherMethod: text, otherMethodReason: other.isEmpty ? "" : "card expired", method: given)
        try desk.run(.refund(wish), as: other.isEmpty ? Cast.fei : Cast.sue)
        let refund = desk.value.refunds[0]
        #expect(refund.method == method && refund.otherMethod == other)
        #expect(refund.payments.isEmpty == (method != .original))
        #expect(desk.order.otherMethodCommittedMinor == (method == .original ? 0 : 2_000))
    }

    @Test func methodsThatContradictAreRefused() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        func code(_ method: RefundMethod, _ text: String, _ actor: Actor = Cast.sue) throws -> String {
            let wish = RefundOrder(otherMethod: text, otherMethodReason: "r", method: method)
            return try desk.refusal(.refund(wish), as: actor).code
        }
        #expect(try code(.original, "cheque") == "METHOD_CONFLICT")
        #expect(try code(.other, "") == "FIELD_REQUIRED")
        #expect(try code(.cash, "", Cast.fei) == "SUPERVISOR_REQUIRED")
        let cash = RefundOrder(method: .cash)
        #expect(try desk.refusal(.refund(cash), as: Cast.sue).field == "other_method_reason")
        #expect(Command.refund(cash).needs == .refundDetails)
    }

    /// The number comes with the result or after it, once.
    @Test func aCreditNoteHasANumber() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund")
        func result(_ note: String) -> Command {
            .recordRefund(
                RefundReport(
                    refundID: "\(desk.value.id)-1", result: .succeeded(voucher: "V1", document: nil),
                    creditNote: note))
        }
        try desk.run(result(""), as: Cast.fei)
        let later = try desk.run(result("25312000"), as: Cast.fei)
        #expect(later.entries.map(\.text) == ["credit note 25312000 of refund \(desk.value.id)-1"])
        #expect(desk.value.refunds[0].creditNote == "25312000")
        #expect(try desk.run(result("25312000"), as: Cast.fei).isEmpty)
        #expect(try desk.refusal(result("25312001"), as: Cast.fei).code == "CREDIT_NOTE_EXISTS")
    }
}
