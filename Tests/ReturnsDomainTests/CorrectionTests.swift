import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// Receipts and inspections that were not true (D4). Line 1 is five units for 49.99: one is worth 10.00, two 20.00, three 29.99.
@Suite struct CorrectionTests {
    private static func correction(_ units: Int64, line: String = "1") -> Command {
        .correctReceipt(
            ReceiptCorrection(lines: [LineUnits(lineID: line, units: units)], reason: "typed 3, 1 came"))
    }

    private static func finding(_ accepted: Int64, _ refused: Int64) -> Command {
        .correctInspection(
            lines: [
                LineInspection(
                    lineID: "1", isAppearanceOK: refused == 0, isQuantityOK: true, isPackagingOK: true,
                    isUnusedOK: true, acceptedUnits: accepted, refusedUnits: refused)
            ], report: nil, reason: "another customer's cup")
    }

    private static func desk(units: Int64, _ path: String) throws -> Desk {
        var desk = Desk()
        try desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: units)]))
        try desk.follow(path)
        return desk
    }

    /// A fifth of 20.00 is kept by the warehouse, and then one unit turns out to be another customer's: 4.00 of 10.00 takes a
    /// supervisor, as does an exchange that leaves as much.
    @Test func aShareThatFallsIsNoWayPastWhatMayBeDeducted() throws {
        var desk = try Self.desk(units: 2, "verify approve tell ship receive inspect")
        desk.policy.deductionPercentMax = 20
        let deduction = DeductionOrder(lineID: "1", amountMinor: 400, code: .damage, reason: "scratched")
        try desk.run(.deduct(deduction), as: Cast.wang)
        let exchange = Command.agreeExchange(ExchangeAgreement(lineID: "1", units: 1))
        for (command, actor) in [(Self.finding(1, 1), Cast.wang), (exchange, Cast.sara)] {
            let refused = try desk.refusal(command, as: actor)
            #expect(refused.code == "SUPERVISOR_REQUIRED")
            #expect(refused.text.contains("20 per cent of the 10.00 EUR"))
            var supervised = desk
            try supervised.run(command, as: Cast.sue)
            #expect(supervised.value.lines[0].shareMinor == 1_000)
        }
    }

    @Test func threeWereTypedAndOneCame() throws {
        var desk = try Self.desk(units: 3, "verify approve tell ship receive")
        #expect(desk.value.runningClock(.transit) == nil)
        let transition = try desk.run(Self.correction(1), as: Cast.wang)
        let units = desk.value.lines[0].units
        #expect(units.awaited == 2 && units.uninspected == 1 && desk.value.state == .received)
        #expect(desk.value.runningClock(.inspect)?.units == 1)
        #expect(desk.value.runningClock(.transit)?.startedAt == desk.now)
        let entry = try #require(transition.entries.last)
        #expect(entry.kind == .receiptCorrected && entry.text == "2 units did not come: 2 of line 1")
        #expect(entry.personalText == "typed 3, 1 came")
        #expect(transition.events.first?.detail == .units(2))
        // They come after all.
        try desk.run(Scenarios.receipt(2), as: Cast.wang)
        #expect(desk.value.lines[0].units.uninspected == 3)
    }

    @Test func nothingCameByTheCarrier() throws {
        var desk = try Self.desk(units: 2, "verify approve tell ship receive")
        try desk.run(Self.correction(0), as: Cast.sue)
        #expect(desk.value.state == .inTransit && desk.value.lines[0].units.awaited == 2)
        #expect(desk.value.clocks.first { $0.kind == .inspect }?.end == .voided)
        #expect(desk.value.runningClocks.map(\.kind) == [.transit])
    }

    @Test func nothingWasBrought() throws {
        var desk = try Self.desk(units: 2, "verify approve tell receive")
        #expect(desk.value.wasBroughtByHand && desk.value.missingDocuments.contains(.signedReceipt) == false)
        try desk.run(Self.correction(0), as: Cast.wang)
        #expect(desk.value.state == .approved && !desk.value.wasBroughtByHand)
        #expect(desk.value.enclosuresFound == [])
        // The customer has all of their time again.
        let due = desk.now.adding(14 * Milliseconds.day)
        #expect(desk.value.runningClocks.map { "\($0.kind) \($0.dueAt)" } == ["customer_ship \(due)"])
    }

    @Test func whatIsInspectedIsCorrectedFirst() throws {
        var desk = try Self.desk(units: 3, "verify approve tell ship receive inspect")
        #expect(desk.value.lines[0].owedMinor == 2_999)
        let refused = try desk.refusal(Self.correction(1), as: Cast.wang)
        #expect(refused.code == "UNITS_INSPECTED" && refused.allowed.contains(.correctInspection))
        try desk.run(Self.finding(1, 0), as: Cast.wang)
        #expect(desk.value.lines[0].units.uninspected == 2 && desk.value.lines[0].owedMinor == 1_000)
        #expect(desk.value.state == .received && desk.value.runningClock(.inspect)?.units == 2)
        try desk.run(Self.correction(1), as: Cast.wang)
        #expect(desk.value.lines[0].units.accepted == 1 && desk.value.lines[0].units.awaited == 2)
        #expect(desk.value.state == .qualified && desk.order.lines[0].refundableUnits == 1)
    }

    /// The story keeps both findings; the second counts.
    @Test func anotherFindingTakesThePlace() throws {
        var desk = try Self.desk(units: 2, "verify approve tell ship receive inspect")
        let clock = try #require(desk.value.runningClock(.refund))
        #expect(clock.amountMinor == 2_000)
        let transition = try desk.run(Self.finding(1, 1), as: Cast.wang)
        #expect(desk.value.inspections.map(\.acceptedUnits) == [2, 1])
        #expect(desk.value.inspections.map(\.replacesEarlier) == [false, true])
        #expect(desk.value.lines[0].owedMinor == 1_000 && desk.value.state == .nonconforming)
        #expect(desk.value.dueNotices.map(\.occasion) == [.nonconforming])
        #expect(desk.value.runningClock(.refund)?.amountMinor == 1_000)
        #expect(transition.entries.last?.text == "line 1: 1 accepted, 1 refused")
        #expect(
            transition.events.first?.detail == .inspectionCorrection(acceptedUnits: -1, refusedUnits: 1))
        // None is accepted: the clock measures nobody's work.
        let second = try desk.run(Self.finding(0, 2), as: Cast.wang)
        #expect(desk.value.clocks.first { $0.kind == .refund }?.end == .voided)
        #expect(second.attainments == [] && desk.value.lines[0].owedMinor == 0)
        #expect(desk.value.priorActs(of: Cast.wang).decidedOwed)
    }

    @Test func whoDoesNotKnowOfARefusalNeedNotHearThatItWasNone() throws {
        var desk = try Self.desk(units: 2, "verify approve tell ship receive inspect:1")
        #expect(desk.value.dueNotices.map(\.occasion) == [.nonconforming])
        var told = desk
        try desk.run(Self.finding(2, 0), as: Cast.wang)
        #expect(desk.value.dueNotices == [] && desk.value.runningClock(.notify) == nil)
        #expect(desk.value.state == .qualified && desk.value.lines[0].owedMinor == 2_000)
        try told.follow("tell")
        #expect(told.value.runningClock(.customerChoice) != nil)
        try told.run(Self.finding(1, 1), as: Cast.wang)
        #expect(told.value.dueNotices.map(\.occasion) == [.correction])
        try told.run(Self.finding(2, 0), as: Cast.wang)
        #expect(told.value.clocks.first { $0.kind == .customerChoice }?.end == .voided)
        try told.follow("tell")
        #expect(told.value.dueNotices == [])
    }

    @Test func moneyThatIsOutIsNotTakenBack() throws {
        var desk = try Self.desk(units: 2, "verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        // 10.00 are in flight: one unit can change, two cannot.
        #expect(try desk.refusal(Self.finding(0, 2), as: Cast.wang).code == "MONEY_PAID")
        var one = desk
        try one.run(Self.finding(1, 1), as: Cast.wang)
        #expect(one.value.state == .refunding && one.value.balanceMinor == 0)
        try desk.follow("record_refund:1")
        #expect(try desk.refusal(Self.finding(0, 2), as: Cast.wang).code == "MONEY_PAID")
        try desk.follow("abandon_refund")
        try desk.run(Self.finding(0, 2), as: Cast.wang)
        #expect(desk.value.lines[0].owedMinor == 0)
    }

    @Test func whatIsResolvedStaysRefused() throws {
        var desk = try Self.desk(units: 3, "verify approve tell ship receive inspect:1 tell")
        try desk.run(Scenarios.resolution(.dispose, 1), as: Cast.sara)
        #expect(try desk.refusal(Self.finding(3, 0), as: Cast.wang).code == "UNITS_DECIDED")
        try desk.run(Self.finding(2, 1), as: Cast.wang)
        #expect(desk.value.lines[0].units.disposed == 1 && desk.value.lines[0].owedMinor == 2_000)
    }

    /// Two cases: 10.00 for the first unit, 19.99 for two more. Without the first the two are worth 20.00; the cent comes back
    /// with the next unit.
    @Test func sharesAddUpBehindACorrection() throws {
        var first = try Self.desk(units: 1, "verify approve tell ship receive inspect")
        var second = Desk(order: first.order, now: first.now)
        try second.submit(
            Fixture.submission(id: Fixture.caseID(2), lines: [RequestedLine(lineID: "1", quantity: 2)]))
        try second.follow("verify approve tell ship receive inspect")
        #expect(second.value.lines[0].owedMinor == 1_999)
        first.order = second.order
        try first.run(Self.finding(0, 1), as: Cast.wang)
        #expect(first.value.lines[0].owedMinor == 0)
        #expect(first.order.lines[0].refundableUnits == 2 && first.order.lines[0].roundingMinor == -1)
        #expect(first.order.lines[0].worthMinor == 2_000)
        // It is of no unit that is refused, however often that is said.
        try first.run(Self.finding(0, 0), as: Cast.wang)
        try first.run(Scenarios.inspection(accepted: 0, refused: 1), as: Cast.wang)
        #expect(first.value.lines[0].units.undecided == 1 && first.value.lines[0].owedMinor == 0)
        #expect(first.order.lines[0].roundingMinor == -1)
        try first.run(Self.finding(1, 0), as: Cast.wang)
        #expect(first.value.lines[0].owedMinor == 1_000 && first.order.lines[0].roundingMinor == 0)
    }

    /// Goods that were added on receipt were announced by nobody: nobody waits for them.
    @Test func whatWasAddedIsNoLongerTheCases() throws {
        var desk = try Self.desk(units: 1, "verify approve tell ship")
        let parcel = Receipt(
            lines: [LineUnits(lineID: "1", units: 1)],
            undeclared: [.init(sku: "PLATE", units: 2, addAsLineID: "2"), .init(sku: "HAT", units: 2)])
        try desk.run(.receive(parcel), as: Cast.wang)
        #expect(desk.order.lines[1].reservedUnits == 2)
        try desk.run(
            .correctReceipt(
                ReceiptCorrection(
                    lines: [LineUnits(lineID: "2", units: 0)], undeclared: [GoodsUnits(sku: "HAT", units: 1)],
                    reason: "another parcel's")), as: Cast.wang)
        #expect(desk.value.lines[1].units.awaited == 0 && desk.value.lines[1].units.released == 2)
        #expect(desk.order.lines[1].reservedUnits == 0 && desk.value.outbound.map(\.units) == [1])
        #expect(desk.value.runningClock(.inspect)?.units == 1)
    }

    @Test func goodsOfAWithdrawnCaseDidNotCome() throws {
        var desk = try Self.desk(units: 2, "verify approve tell ship withdraw receive")
        #expect(desk.value.state == .shipBack && desk.value.lines[0].units.sentBack == 2)
        try desk.run(Self.correction(1), as: Cast.wang)
        #expect(desk.value.lines[0].units.sentBack == 1 && desk.value.lines[0].units.awaited == 1)
        #expect(desk.value.outbound.map(\.units) == [1])
        try desk.run(Self.correction(0), as: Cast.wang)
        #expect(desk.value.state == .inTransit && desk.value.outbound == [])
        #expect(desk.value.clocks.first { $0.kind == .returnShip }?.end == .voided)
    }

    @Test func anOlderBuildKeepsNone() {
        #expect(Self.correction(0).needs == .corrections && Self.finding(0, 0).needs == .corrections)
    }
}
