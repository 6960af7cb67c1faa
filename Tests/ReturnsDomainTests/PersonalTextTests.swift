import ReturnsDomain
import ReturnsTestSupport
import Testing

/// R23: what a person says of the customer stands in the story's personal text, beside a fixed phrase.
@Suite struct PersonalTextTests {
    private static let words = "call Ann Lee at 555-0199"

    private static let acts: [(path: String, command: Command, actor: Actor)] = [
        ("submit", .requestInfo(question: words), Cast.sara),
        ("submit request_info", .provideInfo(answer: words), Cast.shop),
        ("submit", .cancel(reason: words), Cast.shop),
        ("submit reject", .appeal(reason: words), Cast.shop),
        (
            "submit verify approve schedule_pickup",
            .recordPickup(PickupReport(result: .missed, reason: words)), Cast.leo
        ),
        ("submit verify approve ship", .withdraw(reason: words), Cast.shop),
        ("submit verify approve ship", .reportException(kind: .lost, reason: words, lines: []), Cast.leo),
        ("submit verify approve ship report_exception", .found(note: words), Cast.leo),
        (
            "submit verify approve ship report_exception tell",
            .resolve(
                lines: [LineResolution(lineID: "1", resolution: .release, units: 1)], reason: words),
            Cast.sara
        ),
        ("submit verify approve", .grantReturnless(reason: words), Cast.sue),
        ("submit reject tell close", .reopen(reason: words), Cast.sue),
        ("submit", .note(text: words), Cast.sara),
        (
            "submit verify approve ship receive inspect",
            .deduct(DeductionOrder(lineID: "1", amountMinor: 5, code: .other, reason: words)), Cast.sue
        ),
        (
            "submit verify approve ship receive inspect deduct",
            .takeBackDeduction(lineID: "1", number: nil, reason: words), Cast.sue
        ),
        (
            "submit verify approve ship receive inspect:1 tell",
            .concedeAmount(LineUnits(lineID: "1", units: 1), amountMinor: 5, reason: words), Cast.sue
        ),
    ]

    @Test(arguments: acts.indices) func wordsArePersonal(_ index: Int) throws {
        let act = Self.acts[index]
        var desk = Desk()
        try desk.follow(act.path)
        let transition = try desk.run(act.command, as: act.actor)
        let entry = try #require(transition.entries.first { $0.actor.name == act.actor.name })
        #expect(entry.personalText.contains(Self.words))
        for other in transition.entries { #expect(!other.text.contains("Ann")) }
        for event in transition.events {
            #expect(!"\(event.detail as Any)".contains("Ann"))
        }
    }
}
