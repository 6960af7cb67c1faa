import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// Accepted units that are exchanged for goods instead of money (D6). Line 1 is five mugs for 49.99: two are worth 20.00.
@Suite struct AgreedExchangeTests {
    private static let accepted = "submit verify approve tell ship receive inspect"

    private static func agreement(
        _ units: Int64, _ sku: String = "MUG-L", difference: Int64 = 0,
        _ settlement: ExchangeSettlement? = nil
    ) -> Command {
        .agreeExchange(
            ExchangeAgreement(
                lineID: "1", units: units, sku: sku, differenceMinor: difference, settlement: settlement,
                settlementReference: settlement == nil ? "" : "T-118", reason: "too small"))
    }

    @Test func aDearerOneIsPaidAtTheTill() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        let transition = try desk.run(Self.agreement(1, difference: 200, .paidByCustomer), as: Cast.sara)
        let units = desk.value.lines[0].units
        #expect(units.accepted == 2 && units.acceptedExchanged == 1)
        #expect(
            desk.value.lines[0].owedMinor == 1_000 && desk.value.runningClock(.refund)?.amountMinor == 1_000)
        #expect(desk.order.lines[0].refundableUnits == 1 && desk.order.lines[0].reservedUnits == 2)
        #expect(desk.order.lines[0].exchangeDifferencesMinor == 200)
        let goods = try #require(desk.value.outbound.first)
        #expect(goods.kind == .exchangeAccepted && goods.sku == "MUG-L" && goods.units == 1)
        let exchange = OutboundExchange(
            number: 1, shareMinor: 1_000, differenceMinor: 200, settlement: .paidByCustomer,
            settlementReference: "T-118")
        #expect(goods.exchange == exchange)
        let entry = try #require(transition.entries.last)
        #expect(
            entry.text
                == "exchange 1: 1 unit of line 1 for MUG-L, 10.00 EUR less owed; 2.00 EUR more, paid by the customer"
        )
        #expect(entry.personalText == "too small")
        // The rest is refunded, the goods go out, and the case closes as any other.
        try desk.follow("refund record_refund")
        #expect(desk.value.state == .alternative)
        try desk.follow("exchange tell follow_up close")
        #expect(desk.value.state == .closed && desk.order.committedMinor == 1_000)
    }

    /// Both units: no money is owed, and finance has neither done nor missed anything.
    @Test func theSameGoodsForAll() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        let transition = try desk.run(Self.agreement(2, ""), as: Cast.sara)
        #expect(desk.value.state == .alternative && desk.value.lines[0].owedMinor == 0)
        #expect(desk.value.outbound.first?.sku == "MUG")
        #expect(
            desk.value.clocks.first { $0.kind == .refund }?.end == .voided && transition.attainments == [])
        #expect(desk.value.runningClocks.map(\.kind) == [.returnShip])
    }

    @Test func untilItGoesOutItCanBeCancelled() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        try desk.run(Self.agreement(2, difference: -300, .paidBack), as: Cast.sara)
        #expect(desk.order.lines[0].exchangeDifferencesMinor == -300)
        let transition = try desk.run(.cancelExchange(number: 1, reason: "sold out"), as: Cast.simon)
        #expect(desk.value.state == .qualified && desk.value.lines[0].owedMinor == 2_000)
        #expect(desk.value.outbound == [] && desk.order.lines[0].exchangeDifferencesMinor == 0)
        #expect(desk.value.clocks.first { $0.kind == .returnShip }?.end == .voided)
        #expect(
            transition.entries.last?.text
                == "exchange 1: 20.00 EUR owed again; settle the price difference anew")
        // A number is used once.
        try desk.run(Self.agreement(1), as: Cast.sara)
        #expect(desk.value.outbound.first?.exchange?.number == 2)
        // Who made money owed again has no part in its refunds.
        #expect(desk.value.priorActs(of: Cast.simon).decidedOwed)
    }

    @Test func whatIsInARefundIsNotExchanged() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        #expect(try desk.refusal(Self.agreement(2), as: Cast.sara).code == "MONEY_PAID")
        try desk.run(Self.agreement(1), as: Cast.sara)
        #expect(desk.value.balanceMinor == 0 && desk.value.state == .refunding)
    }

    @Test func whatTheCustomerOwesIsASupervisorsToWaive() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        let waiver = Self.agreement(1, difference: 200, .waived)
        #expect(try desk.refusal(waiver, as: Cast.sara).code == "SUPERVISOR_REQUIRED")
        try desk.run(waiver, as: Cast.sue)
        // Nothing changed hands.
        #expect(desk.order.lines[0].exchangeDifferencesMinor == 0)
        try desk.run(Self.agreement(1, difference: -200, .waived), as: Cast.sara)
        #expect(desk.order.lines[0].exchangeDifferencesMinor == 0)
    }

    @Test func anOlderBuildKeepsNone() {
        #expect(Self.agreement(1).needs == .exchanges)
        #expect(Command.cancelExchange(number: 1, reason: "r").needs == .exchanges)
    }
}
