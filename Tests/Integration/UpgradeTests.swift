import Logging
import RedisTestSupport
import ReturnsClient
import ReturnsRecords
import ReturnsServer
import Testing

/// Servers of two builds on one store, of which the newer one knows another writer level, and `returnsd --upgrade`.
@Suite(.serialized) struct UpgradeTests {
    private static let second = WriterLevel(2)

    /// - Returns: what was said before anything was changed, and what came of it.
    private static func upgrade(
        _ redis: RedisServerProcess, at url: String? = nil, knowing highest: WriterLevel
    ) async throws -> (told: [String], result: String) {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var configuration = Daemon.configuration(redis, "upgrade", knowing: highest)
        if let url { configuration.redisURL = url }
        var told: [String] = []
        let result = try await ReturnsDaemon(configuration: configuration, logger: logger)
            .upgradeStore { told.append($0) }
        return (told, result)
    }

    private static func info(_ daemon: Daemon) async throws -> Returns_V1_GetServerInfoReply {
        try await daemon.client.admin.getServerInfo(.init()).message
    }

    private static func eventually(_ isTrue: () async throws -> Bool) async throws -> Bool {
        let limit = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < limit {
            if try await isTrue() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private static func note(_ id: String, _ daemon: Daemon) async throws {
        _ = try await daemon.client.cases.addNote(
            .with {
                $0.target.caseID = id
                $0.text = "seen"
            })
    }

    @Test func aRaisedLevelIsLearntByServersAtWork() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        try await Daemon.with(redis, name: "first", knowing: .first) { older in
            try await older.put("SO-1")
            let first = try await older.client.cases.submitCase(Daemon.form("SO-1")).message.case.id
            try await Daemon.with(redis, name: "newer", knowing: Self.second) { newer in
                // While the level stays, each goes on with what the other wrote.
                try await Self.note(first, newer)
                try await Self.note(first, older)
                let before = try await Self.info(newer)
                #expect(before.storeLevel == 1 && before.highestLevel == 2)
                #expect(!before.warnings.contains { $0.contains("writer level") })

                let raised = try await Self.upgrade(redis, knowing: Self.second)
                #expect(raised.result == "the store's writer level was 1 and is 2")
                #expect(raised.told.count == 1 && raised.told[0].contains("from 1 to 2"))
                #expect(raised.told[0].contains("refuse to decide on what is written from now on"))
                let again = try await Self.upgrade(redis, knowing: Self.second)
                #expect(again.told.isEmpty && again.result.contains("is 2 already"))
                let error = await #expect(throws: UpgradeError.self) {
                    try await Self.upgrade(redis, knowing: .first)
                }
                #expect(error?.exitStatus == 5 && error?.description.contains("never lowered") == true)

                #expect(try await Self.eventually { try await Self.info(newer).storeLevel == 2 })
                #expect(
                    try await Self.eventually {
                        try await Self.info(older).warnings.contains { $0.contains("writer level 2") }
                    })
                #expect(try await Self.info(older).notServingReason.isEmpty)
                // What is written from now on the older one shows, and decides nothing on it.
                try await Self.note(first, newer)
                let shown = try await older.client.cases.getCase(.with { $0.caseID = first }).message
                #expect(shown.case.id == first)
                let refusal = await #expect(throws: RCPStatus.self) {
                    try await Self.note(first, older)
                }
                #expect(refusal?.code == .failedPrecondition)
                #expect(refusal?.details.map(\.reason) == ["RECORD_NEWER"])
                let report = try await older.client.admin.verifyIndexes(.init()).message
                #expect(report.problems == 0 && report.newer > 0)
                #expect(report.findings.allSatisfy { $0.problem == .newer })
                // A case of its own it goes on with.
                try await older.put("SO-2")
                let second = try await older.client.cases.submitCase(Daemon.form("SO-2")).message.case.id
                try await Self.note(second, older)
                try await Self.note(second, newer)
            }
        }
    }

    @Test func whereThereIsNoStoreNothingIsMade() async throws {
        let redis = try RedisServerProcess()
        defer { redis.stop() }
        let error = await #expect(throws: UpgradeError.self) {
            try await Self.upgrade(redis, knowing: Self.second)
        }
        #expect(error?.exitStatus == 3)
        let away = await #expect(throws: UpgradeError.self) {
            try await Self.upgrade(redis, at: "unix://\(redis.directory)/none.sock", knowing: Self.second)
        }
        #expect(away?.exitStatus == 6)
    }
}
