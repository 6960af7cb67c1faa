import Foundation
import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsServer

/// Cases of every state and shape (which fields are not empty), from random walks: written, read, and sent to each role. 200
/// sequences, or 20,000 with RETURNS_LONG=1 in the environment.
@Suite struct WalkedRecordTests {
    private static let sequences = ProcessInfo.processInfo.environment["RETURNS_LONG"] == "1" ? 20_000 : 200

    @Test func everyCaseIsReadAndShownAsItWasWritten() throws {
        let policy = Fixture.policy()
        var rows = WalkRows()
        var seen = Seen()
        for sequence in 0..<Self.sequences {
            var generator = WalkGenerator(seed: 7 << 40 + UInt64(sequence), rows: rows)
            _ = RandomWalk.run(&generator, policy: policy) { value, order in
                #expect(throws: Never.self, "sequence \(sequence)") { try seen.look(at: value, order) }
            }
            rows = generator.rows
        }
        print("\(seen.cases) cases, \(seen.shapes.count) shapes")
        #expect(seen.states == Set(CaseState.allCases))
        #expect(seen.present == Set(GroupOfFields.allCases.map(\.number)))
        #expect(seen.shapes.count > 200)
    }

    private struct Seen {
        var cases = 0
        var states: Set<CaseState> = []
        /// A state and the fields that are not empty.
        var shapes: Set<Shape> = []
        var present: Set<Returns_V1_FieldGroup> = []

        struct Shape: Hashable {
            let state: CaseState
            let fields: Set<Int>
        }

        mutating func look(at value: Case, _ order: Order) throws {
            let record = CaseRecord(value, level: .highest)
            cases += 1
            states.insert(value.state)
            var fields: Set<Int> = []
            for group in CaseRecord.Group.allCases {
                _ = RCPMessageFields.select(record[group]) { fields.insert($0).inserted }
            }
            guard shapes.insert(Shape(state: value.state, fields: fields)).inserted else { return }
            try #require(try record.value() == value)
            try #require(try OrderRecord(order, level: .highest).value() == order)
            try show(record)
        }

        private mutating func show(_ record: CaseRecord) throws {
            let whole = try message(CaseRecord.Group.allCases.map { record[$0] })
            for group in GroupOfFields.allCases where group.isPresent(in: whole) {
                present.insert(group.number)
            }
            for role in Role.allCases {
                let read = try #require(GroupOfFields.readers[role])
                var expected = whole
                for group in GroupOfFields.allCases where !read.contains(group) {
                    group.clear(&expected)
                    if group != .engine, group.isPresent(in: whole) {
                        expected.withheld.append(
                            .with {
                                $0.group = group.number
                                $0.reason = .hidden
                            })
                    }
                }
                let view = RecordView(RCPPrincipal(name: "p", roles: [role.description]))
                try #require(try message(view.parts(of: record)) == expected, "\(role)")
            }
        }

        private func message(_ parts: [ByteBuffer]) throws -> Returns_V1_Case {
            var together = ByteBuffer()
            for part in parts { together.writeImmutableBuffer(part) }
            return try RCPMessageCodec.decode(Returns_V1_Case.self, from: together, role: .client)
        }
    }
}

/// The groups of a case's fields and who reads them, by hand.
private enum GroupOfFields: CaseIterable {
    case desk, logistics, personal, engine

    static let readers: [Role: Set<GroupOfFields>] = [
        .channel: [.logistics, .personal], .service: [.desk, .logistics, .personal],
        .supervisor: [.desk, .logistics, .personal], .logistics: [.desk, .logistics], .warehouse: [.desk],
        .finance: [.desk], .auditor: [.desk], .admin: [.desk], .system: [.desk],
    ]

    var number: Returns_V1_FieldGroup {
        switch self {
        case .desk: .desk
        case .logistics: .logistics
        case .personal: .personal
        case .engine: .engine
        }
    }

    func isPresent(in message: Returns_V1_Case) -> Bool {
        var without = message
        clear(&without)
        return without != message
    }

    func clear(_ message: inout Returns_V1_Case) {
        switch self {
        case .desk:
            message.assignments = []
            message.overrideReasons = []
            message.inspectionNotes = []
            message.refundReasons = []
            message.clockReasons = []
        case .logistics: message.pickupPlaces = []
        case .personal:
            message.applicationSha256 = Data()
            message.intakeReference = ""
            message.freeText = ""
            message.clearContact()
            message.question = ""
            message.answer = ""
            message.followUpComments = []
        case .engine: message.clearEngine()
        }
    }
}
