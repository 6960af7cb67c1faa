import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Refunds, concessions and goods that go back.
@Suite struct MoneyPathTests {
    @Test func refundInTwoParts() throws {
        var story = Story()
        try story.follow("submit verify approve tell ship receive inspect")
        try story.run("refund 1000", .refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        try story.follow("record_refund tell refund record_refund tell follow_up close")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                verify: submitted | 1: 2 awaited, order holds 2 | review
                approve: approved, told due | 1: 2 awaited, order holds 2 | notify; review met
                tell: approved, told done | 1: 2 awaited, order holds 2 | customer_ship; notify met
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; transit met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund 1000: refunding, money in_progress, told done | 1: 2 accepted paid 1000 of 2000, order holds 2 | refund
                record_refund: qualified, money due, told due | 1: 2 accepted paid 1000 of 2000, order holds 2 | refund notify#2
                tell: qualified, money due, told done | 1: 2 accepted paid 1000 of 2000, order holds 2 | refund; notify#2 met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    /// Each thing that keeps a case open is named: what is in no refund yet, beside the refund that is on its way.
    @Test func aPartThatIsRefundedLeavesTheRestToBeRefunded() throws {
        var story = try Story(after: "submit verify approve tell ship receive inspect")
        #expect(story.desk.value.closingNeeds.first == .refund(amountMinor: 2_000))
        try story.run("refund 1000", .refund(RefundOrder(amountMinor: 1_000)), as: Cast.fei)
        #expect(story.desk.value.closingNeeds.prefix(2) == [.refund(amountMinor: 1_000), .refundResult])
        try story.follow("record_refund")
        #expect(story.desk.value.closingNeeds.first == .refund(amountMinor: 1_000))
        #expect(!story.desk.value.closingNeeds.contains(.refundResult))
    }

    @Test func partAcceptedPartShippedBack() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.run("inspect 1+1", Scenarios.inspection(accepted: 1, refused: 1), as: Cast.wang)
        try story.follow("tell resolve:1 refund record_refund tell ship_back follow_up close")
        #expect(
            story.text == """
                inspect 1+1: nonconforming, money due, told due | 1: 1 accepted 1 undecided paid 0 of 1000, order holds 2 | notify#2 refund; inspect met
                tell: nonconforming, money due, told done | 1: 1 accepted 1 undecided paid 0 of 1000, order holds 2 | refund customer_choice; notify#2 met
                resolve:1: qualified, money due, goods due, told done | 1: 1 accepted 1 sent back paid 0 of 1000, order holds 2 | refund return_ship; customer_choice met
                refund: refunding, money in_progress, goods due, told done | 1: 1 accepted 1 sent back paid 1000 of 1000, order holds 2 | refund return_ship
                record_refund: ship_back, money done, goods due, told due | 1: 1 accepted 1 sent back paid 1000 of 1000, order holds 2 | return_ship notify#3; refund met
                tell: ship_back, money done, goods due, told done | 1: 1 accepted 1 sent back paid 1000 of 1000, order holds 2 | return_ship; notify#3 met
                ship_back: refunded, money done, goods done, told done | 1: 1 accepted 1 sent back paid 1000 of 1000, order holds 2 | follow_up; return_ship met
                follow_up: refunded, money done, goods done, told done | 1: 1 accepted 1 sent back paid 1000 of 1000, order holds 2 | follow_up
                close: closed, money done, goods done, told done | 1: 1 accepted 1 released paid 1000 of 1000, order holds 1 | follow_up met
                """)
    }

