import Foundation
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// The domain's random walks on a real store: four writers on each order, and among them the redis-server killed, and
    /// connections cut, which loses the replies to commits that were made.
    /// 200 sequences, or 125,000 with RETURNS_LONG=1 in the environment.
    @Suite struct StoreWalkTests {
        private static let isLong = ProcessInfo.processInfo.environment["RETURNS_LONG"] == "1"
        private static let sequences = isLong ? 125_000 : 200
        /// How many of a lane's walks go by from one kill, or one cut, to the next.
        private static let walksPerKill = isLong ? 250 : 6
        private static let walksPerCut = isLong ? 5 : 1
        /// Walks under way at once: enough for a commit to share its fsync with others.
        private static let lanes = 8

        /// Each epoch has a store of its own, so that a killed redis-server has little to load.
        private static let epochs = isLong ? 10 : 1

        @Test(.timeLimit(.minutes(isLong ? 120 : 5))) func theStoreAgreesWithASecondLedger() async throws {
            var totals = Totals()
            for epoch in 0..<Self.epochs {
                try await StoreFixture.with(
                    connections: StoreWalk.writers, arguments: StoreFixture.durable
                ) { fixture in
                    totals.merge(try await Self.epoch(epoch, fixture))
                    let report = try await fixture.store.verifyIndexes(repair: false)
                    #expect(report.problems == 0, "\(report.findings)")
                    #expect(report.cases > 0 && report.entries > report.cases)
                }
                if Self.isLong { print(totals.text) }
            }
            print(totals.text)
            print(totals.rows.table)
            let rare = Self.isLong ? totals.rows.rare(below: 1_000) : []
            if Self.isLong { print("rows under 1,000: \(rare.joined(separator: ", "))") }
            #expect(totals.differences == [])
            #expect(totals.rows.forbidden == [])
            #expect(rare == [])
            #expect(totals.accepted.count == Self.sequences)
            #expect(totals.median >= 12)
            #expect(totals.conflicts > 0, "the writers never met")
            #expect(totals.replays > 0, "no reply was lost")
        }

        private static func epoch(_ epoch: Int, _ fixture: StoreFixture) async throws -> Totals {
            try await withThrowingTaskGroup(of: Totals.self) { group in
                for lane in 0..<lanes { group.addTask { try await walk(epoch, lane, fixture) } }
                var totals = Totals()
                for try await lane in group { totals.merge(lane) }
                return totals
            }
        }

        struct Totals: Sendable {
            var accepted: [Int] = []
            var replays = 0
            var conflicts = 0
            var kills = 0
            var cuts = 0
            var rows = WalkRows()
            var differences: [String] = []

            var median: Int { accepted.isEmpty ? 0 : accepted.sorted()[accepted.count / 2] }
            var text: String {
                "\(accepted.count) walks on a real store, \(accepted.reduce(0, +)) commits, median \(median), "
                    + "\(conflicts) conflicts, \(kills) kills, \(cuts) cuts, \(replays) replays"
            }

            mutating func merge(_ other: Totals) {
                accepted += other.accepted
                replays += other.replays
                conflicts += other.conflicts
                kills += other.kills
                cuts += other.cuts
                rows.merge(other.rows)
                differences += other.differences
            }
        }

        private static func walk(
            _ epoch: Int, _ lane: Int, _ fixture: StoreFixture
        ) async throws -> Totals {
            var totals = Totals()
            let policy = Fixture.policy()
            let numbers = (epoch * sequences / epochs)..<((epoch + 1) * sequences / epochs)
            for number in stride(from: numbers.lowerBound + lane, to: numbers.upperBound, by: lanes) {
                let walk = StoreWalk(number: number, seed: UInt64(number), rows: totals.rows, policy: policy)
                async let run: Void = walk.run(fixture.stores)
                // The first lane kills and the last one cuts, while all lanes write.
                let turn = (number - numbers.lowerBound) / lanes
                if lane == 0, turn % walksPerKill == 0 {
                    totals.kills += 1
                    try killAndRestart(fixture.server)
                }
                if lane == lanes - 1, turn % walksPerCut == 0 {
                    totals.cuts += 1
                    try await cut(fixture.server)
                }
                try await run
                totals.differences += try await walk.differences(fixture.store).map {
                    "walk \(number): \($0)"
                }
                totals.rows = walk.rows
                totals.accepted.append(walk.counts.accepted)
                totals.replays += walk.counts.replays
                totals.conflicts += walk.counts.conflicts
            }
            return totals
        }

        private static func cut(_ server: RedisServerProcess) async throws {
            try await Task.sleep(for: .microseconds(Int.random(in: 0...3_000)))
            server.cutConnections()
        }

        private static func killAndRestart(_ server: RedisServerProcess) throws {
            server.killHard()
            try server.start(arguments: StoreFixture.durable)
        }
    }
}
