import ReturnsDomain
import ReturnsTestSupport
import Testing

/// The goods' way to us, and what goes wrong on it.
@Suite struct LogisticsPathTests {
    @Test func secondReceipt() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("ship")
        try story.run("receive 1", Scenarios.receipt(1), as: Cast.wang)
        try story.follow(
            """
            inspect refund record_refund tell receive inspect refund record_refund tell \
            follow_up close
            """)
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                receive 1: received, told done | 1: 1 awaited 1 uninspected, order holds 2 | transit inspect
                inspect: qualified, money due, told done | 1: 1 awaited 1 accepted paid 0 of 1000, order holds 2 | transit refund; inspect met
                refund: refunding, money in_progress, told done | 1: 1 awaited 1 accepted paid 1000 of 1000, order holds 2 | transit refund
                record_refund: refunded, money done, told due | 1: 1 awaited 1 accepted paid 1000 of 1000, order holds 2 | transit notify#2; refund met
                tell: refunded, money done, told done | 1: 1 awaited 1 accepted paid 1000 of 1000, order holds 2 | transit; notify#2 met
                receive: received, money done, told done | 1: 1 uninspected 1 accepted paid 1000 of 1000, order holds 2 | inspect#2; transit met
                inspect: qualified, money due, told done | 1: 2 accepted paid 1000 of 2000, order holds 2 | refund#2; inspect#2 met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund#2
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#3; refund#2 met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    private static let oneOfTwo = "submit verify approve tell ship"

