import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Rejection, appeal, questions and the ends before anything was shipped.
@Suite struct ReviewPathTests {
    @Test func rejectionAndAppeal() throws {
        var story = Story()
        try story.follow(
            """
            submit reject tell appeal verify approve tell ship receive inspect refund \
            record_refund tell follow_up close
            """)
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                reject: rejected, told due | 1: 2 released, order holds 0 | notify; review met
                tell: rejected, told done | 1: 2 released, order holds 0 | appeal; notify met
                appeal: submitted, told done | 1: 2 awaited, order holds 2 | review#2; appeal met
                verify: submitted, told done | 1: 2 awaited, order holds 2 | review#2
                approve: approved, told due | 1: 2 awaited, order holds 2 | notify#2; review#2 met
                tell: approved, told done | 1: 2 awaited, order holds 2 | customer_ship; notify#2 met
                ship: in_transit, told done | 1: 2 awaited, order holds 2 | transit; customer_ship met
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; transit met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#3; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#3 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    @Test func rejectionAndAlternative() throws {
        var story = Story()
        try story.follow("submit reject accept_alternative exchange follow_up close")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                reject: rejected, told due | 1: 2 released, order holds 0 | notify; review met
                accept_alternative: alternative, goods due | 1: 2 released, order holds 0 | return_ship; notify voided
                exchange: alternative, goods done | 1: 2 released, order holds 0 | follow_up; return_ship met
                follow_up: alternative, goods done | 1: 2 released, order holds 0 | follow_up
                close: closed, goods done | 1: 2 released, order holds 0 | follow_up met
                """)
    }

    @Test func rejectionLeftAlone() throws {
        var story = Story()
        try story.follow("submit reject tell wait:14d sweep")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                reject: rejected, told due | 1: 2 released, order holds 0 | notify; review met
                tell: rejected, told done | 1: 2 released, order holds 0 | appeal; notify met
                sweep: closed, told done | 1: 2 released, order holds 0 | appeal missed
                """)
    }

    @Test func rejectionNotToldClosesOnlyAfterTellingAndAWholeWindow() throws {
        var story = Story()
        try story.follow("submit reject wait:14d sweep tell wait:14d sweep")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                reject: rejected, told due | 1: 2 released, order holds 0 | notify; review met
                sweep: rejected, told due | 1: 2 released, order holds 0 | notify late
                tell: rejected, told done | 1: 2 released, order holds 0 | appeal; notify missed
                sweep: closed, told done | 1: 2 released, order holds 0 | appeal missed
                """)
    }

    /// What was verified yesterday may have changed: approval judges the order and the policy as they are now.
    @Test func approvalChecksAgain() throws {
        var desk = Desk()
        try desk.follow("submit verify")
        #expect(desk.value.checks.allSatisfy { $0.result == .passed })
        let approve = Command.approve(returnAddress: "", instructions: "", overrideReason: "")
        var cancelled = desk
        cancelled.order.status = .cancelled
        #expect(try cancelled.refusal(approve, as: Cast.sara).code == "CHECKS_FAILED")
        desk.policy.version = 2
        desk.policy.returnWindowDays = 1
        #expect(try desk.refusal(approve, as: Cast.sara).text.contains("return_window"))
        let override = Command.approve(returnAddress: "", instructions: "", overrideReason: "goodwill")
        let transition = try desk.run(override, as: Actor(name: "max", roles: [.service, .supervisor]))
        #expect(desk.value.checks.allSatisfy { $0.policyVersion == 2 })
        #expect(transition.entries[0].actor.role == .supervisor)
    }

    /// R7: without the policy's address the reviewer gives one, and what is approved keeps it.
    @Test func approvalNamesAnAddress() throws {
        #expect(ReturnPolicy.standard().returnAddress.isEmpty)
        var desk = Desk(policy: .standard())
        try desk.follow("submit verify")
        func approval(_ address: String) -> Command {
            .approve(returnAddress: address, instructions: "", overrideReason: "")
        }
        #expect(try desk.refusal(approval(""), as: Cast.sara).code == "RETURN_ADDRESS_REQUIRED")
        try desk.run(approval("Dock 4"), as: Cast.sara)
        guard case .approved(let address, _, _) = try #require(desk.value.decisions.last).outcome else {
            Issue.record("not approved")
            return
        }
        #expect(address == "Dock 4")
    }

    /// The natural key comes before what a newer policy may refuse.
    @Test func theSameFormFindsItsCaseUnderAnyPolicy() throws {
        var desk = Desk()
        try desk.submit(Fixture.submission(channelRef: "web-1"))
        desk.policy.reasons.removeAll { $0.code == "unwanted" }
        let again = Fixture.submission(id: Fixture.caseID(2), channelRef: "web-1")
        let refusal = try desk.refusal(.submit(again), as: Cast.shop)
        #expect(refusal.code == "CHANNEL_REF_EXISTS" && refusal.existing == Fixture.caseID(1))
    }

    @Test func rejectionClosedByService() throws {
        var story = Story()
        try story.follow("submit reject tell close reopen close")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                reject: rejected, told due | 1: 2 released, order holds 0 | notify; review met
                tell: rejected, told done | 1: 2 released, order holds 0 | appeal; notify met
                close: closed, told done | 1: 2 released, order holds 0 | appeal voided
                reopen: rejected, told done | 1: 2 released, order holds 0 | appeal#2
                close: closed, told done | 1: 2 released, order holds 0 | appeal#2 voided
                """)
    }

    @Test func cancelled() throws {
        var story = Story()
        try story.follow("submit verify approve tell schedule_pickup cancel")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                verify: submitted | 1: 2 awaited, order holds 2 | review
                approve: approved, told due | 1: 2 awaited, order holds 2 | notify; review met
                tell: approved, told done | 1: 2 awaited, order holds 2 | customer_ship; notify met
                schedule_pickup: pickup_scheduled, told done | 1: 2 awaited, order holds 2 | customer_ship paused pickup
                cancel: cancelled, told done | 1: 2 released, order holds 0 | customer_ship voided, pickup voided
                """)
    }

    @Test func noAnswerAndReopened() throws {
        var story = Story()
        try story.follow("submit request_info tell wait:7d sweep reopen provide_info reject tell close")
        #expect(
            story.text == """
                submit: submitted | 1: 2 awaited, order holds 2 | review
                request_info: info_needed, told due | 1: 2 awaited, order holds 2 | review paused notify
                tell: info_needed, told done | 1: 2 awaited, order holds 2 | review paused customer_info; notify met
                sweep: expired, told done | 1: 2 released, order holds 0 | review voided, customer_info missed
                reopen: info_needed, told done | 1: 2 awaited, order holds 2 | review#2 paused customer_info#2
                provide_info: submitted, told done | 1: 2 awaited, order holds 2 | review#2; customer_info#2 met
                reject: rejected, told due | 1: 2 released, order holds 0 | notify#2; review#2 met
                tell: rejected, told done | 1: 2 released, order holds 0 | appeal; notify#2 met
                close: closed, told done | 1: 2 released, order holds 0 | appeal voided
                """)
    }

    @Test func neverShippedAndReopened() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("wait:14d sweep reopen receive inspect refund record_refund tell follow_up close")
        #expect(
            story.text == """
                sweep: expired, told done | 1: 2 released, order holds 0 | customer_ship missed
                reopen: approved, told done | 1: 2 awaited, order holds 2 | customer_ship#2
                receive: received, told done | 1: 2 uninspected, order holds 2 | inspect; customer_ship#2 met
                inspect: qualified, money due, told done | 1: 2 accepted paid 0 of 2000, order holds 2 | refund; inspect met
                refund: refunding, money in_progress, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 accepted paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 accepted paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }

    /// Closed, reopened, received and refunded once more: what was asked of the first time is not what is asked now.
    @Test func followUpCountsSinceTheLastReopening() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship")
        try desk.run(Scenarios.receipt(1), as: Cast.wang)
        try desk.follow("inspect resolve:4 refund record_refund tell attach_document follow_up close reopen")
        #expect(desk.value.reopenedAt == desk.now)
        #expect(desk.value.closingNeeds == [.followUp])
        #expect(try desk.refusal(.close, as: Cast.sara).code == "NOT_COMPLETE")
        try desk.follow("follow_up close")
        #expect(desk.value.state == .closed)
    }

    @Test func returnless() throws {
        var story = try Story(after: "submit verify approve tell")
        try story.follow("grant_returnless refund record_refund tell follow_up close")
        #expect(
            story.text == """
                grant_returnless: qualified, money due, told done | 1: 2 kept paid 0 of 2000, order holds 2 | refund; customer_ship voided
                refund: refunding, money in_progress, told done | 1: 2 kept paid 2000 of 2000, order holds 2 | refund
                record_refund: refunded, money done, told due | 1: 2 kept paid 2000 of 2000, order holds 2 | notify#2; refund met
                tell: refunded, money done, told done | 1: 2 kept paid 2000 of 2000, order holds 2 | follow_up; notify#2 met
                follow_up: refunded, money done, told done | 1: 2 kept paid 2000 of 2000, order holds 2 | follow_up
                close: closed, money done, told done | 1: 2 kept paid 2000 of 2000, order holds 2 | follow_up met
                """)
    }
}