    @Test func exchange() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow("inspect:1 tell resolve:2 exchange follow_up close")
        #expect(
            story.text == """
                inspect:1: nonconforming, told due | 1: 2 undecided, order holds 2 | notify#2; inspect met
                tell: nonconforming, told done | 1: 2 undecided, order holds 2 | customer_choice; notify#2 met
                resolve:2: alternative, goods due, told done | 1: 2 exchanged, order holds 2 | return_ship; customer_choice met
                exchange: alternative, goods done, told done | 1: 2 exchanged, order holds 2 | follow_up; return_ship met
                follow_up: alternative, goods done, told done | 1: 2 exchanged, order holds 2 | follow_up
                close: closed, goods done, told done | 1: 2 exchanged, order holds 2 | follow_up met
                """)
    }

    @Test func conceded() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow("inspect:1 tell resolve refund record_refund tell follow_up close")
        #expect(
            story.text == """
                inspect:1: nonconforming, told due | 1: 2 undecided, order holds 2 | notify#2; inspect met
                tell: nonconforming, told done | 1: 2 undecided, order holds 2 | customer_choice; notify#2 met
                resolve: qualified, money due, told done | 1: 2 conceded paid 0 of 2000, order holds 2 | refund; customer_choice met
                refund: refunding, money in_progress, told done | 1: 2 conceded paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 conceded paid 2000 of 2000, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 2 conceded paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 conceded paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 conceded paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func disposedOf() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow("inspect:1 tell resolve:3 follow_up close")
        #expect(
            story.text == """
                inspect:1: nonconforming, told due | 1: 2 undecided, order holds 2 | notify#2; inspect met
                tell: nonconforming, told done | 1: 2 undecided, order holds 2 | customer_choice; notify#2 met
                resolve:3: nonconforming, told done | 1: 2 disposed, order holds 2 | follow_up; customer_choice met
                follow_up: nonconforming, told done | 1: 2 disposed, order holds 2 | follow_up
                close: closed, told done | 1: 2 disposed, order holds 2 | follow_up met
                """)
    }

    @Test func failedUnknownAbandonedAndALateSuccess() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow(
            """
            inspect refund record_refund:1 refund record_refund:2 record_refund:1 \
            abandon_refund record_refund tell follow_up close
            """)
        #expect(
            story.text == """
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund:1: refund_failed, money failed, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund:2: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund:1: refund_failed, money failed, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                abandon_refund: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    /// A gateway delivers what it says more than once, and late: each result is of the attempt that it names.
    @Test func aResultIsOfItsAttempt() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund record_refund:1 refund")
        let id = desk.value.refunds[0].id
        func result(_ attempt: UInt32?, _ result: RefundReport.Result) -> Command {
            .recordRefund(RefundReport(refundID: id, attempt: attempt, result: result))
        }
        // That the first failed is recorded: the second began by it.
        var told = desk
        #expect(try told.run(result(1, .failed(reason: "declined")), as: Cast.fei).isEmpty)
        let late = try desk.refusal(result(1, .unknown), as: Cast.fei)
        #expect(late.code == "REFUND_ATTEMPT_OVER")
        #expect(late.text.contains("attempt 1 of refund \(id) was over before attempt 2 began"))
        #expect(desk.value.state == .refunding && desk.value.refunds[0].status == .inProgress)

        var failing = desk
        let failed = try failing.run(result(2, .failed(reason: "declined")), as: Cast.fei)
        #expect(failing.value.state == .refundFailed)
        #expect(
            failed.events.first { $0.kind == .refundFailed }?.detail
                == .refund(
                    .init(
                        id: id, amountMinor: 2_000, currency: CurrencyCode("EUR")!, attempt: 2,
                        lines: [RefundShare(reference: "1", amountMinor: 2_000)],
                        payments: [RefundShare(reference: "card-1", amountMinor: 2_000)])))

        // Money that went out went out, whichever attempt sent it and whether or not that is said.
        var paying = desk
        let paid = try paying.run(result(1, .succeeded(voucher: "V", document: nil)), as: Cast.fei)
        #expect(paying.value.refunds[0].status == .succeeded)
        #expect(
            paid.entries.first { $0.kind == .refundSucceeded }?.text
                == "20.00 EUR to payment card-1, voucher V; it was attempt 1 of 2 that paid")
        let open = try desk.run(result(nil, .succeeded(voucher: "V", document: nil)), as: Cast.fei)
        let event = try #require(open.events.first { $0.kind == .refundSucceeded })
        #expect(
            event.detail
                == .refund(
                    .init(
                        id: id, amountMinor: 2_000, currency: CurrencyCode("EUR")!, attempt: nil,
                        lines: [RefundShare(reference: "1", amountMinor: 2_000)],
                        payments: [RefundShare(reference: "card-1", amountMinor: 2_000)])))
    }

    /// The gateway paid what the store lost: recorded in one step, it is a refund like any other, and no event has it paid.
    @Test func aRefundWhoseStartWasLost() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let id = "\(desk.value.id)-1"
        let report = RefundReport(
            refundID: id, attempt: 2,
            result: .succeeded(voucher: "V", document: Fixture.document(.refundVoucher)),
            lost: LostRefund(amountMinor: 2_000))
        let transition = try desk.run(.recordRefund(report), as: Cast.fei)
        let refund = try #require(desk.value.refunds.first)
        #expect(refund.id == id && refund.status == .succeeded && refund.attempts == 2)
        #expect(refund.payments == [RefundShare(reference: "card-1", amountMinor: 2_000)])
        #expect(desk.value.state == .refunded && desk.order.committedMinor == 2_000)
        #expect(!transition.events.contains { $0.kind == .refundStarted })
        #expect(
            transition.entries.first { $0.kind == .refundSucceeded }?.text
                == "20.00 EUR to payment card-1, voucher V; its start was lost, with other changes")
        #expect(try desk.refusal(.refund(RefundOrder()), as: Cast.fei).code == "NOTHING_DUE")
        try desk.follow("tell follow_up close")
    }

    /// The case itself was lost, and was opened again: the gateway has the refund under the id of before.
    @Test func aRefundOfACaseThatWasLost() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let other = "\(Fixture.caseID(77))"
        func report(_ id: String, _ amount: Int64 = 2_000, isAnother: Bool = false) -> RefundReport {
            RefundReport(
                refundID: id, result: .succeeded(voucher: "V", document: Fixture.document(.refundVoucher)),
                lost: LostRefund(amountMinor: amount, isAnother: isAnother))
        }
        // One refund has one spelling: each other one would be another refund, and be recorded again.
        for id in [
            other, "\(other)-", "\(other.dropLast())-1", "x-1", "\(other.lowercased())-1", "\(other)-01",
            "\(other)-0", "\(other)-401", "\(other)-99999999999", "\(other)-99999999999999999999",
        ] {
            #expect(
                try desk.refusal(.recordRefund(report(id)), as: Cast.fei).code == "REFUND_ID_MALFORMED",
                "\(id)")
        }
        #expect(
            try desk.refusal(.refund(RefundOrder(refundID: "\(other)-1")), as: Cast.fei).code
                == "REFUND_ID_MALFORMED")
        // Nor is one started under an id that could not be recorded later.
        for part in ["01", "0", "401"] {
            let wish = RefundOrder(refundID: "\(desk.value.id)-\(part)")
            #expect(try desk.refusal(.refund(wish), as: Cast.fei).code == "REFUND_ID_MALFORMED", "\(part)")
        }
        for part in ["400", "R-07", "7a"] { #expect(RefundOrder.caseID(of: "\(other)-\(part)") != nil) }
        // One voucher twice is one payment twice, unless finance says otherwise.
        var twice = desk
        try twice.run(.recordRefund(report("\(other)-1", 900)), as: Cast.fei)
        #expect(
            try twice.refusal(.recordRefund(report("\(other)-2", 900)), as: Cast.fei).code
                == "REFUND_MAY_BE_RECORDED")
        try twice.run(.recordRefund(report("\(other)-2", 900, isAnother: true)), as: Cast.fei)
        #expect(twice.value.refunds.map(\.id) == ["\(other)-1", "\(other)-2"])
        try desk.run(.recordRefund(report("\(other)-1")), as: Cast.fei)
        #expect(desk.value.refunds.map(\.id) == ["\(other)-1"] && desk.value.state == .refunded)
    }

    /// One by another method is started again under the id that it had, and recorded like any other.
    @Test func aRefundByAnotherMethodWhoseStartWasLost() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        let id = "\(desk.value.id)-7"
        let wish = RefundOrder(refundID: id, otherMethod: "transfer", otherMethodReason: "the card is closed")
        try desk.run(.refund(wish), as: Cast.sue)
        let report = RefundReport(
            refundID: id,
            result: .succeeded(voucher: "V", document: Fixture.document(.refundVoucher)))
        try desk.run(.recordRefund(report), as: Cast.fei)
        #expect(desk.value.refunds.map(\.id) == [id] && desk.value.state == .refunded)
        #expect(
            desk.order.otherMethodCommittedMinor == 2_000 && desk.order.payments.allSatisfy { !$0.hasRefunds }
        )
        try desk.follow("tell follow_up close")
    }

    @Test func abandonedAndANewRefund() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow(
            """
            inspect refund record_refund:1 abandon_refund refund record_refund tell follow_up \
            close
            """)
        #expect(
            story.text == """
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund:1: refund_failed, money failed, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                abandon_refund: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func otherMethodByASupervisor() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow("inspect")
        try story.run(
            "refund by voucher",
            .refund(RefundOrder(otherMethod: "voucher", otherMethodReason: "card expired")), as: Cast.sue)
        try story.follow("record_refund tell follow_up close")
        #expect(
            story.text == """
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund by voucher: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func closedAndReopenedForAStrayParcel() throws {
        var story = try Story(after: "submit verify approve tell ship receive")
        try story.follow(
            """
            inspect refund record_refund tell follow_up close reopen receive ship_back \
            follow_up close
            """)
        #expect(
            story.text == """
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                reopen: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#2
                receive: ship_back, money done, goods due, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | return_ship; follow_up#2 superseded
                ship_back: refunded, money done, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#3; return_ship met
                follow_up: refunded, money done, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#3
                close: closed, money done, goods done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#3 met
                """)
    }

    /// Nothing of the goods' money is not all of it: 0 leaves what is due as it is.
    @Test func shippingAloneBesideGoodsThatAreDue() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect")
        try desk.run(.refund(RefundOrder(amountMinor: 0, shippingMinor: 300)), as: Cast.fei)
        #expect(desk.value.liveRefund?.amountMinor == 300)
        #expect(desk.value.liveRefund?.lines.isEmpty == true)
        #expect(desk.value.balanceMinor == 2_000)
        try desk.follow("record_refund")
        #expect(desk.value.state == .qualified && desk.value.money == .due)
        try desk.run(.refund(RefundOrder()), as: Cast.fei)
        #expect(desk.value.liveRefund?.amountMinor == 2_000)
    }

    /// Finance forgot the shipping: it can follow, by itself, and for goods that cost nothing.
    @Test func shippingAfterTheGoods() throws {
        var story = try Story(
            after: "submit verify approve tell ship receive inspect refund record_refund tell")
        #expect(!story.desk.value.allowedCommands(policy: story.desk.policy).contains(.refund))
        #expect(
            story.desk.value.allowedCommands(policy: story.desk.policy, order: story.desk.order).contains(
                .refund))
        try story.run("refund shipping", .refund(RefundOrder(shippingMinor: 500)), as: Cast.fei)
        #expect(story.desk.value.liveRefund?.lines.isEmpty == true)
        try story.follow("record_refund tell")
        #expect(
            story.text == """
                refund shipping: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund#2; follow_up superseded
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#3; refund#2 met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up#2; notify#3 met
                """)
        #expect(story.desk.order.shippingCommittedMinor == 500)
        #expect(
            try story.desk.refusal(.refund(RefundOrder(shippingMinor: 1)), as: Cast.fei).code
                == "AMOUNT_EXCEEDED")
        // Nothing of this case was worth refunding: then its shipping is not, either.
        var refused = Desk()
        try refused.follow("submit verify approve tell ship receive inspect:1 tell resolve:1")
        #expect(
            try refused.refusal(.refund(RefundOrder(shippingMinor: 1)), as: Cast.fei).code == "NOTHING_DUE")
    }

    /// Goods that cost nothing got lost, and the refund of their shipping is given up: nothing keeps the case open.
    @Test func shippingAloneThatIsGivenUp() throws {
        var order = Fixture.order()
        order.lines[0].paidMinor = 0
        order.payments[0].amountMinor -= 4_999
        var story = Story(Desk(order: order))
        try story.desk.follow("submit verify approve tell ship report_exception tell")
        try story.desk.run(Scenarios.resolution(.concede, 2), as: Cast.sue)
        try story.run("refund shipping", .refund(RefundOrder(shippingMinor: 500)), as: Cast.fei)
        try story.follow("record_refund:1 abandon_refund follow_up close")
        #expect(
            story.text == """
                refund shipping: refunding, money in_progress, told done | 1: 2 lost conceded, order holds 2 | refund; follow_up superseded
                record_refund:1: refund_failed, money failed, told done | 1: 2 lost conceded, order holds 2 | refund
                abandon_refund: exception, told done | 1: 2 lost conceded, order holds 2 | follow_up#2; refund voided
                follow_up: exception, told done | 1: 2 lost conceded, order holds 2 | follow_up#2
                close: closed, told done | 1: 2 lost conceded, order holds 2 | follow_up#2 met
                """)
    }

    /// Who decides is recorded in the role that the decision asks for.
    @Test func concessionsAndOtherMethodsAreASupervisors() throws {
        let both = Actor(name: "max", roles: [.service, .finance, .supervisor])
        // Whoever conceded does not pay.
        let payer = Actor(name: "mia", roles: both.roles)
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect:1 tell")
        let concession = try desk.run(Scenarios.resolution(.concede, 2), as: both)
        #expect(concession.entries.last?.actor.role == .supervisor)
        var other = desk
        let started = try other.run(
            .refund(RefundOrder(otherMethod: "voucher", otherMethodReason: "card expired")), as: payer)
        #expect(started.entries.last?.actor.role == .supervisor)
        let ordinary = try desk.run(.refund(RefundOrder()), as: payer)
        #expect(ordinary.entries.last?.actor.role == .finance)
    }

    /// The system books what a gateway says, retries and abandons; it starts nothing.
    @Test func theSystemRetriesAndAbandons() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund record_refund:1")
        let retry = try desk.run(.refund(RefundOrder()), as: .system)
        #expect(retry.entries.last?.actor.role == .system && desk.value.refunds[0].attempts == 2)
        try desk.follow("record_refund:1")
        let id = desk.value.refunds[0].id
        try desk.run(.abandonRefund(refundID: id, gatewayConfirmation: "void"), as: .system)
        #expect(desk.value.refunds[0].status == .abandoned)
        #expect(try desk.refusal(.refund(RefundOrder()), as: .system).code == "ROLE_REQUIRED")
    }
}