    /// The parcel held one of two: the other is reported, conceded and paid, and the case closes only then.
    @Test func aUnitThatDidNotComeIsReportedAndConceded() throws {
        var story = try Story(after: Self.oneOfTwo)
        try story.run("receive 1", Scenarios.receipt(1), as: Cast.wang)
        try story.follow("inspect")
        #expect(
            story.desk.value.closingNeeds.first == .awaitedUnits(1))
        try story.follow("report_exception tell resolve refund record_refund tell follow_up close")
        #expect(
            story.text == """
                receive 1: received, told done | 1: 1 awaited 1 uninspected, order holds 2 | transit inspect
                inspect: qualified, money due, told done | 1: 1 awaited 1 accepted paid 0 of 1000, order holds 2 | transit refund; inspect met
                report_exception: exception, money due, told due | 1: 1 accepted 1 lost paid 0 of 1000, order holds 2 | refund notify#2; transit voided
                tell: exception, money due, told done | 1: 1 accepted 1 lost paid 0 of 1000, order holds 2 | refund customer_choice; notify#2 met
                resolve: qualified, money due, told done | 1: 1 accepted 1 lost conceded paid 0 of 2000, order holds 2 | refund; customer_choice met
                refund: refunding, money in_progress, told done | 1: 1 accepted 1 lost conceded paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 1 accepted 1 lost conceded paid 2000 of 2000, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 1 accepted 1 lost conceded paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 1 accepted 1 lost conceded paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 1 accepted 1 lost conceded paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    /// A second parcel has its own waybill and its own time; what does not come at all is released.
    @Test func aFurtherParcelAndWhatIsReleased() throws {
        var story = Story()
        try story.desk.submit(Fixture.submission(lines: [RequestedLine(lineID: "1", quantity: 3)]))
        try story.desk.follow("verify approve tell ship")
        try story.run("receive 1", Scenarios.receipt(1), as: Cast.wang)
        try story.follow("inspect refund record_refund tell")
        try story.run("ship again", .ship(carrier: "SF", trackingNumber: "T2", waybill: nil), as: Cast.shop)
        #expect(story.desk.value.shipments.map(\.trackingNumber) == ["T1", "T2"])
        try story.run("receive 1 more", Scenarios.receipt(1), as: Cast.wang)
        #expect(try story.desk.refusal(.close, as: Cast.sara).code == "NOT_ALLOWED_IN_STATE")
        try story.follow("inspect refund record_refund tell")
        #expect(try story.desk.refusal(.close, as: Cast.sara).text.contains("1 awaited unit:"))
        try story.follow("resolve:4 follow_up close")
        #expect(
            story.text == """
                receive 1: received, told done | 1: 2 awaited 1 uninspected, order holds 3 | transit inspect
                inspect: qualified, money due, told done | 1: 2 awaited 1 accepted paid 0 of 1000, order holds 3 | transit refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 awaited 1 accepted paid 1000 of 1000, order holds 3 | transit refund
                record_refund: refunded, money done, told due | 1: 2 awaited 1 accepted paid 1000 of 1000, order holds 3 | transit notify#2; refund met
                tell: refunded, money done, told done | 1: 2 awaited 1 accepted paid 1000 of 1000, order holds 3 | transit; notify#2 met
                ship again: refunded, money done, told done | 1: 2 awaited 1 accepted paid 1000 of 1000, order holds 3 | transit#2; transit superseded
                receive 1 more: received, money done, told done | 1: 1 awaited 1 uninspected 1 accepted paid 1000 of 1000, order holds 3 | transit#2 inspect#2
                inspect: qualified, money due, told done | 1: 1 awaited 2 accepted paid 1000 of 2000, order holds 3 | transit#2 refund#2; inspect#2 met
                refund: refunding, money in_progress, told done | 1: 1 awaited 2 accepted paid 2000 of 2000, order holds 3 | transit#2 refund#2
                record_refund: refunded, money done, told due | 1: 1 awaited 2 accepted paid 2000 of 2000, order holds 3 | transit#2 notify#3; refund#2 met
                tell: refunded, money done, told done | 1: 1 awaited 2 accepted paid 2000 of 2000, order holds 3 | transit#2; notify#3 met
                resolve:4: refunded, money done, told done | 1: 2 accepted 1 released paid 2000 of 2000, order holds 2 | follow_up; transit#2 voided
                follow_up: refunded, money done, told done | 1: 2 accepted 1 released paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted 1 released paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    /// Only a stranger's hat came by hand: the customer still has to send the goods, and can.
    @Test func wrongGoodsDoNotStopTheRightOnes() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.run(
            "receive a hat",
            .receive(Receipt(lines: [], undeclared: [.init(sku: "HAT", units: 1)], isByHand: true)),
            as: Cast.wang)
        try story.follow("ship_back ship receive")
        #expect(
            story.text == """
                receive a hat: approved, goods due, told done | 1: 2 awaited, order holds 2 | customer_ship return_ship
                ship_back: approved, goods done, told done | 1: 2 awaited, order holds 2 | customer_ship; return_ship met
                ship: in_transit, goods done, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                receive: received, goods done, told done | 1: 2 uninspected, order holds 2 | inspect; transit met
                """)
    }

    /// Conceded as lost and paid, then it turns up: ours, neither inspected nor paid again, nor sent back.
    @Test(arguments: [false, true]) func goodsPaidForThatTurnUpAreOurs(_ isKept: Bool) throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        if isKept {
            desk = Desk()
            try desk.follow("submit verify approve tell grant_returnless")
        } else {
            try desk.follow("report_exception tell resolve")
        }
        try desk.follow("refund record_refund tell")
        let asNew = Command.receive(
            Receipt(
                lines: [], undeclared: [.init(sku: "MUG", units: 1, addAsLineID: "1")], isByHand: isKept))
        #expect(try desk.refusal(asNew, as: Cast.wang).code == "GOODS_AWAITED")
        try desk.run(Scenarios.receipt(2, isByHand: isKept), as: Cast.wang)
        let units = desk.value.lines[0].units
        #expect(units.conceded == 2 && units.lost == 0 && units.kept == 0 && units.uninspected == 0)
        #expect(desk.value.state == .refunded && desk.value.balanceMinor == 0)
        #expect(desk.order.lines[0].reservedUnits == 2 && desk.order.lines[0].refundableUnits == 2)
        #expect(desk.value.outbound.isEmpty)
    }

    /// Goods found after others have arrived do not take the case back in transit.
    @Test func foundAfterArrivalTheStateFollowsWhatIsOwed() throws {
        var desk = Desk()
        try desk.follow(Self.oneOfTwo)
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.follow("inspect report_exception tell found")
        #expect(desk.value.state == .qualified && desk.value.lines[0].units.awaited == 1)
        #expect(desk.value.runningClock(.transit)?.ordinal == 2)
    }

    @Test func undeclaredGoodsAdded() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("ship")
        try story.run(
            "receive 2 and a plate",
            .receive(
                Receipt(
                    lines: [LineUnits(lineID: "1", units: 2)],
                    undeclared: [Receipt.Undeclared(sku: "PLATE", units: 1, addAsLineID: "2")])),
            as: Cast.wang)
        try story.follow("inspect refund record_refund tell follow_up close")
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                receive 2 and a plate: received, told done | 1: 2 uninspected, order holds 2; 2: 1 uninspected, order holds 1 | inspect; transit met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2; 2: 1 accepted paid 0 of 1000, order holds 1 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2; 2: 1 accepted paid 1000 of 1000, order holds 1 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2; 2: 1 accepted paid 1000 of 1000, order holds 1 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2; 2: 1 accepted paid 1000 of 1000, order holds 1 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2; 2: 1 accepted paid 1000 of 1000, order holds 1 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2; 2: 1 accepted paid 1000 of 1000, order holds 1 | follow_up met
                """)
    }

    @Test func undeclaredGoodsSentBack() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("ship")
        try story.run(
            "receive 2 and a hat",
            .receive(
                Receipt(
                    lines: [LineUnits(lineID: "1", units: 2)],
                    undeclared: [Receipt.Undeclared(sku: "HAT", units: 1)])), as: Cast.wang)
        try story.follow("inspect refund ship_back record_refund tell follow_up close")
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                receive 2 and a hat: received, goods due, told done | 1: 2 uninspected, order holds 2 | inspect return_ship; transit met
                inspect: qualified, money due, goods due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | return_ship refund; inspect met
                refund: refunding, money in_progress, goods due, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | return_ship refund
                ship_back: refunding, money in_progress, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund; return_ship met
                record_refund: refunded, money done, goods done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func missedPickupAndANewOne() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow(
            """
            schedule_pickup wait:2d record_pickup:1 schedule_pickup schedule_pickup \
            record_pickup receive inspect refund record_refund tell follow_up close
            """)
        #expect(
            story.text == """
                schedule_pickup: pickup_scheduled, told done | 1: 2 awaited, order holds 2 | customer_ship paused pickup
                record_pickup:1: approved, told done | 1: 2 awaited, order holds 2 | customer_ship; pickup missed
                schedule_pickup: pickup_scheduled, told done | 1: 2 awaited, order holds 2 | customer_ship paused pickup#2
                schedule_pickup: pickup_scheduled, told done | 1: 2 awaited, order holds 2 | customer_ship paused pickup#3; pickup#2 superseded
                record_pickup: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met, pickup#3 met
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; transit met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func broughtInByHand() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("receive inspect refund record_refund tell follow_up close")
        #expect(
            story.text == """
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; customer_ship met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func lostAndFound() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow(
            """
            ship report_exception tell found receive inspect refund record_refund tell \
            follow_up close
            """)
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                report_exception: exception, told due | 1: 2 lost, order holds 2 | notify#2; transit voided
                tell: exception, told done | 1: 2 lost, order holds 2 | customer_choice; notify#2 met
                found: in_transit, told done | 1: 2 awaited, order holds 2 | transit#2; customer_choice voided
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; transit#2 met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func lostAndArrivedAllTheSame() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow(
            """
            ship report_exception tell receive inspect:1 tell resolve:1 ship_back follow_up \
            close
            """)
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                report_exception: exception, told due | 1: 2 lost, order holds 2 | notify#2; transit voided
                tell: exception, told done | 1: 2 lost, order holds 2 | customer_choice; notify#2 met
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; customer_choice voided
                inspect:1: nonconforming, told due | 1: 2 undecided, order holds 2 | notify#3; inspect met
                tell: nonconforming, told done | 1: 2 undecided, order holds 2 | customer_choice#2; notify#3 met
                resolve:1: ship_back, goods due, told done | 1: 2 sent back, order holds 2 | return_ship; customer_choice#2 met
                ship_back: ship_back, goods done, told done | 1: 2 sent back, order holds 2 | follow_up; return_ship met
                follow_up: ship_back, goods done, told done | 1: 2 sent back, order holds 2 | follow_up
                close: closed, goods done, told done | 1: 2 released, order holds 0 | follow_up met
                """)
    }

    @Test func lostAndConceded() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("ship report_exception tell resolve refund record_refund tell follow_up close")
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                report_exception: exception, told due | 1: 2 lost, order holds 2 | notify#2; transit voided
                tell: exception, told done | 1: 2 lost, order holds 2 | customer_choice; notify#2 met
                resolve: qualified, money due, told done | 1: 2 lost conceded paid 0 of 2000, order holds 2 | refund; customer_choice met
                refund: refunding, money in_progress, told done | 1: 2 lost conceded paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 lost conceded paid 2000 of 2000, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 2 lost conceded paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 lost conceded paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 lost conceded paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func lostAndReleased() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("ship report_exception tell resolve:4 follow_up close")
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                report_exception: exception, told due | 1: 2 lost, order holds 2 | notify#2; transit voided
                tell: exception, told done | 1: 2 lost, order holds 2 | customer_choice; notify#2 met
                resolve:4: exception, told done | 1: 2 released, order holds 0 | follow_up; customer_choice met
                follow_up: exception, told done | 1: 2 released, order holds 0 | follow_up
                close: closed, told done | 1: 2 released, order holds 0 | follow_up met
                """)
    }

    @Test func withdrawnInTransit() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("ship withdraw receive ship_back follow_up close")
        #expect(
            story.text == """
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                withdraw: in_transit, told done | 1: 2 awaited, order holds 2 | transit
                receive: ship_back, goods due, told done | 1: 2 sent back, order holds 2 | return_ship; transit met
                ship_back: ship_back, goods done, told done | 1: 2 sent back, order holds 2 | follow_up; return_ship met
                follow_up: ship_back, goods done, told done | 1: 2 sent back, order holds 2 | follow_up
                close: closed, goods done, told done | 1: 2 released, order holds 0 | follow_up met
                """)
    }
}
