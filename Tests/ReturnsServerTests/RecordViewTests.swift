import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsRecords
@testable import ReturnsServer

/// Which words of a case's story each role reads.
@Suite struct RecordViewTests {
    private static func entry(_ kind: CaseEventKind) -> TimelineEntry {
        TimelineEntry(
            at: Instant(milliseconds: 1), kind: kind, actor: ActorRecord(name: "sue", role: .supervisor),
            stateBefore: .qualified, stateAfter: .qualified, text: "what", personalText: "why", caseVersion: 1
        )
    }

    private static let whatAndWhy = ["what", "why"]

    private static let mask = "withheld"

    /// Written by hand: what each role reads of a change of payments, of a note and of the customer's answer.
    private static let table: [Role: (payments: [String], note: [String], answer: [String])] = {
        let desk = (payments: whatAndWhy, note: ["what", mask], answer: ["what", mask])
        return [
            .channel: (["what", mask], [mask, mask], whatAndWhy),
            .service: (whatAndWhy, whatAndWhy, whatAndWhy), .supervisor: (whatAndWhy, whatAndWhy, whatAndWhy),
            .logistics: desk, .warehouse: desk, .finance: desk, .auditor: desk, .admin: desk, .system: desk,
        ]
    }()

    @Test(arguments: Role.allCases)
    func eachRoleReadsItsPart(_ role: Role) throws {
        let view = RecordView(RCPPrincipal(name: "p", roles: [role.description]))
        func words(_ kind: CaseEventKind) throws -> [String] {
            try Self.words(view, kind)
        }
        let expected = try #require(Self.table[role])
        #expect(try words(.paymentsChanged) == expected.payments)
        #expect(try words(.noted) == expected.note)
        #expect(try words(.infoProvided) == expected.answer)
    }

    /// What happened and why, as the role reads them.
    private static func words(_ view: RecordView, _ kind: CaseEventKind) throws -> [String] {
        let bytes = NumberedEntry(entry(kind), number: 1).bytes
        let shown = try RCPMessageCodec.decode(
            Returns_V1_TimelineEntry.self, from: view.entry(bytes), role: .client)
        let isPayments = kind == .paymentsChanged
        let what = shown.text.isEmpty ? shown.deskText : shown.text
        let why = isPayments ? shown.deskText : shown.personalText + shown.deskPersonalText
        let hidden = Set(shown.withheld.map(\.group))
        #expect(shown.withheld.allSatisfy { $0.reason == .hidden } && hidden.count == shown.withheld.count)
        // Whatever is missing is said to be withheld, and nothing else is.
        #expect(hidden.isEmpty == !(what.isEmpty || why.isEmpty))
        return [what.isEmpty ? mask : what, why.isEmpty ? mask : why]
    }

    /// The order's timeline and the case's tell a change of payments in the same words.
    @Test(arguments: Role.allCases)
    func orderAndCaseTellAChangeOfPaymentsAlike(_ role: Role) throws {
        let view = RecordView(RCPPrincipal(name: "p", roles: [role.description]))
        let entry = OrderEntry(
            at: Instant(milliseconds: 1), kind: .paymentsChanged,
            actor: ActorRecord(name: "sue", role: .supervisor), text: "what", reason: "why", orderVersion: 2
        )
        let order = try RCPMessageCodec.decode(
            Returns_V1_OrderTimelineEntry.self, from: view.orderEntry(entry.bytes), role: .client)
        let reason = order.reason.isEmpty ? Self.mask : order.reason
        #expect(try Self.words(view, .paymentsChanged) == [order.text, reason])
        #expect(order.withheld.isEmpty == !order.reason.isEmpty)
    }

    /// Of a case each role reads its groups, and is told of the others that the case has.
    @Test(arguments: Role.allCases)
    func eachRoleReadsItsGroupsOfACase(_ role: Role) throws {
        let groups: [Role: Set<Returns_V1_FieldGroup>] = [
            .channel: [.public, .logistics, .personal],
            .service: [.public, .desk, .logistics, .personal],
            .supervisor: [.public, .desk, .logistics, .personal], .logistics: [.public, .desk, .logistics],
            .warehouse: [.public, .desk], .finance: [.public, .desk], .auditor: [.public, .desk],
            .admin: [.public, .desk], .system: [.public, .desk],
        ]
        var desk = Desk()
        try desk.follow("submit verify approve schedule_pickup")
        try desk.run(.assign(.service, person: "sara", team: ""), as: Cast.sue)
        let record = CaseRecord(desk.value)
        let view = RecordView(RCPPrincipal(name: "p", roles: [role.description]))
        var together = ByteBuffer()
        for part in view.parts(of: record) { together.writeImmutableBuffer(part) }
        let shown = try RCPMessageCodec.decode(Returns_V1_Case.self, from: together, role: .client)
        let read = try #require(groups[role])
        #expect(shown.contact.name.isEmpty == !read.contains(.personal))
        #expect(shown.pickupPlaces.isEmpty == !read.contains(.logistics))
        #expect(shown.assignments.isEmpty == !read.contains(.desk))
        #expect(!shown.hasEngine && shown.id == desk.value.id.description)
        let all: Set<Returns_V1_FieldGroup> = [.public, .desk, .logistics, .personal]
        #expect(Set(shown.withheld.map(\.group)) == all.subtracting(read))
    }
}
