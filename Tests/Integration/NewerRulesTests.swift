import RCP
import RedisTestSupport
import ReturnsAPI
import ReturnsClient
import ReturnsRecords
import SwiftProtobuf
import Testing

/// What a newer build's policies, SLA policies and calendars mean to a server: it starts, and shows what it knows.
@Suite(.serialized) struct NewerRulesTests {
    /// As a newer build would have written it: with a field 500.
    private static func plant(
        _ redis: RedisServerProcess, _ key: String, _ field: String, _ message: some Message
    ) throws {
        let bytes: [UInt8] = try message.serializedBytes()
        let newer = try type(of: message).init(serializedBytes: bytes + [0xA0, 0x1F, 1])
        let text = CheckedRecord.encode(newer).readableBytesView.map { byte in
            "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let answer = redis.answer(to: "HSET \(key) \"\(field)\" \"\(text.joined())\"")
        #expect(answer?.hasPrefix(":1") == true)
    }

    private static func reasons(_ body: () async throws -> some Any) async -> [String] {
        do {
            _ = try await body()
            return []
        } catch let status as RCPStatus {
            return status.details.map(\.reason)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func aServerStartsAndDecidesNothingByThem() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        var id = ""
        try await Daemon.with(redis, name: "first") { daemon in
            try await daemon.put("SO-1")
            id = try await daemon.client.cases.submitCase(Daemon.form("SO-1")).message.case.id
            var policy = try await daemon.client.policies.getPolicy(.init()).message.policy
            policy.version = 2
            try Self.plant(redis, "returns:{policies}", "2", policy)
            var calendar = try await daemon.client.calendars.listCalendars(.init()).message.calendars[0]
            calendar.version = 2
            try Self.plant(
                redis, "returns:{policies}:calendars", "\(calendar.name) 2", calendar)
        }
        try await Daemon.with(redis, name: "second") { daemon in
            let client = daemon.client
            let known = try await client.policies.getPolicy(.with { $0.version = 1 }).message
            #expect(known.policy.version == 1 && known.currentVersion == 2)
            #expect(await Self.reasons { try await client.policies.getPolicy(.init()) } == ["RECORD_NEWER"])
            let calendars = try await client.calendars.listCalendars(.init()).message
            #expect(calendars.calendars.isEmpty && calendars.newerNames.count == 1)
            #expect(try await client.slaPolicies.getSlaPolicy(.init()).message.currentVersion == 1)
            // Reads go on, and nothing new is decided.
            #expect(try await client.cases.getCase(.with { $0.caseID = id }).message.case.id == id)
            _ = try await client.orders.getOrder(.with { $0.key = Daemon.key("SO-1") })
            try await daemon.put("SO-2")
            #expect(
                await Self.reasons { try await client.cases.submitCase(Daemon.form("SO-2")) } == [
                    "RECORD_NEWER"
                ])
            let note = Returns_V1_AddNoteRequest.with {
                $0.target.caseID = id
                $0.text = "seen"
            }
            #expect(await Self.reasons { try await client.cases.addNote(note) } == ["RECORD_NEWER"])
            let put = Returns_V1_PutPolicyRequest.with {
                $0.policy = known.policy
                $0.replacesVersion = 2
            }
            #expect(await Self.reasons { try await client.policies.putPolicy(put) } == ["RECORD_NEWER"])
            let info = try await client.admin.getServerInfo(.init()).message
            #expect(info.policyVersion == 2 && info.notServingReason.isEmpty)
            #expect(info.warnings.count { $0.contains("written by a newer returnsd") } == 2)
        }
    }
}
