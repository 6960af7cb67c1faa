import ReturnsDomain
import ReturnsTestSupport
import Testing

/// A refund that succeeded, and that the bank sent back.
@Suite struct ReturnedRefundTests {
    private static let paid = "submit verify approve tell ship receive inspect refund record_refund"

    /// 20.00 came back after the case was closed: they are due again, with a clock and a notice of their own, and are paid anew.
    @Test func aClosedCaseOpensAgain() throws {
        var story = try Story(after: Self.paid + " tell follow_up close")
        try story.follow("record_returned_refund tell refund record_refund tell follow_up close")
        #expect(
            story.text == """
                record_returned_refund: qualified, money due, told due | 1: 2 accepted paid 0 of 2000, order holds 2 | notify#3 refund#2
                tell: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund#2; notify#3 met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund#2
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#4; refund#2 met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#2; notify#4 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#2
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#2 met
                """)
        #expect(story.desk.value.refunds.map(\.status) == [.returned, .succeeded])
        #expect(story.desk.order.committedMinor == 2_000)
    }

    /// 20.00 of goods and 1.00 of shipping to the card: all of it is back at the order.
    @Test func theOrderHasItsMoneyBack() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund:1 record_refund")
        #expect(desk.order.payments[0].committedMinor == 2_001 && desk.order.shippingCommittedMinor == 1)
        let transition = try desk.run(
            .recordReturnedRefund(refundID: "\(desk.value.id)-1", reason: "account closed"), as: Cast.fei)
        #expect(desk.order.payments[0].committedMinor == 0 && desk.order.shippingCommittedMinor == 0)
        #expect(desk.order.lines[0].committedMinor == 0 && desk.order.committedMinor == 0)
        // 1 of shipping is due again as well, and kept for this case on the order.
        #expect(desk.value.state == .qualified && desk.value.balanceMinor == 2_001)
        #expect(desk.value.shippingDueMinor == 1 && desk.order.shippingDueMinor == 1)
        #expect(transition.entries[0].text == "20.01 EUR of \(desk.value.id)-1 came back: account closed")
        let refund = desk.value.refunds[0]
        #expect(refund.returnedAt == desk.now && refund.failureReason == "account closed")
        #expect(refund.endedAt == desk.now.adding(-Milliseconds.minute))
    }

    /// What is due again holds the shipping: the next refund pays it, unless it names an amount for goods; given up, it is due once
    /// more.
    @Test func shippingIsDueAgain() throws {
        var desk = Desk()
        let left = desk.order.shippingLeftMinor
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(shippingMinor: 300)), as: Cast.fei)
        try desk.follow("record_refund tell record_returned_refund tell")
        #expect(desk.value.balanceMinor == 2_300 && desk.value.dueRefunds.map(\.amountMinor) == [2_300])
        // No other case can have it, and this one can have the rest besides.
        #expect(desk.order.shippingLeftMinor == left - 300)
        #expect(
            try desk.refusal(.refund(RefundOrder(amountMinor: 0, shippingMinor: left + 1)), as: Cast.fei).code
                == "AMOUNT_EXCEEDED")
        try desk.run(.refund(RefundOrder(amountMinor: 2_000)), as: Cast.fei)
        try desk.follow("record_refund tell")
        #expect(desk.value.state == .qualified && desk.value.money == .due && desk.value.balanceMinor == 300)
        #expect(desk.value.closingNeeds.contains(.refund(amountMinor: 300)))
        #expect(try desk.refusal(.close, as: Cast.sara).code == "NOT_COMPLETE")
        #expect(desk.value.runningClock(.refund)?.amountMinor == 300)
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        #expect(desk.value.refunds[2].shippingMinor == 300 && desk.value.refunds[2].linesMinor == 0)
        #expect(desk.value.balanceMinor == 0 && desk.order.shippingDueMinor == 0)
        try desk.follow("record_refund:1 abandon_refund")
        #expect(desk.value.balanceMinor == 300 && desk.order.shippingDueMinor == 300)
        #expect(desk.value.runningClock(.refund)?.amountMinor == 300)
        try desk.follow("refund record_refund tell")
        #expect(desk.value.state == .refunded && desk.value.balanceMinor == 0)
        #expect(desk.order.shippingCommittedMinor == 300 && desk.order.shippingDueMinor == 0)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// 15.00 to the card and 5.00 to the gift card, which is void: its part alone comes back, and is due again.
    @Test func aPartComesBack() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        func shares(_ card: Int64, _ gift: Int64) -> [RefundShare] {
            [("card-1", card), ("gift-1", gift)].filter { $0.1 > 0 }.map {
                RefundShare(reference: $0.0, amountMinor: $0.1)
            }
        }
        try desk.run(.refund(RefundOrder(payments: shares(1_500, 500))), as: Cast.fei)
        try desk.follow("record_refund tell follow_up attach_document")
        let id = desk.value.refunds[0].id
        func back(_ payments: [RefundShare], _ reason: String = "the card is void") -> Command {
            .recordReturnedRefund(refundID: id, reason: reason, payments: payments)
        }
        let other = [RefundShare(reference: "cash-9", amountMinor: 1)]
        #expect(try desk.refusal(back(other), as: Cast.fei).code == "PAYMENT_UNKNOWN")
        #expect(try desk.refusal(back(shares(0, 501)), as: Cast.fei).code == "AMOUNT_EXCEEDED")
        let twice = shares(0, 1) + shares(0, 1)
        #expect(try desk.refusal(back(twice), as: Cast.fei).code == "DUPLICATE_PAYMENT")
        let transition = try desk.run(back(shares(0, 500)), as: Cast.fei)
        #expect(
            transition.entries.map(\.text) == [
                "5.00 EUR of \(id) came back from payment gift-1: the card is void"
            ])
        // Who follows events knows the refund by the id that it was paid by.
        #expect(
            transition.events.contains { $0.kind == .refundReturned && "\($0.detail!)".contains("\"\(id)\"") }
        )
        let refunds = desk.value.refunds
        #expect(
            refunds.map(\.id) == [id, "\(id)-returned-1"] && refunds.map(\.status) == [.succeeded, .returned])
        #expect(refunds.map(\.payments) == [shares(1_500, 0), shares(0, 500)])
        #expect(refunds.map(\.linesMinor) == [1_500, 500])
        #expect(desk.value.balanceMinor == 500 && desk.value.state == .qualified)
        #expect(desk.order.payments.map(\.committedMinor) == [1_500, 0])
        #expect(desk.value.dueNotices.map(\.refundID) == ["\(id)-returned-1"])
        #expect(desk.value.runningClock(.refund)?.amountMinor == 500)
        // Told again, it is recorded already.
        #expect(try desk.run(back(shares(0, 500)), as: Cast.fei).isEmpty)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
        // All that went to the gift card is back: other words tell nothing new of it.
        let repeated = try desk.refusal(back(shares(0, 500), "void since May"), as: Cast.fei)
        #expect(repeated.code == "REFUND_RETURNED" && repeated.text.contains("came back"))
        try desk.follow("tell refund record_refund tell")
        #expect(desk.value.state == .refunded && desk.order.payments.map(\.committedMinor) == [2_000, 0])
        // And then the rest.
        try desk.run(back([], "account closed"), as: Cast.fei)
        #expect(desk.value.refunds.map(\.status) == [.returned, .returned, .succeeded])
        #expect(desk.value.balanceMinor == 1_500)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// Back comes what went out beyond what was owed, then goods from the last line on, then shipping.
    @Test func aPartIsOfWhatWasTooMuchFirst() throws {
        var desk = Desk()
        try desk.submit(
            Fixture.submission(lines: [
                RequestedLine(lineID: "1", quantity: 1), RequestedLine(lineID: "2", quantity: 1),
            ]))
        try desk.follow("verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(shippingMinor: 300)), as: Cast.fei)
        try desk.follow("record_refund tell")
        let refund = desk.value.refunds[0]
        let (first, last) = (refund.lines[0].amountMinor, refund.lines[1].amountMinor)
        func back(_ minor: Int64) throws {
            try desk.run(
                .recordReturnedRefund(
                    refundID: refund.id, reason: "\(minor) came back",
                    payments: [RefundShare(reference: "card-1", amountMinor: minor)]), as: Cast.fei)
        }
        try back(last + 1)
        #expect(desk.value.lines[1].committedMinor == 0 && desk.value.lines[0].committedMinor == first - 1)
        #expect(desk.value.shippingDueMinor == 0)
        try back(first - 1 + 100)
        #expect(desk.value.lines[0].committedMinor == 0 && desk.value.shippingDueMinor == 100)
        #expect(desk.value.refunds[0].lines == [] && desk.value.refunds[0].shippingMinor == 200)
        #expect(desk.value.refunds.map(\.id).last == "\(refund.id)-returned-2")
        #expect(desk.value.balanceMinor == first + last + 100)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
        var late = Desk()
        try late.follow(
            "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund record_refund tell"
        )
        let id = late.value.id
        try late.run(
            .recordRefund(
                RefundReport(refundID: "\(id)-1", result: .succeeded(voucher: "V9", document: nil))),
            as: Cast.fei)
        #expect(late.order.overpaidMinor == 2_000)
        let recovered = try late.run(
            .recordReturnedRefund(
                refundID: "\(id)-1", reason: "paid back in part",
                payments: [RefundShare(reference: "card-1", amountMinor: 1_200)]), as: Cast.fei)
        #expect(late.order.overpaidMinor == 800 && late.value.balanceMinor == 0)
        #expect(recovered.entries[0].text.hasSuffix("so nothing is due again"))
        #expect(MoneyProof(late.order, cases: [late.value]).findings == [])
    }

    /// A payment that sent money back is the last that a refund goes to, where nobody names payments.
    @Test func aPaymentThatSentARefundBackComesLast() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        let id = desk.value.refunds[0].id
        let first = desk.value.refunds[0].payments
        #expect(first.map(\.reference) == ["card-1"])
        try desk.follow("record_refund tell")
        try desk.run(.recordReturnedRefund(refundID: id, reason: "closed", payments: first), as: Cast.fei)
        try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        let gift = desk.order.payments[1]
        let again = desk.value.refunds[1].payments
        #expect(again.first == RefundShare(reference: "gift-1", amountMinor: min(1_000, gift.amountMinor)))
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// 20.00 were owed and paid, and 5.00 more went out by a refund that was given up. When the 20.00 come back, the 5.00 count: whoever
    /// recovers them by the events hears of it.
    @Test func whoRecoversAnOverpaymentHearsThatItCounts() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund refund record_refund tell")
        let (late, paid) = (desk.value.refunds[0].id, desk.value.refunds[1].id)
        try desk.run(
            .recordRefund(RefundReport(refundID: late, result: .succeeded(voucher: "V9", document: nil))),
            as: Cast.fei)
        #expect(desk.order.overpaidMinor == 500)
        let back = try desk.run(
            .recordReturnedRefund(refundID: paid, reason: "closed", payments: []), as: Cast.fei)
        #expect(desk.order.overpaidMinor == 0 && desk.value.balanceMinor == 1_500)
        let settled = back.events.filter { $0.kind == .overpaymentSettled }
        #expect(
            settled.map(\.detail) == [
                .overpayment(refundID: late, amountMinor: 500, currency: desk.value.currency)
            ])
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// A refund that somebody named like a part is none of it: what it paid counts for itself.
    @Test func aRefundNamedLikeAPartIsNone() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        try desk.follow("record_refund tell")
        let id = desk.value.refunds[0].id
        let named = "\(id)-returned-7"
        try desk.run(.refund(RefundOrder(refundID: named, amountMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund tell")
        let share = [RefundShare(reference: "card-1", amountMinor: 500)]
        try desk.run(.recordReturnedRefund(refundID: named, reason: "closed", payments: []), as: Cast.fei)
        #expect(desk.value.refunds[1].partOf.isEmpty && desk.value.refunds[1].status == .returned)
        // The same words and amount, of the other refund.
        try desk.run(.recordReturnedRefund(refundID: id, reason: "closed", payments: share), as: Cast.fei)
        #expect(desk.value.refunds.map(\.partOf) == ["", "", id])
        #expect(desk.value.balanceMinor == 1_500)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// The longest name that a refund can have leaves room for a part's, so that a step can name the part.
    @Test func aPartOfTheLongestNameCanBeNamed() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let prefix = "\(desk.value.id)-"
        let filling = String(repeating: "A", count: TextLimits.identifierBytesMax - prefix.utf8.count)
        try desk.run(.refund(RefundOrder(refundID: prefix + filling)), as: Cast.fei)
        try desk.follow("record_refund tell")
        let share = [RefundShare(reference: "card-1", amountMinor: 500)]
        try desk.run(
            .recordReturnedRefund(refundID: prefix + filling, reason: "closed", payments: share), as: Cast.fei
        )
        let part = desk.value.refunds[1].id
        #expect(part.utf8.count == TextLimits.identifierBytesMax && part.hasSuffix("A-returned-1"))
        let named = Command.recordReturnedRefund(refundID: part, reason: "other words", payments: [])
        #expect(try desk.refusal(named, as: Cast.fei).code == "REFUND_RETURNED")
    }

    /// A name of one's own that looks like that of a part is passed over; a part told again in another order is known.
    @Test func aPartHasANameOfItsOwn() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let shares = [("card-1", 600), ("gift-1", 400)].map {
            RefundShare(reference: $0.0, amountMinor: $0.1)
        }
        try desk.run(.refund(RefundOrder(amountMinor: 1_000, payments: shares)), as: Cast.fei)
        try desk.follow("record_refund tell")
        let id = desk.value.refunds[0].id
        try desk.run(.refund(RefundOrder(refundID: "\(id)-returned-1", amountMinor: 500)), as: Cast.fei)
        let part = shares.map { RefundShare(reference: $0.reference, amountMinor: 100) }
        try desk.run(.recordReturnedRefund(refundID: id, reason: "void", payments: part), as: Cast.fei)
        #expect(
            desk.value.refunds.map(\.id) == [id, "\(id)-returned-1", "\(id)-returned-2"]
                && desk.value.liveRefund?.id == "\(id)-returned-1")
        let again = Command.recordReturnedRefund(refundID: id, reason: "void", payments: part.reversed())
        #expect(try desk.run(again, as: Cast.fei).isEmpty)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// Shipping that went out beyond what was owed counts first, where another case has freed some since: it is not paid twice.
    @Test func overpaidShippingIsNotPaidAgain() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 0, shippingMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund")
        // Another case has the shipping in flight, and gives it up after this one's has succeeded late.
        desk.order.shippingCommittedMinor = 500
        desk.order.payments[1].committedMinor += 500
        let late = RefundReport(
            refundID: desk.value.refunds[0].id, result: .succeeded(voucher: "V", document: nil))
        try desk.run(.recordRefund(late), as: Cast.fei)
        #expect(desk.order.overpaidMinor == 500)
        desk.order.shippingCommittedMinor = 0
        desk.order.payments[1].committedMinor -= 500
        #expect(
            try desk.refusal(.refund(RefundOrder(amountMinor: 0, shippingMinor: 500)), as: Cast.fei).code
                == "AMOUNT_EXCEEDED")
        try desk.follow("note")
        #expect(desk.order.overpaidMinor == 0 && desk.order.shippingCommittedMinor == 500)
    }

    /// A refund by another method went to no payment, so no part of it can be told by one.
    @Test func byAnotherMethodItComesBackWhole() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(
            .refund(RefundOrder(otherMethod: "cheque", otherMethodReason: "card expired")), as: Cast.sue)
        try desk.follow("record_refund tell")
        let id = desk.value.refunds[0].id
        let part = [RefundShare(reference: "card-1", amountMinor: 1)]
        #expect(
            try desk.refusal(
                .recordReturnedRefund(refundID: id, reason: "r", payments: part), as: Cast.fei
            ).code == "PAYMENTS_CONFLICT")
    }

    /// What the customer had got beyond what was owed comes back: a closed case stays closed, and nobody is told.
    @Test func anOverpaymentThatComesBackIsDueToNobody() throws {
        var desk = Desk()
        try desk.follow(
            "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund record_refund tell follow_up close"
        )
        let id = desk.value.id
        try desk.run(
            .recordRefund(
                RefundReport(refundID: "\(id)-1", result: .succeeded(voucher: "V9", document: nil))),
            as: Cast.fei)
        #expect(desk.order.overpaidMinor == 2_000 && desk.value.state == .closed)
        let back = try desk.run(
            .recordReturnedRefund(refundID: "\(id)-1", reason: "recovered"), as: Cast.fei)
        #expect(desk.value.state == .closed && desk.order.overpaidMinor == 0 && desk.value.dueNotices == [])
        #expect(
            back.entries.map(\.text) == [
                "20.00 EUR of \(id)-1 came back: recovered; it had gone out beyond what was owed, so nothing is due again"
            ])
    }

    /// 5.00 of an overpayment count for what comes to be owed later, without anybody's asking.
    @Test func anOverpaymentCountsForWhatIsOwedLater() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund")
        try desk.run(.refund(RefundOrder(amountMinor: 1_500)), as: Cast.fei)
        try desk.follow("record_refund tell")
        try desk.run(
            .deduct(DeductionOrder(lineID: "1", amountMinor: 500, code: .damage, reason: "scratched")),
            as: Cast.sue)
        let id = desk.value.id
        let late = try desk.run(
            .recordRefund(
                RefundReport(refundID: "\(id)-1", result: .succeeded(voucher: "V9", document: nil))),
            as: Cast.fei)
        #expect(
            late.entries.last?.text
                == "the customer got 5.00 EUR more than was owed and in no other refund, by \(id)-1; recover it"
        )
        #expect(desk.order.overpaidMinor == 500)
        let back = try desk.run(
            .takeBackDeduction(lineID: "1", number: nil, reason: "it was there before"), as: Cast.sue)
        #expect(back.entries.map(\.kind) == [.deductionTakenBack, .overpaymentSettled])
        #expect(
            back.entries[1].text
                == "5.00 EUR of \(id)-1 that had gone out beyond what was owed count for what is owed now")
        #expect(desk.order.overpaidMinor == 0 && desk.value.balanceMinor == 0 && desk.value.money == .done)
        #expect(desk.value.runningClock(.refund) == nil)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// The customer hears of the refund and of its coming back, or where nobody told them of it, of the latter alone.
    @Test func theCustomerIsTold() throws {
        var untold = Desk()
        try untold.follow(Self.paid + " record_returned_refund")
        #expect(untold.value.dueNotices.map(\.occasion) == [.refundReturned])
        #expect(untold.value.notices.first { $0.occasion == .refunded }?.state == .voided)
        var told = Desk()
        try told.follow(Self.paid + " tell record_returned_refund")
        #expect(told.value.dueNotices.map(\.refundID) == ["\(told.value.id)-1"])
        #expect(told.value.notices.first { $0.occasion == .refunded }?.state == .told)
        #expect(try told.refusal(.close, as: Cast.sara).code == "NOT_COMPLETE")
    }

    /// Refund 1 was given up and paid all the same, beside refund 2. When 2 comes back, 1 has paid what is owed.
    @Test func whatWentOutTwiceTakesItsPlace() throws {
        var desk = Desk()
        try desk.follow(
            "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund")
        let id = desk.value.id
        func succeed(_ number: Int) -> Command {
            .recordRefund(
                RefundReport(
                    refundID: "\(id)-\(number)", result: .succeeded(voucher: "V\(number)", document: nil)))
        }
        try desk.run(succeed(2), as: Cast.fei)
        try desk.run(succeed(1), as: Cast.fei)
        #expect(desk.order.overpaidMinor == 2_000)
        try desk.run(.recordReturnedRefund(refundID: "\(id)-2", reason: "account closed"), as: Cast.fei)
        #expect(desk.order.overpaidMinor == 0 && desk.value.balanceMinor == 0)
        #expect(desk.value.state == .refunded && desk.order.committedMinor == 2_000)
        // And the other way round, the one that was too much comes back: nothing is owed.
        try desk.run(.recordReturnedRefund(refundID: "\(id)-1", reason: "account closed"), as: Cast.fei)
        #expect(desk.value.balanceMinor == 2_000 && desk.value.state == .qualified)
    }

    /// A unit that went back was released at the end, and another case has it. The money alone is due again.
    @Test func unitsThatWereReleasedStayReleased() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        try desk.run(Scenarios.inspection(accepted: 1, refused: 1), as: Cast.wang)
        try desk.follow("tell resolve:1 refund record_refund tell ship_back follow_up close")
        #expect(desk.order.lines[0].reservedUnits == 1)
        desk.order.lines[0].reservedUnits = 5
        try desk.follow("record_returned_refund")
        #expect(desk.value.state == .qualified && desk.order.lines[0].reservedUnits == 5)
        #expect(desk.value.lines[0].units.released == 1 && desk.value.lines[0].units.sentBack == 0)
        try desk.follow("tell refund record_refund tell follow_up close")
        #expect(desk.value.state == .closed)
    }
}
