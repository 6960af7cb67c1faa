import NIOCore
import RedisClient
import RedisTestSupport
import ReturnsDomain
import ReturnsRecords
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// Two builds on one store: the older one knows the first writer level, the newer one the second as well.
    @Suite struct WriterLevelTests {
        private static let second = WriterLevel(2)

        private static func server(
            _ redis: RedisServerProcess, knowing highest: WriterLevel
        ) async throws -> IdentityLab.Server {
            var settings = StoreSettings(partitions: IdentityLab.partitions)
            settings.highestLevel = highest
            return try await IdentityLab.Server.connect(
                redis.socketPath, StoreIdentity(settings: settings, logger: IdentityLab.Server.logger))
        }

        /// - Parameter body: Is handed the older server, which has made the store, and the newer one.
        private static func withBoth(
            _ body: (RedisServerProcess, _ older: IdentityLab.Server, _ newer: IdentityLab.Server)
                async throws
                -> Void
        ) async throws {
            try await IdentityLab.withRedis { redis in
                let older = try await server(redis, knowing: .first)
                let newer = try await server(redis, knowing: second)
                try await body(redis, older, newer)
                await older.close()
                await newer.close()
            }
        }

        private static func level(
            _ id: CaseID, _ server: IdentityLab.Server
        ) async throws -> (case: UInt8?, order: UInt8?) {
            let stored = try #require(
                try await server.store.readCase(id, groups: CaseRecord.Group.allCases))
            let key = try OrderKey(stored.fields().order)
            let fields = try await server.client.send(
                ReturnsStore.orderCommand(server.store.keys(key).order(key)), key: nil
            ).checked().array
            return (stored.record.level.number, try OrderRecord.read(fields ?? [])?.record.level.number)
        }

        @discardableResult
        private static func raise(
            _ server: IdentityLab.Server
        ) async throws -> WriterLevelRaise {
            var told: [WriterLevelRaise] = []
            let raise = try await server.store.raiseLevel { told.append($0) }
            #expect(told == (raise.before == raise.after ? [] : [raise]))
            return raise
        }

        private static func note(
            _ id: CaseID, _ server: IdentityLab.Server, _ text: String = "x"
        ) async throws -> CommitOutcome {
            let value = try #require(try await server.store.loadCase(id))
            let order = try await server.store.loadOrder(of: value).order
            let transition = try Case.decide(
                value, order: order, command: .note(text: text), actor: Cast.sara,
                now: value.updatedAt.adding(1), policy: Fixture.policy(), sla: .standard()
            ).get()
            return try await server.store.commit(transition, request: nil)
        }

        @Test func aNewStoreBeginsAtTheLevelOfItsBuild() async throws {
            for highest in [WriterLevel.first, Self.second] {
                try await IdentityLab.withRedis { redis in
                    let server = try await Self.server(redis, knowing: highest)
                    #expect(server.identity.record?.level == highest && server.identity.level == highest)
                    let value = try await server.open(1)
                    let found = try await Self.level(value.id, server)
                    #expect(found.case == highest.number && found.order == highest.number)
                    await server.close()
                }
            }
        }

        /// A store that says nothing of its level is at the first; what is no level is damage.
        @Test func whatTheStoreSaysOfItsLevelIsChecked() async throws {
            try await IdentityLab.withRedis { redis in
                let maker = try await Self.server(redis, knowing: Self.second)
                await maker.close()
                for (text, level) in [("", WriterLevel.first), ("2", Self.second), ("1", .first)] {
                    _ = try await IdentityLab.command(
                        redis,
                        text.isEmpty
                            ? RedisCommand("HDEL", .text(StoreKeys.store), "level")
                            : RedisCommand("HSET", .text(StoreKeys.store), "level", .text(text)))
                    let server = try await Self.server(redis, knowing: Self.second)
                    #expect(server.identity.level == level)
                    await server.close()
                }
                for text in ["0", "256", "x", "-1"] {
                    _ = try await IdentityLab.command(
                        redis, RedisCommand("HSET", .text(StoreKeys.store), "level", .text(text)))
                    let error = await #expect(throws: StoreError.self) {
                        try await Self.server(redis, knowing: Self.second)
                    }
                    #expect(
                        error?.fault?.code == .damaged && error?.description.contains("writer level") == true)
                }
            }
        }

        /// A changeover fails no call: whoever is new writes as those write who are still there.
        @Test func serversOfBothBuildsWriteWhatBothDecideOn() async throws {
            try await Self.withBoth { _, older, newer in
                let value = try await newer.open(1)
                #expect(newer.identity.level == .first)
                #expect(try await Self.level(value.id, newer).case == 1)
                for server in [older, newer, older] {
                    #expect(try await Self.note(value.id, server) == .committed)
                }
                #expect(try await Self.level(value.id, newer).case == 1)
            }
        }

        @Test func raisingIsSaidBeforeItIsDoneOnceAndNeverTakenBack() async throws {
            try await Self.withBoth { redis, older, newer in
                #expect(try await Self.raise(older) == .init(before: .first, after: .first))
                #expect(try await Self.raise(newer) == .init(before: .first, after: Self.second))
                #expect(newer.identity.level == Self.second)
                #expect(try await Self.raise(newer) == .init(before: Self.second, after: Self.second))
                // An older build leaves it.
                #expect(try await Self.raise(older) == .init(before: Self.second, after: Self.second))
                let stored = try await IdentityLab.command(
                    redis, RedisCommand("HGET", .text(StoreKeys.store), "level"))
                #expect(stored.string == "2")
            }
        }

        /// Whoever has looked before somebody else has raised it is told so, and nothing goes down.
        @Test func aCallThatComesLateRaisesNothing() async throws {
            try await Self.withBoth { _, _, newer in
                try await Self.raise(newer)
                let call = StoreCall(
                    FunctionLibrary.store.name("raise_level"), .settings, keys: [StoreKeys.store])
                let stale = try await newer.store.send(
                    call.appending([.text("1"), .text("2")]), effect: .once, deadline: .distantFuture)
                #expect(stale.array?.first?.string == "MOVED")
                await #expect(throws: StoreError.self) {
                    try await newer.store.send(
                        call.appending([.text("2"), .text("1")]), effect: .once, deadline: .distantFuture)
                }
            }
        }

        @Test func anOlderServerReadsAndRefusesToDecideOnWhatIsWrittenFromThenOn() async throws {
            try await Self.withBoth { _, older, newer in
                let (before, changed) = (try await older.open(1), try await older.open(2))
                try await Self.raise(newer)
                // A server at work learns it with its next look.
                try await older.identity.look(older.client)
                #expect(older.identity.record?.level == Self.second && older.identity.level == .first)
                #expect(try await Self.note(changed.id, newer) == .committed)
                #expect(try await Self.level(changed.id, older).case == 2)
                // Of the case that changed it shows everything, and decides nothing on it.
                let error = await #expect(throws: StoreError.self) {
                    try await older.store.loadCase(changed.id)
                }
                #expect(error?.isNewer == true && error?.caseID == changed.id)
                let page = try await older.store.page(
                    CaseFilter(), sort: .newest, limits: CasePageLimits(casesMax: 10))
                #expect(Set(page.cases.map(\.id)) == [before.id, changed.id] && page.unread.isEmpty)
                var shown: [CaseID] = []
                let outlines = try await older.store.outlines(of: [before.id, changed.id])
                let unshown = try await older.store.readCases(outlines, isReadOnly: true) {
                    shown.append($0.id)
                }
                #expect(shown == [before.id, changed.id] && unshown.isEmpty)
                let undecided = try await older.store.readCases(outlines, isReadOnly: false) { _ in }
                #expect(undecided.newer == [changed.id] && undecided.damaged.isEmpty)
                // What it knows it goes on with, at the level that it knows; the newer one goes on with that.
                #expect(try await Self.note(before.id, older) == .committed)
                #expect(try await Self.level(before.id, newer).case == 1)
                #expect(try await Self.note(before.id, newer) == .committed)
                #expect(try await Self.level(before.id, newer).case == 2)
                let opened = try await older.open(3)
                #expect(try await Self.note(opened.id, newer) == .committed)
            }
        }

        /// A server that has not looked since must not take from a record what its level has brought.
        @Test func whatIsReadIsWrittenAtNoLowerLevel() async throws {
            try await Self.withBoth { redis, _, newer in
                let value = try await newer.open(1)
                let other = try await Self.server(redis, knowing: Self.second)
                try await Self.raise(other)
                #expect(try await Self.note(value.id, other) == .committed)
                #expect(newer.identity.level == .first)
                #expect(try await Self.note(value.id, newer) == .committed)
                #expect(newer.identity.level == Self.second)
                #expect(try await Self.level(value.id, newer).case == 2)
                // Another look at the store does not take that back.
                try await newer.identity.look(newer.client)
                #expect(newer.identity.level == Self.second)
                await other.close()
            }
        }

        /// Nobody can say at what level a case was written whose facts are damaged, nor whether it is whole: no server decides on it,
        /// shows it or makes its facts anew, and it is damaged for those that know less, too.
        @Test func damagedFactsAreMendedByNobody() async throws {
            try await Self.withBoth { redis, older, newer in
                let value = try await newer.open(1)
                try await Self.raise(newer)
                #expect(try await Self.note(value.id, newer) == .committed)
                let key = StoreKeys(partition: value.id.partition).returnCase(value.id)
                _ = try await IdentityLab.command(redis, RedisCommand("HSET", .text(key), "f", "x"))
                try await older.identity.look(older.client)
                for store in [older.store, newer.store] {
                    let error = await #expect(throws: StoreError.self) { try await store.loadCase(value.id) }
                    #expect(error?.code == .corrupt && error?.isNewer == false && error?.caseID == value.id)
                    await #expect(throws: StoreError.self) {
                        try await store.readCase(value.id, groups: CaseRecord.Group.allCases)
                    }
                }
                let report = try await newer.store.verifyIndexes(repair: true)
                #expect(report.findings.map(\.problem) == [.unreadable] && report.repairs == 0)
                #expect(report.findings.map(\.index) == [key])
            }
        }

        /// What an older server cannot prove is none of the problems, and is not repaired.
        @Test func newerRecordsAreToldApart() async throws {
            try await Self.withBoth { _, older, newer in
                _ = try await older.open(1)
                try await Self.raise(newer)
                let value = try await newer.open(2)
                for repair in [false, true] {
                    let report = try await older.store.verifyIndexes(repair: repair)
                    #expect(report.problems == 0 && report.repairs == 0 && report.newer == 2)
                    #expect(report.cases == 2 && report.orders == 2)
                    #expect(report.findings.allSatisfy { $0.problem == .newer && !$0.isRepaired })
                    #expect(report.findings.compactMap(\.id) == [value.id])
                }
                let whole = try await newer.store.verifyIndexes(repair: false)
                #expect(whole.problems == 0 && whole.newer == 0 && whole.findings.isEmpty)
            }
        }

        /// A case that was written at the first level agrees with its facts, whatever the store is at by now.
        @Test func recordsOfEveryLevelAgreeWithTheirFacts() async throws {
            try await Self.withBoth { _, older, newer in
                _ = try await older.open(1)
                try await Self.raise(newer)
                _ = try await newer.open(2)
                #expect(try await newer.store.verifyIndexes(repair: false).problems == 0)
            }
        }
    }
}
