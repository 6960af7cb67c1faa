import ReturnsTestSupport
import Testing

@testable import ReturnsDomain

/// What the customer has to be told, and what waits for it.
@Suite struct NoticeTests {
    /// A way to each occasion, whose last step makes the notice due.
    private static let ways: [NoticeOccasion: String] = [
        .approval: "submit verify approve", .rejection: "submit reject",
        .pickup: "submit verify approve schedule_pickup", .infoRequest: "submit request_info",
        .exception: "submit verify approve tell ship report_exception",
        .found: "submit verify approve tell ship report_exception tell found",
        .nonconforming: "submit verify approve tell ship receive inspect:1",
        .correction: "submit verify approve tell ship receive inspect:1 tell correct_inspection",
        .shippedBack: "submit verify approve ship receive inspect:1 tell resolve:1 ship_back",
        .exchanged: "submit reject accept_alternative exchange",
        .refunded: "submit verify approve tell ship receive inspect refund record_refund",
        .deducted: "submit verify approve tell ship receive inspect deduct",
        .deductionTakenBack:
            "submit verify approve tell ship receive inspect deduct tell take_back_deduction",
        .refundReturned:
            "submit verify approve tell ship receive inspect refund record_refund record_returned_refund",
    ]

    @Test(arguments: NoticeOccasion.allCases)
    func becomesDueAndIsOvertakenAsTheDocumentSays(_ occasion: NoticeOccasion) throws {
        let row = try #require(StatesDocument.shared.notices[occasion])
        let way = try #require(Self.ways[occasion])
        #expect(way.split(separator: " ").last?.prefix { $0 != ":" } == row.dueAfter.description[...])
        #expect(row.isRequired == occasion.isRequired)
        var desk = Desk()
        try desk.follow(way)
        #expect(desk.value.notices.last?.occasion == occasion)
        #expect(desk.value.notices.last?.state == .due)
        let measures = desk.value.clocks.contains { $0.kind == .notify && $0.startedAt == desk.now }
        #expect(measures == row.isRequired)
        for kind in row.overtakenBy {
            var next = desk
            try next.follow(kind.description)
            let notice = try #require(next.value.notices.first { $0.occasion == occasion })
            #expect(notice.state == .voided && notice.endedAt == next.now, "\(kind)")
        }
        guard row.overtakenBy.isEmpty else { return }
        try desk.follow("tell")
        #expect(desk.value.notices.last?.state == .told && desk.value.notices.last?.channel == .sms)
        #expect(desk.value.runningClock(.notify) == nil)
    }

