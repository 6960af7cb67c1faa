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
                == "exchange 1: 20.00 EUR owed again; 3.00 EUR had been paid back to the customer, which are not taken off what is owed: settle them outside the refunds"
        )
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

    /// No more is paid back than was paid: goods that go out cost nothing at the least.
    @Test func whatIsPaidBackIsWorthTheUnitsAtMost() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        for settlement in [ExchangeSettlement.paidBack, .waived] {
            let refusal = try desk.refusal(Self.agreement(1, difference: -1_001, settlement), as: Cast.sara)
            #expect(refusal.code == "AMOUNT_EXCEEDED" && refusal.field == "difference_minor")
            #expect(refusal.text.contains("10.00 EUR"))
        }
        try desk.run(Self.agreement(1, difference: -1_000, .paidBack), as: Cast.sara)
        #expect(
            try desk.refusal(Self.agreement(1, difference: -1_001, .paidBack), as: Cast.sara).code
                == "AMOUNT_EXCEEDED")
        #expect(desk.order.lines[0].exchangeDifferencesMinor == -1_000)
        #expect(MoneyProof(desk.order, cases: [desk.value]).findings == [])
    }

    /// The proof counts what was settled by itself, and knows what units are worth.
    @Test func theProofFindsWhatIsPaidBackBeyond() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        try desk.run(Self.agreement(1, difference: -1_000, .paidBack), as: Cast.sara)
        var (value, order) = (desk.value, desk.order)
        order.lines[0].exchangeDifferencesMinor = -900
        var found = MoneyProof(order, cases: [value]).findings
        #expect(found.map(\.recorded) == [-900] && found.map(\.proved) == [-1_000])
        value.outbound[0].exchange?.differenceMinor = -99_999
        order.lines[0].exchangeDifferencesMinor = -99_999
        found = MoneyProof(order, cases: [value]).findings
        #expect(found.map(\.recorded) == [99_999] && found.map(\.proved) == [1_000])
    }

    /// What bars from it is named, and what undoes that.
    @Test func whatTakesTheMoneyIsNamed() throws {
        var desk = Desk()
        try desk.follow(Self.accepted)
        let wish = DeductionOrder(lineID: "1", amountMinor: 1_500, code: .damage, reason: "worn")
        try desk.run(.deduct(wish), as: Cast.sue)
        var refusal = try desk.refusal(Self.agreement(1), as: Cast.sara)
        #expect(refusal.code == "MONEY_DEDUCTED" && refusal.allowed.contains(.takeBackDeduction))
        #expect(
            refusal.text
                == "these units take 10.00 EUR off what line 1 is owed, and only 5.00 EUR of that are free: 15.00 EUR are deducted: take a deduction back before (take_back_deduction)"
        )
        try desk.run(.takeBackDeduction(lineID: "1", number: 1, reason: "not worn"), as: Cast.sue)
        try desk.run(.refund(RefundOrder(amountMinor: 1_500)), as: Cast.fei)
        refusal = try desk.refusal(Self.agreement(1), as: Cast.sara)
        #expect(refusal.code == "MONEY_PAID" && refusal.text.contains("15.00 EUR are in a refund under way"))
        try desk.follow("record_refund")
        refusal = try desk.refusal(Self.agreement(1), as: Cast.sara)
        #expect(refusal.text.contains("15.00 EUR are refunded") && !refusal.text.contains("abandon"))
    }

    @Test func anOlderBuildKeepsNone() {
        #expect(Self.agreement(1).needs == .exchanges)
        #expect(Command.cancelExchange(number: 1, reason: "r").needs == .exchanges)
    }
}
