import ReturnsDomain
import ReturnsTestSupport
import Testing

/// What is kept of a line's money, and what is paid for units that the customer keeps.
@Suite struct DeductionTests {
    private static let qualified = "submit verify approve tell ship receive inspect"
    private static let refused = "submit verify approve tell ship receive inspect:1 tell"

    private static func deduct(_ amount: Int64, _ code: DeductionCode = .restocking) -> Command {
        .deduct(DeductionOrder(lineID: "1", amountMinor: amount, code: code, reason: "as the terms say"))
    }

    /// 20.00 are owed; 3.00 are kept, 17.00 refunded, and the case closes.
    @Test func theRestIsRefundedAndTheCaseCloses() throws {
        var story = try Story(after: Self.qualified)
        try story.run("deduct 300", Self.deduct(300), as: Cast.sara)
        try story.follow("tell refund record_refund tell follow_up close")
        #expect(
            story.text == """
                deduct 300: qualified, money due, told due | 1: 2 accepted paid 0 of 1700, order holds 2 | refund notify#2
                tell: qualified, money due, told done | 1: 2 accepted paid 0 of 1700, order holds 2 | refund; notify#2 met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 1700 of 1700, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 1700 of 1700, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 1700 of 1700, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 1700 of 1700, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 1700 of 1700, order holds 2 | follow_up met
                """)
        #expect(story.desk.order.committedMinor == 1_700)
        let line = story.desk.value.lines[0]
        #expect(line.shareMinor == 2_000 && line.deductedMinor == 300 && line.concededMinor == 0)
        #expect(line.deductions[0].code == .restocking && line.deductions[0].by.role == .service)
    }

    /// What was deducted after the refund of the rest, and was not right, is owed again, and paid.
    @Test func whatIsTakenBackIsOwedAgain() throws {
        var story = try Story(after: Self.qualified)
        try story.run("deduct 2000", Self.deduct(2_000, .damage), as: Cast.sue)
        try story.follow("tell")
        try story.run(
            "take back",
            .takeBackDeduction(lineID: "1", number: nil, reason: "the photographs were of others"),
            as: Cast.sara)
        try story.follow("tell refund record_refund")
        #expect(
            story.text == """
                deduct 2000: qualified, told due | 1: 2 accepted, order holds 2 | notify#2; refund voided
                tell: qualified, told done | 1: 2 accepted, order holds 2 | follow_up; notify#2 met
                take back: qualified, money due, told due | 1: 2 accepted paid 0 of 2000, order holds 2 | notify#3 refund#2; follow_up superseded
                tell: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund#2; notify#3 met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund#2
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#4; refund#2 met
                """)
        let deduction = story.desk.value.lines[0].deductions[0]
        #expect(deduction.amountMinor == 2_000 && !deduction.stands && deduction.takenBackBy?.name == "sara")
    }

    /// Who was not told of a deduction need not hear that it was none.
    @Test func aNoticeOfWhatIsNoMoreIsOvertaken() throws {
        var desk = Desk()
        try desk.follow(Self.qualified)
        try desk.run(Self.deduct(10), as: Cast.sara)
        try desk.run(Self.deduct(20), as: Cast.sara)
        #expect(desk.value.dueNotices.map(\.occasion) == [.deducted])
        try desk.run(.takeBackDeduction(lineID: "1", number: 1, reason: "r"), as: Cast.sara)
        // The other one still has to be told.
        #expect(desk.value.dueNotices.map(\.occasion) == [.deducted])
        try desk.run(.takeBackDeduction(lineID: "1", number: 2, reason: "r"), as: Cast.sara)
        #expect(desk.value.dueNotices == [] && desk.value.lines[0].balanceMinor == 2_000)
        // Told of the third, then it is taken back, then a fourth comes and goes: the third's end is still to be told.
        try desk.run(Self.deduct(30), as: Cast.sara)
        try desk.follow("tell")
        try desk.run(.takeBackDeduction(lineID: "1", number: 3, reason: "r"), as: Cast.sara)
        try desk.run(Self.deduct(40), as: Cast.sara)
        try desk.run(.takeBackDeduction(lineID: "1", number: 4, reason: "r"), as: Cast.sara)
        #expect(desk.value.dueNotices.map(\.occasion) == [.deductionTakenBack])
    }

    /// What the customer knows is kept with each deduction: also of one millisecond it is plain which they were told of.
    @Test func ofOneMillisecondTheToldDeductionIsKnown() throws {
        var desk = Desk()
        try desk.follow(Self.qualified)
        try desk.run(Self.deduct(30), as: Cast.sara)
        try desk.run(.tell(Telling(channel: "sms", reference: "m1")), as: Cast.sara, after: 0)
        try desk.run(Self.deduct(40), as: Cast.sara, after: 0)
        #expect(desk.value.lines[0].deductions.map(\.isUntold) == [false, true])
        try desk.run(.takeBackDeduction(lineID: "1", number: 2, reason: "r"), as: Cast.sara, after: 0)
        // They knew of the first, which stands, and never heard of the second.
        #expect(desk.value.dueNotices == [])
        try desk.run(.takeBackDeduction(lineID: "1", number: 1, reason: "r"), as: Cast.sara, after: 0)
        #expect(desk.value.dueNotices.map(\.occasion) == [.deductionTakenBack])
        #expect(desk.value.lines[0].deductions.map(\.isUntold) == [true, false])
        try desk.run(.tell(Telling(channel: "sms", reference: "m1")), as: Cast.sara, after: 0)
        #expect(desk.value.lines[0].deductions.allSatisfy { !$0.isUntold })
    }

    /// 20 per cent of 20.00 may be deducted without a supervisor: 4.00, in one or in parts.
    @Test func aSupervisorDeductsMore() throws {
        var desk = Desk()
        try desk.follow(Self.qualified)
        try desk.run(Self.deduct(399), as: Cast.wang)
        try desk.run(Self.deduct(1), as: Cast.sara)
        let refused = try desk.refusal(Self.deduct(1), as: Cast.sara)
        #expect(refused.code == "SUPERVISOR_REQUIRED")
        #expect(
            refused.text.contains("0.00 EUR can still be deducted") && refused.text.contains("20 per cent"))
        let transition = try desk.run(Self.deduct(1_600), as: Cast.sue)
        #expect(transition.entries[0].actor.role == .supervisor && desk.value.balanceMinor == 0)
        desk.policy.deductionPercentMax = 0
        var other = Desk(policy: desk.policy)
        try other.follow(Self.qualified)
        #expect(try other.refusal(Self.deduct(1), as: Cast.sara).code == "SUPERVISOR_REQUIRED")
    }

    /// A refund of 15.00 failed, 5.00 are left: no more than these can be kept, until the refund is given up.
    @Test func whatIsInFlightIsNotDeducted() throws {
        var desk = Desk()
        try desk.follow(Self.qualified)
        try desk.run(.refund(RefundOrder(amountMinor: 1_500)), as: Cast.fei)
        #expect(try desk.refusal(Self.deduct(501), as: Cast.sue).code == "AMOUNT_EXCEEDED")
        try desk.run(Self.deduct(500), as: Cast.sue)
        #expect(desk.value.state == .refunding && desk.value.balanceMinor == 0)
        try desk.follow("record_refund:1 abandon_refund")
        #expect(desk.value.balanceMinor == 1_500)
        try desk.run(Self.deduct(1_500), as: Cast.sue)
        // The refund that was given up succeeds all the same: nothing is owed, so all of it is too much.
        try desk.follow("record_refund")
        #expect(desk.order.overpaidMinor == 1_500 && desk.value.lines[0].committedMinor == 0)
    }

    /// Goods that were lost and conceded: of all that was owed nothing is left, and the case tells that nothing came.
    @Test func allOfWhatWasConcededForALossIsDeducted() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship report_exception tell resolve")
        #expect(desk.value.state == .qualified && desk.value.balanceMinor == 2_000)
        try desk.run(Self.deduct(2_000, .other), as: Cast.sue)
        #expect(desk.value.state == .exception && desk.value.money == .none)
        try desk.follow("tell follow_up close")
    }

    /// One of two refused units is kept for 3.00 of its 10.00, the other disposed of; the first goes back.
    @Test func anAmountIsConcededForAUnitThatGoesBack() throws {
        var story = try Story(after: Self.refused)
        try story.run(
            "concede 300",
            .concedeAmount(LineUnits(lineID: "1", units: 1), amountMinor: 300, reason: "agreed"),
            as: Cast.sue)
        try story.run("dispose", Scenarios.resolution(.dispose, 1), as: Cast.sara)
        try story.follow("refund record_refund tell ship_back follow_up close")
        #expect(
            story.text == """
                concede 300: nonconforming, money due, goods due, told done | 1: 1 undecided 1 kept refused paid 0 of 300, order holds 2 | customer_choice refund return_ship
                dispose: qualified, money due, goods due, told done | 1: 1 disposed 1 kept refused paid 0 of 300, order holds 2 | refund return_ship; customer_choice met
                refund: refunding, money in_progress, goods due, told done | 1: 1 disposed 1 kept refused paid 300 of 300, order holds 2 | refund return_ship
                record_refund: ship_back, money done, goods due, told due | 1: 1 disposed 1 kept refused paid 300 of 300, order holds 2 | return_ship notify#3; refund met
                tell: ship_back, money done, goods due, told done | 1: 1 disposed 1 kept refused paid 300 of 300, order holds 2 | return_ship; notify#3 met
                ship_back: refunded, money done, goods done, told done | 1: 1 disposed 1 kept refused paid 300 of 300, order holds 2 | follow_up; return_ship met
                follow_up: refunded, money done, goods done, told done | 1: 1 disposed 1 kept refused paid 300 of 300, order holds 2 | follow_up
                close: closed, money done, goods done, told done | 1: 1 disposed 1 kept refused paid 300 of 300, order holds 2 | follow_up met
                """)
        // The unit counts as refundable at the order: its worth is nobody else's.
        #expect(story.desk.order.lines[0].refundableUnits == 1)
        #expect(story.desk.value.lines[0].concessions[0].worthMinor == 1_000)
    }

    /// Who conceded or deducted has no part in the refund, nor in where it goes.
    @Test func whoDecidesWhatIsOwedDoesNotRefund() throws {
        var desk = Desk()
        try desk.follow(Self.refused)
        try desk.run(
            .concedeAmount(LineUnits(lineID: "1", units: 2), amountMinor: 300, reason: "agreed"), as: Cast.sue
        )
        let finance = Actor(name: "sue", roles: [.finance])
        #expect(try desk.refusal(.refund(RefundOrder()), as: finance).code == "INSPECTOR_REFUNDS")
        desk.order.paymentsChangers = ["stella"]
        desk.order.entriesCount = 1
        let stella = Actor(name: "stella", roles: [.supervisor])
        #expect(try desk.refusal(Self.deduct(1), as: stella).code == "PAYMENTS_CHANGER")
    }

    @Test func aLineHoldsFiftyDeductions() throws {
        var desk = Desk()
        try desk.follow(Self.qualified)
        for _ in 0..<CountLimits.lineAmountsMax { try desk.run(Self.deduct(1), as: Cast.sue) }
        #expect(try desk.refusal(Self.deduct(1), as: Cast.sue).code == "CASE_FULL")
        #expect(desk.value.balanceMinor == 1_950)
    }
}
