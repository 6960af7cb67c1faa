import Foundation
import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import SwiftProtobuf
import Testing

@testable import ReturnsRecords

/// Records are written and read without a message in between. SwiftProtobuf is the measure: it reads the same of them, and
/// writes the same bytes.
@Suite struct RecordBytesTests {
    /// What random walks lead to, and a case and its order whose every text says something.
    private static let states: [(value: Case, order: Order)] = {
        var states: [(value: Case, order: Order)] = []
        var rows = WalkRows()
        for seed in 0..<60 {
            var generator = WalkGenerator(seed: UInt64(seed), rows: rows)
            _ = RandomWalk.run(&generator, policy: Fixture.policy()) { states.append(($0, $1)) }
            rows = generator.rows
        }
        return states
    }()

    /// Whether it could come to be is not asked: every text in it says something, and every number.
    private static func filled() throws -> (value: Case, order: Order) {
        var desk = Desk()
        var form = Fixture.submission()
        form.form.channelRef = "ref"
        form.form.contact = Contact(name: "n", phone: "p", email: "e", address: "a")
        desk.order.country = "DE"
        desk.order.customerClass = "vip"
        desk.order.deliveredAt = Fixture.monday
        desk.order.lines[0].name = "Kettle"
        desk.order.lines[0].category = "kitchen"
        desk.order.lines[0].returnDays = 60
        desk.order.outstandingMinor = 4_000
        desk.order.purchasePolicyVersion = 1
        desk.order.zone = TimeZoneTable(
            name: "Asia/Shanghai", offsets: [.init(from: Fixture.monday, seconds: 28_800)])
        form.lines[0].statement = LineStatement(
            reasonCode: "damaged", note: "in two pieces", serialNumbers: ["A1", "A2"])
        try desk.submit(form)
        try desk.follow("verify approve tell ship receive inspect refund record_refund tell follow_up")
        var value = desk.value
        value.inspections[0].note = "note"
        value.inspections[0].evidence = ["photograph"]
        value.inspections[0].inspector.onBehalfOf = "wim"
        value.followUps[0].comments = "comments"
        value.notices[0].text = "told"
        value.wasToldBefore = true
        value.lines[0].releasedSentBack = 1
        value.refunds[0].overpaidShippingMinor = 1
        value.refunds[0].shippingRepaidMinor = 1
        value.refunds[0].overpaidLines = value.refunds[0].lines
        value.refunds[0].preparedBy = value.inspections[0].inspector
        value.refunds[0].confirmedBy = value.inspections[0].inspector
        var exchanged = Outbound(kind: .exchangeAccepted, lineID: "1", sku: "KETTLE-L", units: 1)
        exchanged.exchange = OutboundExchange(
            number: 1, shareMinor: 1_000, differenceMinor: 200, settlement: .paidByCustomer,
            settlementReference: "T-118")
        value.outbound.append(exchanged)
        value.refunds[0].creditNote = "25312000"
        value.refunds[0].partOf = "\(value.id)-9"
        desk.order.overpaidMinor = 1
        desk.order.payments[0].overpaidMinor = 1
        value.assignments = [
            Assignment(
                role: .service, person: "sara", team: "desk", at: desk.now, by: value.inspections[0].inspector
            )
        ]
        return (value, desk.order)
    }

    private static func check<Message: SwiftProtobuf.Message & Equatable>(
        _ part: ByteBuffer, as type: Message.Type, _ what: String
    ) {
        do {
            let message = try RCPMessageCodec.decode(type, from: part, role: .server)
            #expect(try RCPMessageCodec.encode(message) == part, "\(what)")
            #expect(!message.hasUnknownFields, "\(what)")
        } catch {
            Issue.record("\(what): \(error)")
        }
    }

    @Test func swiftProtobufReadsAndWritesTheSame() {
        for (value, order) in Self.states {
            let record = CaseRecord(value)
            for group in CaseRecord.Group.allCases {
                Self.check(record[group], as: Returns_V1_Case.self, "\(group) of a case")
            }
            let orderRecord = OrderRecord(order)
            for part in [orderRecord.everybody, orderRecord.engine] {
                Self.check(part, as: Returns_V1_Order.self, "an order")
            }
            #expect((try? record.value()) == value)
            #expect((try? orderRecord.value()) == order)
        }
        #expect(Self.states.count > 500)
    }

    @Test func entriesAreReadBackAsTheyWereWritten() throws {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund record_refund:1")
        let entries = desk.transitions.flatMap(\.entries)
        #expect(entries.count > 5)
        for (index, entry) in entries.enumerated() {
            let numbered = NumberedEntry(entry, number: index + 1)
            Self.check(numbered.bytes, as: Returns_V1_TimelineEntry.self, "entry \(index)")
            let read = try NumberedEntry(bytes: CheckedRecord.contents(numbered.record))
            #expect(read.entry == entry && read.number == UInt64(index + 1))
        }
    }

    // MARK: Every field

    /// Fields that are in replies alone.
    private static let ofReplies: Set<String> = [
        "returns.v1.Case.withheld", "returns.v1.Order.expires_at_ms",
        "returns.v1.OrderTimelineEntry.withheld",
    ]

    /// The messages of the schema, by their full names.
    private static let schema: [String: Google_Protobuf_DescriptorProto] = {
        let bytes = Data(base64Encoded: ReturnsSchema.fileDescriptorSetBase64)!
        let set = try! Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
        var messages: [String: Google_Protobuf_DescriptorProto] = [:]
        for file in set.file {
            for message in file.messageType { messages["\(file.package).\(message.name)"] = message }
        }
        return messages
    }()

    private static func fields(of message: String) throws -> [Google_Protobuf_FieldDescriptorProto] {
        try #require(schema[message]).field
    }

    /// The full names of all fields that a record can have.
    private static func names(of message: String) throws -> Set<String> {
        try fields(of: message).reduce(into: []) { names, field in
            let name = "\(message).\(field.name)"
            guard !ofReplies.contains(name) else { return }
            names.insert(name)
            if field.type == .message {
                names.formUnion(try Self.names(of: String(field.typeName.dropFirst())))
            }
        }
    }

    /// The full names of the fields that bytes have.
    private static func add(
        _ reader: inout RCPMessageReader, of message: String, to names: inout Set<String>
    ) throws {
        let fields = try fields(of: message)
        while let number = reader.next() {
            let field = try #require(fields.first { Int($0.number) == number })
            names.insert("\(message).\(field.name)")
            guard field.type == .message else { continue }
            // Which message it is, the schema tells.
            try reader.read(RCPOptionalField<Returns_V1_Case>(number)) { reader throws in
                try add(&reader, of: String(field.typeName.dropFirst()), to: &names)
            }
        }
        let isMalformed = reader.isMalformed
        #expect(!isMalformed)
    }

    /// No field of a case or an order is forgotten; above they are read back.
    @Test func everyFieldIsWritten() throws {
        var written: Set<String> = []
        for (value, order) in Self.states + [try Self.filled()] {
            let (record, orderRecord) = (CaseRecord(value), OrderRecord(order))
            let parts =
                CaseRecord.Group.allCases.map { ("returns.v1.Case", record[$0]) }
                + [orderRecord.everybody, orderRecord.engine].map { ("returns.v1.Order", $0) }
            for (message, part) in parts {
                try RCPMessageReader.read(part) { reader throws in
                    try Self.add(&reader, of: message, to: &written)
                }
            }
        }
        let all = try Self.names(of: "returns.v1.Case").union(Self.names(of: "returns.v1.Order"))
        #expect(all.count > 150)
        #expect(all.subtracting(written).sorted() == [])
    }
}
