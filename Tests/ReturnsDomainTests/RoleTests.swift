import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Who may do what (R26): the table by hand and the decision have to agree. The roles themselves stand in the .proto.
@Suite struct RoleTests {
    private static func row(_ kind: CommandKind) throws -> StateCommandMatrix.Row {
        try #require(StateCommandMatrix.rows[kind])
    }

    /// The .proto says which method takes a step, and who; what it says is what was meant.
    @Test(arguments: CommandKind.allCases)
    func eachStepNamesItsMethodAndRoles(_ kind: CommandKind) throws {
        #expect(try kind.method == Self.row(kind).method)
        #expect(try kind.roles == Self.row(kind).roles)
    }

    @Test(arguments: CommandKind.allCases, Role.allCases)
    func eachRoleAloneIsPermittedOrTold(_ kind: CommandKind, _ role: Role) throws {
        var desk = Desk()
        try desk.submit()
        let move = WellFormed.moves(kind, desk.value, now: desk.now)[0]
        let form = Fixture.submission(id: Fixture.caseID(2), lines: [RequestedLine(lineID: "2", quantity: 1)])
        let command = kind == .submit ? .submit(form) : move.command
        let result = desk.decide(command, as: Cast.only(role))
        let rejection = if case .failure(let rejection) = result { rejection } else { CaseRejection?.none }
        if try Self.row(kind).roles.contains(role) {
            #expect(rejection?.code != "ROLE_REQUIRED")
        } else {
            let refused = try #require(rejection)
            #expect(refused.code == "ROLE_REQUIRED" && refused.kind == .notPermitted)
            #expect(refused.text.contains("\(kind)"))
        }
    }

    @Test func theActingRoleIsRecordedWithTheGrant() throws {
        var desk = Desk()
        let both = Actor(name: "max", roles: [.warehouse, .supervisor], onBehalfOf: "sara")
        try desk.submit()
        let transition = try desk.run(.verify(isCustomerVerified: true, isOrderVerified: true), as: both)
        #expect(
            transition.entries.last?.actor == ActorRecord(name: "max", role: .supervisor, onBehalfOf: "sara"))
    }

    /// Separation of duties: neither who inspected nor whom that was done for has a part in the refund.
    @Test func actingForSomebodyElseCountsForBoth() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive")
        let robot = Actor(name: "scanner", roles: [.warehouse], onBehalfOf: "wang")
        try desk.run(Scenarios.inspection(accepted: 2, refused: 0), as: robot)
        for name in ["scanner", "wang"] {
            for actor in [
                Actor(name: name, roles: [.finance]),
                Actor(name: "erp", roles: [.finance], onBehalfOf: name),
            ] {
                #expect(try desk.refusal(.refund(RefundOrder()), as: actor).code == "INSPECTOR_REFUNDS")
            }
        }
        try desk.run(
            .refund(RefundOrder()), as: Actor(name: "erp", roles: [.finance], onBehalfOf: "fei"))
    }

    /// Each department's papers (R19): nobody completes another's.
    @Test(arguments: DocumentType.allCases, Role.allCases)
    func papersAreAttachedByThoseWhoseTheyAre(_ type: DocumentType, _ role: Role) throws {
        var desk = Desk()
        try desk.submit()
        let result = desk.decide(.attachDocument(Fixture.document(type)), as: Cast.only(role))
        let mayAttach = try #require(StatesDocument.shared.documents[type]).contains(role)
        switch result {
        case .success(let transition):
            #expect(mayAttach && transition.entries.last?.actor.role == role)
        case .failure(let rejection):
            #expect(!mayAttach && rejection.code == "ROLE_REQUIRED" && rejection.kind == .notPermitted)
        }
    }
}
