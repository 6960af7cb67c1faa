import NIOCore
import RCP
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import SwiftProtobuf
import Testing

@testable import ReturnsRecords

/// What a newer build wrote: nothing is decided on it, and it is not called damaged.
@Suite struct NewerRecordTests {
    /// A field that no message has, number 1,000.
    private static let unknownField: ByteBuffer = {
        var writer = RCPMessageWriter()
        writer.append(RCPField<Int64>(1_000), 7)
        return writer.buffer
    }()

    private static func record() throws -> CaseRecord {
        var desk = Desk()
        try desk.follow("submit verify approve tell ship receive inspect refund")
        return CaseRecord(desk.value)
    }

    private static func adding(_ change: (inout Returns_V1_Case) throws -> Void, to group: CaseRecord.Group)
        throws
        -> CaseRecord
    {
        let record = try record()
        var message = try RCPMessageCodec.decode(Returns_V1_Case.self, from: record[group], role: .server)
        try change(&message)
        let parts = try CaseRecord.Group.allCases.map {
            try $0 == group ? RCPMessageCodec.encode(message) : record[$0]
        }
        return CaseRecord(parts: parts)
    }

    private static func expectNewer(_ record: CaseRecord, _ what: Comment) {
        let error = #expect(throws: RecordError.self, what) { try record.value() }
        #expect(error?.isNewer == true, what)
        // It is a message all the same, so that it is sent.
        #expect(throws: Never.self) { try record.message() }
    }

    @Test(arguments: CaseRecord.Group.allCases) func anUnknownFieldOfAnyGroup(_ group: CaseRecord.Group)
        throws
    {
        let record = try Self.record()
        let parts = CaseRecord.Group.allCases.map { other in
            var part = record[other]
            if other == group { part.writeImmutableBuffer(Self.unknownField) }
            return part
        }
        Self.expectNewer(CaseRecord(parts: parts), "\(group)")
    }

    @Test func anUnknownFieldDeepInside() throws {
        func unknown(_ message: inout some SwiftProtobuf.Message) throws {
            try RCPMessageCodec.merge(Self.unknownField, into: &message)
        }
        Self.expectNewer(try Self.adding({ try unknown(&$0.lines[0].units) }, to: .everybody), "ledger")
        Self.expectNewer(try Self.adding({ try unknown(&$0.clocks[0]) }, to: .everybody), "clock")
        Self.expectNewer(try Self.adding({ try unknown(&$0.engine.clocks[0]) }, to: .engine), "engine")
        Self.expectNewer(try Self.adding({ try unknown(&$0.contact) }, to: .personal), "contact")
    }

    /// Bytes that are no message are damage, whatever their checksum says: nobody takes them apart.
    @Test func aChecksumAloneMakesNoMessage() {
        var record = ByteBuffer(bytes: [0x12, 5, 1])
        record.writeInteger(record.withUnsafeReadableBytes { CRC32C.of($0) })
        let error = #expect(throws: RecordError.self) { try CheckedRecord.contents(record) }
        #expect(error == RecordError(what: "it is no message"))
    }

    @Test func anUnknownValueOfAnEnumeration() throws {
        let unknown = 99
        Self.expectNewer(try Self.adding({ $0.state = .UNRECOGNIZED(unknown) }, to: .everybody), "state")
        Self.expectNewer(
            try Self.adding({ $0.refunds[0].status = .UNRECOGNIZED(unknown) }, to: .everybody), "refund")
        Self.expectNewer(
            try Self.adding({ $0.clocks[0].kind = .UNRECOGNIZED(unknown) }, to: .everybody), "clock")
        Self.expectNewer(
            try Self.adding({ $0.enteredBy.role = .UNRECOGNIZED(unknown) }, to: .everybody), "role")
    }
}