    /// The refund of some units is not told yet: the others are resolved all the same.
    @Test func anOpenNoticeHoldsUpNoOther() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        try desk.run(Scenarios.inspection(accepted: 1, refused: 1), as: Cast.wang)
        #expect(try desk.refusal(Scenarios.resolution(.sendBack, 1), as: Cast.sara).code == "TELL_FIRST")
        try desk.run(.tell(Telling(occasions: [.nonconforming], channel: "phone")), as: Cast.sara)
        try desk.follow("refund record_refund")
        #expect(desk.value.dueNotices.map(\.occasion) == [.refunded])
        #expect(desk.value.runningClock(.customerChoice) != nil)
        try desk.run(Scenarios.resolution(.sendBack, 1), as: Cast.sara)
        #expect(desk.value.customerTold == .due && desk.value.state == .shipBack)
        let refused = try desk.refusal(.close, as: Cast.sara)
        #expect(refused.text.contains("tell the customer"))
    }

    /// Awaited units are released although the customer was not told of the lost ones, and no lost one with them.
    @Test func releasingAwaitedUnitsNeedsNoTelling() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        let lost = Command.reportException(
            kind: .lost, reason: "one parcel", lines: [LineUnits(lineID: "1", units: 1)])
        try desk.run(lost, as: Cast.leo)
        #expect(try desk.refusal(Scenarios.resolution(.release, 2), as: Cast.sara).code == "TELL_FIRST")
        try desk.run(Scenarios.resolution(.release, 1), as: Cast.sara)
        let units = desk.value.lines[0].units
        #expect(units.awaited == 0 && units.lostUndecided == 1 && units.released == 1)
    }

    /// Each day's notices have a NOTIFY clock of their own, which ends when all of them were told.
    @Test func aNoticeOfAnotherDayHasAClockOfItsOwn() throws {
        var desk = Desk()
        try desk.follow("submit verify approve wait:1d ship receive inspect refund record_refund")
        let due = desk.value.dueNotices
        #expect(due.map(\.occasion) == [.approval, .refunded] && due.map(\.notifyOrdinal) == [1, 2])
        #expect(due[1].refundID == desk.value.refunds[0].id)
        try desk.run(.tell(Telling(occasions: [.refunded], channel: "sms", text: "all of it")), as: Cast.sara)
        let notify = desk.value.clocks.filter { $0.kind == .notify }
        #expect(notify.map(\.end) == [nil, .met])
        #expect(desk.value.notices.last?.text == "all of it")
        #expect(desk.value.customerTold == .due)
        try desk.follow("tell")
        #expect(desk.value.customerTold == .done)
    }

    /// Told an hour before the time would have been over, or an hour after: the customer has all of it.
    @Test(arguments: [14 * 24 - 1, 14 * 24 + 1])
    func theTimeToShipBeginsWithTheTelling(_ hours: Int64) throws {
        var desk = Desk()
        try desk.follow("submit verify approve")
        desk.now = desk.now.adding(hours * Milliseconds.hour)
        try desk.run(.tell(Telling(channel: "sms")), as: Cast.sara, after: 0)
        #expect(desk.value.runningClock(.customerShip)?.dueAt == desk.now.adding(14 * Milliseconds.day))
    }

    /// The customer is told of further refused units: the time to choose begins anew.
    @Test func aFurtherTellingStartsTheTimeAnew() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.follow("inspect:1 tell wait:2d")
        let first = try #require(desk.value.runningClock(.customerChoice))
        let lost = Command.reportException(kind: .lost, reason: "the other one", lines: [])
        try desk.run(lost, as: Cast.leo)
        #expect(desk.value.runningClock(.customerChoice) == first)
        try desk.follow("tell")
        #expect(desk.value.clocks.filter { $0.kind == .customerChoice }.map(\.end) == [.superseded, nil])
        #expect(desk.value.runningClock(.customerChoice)?.dueAt == desk.now.adding(7 * Milliseconds.day))
    }

    /// Five days granted on the second day: told again on the third, the customer has until the 19th as before, and not the 17th.
    @Test func aFurtherTellingTakesNoTimeThatWasGranted() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.follow("inspect:1 tell wait:1d")
        let told = try #require(desk.value.runningClock(.customerChoice))
        try desk.run(
            .extendClock(.customerChoice, byMilliseconds: 5 * Milliseconds.day, reason: "abroad"),
            as: Cast.sue)
        try desk.run(
            .reportException(kind: .lost, reason: "the other one", lines: []), as: Cast.leo,
            after: Milliseconds.day)
        try desk.follow("tell")
        let again = try #require(desk.value.runningClock(.customerChoice))
        #expect(again.startedAt == desk.now && again.dueAt == told.dueAt.adding(5 * Milliseconds.day))
        #expect(again.extensions.map(\.at) == [desk.now])
    }

    /// Lost goods that arrive after all need not be told of as lost; some of them do not suffice.
    @Test func lostGoodsThatArriveOvertakeTheirNotice() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship report_exception")
        #expect(desk.value.dueNotices.map(\.occasion) == [.exception])
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        #expect(desk.value.dueNotices.map(\.occasion) == [.exception])
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        #expect(desk.value.dueNotices.isEmpty && desk.value.runningClock(.notify) == nil)
        #expect(desk.value.notices.last?.state == .voided)
    }

    /// The case keeps all that is due and the last of what has ended; the story has all.
    @Test func endedNoticesAreBounded() throws {
        var desk = Desk()
        try desk.submit()
        for _ in 0..<CountLimits.caseEndedNoticesMax { try desk.follow("request_info provide_info") }
        try desk.follow("request_info tell provide_info request_info")
        #expect(desk.value.notices.count == CountLimits.caseEndedNoticesMax + 1)
        #expect(desk.value.customerTold == .due && desk.value.inconsistency == nil)
    }

    // MARK: Of builds that kept no notices

    /// A case that has something to be told goes on as it was: its clocks run, and telling gives the customer all of the time.
    @Test func aCaseWithoutNoticesGoesOn() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        // As it was kept: the customer's clock runs since the approval, and something is due to be told.
        var old = desk.value
        old.notices = []
        let notify = old.clocks.firstIndex { $0.kind == .notify }!
        (old.clocks[notify].end, old.clocks[notify].endedAt) = (nil, nil)
        old.adoptNotices(from: .due)
        #expect(old.notices.map(\.occasion) == [.approval] && old.notices[0].notifyOrdinal == 1)
        #expect(old.customerTold == .due && old.inconsistency == nil)
        desk.current = old
        try desk.follow("wait:20d sweep")
        #expect(desk.value.state == .approved, "nobody expires who was not told")
        try desk.follow("tell")
        #expect(desk.value.clocks.filter { $0.kind == .customerShip }.map(\.end) == [.missed, nil])
        #expect(desk.value.runningClock(.customerShip)?.dueAt == desk.now.adding(14 * Milliseconds.day))
    }

    /// A question that is still to be told is told as one, so that the answer overtakes it.
    @Test func aQuestionWithoutItsNoticeIsOne() throws {
        var desk = Desk()
        try desk.follow("submit request_info")
        desk.current!.notices = []
        desk.current!.adoptNotices(from: .due)
        #expect(desk.value.notices.map(\.occasion) == [.infoRequest])
        try desk.follow("provide_info")
        #expect(desk.value.runningClocks.map(\.kind) == [.review])
    }

    @Test func whatWasToldBeforeStaysTold() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell")
        var old = desk.value
        old.notices = []
        #expect(old.customerTold == .none)
        old.adoptNotices(from: .done)
        #expect(old.customerTold == .done && old.notices.isEmpty)
    }
}
