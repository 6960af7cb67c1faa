import Foundation
import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Who may do what (R26): the table by hand, the decision, and the .proto have to agree.
@Suite struct RoleTests {
    /// Written from DESIGN §3's column "Who"; c channel, s service, l logistics, w warehouse, f finance,
    /// v supervisor, y system, a admin.
    private static let table: [CommandKind: String] = [
        .submit: "cs", .verify: "sv", .requestInfo: "sv", .provideInfo: "cs", .approve: "sv", .reject: "sv",
        .appeal: "cs", .acceptAlternative: "cs", .schedulePickup: "sl", .recordPickup: "sl", .ship: "csl",
        .track: "csly", .reportException: "ly", .found: "sly", .receive: "w", .inspect: "w", .tell: "svy",
        .resolve: "sv", .refund: "fvy", .recordRefund: "fy", .abandonRefund: "fy", .shipBack: "wl",
        .exchange: "wl",
        .grantReturnless: "v", .withdraw: "cs", .followUp: "s", .close: "svy", .cancel: "cs", .reopen: "v",
        .note: "slwfv", .attachDocument: "cslwfv", .pauseClock: "v", .resumeClock: "v", .extendClock: "v",
        .sweep: "yva", .recompute: "va", .assign: "slwfv",
    ]
    private static let letters: [Character: Role] = [
        "c": .channel, "s": .service, "l": .logistics, "w": .warehouse, "f": .finance, "v": .supervisor,
        "y": .system,
        "a": .admin,
    ]

    private static func roles(_ kind: CommandKind) throws -> Set<Role> {
        Set(try #require(table[kind]).map { letters[$0]! })
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
        if try Self.roles(kind).contains(role) {
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

    /// Each department's papers (R19), written by hand: nobody completes another's.
    private static let papers: [DocumentType: String] = [
        .application: "csv", .waybill: "cslv", .signedReceipt: "swv", .inspectionReport: "wv",
        .refundVoucher: "fv", .other: "cslwfv",
    ]

    @Test(arguments: DocumentType.allCases, Role.allCases)
    func papersAreAttachedByThoseWhoseTheyAre(_ type: DocumentType, _ role: Role) throws {
        var desk = Desk()
        try desk.submit()
        let result = desk.decide(.attachDocument(Fixture.document(type)), as: Cast.only(role))
        let mayAttach = try #require(Self.papers[type]).contains { Self.letters[$0] == role }
        switch result {
        case .success(let transition):
            #expect(mayAttach && transition.entries.last?.actor.role == role)
        case .failure(let rejection):
            #expect(!mayAttach && rejection.code == "ROLE_REQUIRED" && rejection.kind == .notPermitted)
        }
    }

    /// The rpc of each command, where its name does not follow from the command's.
    private static let methods: [CommandKind: String] = [
        .submit: "SubmitCase", .verify: "VerifyCase", .approve: "ApproveCase", .reject: "RejectCase",
        .appeal: "AppealCase", .ship: "ShipCase", .track: "TrackShipment", .found: "FoundGoods",
        .receive: "ReceiveGoods", .inspect: "InspectGoods", .tell: "TellCustomer", .resolve: "ResolveUnits",
        .refund: "RefundCase", .exchange: "ShipExchange", .withdraw: "WithdrawCase",
        .followUp: "RecordFollowUp",
        .close: "CloseCase", .cancel: "CancelCase", .reopen: "ReopenCase", .note: "AddNote",
        .assign: "AssignCase",
    ]

    @Test func theProtoStatesTheSameRoles() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var stated: [String: Set<String>] = [:]
        for file in ["case_service.proto", "clock.proto", "sla.proto"] {
            let text = try String(
                contentsOf: root.appending(path: "Protocol/returns/v1/\(file)"), encoding: .utf8)
            var method = ""
            for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
                if line.hasPrefix("rpc ") { method = String(line.dropFirst(4).prefix { $0 != "(" }) }
                if line.hasPrefix("option (rcp.role) = \"") {
                    stated[method, default: []].insert(String(line.dropFirst(21).prefix { $0 != "\"" }))
                }
            }
        }
        #expect(stated.count > 30)
        for kind in CommandKind.allCases {
            let words = kind.description.split(separator: "_").map {
                $0.prefix(1).uppercased() + $0.dropFirst()
            }
            let method = Self.methods[kind] ?? words.joined()
            #expect(stated[method] == Set(kind.roles.map(\.description)), "\(kind) is \(method)")
            #expect(Set(kind.roles) == (try Self.roles(kind)))
        }
    }
}
