import ReturnsDomain
import ReturnsTestSupport
import Testing

/// A refund that was given up as dead and succeeds all the same: the money went out, whatever went out meanwhile.
@Suite struct LateSuccessTests {
    /// 20.00 are owed on line 1, and refund 1 over them was given up.
    private static let abandoned =
        "submit verify approve tell ship receive inspect refund record_refund:1 abandon_refund"

    private struct Expectation {
        /// What follows the abandonment.
        var meanwhile: String
        /// Of the case's line, of the order beside it, and of payment card-1, after the late success.
        var committed: Int64
        var overpaid: Int64
        var sentToCard: Int64
        var state: CaseState
        var told: Track
    }

    private static let table: [Expectation] = [
        Expectation(
            meanwhile: "", committed: 2_000, overpaid: 0, sentToCard: 2_000, state: .refunded, told: .due),
        Expectation(
            meanwhile: "part", committed: 2_000, overpaid: 1_000, sentToCard: 3_000, state: .refunded,
            told: .due),
        Expectation(
            meanwhile: "refund", committed: 2_000, overpaid: 2_000, sentToCard: 4_000, state: .refunding,
            told: .due),
        Expectation(
            meanwhile: "refund record_refund:1", committed: 2_000, overpaid: 2_000, sentToCard: 4_000,
            state: .refundFailed, told: .due),
        Expectation(
            meanwhile: "refund record_refund:2", committed: 2_000, overpaid: 2_000, sentToCard: 4_000,
            state: .refunding, told: .due),
        Expectation(
            meanwhile: "refund record_refund tell", committed: 2_000, overpaid: 2_000, sentToCard: 4_000,
            state: .refunded, told: .due),
        Expectation(
            meanwhile: "refund record_refund tell follow_up close", committed: 2_000, overpaid: 2_000,
            sentToCard: 4_000, state: .closed, told: .done),
    ]

    private static func desk(_ meanwhile: String) throws -> Desk {
        var desk = Desk()
        try desk.follow(abandoned)
        if meanwhile == "part" {
            try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
            try desk.follow("record_refund tell")
        } else {
            try desk.follow(meanwhile)
        }
        return desk
    }

    private static func succeeded(_ desk: Desk, voucher: String = "V9") -> Command {
        .recordRefund(
            RefundReport(
                refundID: "\(desk.value.id)-1", result: .succeeded(voucher: voucher, document: nil)))
    }

