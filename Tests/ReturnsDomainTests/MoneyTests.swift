import ReturnsDomain
import ReturnsTestSupport
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            (4_999, 1, 5, 1_000), (4_999, 2, 5, 2_000), (4_999, 3, 5, 2_999), (4_999, 5, 5, 4_999),
            (1, 1, 2, 1),
            (1, 1, 3, 0), (2, 1, 3, 1), (0, 3, 7, 0), (100, 0, 7, 0), (3, 1, 2, 2), (999, 1, 1, 999),
            (Int64.max, 1, 1, Int64.max), (Int64.max, Int64.max - 1, Int64.max, Int64.max - 1),
            (1_000_000_000_000, 9_999_999, 10_000_000, 999_999_900_000),
        ] as [(Int64, Int64, Int64, Int64)])
    func shares(_ paid: Int64, _ units: Int64, _ bought: Int64, _ share: Int64) {
        #expect(Money.share(ofPaidMinor: paid, units: units, bought: bought) == share)
    }

    @Test(arguments: 0..<50)
    func sharesRoundHalfUpAsTheWideReferenceDoes(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let paid = Int64.random(in: 0...(random.chance(50) ? 10_000 : .max), using: &random)
            let bought = Int64.random(in: 1...(random.chance(50) ? 12 : .max), using: &random)
            let units = Int64.random(in: 0...bought, using: &random)
            let wide = (2 * Int128(paid) * Int128(units) + Int128(bought)) / (2 * Int128(bought))
            #expect(Int128(Money.share(ofPaidMinor: paid, units: units, bought: bought)) == wide)
        }
    }

    /// However cases split a line, their shares add up to what was paid for it.
    @Test(arguments: [1, 2, 3, 5, 7, 97] as [Int64], [0, 1, 2, 100, 4_999, 1_000_000_000_000] as [Int64])
    func sharesOfAllCasesAddUpToTheLine(_ units: Int64, _ paid: Int64) throws {
        var order = Fixture.order()
        order.lines = [
            OrderLine(lineID: "1", sku: "MUG", quantity: units, unitPriceMinor: 1, paidMinor: paid)
        ]
        order.shippingPaidMinor = 0
        order.payments = [Payment(reference: "card-1", method: .card, amountMinor: paid)]
        var owed: Int64 = 0
        var random = SeededGenerator(seed: UInt64(units))
        while order.lines[0].availableUnits > 0 {
            var desk = Desk(order: order)
            desk.policy.secondPersonAboveMinor = nil
            let next = random.units(upTo: order.lines[0].availableUnits)
            let id = Fixture.caseID(UInt32(order.cases.count))
            try desk.submit(Fixture.submission(id: id, lines: [RequestedLine(lineID: "1", quantity: next)]))
            try desk.follow("verify approve tell ship receive inspect")
            if desk.value.balanceMinor > 0 { try desk.follow("refund record_refund") }
            #expect(desk.value.balanceMinor == 0)
            owed += desk.value.lines[0].owedMinor
            order = desk.order
        }
        #expect(owed == paid)
        #expect(order.lines[0].committedMinor == paid && order.payments[0].committedMinor == paid)
    }

    @Test(arguments: ["EUR", "CNY"]) func currencies(_ code: String) {
        #expect(CurrencyCode(code)?.description == code)
    }

    @Test(arguments: ["", "EU", "EURO", "eur", "E R", "ÉUR", "12A"]) func noCurrencies(_ code: String) {
        #expect(CurrencyCode(code) == nil)
    }
}
