import ReturnsDomain
import ReturnsTestSupport
import Testing

/// What an event of a refund tells (D10): goods, shipping, lines, and where it goes.
@Suite struct RefundEventTests {
    private static func facts(_ transition: CaseTransition) -> CaseEventDetail.RefundFacts? {
        for event in transition.events {
            if case .refund(let facts)? = event.detail { return facts }
        }
        return nil
    }

    @Test func aRefundToTwoPaymentsTellsBoth() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let payments = [("card-1", 1_500), ("gift-1", 1_000)].map {
            RefundShare(reference: $0.0, amountMinor: $0.1)
        }
        let started = try desk.run(
            .refund(RefundOrder(shippingMinor: 500, payments: payments)), as: Cast.fei)
        let facts = try #require(Self.facts(started))
        #expect(facts.amountMinor == 2_500 && facts.goodsMinor == 2_000 && facts.shippingMinor == 500)
        #expect(facts.lines == [RefundShare(reference: "1", amountMinor: 2_000)])
        #expect(facts.payments == payments && facts.otherMethod.isEmpty)
        #expect(facts.currency.description == "EUR" && facts.attempt == 1)
        try desk.follow("record_refund")
        #expect(Self.facts(desk.transitions.last!) == facts)
    }

    @Test func anotherMethodIsNamed() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let started = try desk.run(
            .refund(RefundOrder(otherMethod: "bank transfer", otherMethodReason: "the card is closed")),
            as: Cast.sue)
        let facts = try #require(Self.facts(started))
        #expect(facts.otherMethod == "bank transfer" && facts.payments.isEmpty)
    }

    @Test func ofManyLinesTheFirstAreTold() {
        let refund = Refund(
            id: "R-1", status: .inProgress,
            lines: (1...250).map { RefundShare(reference: "\($0)", amountMinor: 1) }, shippingMinor: 0,
            payments: [], otherMethod: "cash", otherMethodReason: "", attempts: 1, failureReason: "",
            voucher: "", startedAt: Fixture.monday, endedAt: nil)
        let facts = CaseEventDetail.RefundFacts(refund, currency: CurrencyCode("EUR")!, attempt: 1)
        #expect(facts.lines.count == 100 && facts.goodsMinor == 250)
    }
}