    @Test(arguments: table.indices)
    func isTaken(_ index: Int) throws {
        let expected = Self.table[index]
        var desk = try Self.desk(expected.meanwhile)
        let transition = try desk.run(Self.succeeded(desk), as: Cast.fei)
        let (value, order) = (desk.value, desk.order)
        #expect(value.refunds[0].status == .succeeded && value.refunds[0].voucher == "V9")
        #expect(value.refunds[0].overpaidMinor == expected.overpaid)
        #expect(value.state == expected.state && value.customerTold == expected.told)
        #expect(value.lines[0].committedMinor == expected.committed)
        #expect(order.lines[0].committedMinor == expected.committed)
        #expect(
            order.overpaidMinor == expected.overpaid && order.payments[0].sentMinor == expected.sentToCard)
        // Paid = kept + refunded + in flight; what was overpaid stands beside it.
        #expect(order.committedMinor == expected.committed)
        let told = try #require(transition.entries.first { $0.kind == .refundSucceeded })
        #expect(told.text == "20.00 EUR to payment card-1, voucher V9; it came after the refund was given up")
        let loud = transition.entries.first { $0.kind == .refundOverpaid }
        #expect((loud != nil) == (expected.overpaid > 0))
        if let loud {
            let amount = expected.overpaid == 1_000 ? "10.00 EUR" : "20.00 EUR"
            #expect(loud.text.contains("\(amount) more than was owed"))
            #expect(transition.events.contains { $0.kind == .refundOverpaid })
            #expect(loud.text.contains("still open") == (value.liveRefund != nil))
        }
        #expect(transition.events.contains { $0.kind == .notificationRequested })
        let other = Self.succeeded(desk, voucher: "V8")
        #expect(try desk.refusal(other, as: Cast.fei).code == "REFUND_SUCCEEDED")
    }

    /// The largest order there is, all of it refunded twice: what went out beyond is more than any one amount may be.
    @Test func theLargestIsRecorded() throws {
        let most = Money.amountMinorMax
        var order = Fixture.order()
        order.lines = [OrderLine(lineID: "1", sku: "MUG", quantity: 1, unitPriceMinor: most)]
        order.shippingPaidMinor = most
        order.payments = ["card-1", "card-2"].map {
            Payment(reference: $0, method: .card, amountMinor: most)
        }
        var desk = Desk(order: order)
        desk.policy.secondPersonAboveMinor = nil
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 1)]))
        try desk.follow("verify approve tell ship receive inspect")
        for end in ["record_refund:1 abandon_refund", "record_refund tell"] {
            try desk.run(.refund(RefundOrder(shippingMinor: most)), as: Cast.fei)
            try desk.follow(end)
        }
        try desk.run(Self.succeeded(desk), as: Cast.fei)
        #expect(desk.order.overpaidMinor == 2 * most)
        #expect(desk.order.payments.map(\.overpaidMinor) == [most, most])
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
        // No sum of what payments may hold goes past what a number holds.
        let bound = Money.overpaidMinorMax
        let sum = bound.multipliedReportingOverflow(by: Int64(CountLimits.orderPaymentsMax + 1))
        #expect(!sum.overflow && bound > most * 2 * 200)
    }

    /// What is left of shipping is named where nothing else is due.
    @Test func shippingThatIsLeftIsNamed() throws {
        let desk = try Self.desk("refund record_refund tell")
        let nothing = try desk.refusal(.refund(RefundOrder()), as: Cast.fei)
        #expect(nothing.code == "NOTHING_DUE" && nothing.text.contains("; 5.00 EUR of shipping are left"))
    }

    /// 20.00 were paid for two mugs; one case got 10.00 twice. Who refunds the other mug is told before they pay it otherwise.
    @Test func anotherCaseOfTheOrderIsToldWhatWentOutBeyond() throws {
        var order = Fixture.order()
        order.lines = [OrderLine(lineID: "1", sku: "MUG", quantity: 2, unitPriceMinor: 1_000)]
        order.shippingPaidMinor = 0
        order.payments = [Payment(reference: "card-1", method: .card, amountMinor: 2_000)]
        let one = Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 1)])
        var first = Desk(order: order)
        try first.submit(one)
        try first.follow(
            "verify approve tell ship receive inspect refund record_refund:1 abandon_refund refund record_refund tell"
        )
        try first.run(Self.succeeded(first), as: Cast.fei)
        #expect(first.order.overpaidMinor == 1_000)
        var other = Desk(order: first.order)
        try other.submit(one)
        try other.follow("verify approve tell ship receive inspect")
        let refused = try other.refusal(.refund(RefundOrder()), as: Cast.fei)
        #expect(refused.code == "PAYMENT_EXCEEDED")
        #expect(refused.text.hasSuffix("10.00 EUR went out on it beyond what its cases owed"))
    }

    @Test func needsAVoucher() throws {
        let desk = try Self.desk("")
        #expect(try desk.refusal(Self.succeeded(desk, voucher: ""), as: Cast.fei).code == "FIELD_REQUIRED")
    }

    /// The second refund is over money that the customer has: given up, it is not due again.
    @Test func aSecondRefundThatFailsIsSettledByTheFirst() throws {
        var desk = try Self.desk("refund record_refund:1")
        try desk.run(Self.succeeded(desk), as: Cast.fei)
        let transition = try desk.run(
            .abandonRefund(refundID: "\(desk.value.id)-2", gatewayConfirmation: "void"), as: Cast.fei)
        #expect(
            transition.entries.first?.text
                == "the gateway confirms it dead: void; 20.00 EUR that had gone out beyond what was owed count in its place, so they are not due again"
        )
        #expect(transition.entries.map(\.kind) == [.refundAbandoned, .overpaymentSettled])
        #expect(desk.value.balanceMinor == 0 && desk.value.state == .refunded && desk.value.money == .done)
        #expect(desk.value.refunds.map(\.overpaidMinor) == [0, 0])
        #expect(desk.order.overpaidMinor == 0 && desk.order.payments[0].sentMinor == 2_000)
    }

    /// Shipping is counted by the order: another case may have taken it meanwhile.
    @Test func shippingThatWentOutTwiceIsOverpaid() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(shippingMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund")
        try desk.run(.refund(RefundOrder(shippingMinor: 300)), as: Cast.fei)
        try desk.follow("record_refund")
        try desk.run(Self.succeeded(desk), as: Cast.fei)
        #expect(desk.value.refunds[0].overpaidMinor == 2_300)
        #expect(desk.value.refunds[0].overpaidShippingMinor == 300)
        #expect(desk.order.shippingCommittedMinor == 500 && desk.order.overpaidMinor == 2_300)
        #expect(desk.order.committedMinor == 2_500)
    }

    /// Shipping goes back beside goods: with those of a refund that nobody owes any more it is too much, until there are some.
    @Test func shippingOfGoodsThatAreRefusedIsOverpaid() throws {
        func finding(_ accepted: Int64, _ refused: Int64) -> Command {
            .correctInspection(
                lines: [
                    LineInspection(
                        lineID: "1", isAppearanceOK: refused == 0, isQuantityOK: true, isPackagingOK: true,
                        isUnusedOK: true, acceptedUnits: accepted, refusedUnits: refused)
                ], report: nil, reason: "looked again")
        }
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(shippingMinor: 500)), as: Cast.fei)
        try desk.follow("record_refund:1 abandon_refund")
        try desk.run(finding(0, 2), as: Cast.wang)
        let transition = try desk.run(Self.succeeded(desk), as: Cast.fei)
        #expect(transition.entries.contains { $0.text.contains("the customer got 25.00 EUR more") })
        #expect(desk.value.refunds[0].overpaidMinor == 2_500)
        #expect(desk.order.overpaidMinor == 2_500 && desk.order.shippingCommittedMinor == 0)
        try desk.run(finding(1, 1), as: Cast.wang)
        #expect(desk.value.refunds[0].overpaidMinor == 1_000)
        #expect(desk.order.overpaidMinor == 1_000 && desk.order.shippingCommittedMinor == 500)
    }

    /// The payment holds no more: what went to it beyond its amount is its own figure, and nothing more is refunded to it.
    @Test func aPaymentCannotHoldMoreThanItsAmount() throws {
        var order = Fixture.order()
        order.payments = [
            Payment(reference: "card-1", method: .card, amountMinor: 2_500),
            Payment(reference: "gift-1", method: .giftCard, amountMinor: 7_399),
        ]
        var desk = Desk(order: order)
        try desk.follow(Self.abandoned + " refund record_refund tell")
        try desk.run(Self.succeeded(desk), as: Cast.fei)
        #expect(desk.order.payments[0].committedMinor == 2_500)
        #expect(desk.order.payments[0].overpaidMinor == 1_500)
        try desk.run(.refund(RefundOrder(shippingMinor: 100)), as: Cast.fei)
        #expect(desk.value.refunds[2].payments == [RefundShare(reference: "gift-1", amountMinor: 100)])
    }
}
