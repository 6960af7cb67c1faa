import RCP
import ReturnsDomain
import Testing

@testable import ReturnsServer

/// Which words of a case's story each role reads.
@Suite struct CaseViewTests {
    private static func entry(_ kind: CaseEventKind) -> TimelineEntry {
        TimelineEntry(
            at: Instant(milliseconds: 1), kind: kind, actor: ActorRecord(name: "sue", role: .supervisor),
            stateBefore: .qualified, stateAfter: .qualified, text: "what", personalText: "why", caseVersion: 1
        )
    }

    private static let whatAndWhy = ["what", "why"]

    /// Written by hand: what each role reads of a change of payments, of a note and of the customer's answer.
    private static let table: [Role: (payments: [String], note: [String], answer: [String])] = {
        let mask = CaseView.mask
        let desk = (payments: whatAndWhy, note: ["what", mask], answer: ["what", mask])
        return [
            .channel: (["what", mask], [mask, mask], whatAndWhy),
            .service: (whatAndWhy, whatAndWhy, whatAndWhy), .supervisor: (whatAndWhy, whatAndWhy, whatAndWhy),
            .logistics: desk, .warehouse: desk, .finance: desk, .auditor: desk, .admin: desk, .system: desk,
        ]
    }()

    @Test(arguments: Role.allCases)
    func eachRoleReadsItsPart(_ role: Role) throws {
        let view = CaseView(RCPPrincipal(name: "p", roles: [role.description]))
        func words(_ kind: CaseEventKind) -> [String] {
            let proto = Self.entry(kind).proto(view, number: 1)
            return [proto.text, proto.personalText]
        }
        let expected = try #require(Self.table[role])
        #expect(words(.paymentsChanged) == expected.payments)
        #expect(words(.noted) == expected.note)
        #expect(words(.infoProvided) == expected.answer)
    }

    /// The order's timeline and the case's tell a change of payments in the same words.
    @Test(arguments: Role.allCases)
    func orderAndCaseTellAChangeOfPaymentsAlike(_ role: Role) {
        let view = CaseView(RCPPrincipal(name: "p", roles: [role.description]))
        let order = OrderEntry(
            at: Instant(milliseconds: 1), kind: .paymentsChanged,
            actor: ActorRecord(name: "sue", role: .supervisor), text: "what", reason: "why", orderVersion: 2
        ).proto(view)
        let story = Self.entry(.paymentsChanged).proto(view, number: 1)
        #expect([story.text, story.personalText] == [order.text, order.reason])
    }
}
