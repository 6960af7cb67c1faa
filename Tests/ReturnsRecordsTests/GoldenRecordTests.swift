import NIOCore
import ReturnsAPI
import ReturnsDomain
import ReturnsTestSupport
import SwiftProtobuf
import TestSupport
import Testing

@testable import ReturnsRecords

/// Records of every level stay readable for ever, and their bytes change with a new level alone.
@Suite struct GoldenRecordTests {
    /// What a store keeps as messages of the API.
    enum Kind: String, CaseIterable {
        case cases, orders, timeline, events, policies, calendars
        case orderTimeline = "order-timeline"
        case slaPolicies = "sla-policies"

        var folder: GoldenFolder { GoldenFolder(rawValue) }

        var message: String {
            switch self {
            case .cases: "returns.v1.Case"
            case .orders: "returns.v1.Order"
            case .timeline: "returns.v1.TimelineEntry"
            case .events: "returns.v1.Event"
            case .policies: "returns.v1.Policy"
            case .calendars: "returns.v1.WorkingCalendar"
            case .orderTimeline: "returns.v1.OrderTimelineEntry"
            case .slaPolicies: "returns.v1.SlaPolicy"
            }
        }

        /// The message of a record that stands by itself has its checksum behind it.
        fileprivate func contents(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
            switch self {
            case .cases, .orders, .events: bytes[...]
            case .timeline, .policies, .calendars, .orderTimeline, .slaPolicies: bytes.dropLast(4)
            }
        }
    }

    /// A record is read as it once was, and who writes the same value at the same level writes the same bytes. A difference here
    /// is a new format: raise the level, so that older builds know.
    @Test(.disabled(if: GoldenFolder.isWriting), arguments: Kind.allCases)
    func recordsReadAndAreWrittenAsTheyWere(_ kind: Kind) throws {
        let records = try kind.folder.records()
        #expect(!records.isEmpty)
        for (name, record) in records {
            let again = try again(record, kind)
            #expect(again.text == record.text, "\(name)")
            for (part, before) in zip(again.parts, record.parts) {
                #expect(part.name == before.name && part.bytes == before.bytes, "\(name) \(before.name)")
            }
            #expect(again.parts.count == record.parts.count, "\(name)")
        }
    }

    /// Every field, and every value of an enumeration, that a record of the present level can hold stands in one.
    @Test(.disabled(if: GoldenFolder.isWriting), arguments: Kind.allCases)
    func nothingThatARecordCanHoldIsMissing(_ kind: Kind) throws {
        let coverage = try FieldCoverage()
        var missing = try coverage.all(kind.message)
        for (_, record) in try kind.folder.records() where record.level == WriterLevel.highest.number {
            missing.subtract(
                try coverage.found(record.parts.flatMap { kind.contents($0.bytes) }, kind.message))
        }
        #expect(missing.sorted() == GoldenExceptions.neverStored(kind).sorted())
    }

    // MARK: Reading

    /// Reads the record, and writes what it says at its level.
    private func again(_ record: GoldenRecord, _ kind: Kind) throws -> GoldenRecord {
        let level = WriterLevel(record.level)
        let parts = record.parts.map { ByteBuffer(bytes: $0.bytes) }
        switch kind {
        case .cases:
            return try GoldenRecord(of: CaseRecord(try CaseRecord(parts: parts).value(), level: level))
        case .orders:
            let stored = OrderRecord(everybody: parts[0], engine: parts[1])
            return try GoldenRecord(of: OrderRecord(try stored.value(), level: level))
        case .timeline:
            return try GoldenRecord(
                level, try NumberedEntry(bytes: CheckedRecord.contents(parts[0])).record,
                as: Returns_V1_TimelineEntry.self)
        case .events:
            // What an event was made from does not stand in it.
            let event = try #require(EventRecord.decode(record.parts[0].bytes))
            return GoldenRecord(
                level: level.number, parts: [("bytes", try event.serializedBytes())],
                text: event.textFormatString())
        case .policies:
            return try GoldenRecord(
                level, try ReturnPolicy(record: parts[0]).record, as: Returns_V1_Policy.self)
        case .calendars:
            return try GoldenRecord(
                level, try WorkingCalendar(record: parts[0]).record, as: Returns_V1_WorkingCalendar.self)
        case .orderTimeline:
            return try GoldenRecord(
                level, try OrderEntry(bytes: CheckedRecord.contents(parts[0])).record,
                as: Returns_V1_OrderTimelineEntry.self)
        case .slaPolicies:
            var calendars: [WorkingCalendar.Reference: WorkingCalendar] = [:]
            for (_, record) in try Kind.calendars.folder.records() {
                let calendar = try WorkingCalendar(record: ByteBuffer(bytes: record.parts[0].bytes))
                calendars[calendar.reference] = calendar
            }
            return try GoldenRecord(
                level, try SLAPolicy(record: parts[0], calendars: calendars).record,
                as: Returns_V1_SlaPolicy.self)
        }
    }

    // MARK: Writing

