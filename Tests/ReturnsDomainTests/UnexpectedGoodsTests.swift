import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// Goods that come to a case which expects none (D5).
@Suite struct UnexpectedGoodsTests {
    private static func parcel(_ sku: String, _ units: Int64) -> Command {
        .receive(Receipt(lines: [], undeclared: [.init(sku: sku, units: units)]))
    }

    /// Two mugs are asked for, and three mugs and a hat come before anybody has decided.
    @Test func anApprovalTakesInWhatIsThere() throws {
        var desk = Desk()
        try desk.follow("submit verify")
        try desk.run(Self.parcel("MUG", 3), as: Cast.wang)
        try desk.run(Self.parcel("HAT", 1), as: Cast.wang)
        #expect(desk.value.state == .submitted && desk.value.goodsOut == .due)
        #expect(desk.value.runningClocks.map(\.kind) == [.review, .returnShip])
        #expect(desk.value.lines[0].units.awaited == 2)
        let transition = try desk.run(
            .approve(returnAddress: "1 Dock Road", instructions: "", overrideReason: ""), as: Cast.sara)
        #expect(desk.value.state == .received && desk.value.lines[0].units.uninspected == 2)
        #expect(desk.value.lines[0].units.awaited == 0)
        #expect(desk.value.outbound.map { "\($0.sku) \($0.units)" } == ["MUG 1", "HAT 1"])
        #expect(transition.entries.map(\.kind) == [.approved, .received])
        #expect(transition.entries.last?.text == "2 units, there before the approval")
        #expect(desk.value.runningClock(.inspect)?.units == 2)
        try desk.follow("inspect")
        #expect(desk.value.lines[0].owedMinor == 2_000)
    }

