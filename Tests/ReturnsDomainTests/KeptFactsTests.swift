import ReturnsDomain
import ReturnsTestSupport
import Testing

/// What a store that an older build reads too cannot hold.
@Suite struct KeptFactsTests {
    /// A step that would be refused for the level alone is not offered.
    @Test func whatCannotBeKeptIsNotOffered() throws {
        var withheld: Set<CommandKind> = []
        for desk in try Scenarios.desks.get().values.joined() {
            let all = Set(desk.value.allowedCommands(policy: desk.policy, order: desk.order))
            let first = Set(desk.value.allowedCommands(policy: desk.policy, order: desk.order, keeps: []))
            #expect(first == all.filter { $0.needs.isEmpty })
            withheld.formUnion(all.subtracting(first))
            let steps = desk.value.allowedSteps(
                order: desk.order, actor: Cast.sue, now: desk.now, policy: desk.policy,
                sla: Fixture.sla(of: desk.value), hasOpenLoss: false, keeps: [])
            #expect(steps.steps.allSatisfy { $0.kind.needs.isEmpty })
        }
        #expect(
            withheld == [
                .correctReceipt, .correctInspection, .agreeExchange, .cancelExchange, .deduct,
                .takeBackDeduction, .concedeAmount, .recordReturnedRefund, .confirmRefund,
            ])
    }

    /// A refusal names what is to be left out.
    @Test func theFieldIsNamedThatCannotBeKept() {
        let said = Command.tell(Telling(channel: "sms", text: "sorry"))
        #expect(said.needs == .notices)
        #expect(said.fieldLost(keeping: []) == "text" && said.fieldLost(keeping: .all) == nil)
        let some = Command.tell(Telling(occasions: [.approval], channel: "sms", text: "sorry"))
        #expect(some.fieldLost(keeping: []) == "occasions")
        #expect(Command.tell(Telling(channel: "sms")).fieldLost(keeping: []) == nil)
        let pause = Command.pauseClock(.review, reason: "r", until: Fixture.monday)
        #expect(pause.fieldLost(keeping: [.notices]) == "until_ms")
        let wish = DeductionOrder(lineID: "1", amountMinor: 1, code: .damage, reason: "r")
        #expect(Command.deduct(wish).fieldLost(keeping: []) == "")
        #expect(Command.note(text: "n").fieldLost(keeping: []) == nil)
    }
}
