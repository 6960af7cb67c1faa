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