    /// Its story does not say that nothing was shipped, and it is told as ended while its goods wait.
    @Test func aCancelledCaseWaitsForGoodsToGoBack() throws {
        var desk = Desk()
        try desk.follow("submit")
        try desk.run(Self.parcel("MUG", 1), as: Cast.wang)
        let cancelled = try desk.run(.cancel(reason: ""), as: Cast.sara)
        #expect(desk.value.state == .shipBack)
        #expect(cancelled.entries.map(\.text) == ["goods that came to it go out before it ends"])
        let reopened = try desk.refusal(.reopen(reason: "wants it after all"), as: Cast.sue)
        #expect(
            reopened.code == "NOT_ALLOWED_IN_STATE" && reopened.text.contains("; it is cancelled, and open"))
        var other = Desk()
        try other.follow("submit")
        let plain = try other.run(.cancel(reason: ""), as: Cast.sara)
        #expect(plain.entries.map(\.text) == ["nothing was shipped"])
    }

    @Test func aRejectedCaseWaitsForGoodsToGoBack() throws {
        var desk = Desk()
        try desk.follow("submit reject tell")
        try desk.run(Self.parcel("MUG", 2), as: Cast.wang)
        #expect(desk.value.state == .rejected)
        #expect(try desk.refusal(.close, as: Cast.sara).text.contains("ship the goods that are owed"))
        try desk.follow("wait:15d sweep")
        #expect(desk.value.state == .rejected && desk.value.runningClock(.appeal) == nil)
        #expect(try desk.refusal(.appeal(reason: "r"), as: Cast.shop).code == "APPEAL_WINDOW_OVER")
        // Nobody is barred from the same goods any more by a refusal that cannot be appealed.
        #expect(desk.order.refusals[0].appealUntil.map { $0 <= desk.now } == true)
        try desk.follow("ship_back")
        #expect(desk.value.state == .closed && desk.value.outbound[0].shippedAt == desk.now)
    }

    @Test func anAppealTakesThemIn() throws {
        var desk = Desk()
        try desk.follow("submit verify reject tell")
        try desk.run(Self.parcel("MUG", 2), as: Cast.wang)
        try desk.follow("appeal approve")
        #expect(desk.value.state == .received && desk.value.lines[0].units.uninspected == 2)
    }

    @Test(arguments: ["submit cancel", "submit request_info tell wait:8d sweep", "submit reject tell close"])
    func whatIsOverGoesOnUntilTheyAreOut(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        #expect(desk.value.state.isTerminal)
        try desk.run(Self.parcel("MUG", 2), as: Cast.wang)
        #expect(desk.value.state == .shipBack && desk.value.runningClocks.map(\.kind) == [.returnShip])
        #expect(desk.value.lines[0].units.released == 2 && desk.order.lines[0].reservedUnits == 0)
        let end = try #require(desk.value.endToComeBackTo)
        #expect(desk.value.closingNeeds == [.goodsOut])
        #expect(try desk.refusal(.close, as: Cast.sara).code == "CASE_ENDED")
        try desk.follow("ship_back")
        #expect(desk.value.state == end && desk.order.lines[0].reservedUnits == 0)
        #expect(desk.transitions.last?.entries.last?.text == "no goods of it wait to go back any more")
        #expect(desk.value.runningClocks == [] && !desk.value.customerTold.isOpen)
    }

    /// Nobody has verified or approved it: nothing that it is asked to take in comes to be paid.
    @Test(arguments: [
        "submit cancel", "submit request_info tell wait:8d sweep", "submit reject tell close",
        "submit verify approve cancel", "submit reject accept_alternative",
    ])
    func nothingIsPaidThatNobodyApproved(_ path: String) throws {
        var desk = Desk()
        try desk.follow(path)
        try desk.run(Self.parcel("CUP", 1), as: Cast.wang)
        #expect(desk.value.state == .shipBack)
        let added = Receipt(
            lines: [], undeclared: [.init(sku: "MUG", units: 2, addAsLineID: "1")], isByHand: true)
        let refusal = try desk.refusal(.receive(added), as: Cast.wang)
        #expect(refusal.code == "GOODS_NOT_EXPECTED" && refusal.field == "undeclared[0].add_as_line_id")
        #expect(
            try desk.refusal(Scenarios.receipt(1, isByHand: true), as: Cast.wang).code == "GOODS_NOT_EXPECTED"
        )
        #expect(desk.value.lines.allSatisfy { $0.units.received == 0 } && desk.value.balanceMinor == 0)
        let allowed = Set(desk.value.allowedCommands(policy: desk.policy, order: desk.order))
        let ofMoney: Set<CommandKind> = [
            .inspect, .resolve, .concedeAmount, .grantReturnless, .deduct, .refund, .agreeExchange,
        ]
        #expect(allowed.contains(.shipBack) && allowed.isDisjoint(with: ofMoney))
        for kind in ofMoney {
            for move in WellFormed.moves(kind, desk.value, now: desk.now) {
                _ = try desk.refusal(move.command, as: move.actor)
            }
        }
    }

    @Test(arguments: [
        ("submit request_info tell wait:8d sweep", CaseState.infoNeeded),
        ("submit verify approve tell wait:15d sweep", .approved),
        ("submit reject tell close", .rejected),
    ])
    func whatIsOverIsReopenedWhenTheyAreOut(_ path: String, _ left: CaseState) throws {
        var desk = Desk()
        try desk.follow(path)
        try desk.run(Self.parcel("CUP", 1), as: Cast.wang)
        #expect(try desk.refusal(.reopen(reason: "r"), as: Cast.sue).code == "NOT_ALLOWED_IN_STATE")
        try desk.follow("ship_back reopen")
        // A refusal had released the units before the end.
        #expect(desk.value.state == left)
        #expect(desk.value.lines[0].units.awaited == (left == .rejected ? 0 : 2))
        #expect(desk.order.lines[0].reservedUnits == (left == .rejected ? 0 : 2))
    }

    /// The goods were booked to the wrong case.
    @Test func whatDidNotComeEndsItToo() throws {
        var desk = Desk()
        try desk.follow("submit cancel")
        try desk.run(Self.parcel("CUP", 1), as: Cast.wang)
        try desk.follow("correct_receipt")
        #expect(desk.value.state == .cancelled && desk.value.outbound == [])
    }

    /// Money that came back is due, whatever still waits to go back.
    @Test func moneyThatCameBackOpensAClosedCase() throws {
        var desk = Desk()
        try desk.follow(Scenarios.paid + " tell follow_up close")
        try desk.run(Self.parcel("HAT", 1), as: Cast.wang)
        #expect(desk.value.endToComeBackTo == .closed)
        try desk.follow("record_returned_refund")
        #expect(desk.value.state == .qualified && desk.value.endToComeBackTo == nil)
        try desk.follow("refund record_refund ship_back tell follow_up close")
        #expect(desk.value.state == .closed)
    }

    /// A hat comes instead of the mugs, before the approval or after it, and goes back or waits: the mugs are still to come.
    @Test(arguments: [true, false], [true, false])
    func aWrongItemHoldsUpNothing(_ isEarly: Bool, _ isOut: Bool) throws {
        var desk = Desk()
        try desk.follow(isEarly ? "submit verify" : "submit verify approve tell")
        let hat = Receipt(lines: [], undeclared: [.init(sku: "HAT", units: 1)], isByHand: !isEarly)
        let received = try desk.run(.receive(hat), as: Cast.wang)
        #expect(received.entries.last?.text.hasSuffix(", undeclared: 1 of HAT") == true)
        if isOut { try desk.follow("ship_back") }
        if isEarly { try desk.follow("approve tell") }
        #expect(desk.value.state == .approved)
        #expect(Set(desk.value.runningClocks.map(\.kind)).contains(.customerShip))
        #expect(desk.value.runningClocks.contains { $0.kind == .returnShip } == !isOut)
        let allowed = desk.value.allowedCommands(policy: desk.policy, order: desk.order)
        #expect(allowed.contains(.schedulePickup) && allowed.contains(.cancel))
        #expect(allowed.contains(.shipBack) == !isOut && !allowed.contains(.reportException))
        var late = desk
        try late.follow("wait:15d sweep")
        #expect(late.value.state == (isOut ? .expired : .shipBack))
        #expect(late.order.lines[0].reservedUnits == 0)
        try desk.follow("schedule_pickup record_pickup")
        #expect(desk.value.state == .inTransit)
        try desk.follow("receive inspect")
        #expect(desk.value.lines[0].owedMinor == 2_000)
    }

    /// The customer gives up, and what they sent before waits.
    @Test func aCancelledCaseIsOpenWhileGoodsWait() throws {
        var desk = Desk()
        try desk.follow("submit")
        try desk.run(Self.parcel("HAT", 1), as: Cast.wang)
        let clock = try #require(desk.value.runningClock(.returnShip))
        try desk.follow("cancel")
        #expect(desk.value.state == .shipBack && desk.value.lines[0].units.released == 2)
        // The goods wait as long as they did before.
        #expect(desk.value.runningClocks.map(\.dueAt) == [clock.dueAt])
        #expect(desk.value.clocks.first { $0.kind == .review }?.end == .voided)
    }

    @Test func aCaseThatExpiresIsOpenWhileGoodsWait() throws {
        var desk = Desk()
        try desk.follow("submit request_info tell")
        try desk.run(Self.parcel("MUG", 1), as: Cast.wang)
        try desk.follow("wait:8d sweep")
        #expect(desk.value.state == .shipBack && desk.order.lines[0].reservedUnits == 0)
    }

    /// As no refund starts there, none is recorded whose start was lost: it would have taken the case on, goods or not.
    @Test func noLostRefundIsRecordedWhereACaseWaitsForItsEnd() throws {
        var desk = Desk()
        try desk.follow(
            "submit verify approve tell ship receive inspect refund record_refund tell follow_up close")
        try desk.run(Self.parcel("HAT", 1), as: Cast.wang)
        #expect(desk.value.state == .shipBack && desk.value.endToComeBackTo == .closed)
        let id = "\(desk.value.id)-2"
        let report = RefundReport(
            refundID: id, attempt: 1, result: .succeeded(voucher: "V2", document: nil),
            lost: LostRefund(amountMinor: 0, shippingMinor: 100))
        let refusal = try desk.refusal(.recordRefund(report), as: Cast.fei)
        #expect(refusal.code == "CASE_ENDED" && refusal.text.contains("a case that is closed"))
        #expect(
            !desk.value.allowedCommands(policy: desk.policy, order: desk.order, hasOpenLoss: true).contains(
                .recordRefund))
        try desk.follow("ship_back")
        #expect(desk.value.state == .closed)
        try desk.follow("reopen")
        try desk.run(.recordRefund(report), as: Cast.fei)
        #expect(desk.value.state == .refunded && desk.order.shippingCommittedMinor == 100)
    }

    /// What was paid for as lost is ours: nothing is inspected or owed, and the case stays closed.
    @Test func whatWasPaidForTurnsUpAfterTheEnd() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship report_exception tell")
        try desk.run(Scenarios.resolution(.concede, 2), as: Cast.sue)
        try desk.follow("refund record_refund tell follow_up close")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        #expect(desk.value.state == .closed && desk.value.lines[0].units.conceded == 1)
        #expect(desk.value.lines[0].units.lost == 1 && desk.value.balanceMinor == 0)
        #expect(try desk.refusal(Scenarios.receipt(2), as: Cast.wang).code == "GOODS_NOT_EXPECTED")
    }

    /// The refusal of a parcel that nobody recorded names no step that would be refused as well.
    @Test func theWayThatIsNamedIsOpen() throws {
        var desk = Desk()
        try desk.follow("submit verify approve receive inspect")
        let refused = try desk.refusal(Self.parcel("HAT", 1), as: Cast.wang)
        #expect(refused.code == "SHIPMENT_UNKNOWN" && !refused.text.contains("record it with ship"))
        #expect(!refused.allowed.contains(.ship))
    }
}
