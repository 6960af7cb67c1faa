import NIOCore
import RedisClient
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import TestSupport
import Testing

@testable import ReturnsStore

/// What the store keeps beside the API's messages stays readable for ever, too: see `GoldenRecordTests`.
@Suite struct GoldenStoreTests {
    enum Kind: String, CaseIterable {
        case facts, webhooks, requests
        case orderChecksums = "order-checksums"
        case eventGroups = "event-groups"

        var folder: GoldenFolder { GoldenFolder(rawValue) }
    }

    @Test(.disabled(if: GoldenFolder.isWriting), arguments: Kind.allCases)
    func recordsReadAndAreWrittenAsTheyWere(_ kind: Kind) throws {
        let records = try kind.folder.records()
        #expect(!records.isEmpty)
        for (name, record) in records {
            let again = try again(record, kind)
            #expect(again.text == record.text, "\(name)")
            #expect(again.parts.map(\.bytes) == record.parts.map(\.bytes), "\(name)")
        }
    }

    /// Each state has its facts, and each outcome of a request its record.
    @Test(.disabled(if: GoldenFolder.isWriting)) func nothingThatARecordCanHoldIsMissing() throws {
        let facts = try Kind.facts.folder.records().map(\.record).filter {
            $0.level == WriterLevel.highest.number
        }.map { record in try record.parts[0].bytes.withUnsafeBytes { try CaseFacts(record: $0) } }
        #expect(Set(facts.compactMap(\.state)) == Set(CaseState.allCases))
        #expect(facts.contains { !$0.people.isEmpty } && facts.contains { !$0.teams.isEmpty })
        #expect(facts.contains { $0.firstDueAt != nil } && facts.contains { $0.firstDueAt == nil })
    }

    private func again(_ record: GoldenRecord, _ kind: Kind) throws -> GoldenRecord {
        let bytes = record.parts[0].bytes
        switch kind {
        case .facts:
            let facts = try bytes.withUnsafeBytes { try CaseFacts(record: $0) }
            return GoldenRecord(of: facts, facts.encode(), record.level)
        case .webhooks:
            let webhook = try bytes.withUnsafeBytes { try Webhook(record: $0) }
            return GoldenRecord(of: Self.words(webhook), webhook.encodeRecord(), record.level)
        case .requests:
            let request = try bytes.withUnsafeBytes { try RequestRecord(record: $0) }
            return GoldenRecord(of: request.outcome, request.encode(), record.level)
        case .eventGroups:
            let group = try bytes.withUnsafeBytes { try EventGroup(record: $0) }
            return GoldenRecord(of: group, group.encodeRecord(), record.level)
        case .orderChecksums:
            // The order's own fields stand beside its checksums.
            let fields = record.parts.map { RedisValue.bulkString(ByteBuffer(bytes: $0.bytes)) }
            let stored = try #require(try OrderRecord.read(fields))
            let order = try stored.record.value()
            let again = OrderRecord(order, level: stored.record.level)
            return GoldenRecord(
                level: record.level, parts: Self.parts(again, order),
                text: "version \(stored.version), level \(stored.record.level)")
        }
    }

    private static func parts(_ record: OrderRecord, _ order: Order) -> [(name: String, bytes: [UInt8])] {
        let arguments = record.arguments(version: order.version)
        let values = stride(from: 1, to: arguments.count, by: 2).map { bytes(arguments[$0]) }
        return zip(["v", "b", "e", "c"], values).map { ($0, $1) }
    }

    private static func bytes(_ argument: RedisArgument) -> [UInt8] {
        switch argument {
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        case .buffer(let buffer): Array(buffer.readableBytesView)
        case .integer(let number): Array(String(number).utf8)
        }
    }

    /// A webhook does not show its secret.
    private static func words(_ webhook: Webhook) -> String {
        "\(webhook.name) \(webhook.instance) \(webhook.url) \(webhook.secret) \(webhook.filter) "
            + "\(webhook.giveUpMilliseconds) \(webhook.attemptsMax) \(webhook.createdAt) \(webhook.createdBy)"
    }

    // MARK: Writing

    /// The facts are those of the golden cases: scripts/golden.
    @Test(.enabled(if: GoldenFolder.isWriting)) func write() throws {
        let level = WriterLevel.highest
        func records(_ folder: String) throws -> [(name: String, record: GoldenRecord)] {
            try GoldenFolder(folder).records().filter { $0.record.level == level.number }.map {
                (String($0.name.split(separator: "/").last!.dropLast(4)), $0.record)
            }
        }
        try Kind.facts.folder.write(
            try records("cases").map { name, record in
                let stored = CaseRecord(parts: record.parts.map { ByteBuffer(bytes: $0.bytes) }, level: level)
                let facts = CaseFacts(try stored.value(), stored)
                return (name, GoldenRecord(of: facts, facts.encode(), level.number))
            }, level: level.number)
        try Kind.orderChecksums.folder.write(
            try records("orders").prefix(2).map { name, record in
                let parts = record.parts.map { ByteBuffer(bytes: $0.bytes) }
                let stored = OrderRecord(everybody: parts[0], engine: parts[1], level: level)
                let order = try stored.value()
                return (
                    name,
                    GoldenRecord(
                        level: level.number, parts: Self.parts(stored, order),
                        text: "version \(order.version), level \(level)")
                )
            }, level: level.number)
        let fingerprint = (0..<32).map { UInt8($0) }
        let outcomes: [(String, RequestRecord.Outcome)] = [
            ("case", .changedCase(Fixture.caseID(1), version: 300)),
            ("order", .putOrder(result: 2, version: 3)), ("payments", .changedPayments(version: 4)),
        ]
        try Kind.requests.folder.write(
            outcomes.map { name, outcome in
                let request = RequestRecord(fingerprint: fingerprint, outcome: outcome)
                return (name, GoldenRecord(of: outcome, request.encode(), level.number))
            }, level: level.number)
        try writeConsumers(level)
    }

    private func writeConsumers(_ level: WriterLevel) throws {
        var filter = EventFilter()
        filter.saleChannels = ["online"]
        let webhook = Webhook(
            name: "erp", instance: 0xA1B2_C3D4, url: "https://erp.example.org/returns",
            secret: (1...32).map { UInt8($0) }, filter: filter,
            giveUpMilliseconds: 3 * Milliseconds.day, attemptsMax: 20, createdAt: Fixture.monday,
            createdBy: "admin")
        try Kind.webhooks.folder.write(
            [("webhook", GoldenRecord(of: Self.words(webhook), webhook.encodeRecord(), level.number))],
            level: level.number)
        let group = EventGroup(
            name: "billing", instance: 7, filter: filter, acknowledgeMilliseconds: 60_000,
            createdAt: Fixture.monday, createdBy: "admin",
            start: OutboxCursor(positions: [.zero, OutboxID(milliseconds: 1_764_073_200_123, sequence: 4)]),
            run: StoreRun(number: 3, tag: 9))
        try Kind.eventGroups.folder.write(
            [("group", GoldenRecord(of: group, group.encodeRecord(), level.number))], level: level.number)
    }
}

extension GoldenRecord {
    fileprivate init(of value: some Any, _ bytes: [UInt8], _ level: UInt8) {
        self.init(level: level, parts: [("record", bytes)], text: "\(value)")
    }
}
