import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Orders whose customer still owes a part of the price (D14): it is told, and is no part of any money.
@Suite struct PaidInPartTests {
    private static let approve = Command.approve(returnAddress: "", instructions: "", overrideReason: "")

    /// 98.99 EUR were paid for lines and shipping.
    private static func order(owing outstandingMinor: Int64) -> Order {
        var order = Fixture.order()
        order.outstandingMinor = outstandingMinor
        return order
    }

    private static func checks(_ desk: Desk) -> [Check] {
        desk.value.checks.filter { $0.kind == .paidInPart }
    }

    /// The order system pushes what is outstanding now.
    private static func push(_ outstandingMinor: Int64, to desk: inout Desk) throws {
        let put = Order.put(
            order(owing: outstandingMinor), over: desk.order, actor: Cast.shop, now: desk.now)
        guard case .success(.updated(let order)) = put else {
            throw Desk.Surprise(description: "\(outstandingMinor) outstanding led to \(put)")
        }
        desk.order = order
    }

    @Test func theReviewerIsToldAndNothingIsRefused() throws {
        var desk = Desk(order: Self.order(owing: 4_000))
        try desk.submit()
        #expect(Self.checks(desk).map(\.result) == [.noted])
        #expect(
            Self.checks(desk).first?.detail
                == "40.00 EUR outstanding, 98.99 EUR paid: what is refunded is bounded by what was paid")
        try desk.follow("verify")
        try desk.run(Self.approve, as: Cast.sara)
        #expect(desk.value.state == .approved && Self.checks(desk).count == 1)
        var whole = Desk()
        try whole.follow("submit verify")
        #expect(Self.checks(whole).isEmpty)
    }

    /// At `verify` and at `approve` the order is judged as it is by then.
    @Test func itIsJudgedAnewAtEachStepOfTheReview() throws {
        var desk = Desk()
        try desk.submit()
        try Self.push(1, to: &desk)
        #expect(Self.checks(desk).isEmpty)
        try desk.follow("verify")
        #expect(Self.checks(desk).first?.detail.hasPrefix("0.01 EUR outstanding, 98.99 EUR paid") == true)
        try Self.push(0, to: &desk)
        try desk.run(Self.approve, as: Cast.sara)
        #expect(Self.checks(desk).isEmpty)
    }

    /// Two of five units for which 49.99 was paid are worth 20.00, whatever is outstanding.
    @Test func whatIsOwedAndProvedIsWhatWasPaid() throws {
        var desk = Desk(order: Self.order(owing: 4_000))
        try desk.submit()
        try desk.follow("verify approve tell ship receive inspect")
        let refund = Command.refund(RefundOrder(amountMinor: 2_001))
        #expect(try desk.refusal(refund, as: Cast.fei).code == "AMOUNT_EXCEEDED")
        let before = Explanation(of: desk.value, order: desk.order, sla: Fixture.slaPolicies[1]!).money
        #expect(before.owedMinor == 2_000 && before.dueMinor == 2_000 && before.outstandingMinor == 4_000)
        try desk.follow("refund record_refund")
        try Self.push(Money.amountMinorMax, to: &desk)
        #expect(desk.order.paidMinor == 9_899 && desk.order.committedMinor == 2_000)
        let proof = MoneyProof(desk.order, cases: [desk.value])
        #expect(proof.findings.isEmpty)
        #expect(proof.totals?.paidMinor == 9_899 && proof.totals?.refundedMinor == 2_000)
        #expect(proof.totals?.keptMinor == 7_899)
    }

    @Test func anAmountOutOfRangeIsDamage() {
        #expect(Self.order(owing: Money.amountMinorMax).inconsistency == nil)
        for amount in [-1, Money.amountMinorMax + 1, .min, .max] {
            #expect(Self.order(owing: amount).inconsistency == "a money ledger is out of balance")
        }
    }
}