    /// Writes those of the present level anew: scripts/golden.
    @Test(.enabled(if: GoldenFolder.isWriting)) func write() throws {
        var choices = try GoldenChoices(level: .highest)
        var failure: (any Error)?
        for (seeds, isReturnlessAllowed) in [(0..<300, true), (300..<340, false)] {
            GoldenWalks.run(
                seeds: UInt64(seeds.lowerBound)..<UInt64(seeds.upperBound),
                policy: Fixture.policy(isReturnlessAllowed: isReturnlessAllowed)
            ) { step in
                do { try choices.add(step) } catch { failure = error }
            }
        }
        if let failure { throw failure }
        try GoldenDesks.run { try choices.add($0) }
        // Each of them is named by a plan.
        for calendar in [WorkingCalendar.standard, PolicyRecordTests.calendar] {
            try choices.add(
                .calendars, "\(calendar.name)-\(calendar.version)", calendar.record,
                as: Returns_V1_WorkingCalendar.self)
        }
        var policy = Fixture.policy()
        policy.createdBy = "admin"
        policy.createdAt = Fixture.monday
        policy.returnRules = [
            ReturnRule(skus: ["VASE"], categories: ["fresh"], returnDays: 0, reason: "made to order"),
            ReturnRule(skus: ["CUP"], returnDays: 60, reason: "sold with time to try"),
        ]
        policy.channelZones = [
            ChannelZone(
                saleChannels: ["online"],
                zone: TimeZoneTable(
                    name: "Asia/Shanghai", offsets: [.init(from: Fixture.monday, seconds: 28_800)]))
        ]
        var retired = policy.reasons[0]
        (retired.code, retired.category, retired.isRetired) = ("incomplete", .missing, true)
        policy.reasons.append(retired)
        try choices.add(.policies, "policy", policy.record, as: Returns_V1_Policy.self)
        for policy in [SLAPolicy.standard(), PolicyRecordTests.sla] {
            try choices.add(.slaPolicies, "policy", policy.record, as: Returns_V1_SlaPolicy.self)
        }
        try choices.write()
    }
}

/// What is chosen of each kind, at the present level.
private struct GoldenChoices {
    let level: WriterLevel
    private let coverage: FieldCoverage
    private var choices: [GoldenRecordTests.Kind: GoldenChoice] = [:]

    init(level: WriterLevel) throws {
        self.level = level
        coverage = try FieldCoverage()
        for kind in GoldenRecordTests.Kind.allCases { choices[kind] = GoldenChoice() }
    }

    private mutating func add(
        _ kind: GoldenRecordTests.Kind, _ name: String, _ parts: [ByteBuffer],
        _ record: @escaping () throws -> GoldenRecord
    ) throws {
        let bytes = parts.flatMap { kind.contents(Array($0.readableBytesView)) }
        choices[kind]!.add(
            name, bytes: bytes.count, holds: try coverage.found(bytes, kind.message), record)
    }

    /// One that stands by itself.
    mutating func add<Message: SwiftProtobuf.Message>(
        _ kind: GoldenRecordTests.Kind, _ name: String, _ bytes: ByteBuffer, as type: Message.Type
    ) throws {
        let level = level
        try add(kind, name, [bytes]) { try GoldenRecord(level, bytes, as: type) }
    }

    mutating func add(_ step: GoldenWalks.Step) throws {
        let level = level
        let order = OrderRecord(step.order, level: level)
        try add(.orders, "order", [order.everybody, order.engine]) { try GoldenRecord(of: order) }
        if let entry = step.orderEntry {
            try add(
                .orderTimeline, entry.kind.description, entry.record,
                as: Returns_V1_OrderTimelineEntry.self)
        }
        guard let transition = step.transition else { return }
        let record = TransitionRecord(transition, level: level)
        try add(
            .cases, transition.caseAfter.state.description,
            CaseRecord.Group.allCases.map { record.value[$0] }
        ) { try GoldenRecord(of: record.value) }
        for (bytes, entry) in zip(record.entries, transition.entries) {
            try add(.timeline, entry.kind.description, bytes, as: Returns_V1_TimelineEntry.self)
        }
        for event in transition.events {
            let bytes = EventRecord.encode(event, of: transition.caseAfter)
            try add(.events, event.kind.description, [ByteBuffer(bytes: bytes)]) {
                GoldenRecord(
                    level: level.number, parts: [("bytes", bytes)],
                    text: try Returns_V1_Event(serializedBytes: bytes).textFormatString())
            }
        }
    }

    func write() throws {
        for (kind, choice) in choices { try kind.folder.write(try choice.chosen(), level: level.number) }
    }
}

extension GoldenRecord {
    init(of record: CaseRecord) throws {
        self.init(
            level: record.level.number,
            parts: CaseRecord.Group.allCases.map { ("\($0)", Array(record[$0].readableBytesView)) },
            text: try record.message().textFormatString())
    }

    init(of record: OrderRecord) throws {
        let message: Returns_V1_Order = try CheckedRecord.merged([record.everybody, record.engine])
        self.init(
            level: record.level.number,
            parts: [
                ("everybody", Array(record.everybody.readableBytesView)),
                ("engine", Array(record.engine.readableBytesView)),
            ], text: message.textFormatString())
    }

    /// One that stands by itself.
    init<Message: SwiftProtobuf.Message>(
        _ level: WriterLevel, _ record: ByteBuffer, as type: Message.Type
    ) throws {
        let message: Message = try CheckedRecord.decode(record)
        self.init(
            level: level.number, parts: [("record", Array(record.readableBytesView))],
            text: message.textFormatString())
    }
}
