import Foundation
import RedisTestSupport
import ReturnsDomain
import ReturnsTestSupport
import Synchronization
import Testing

@testable import ReturnsStore

extension StoreTests {
    /// The domain's random walks on a real store: four writers on each order, and among them the redis-server killed, and
    /// connections cut, which loses the replies to commits that were made.
    /// 400 sequences; with RETURNS_LONG=1 in the environment at least 100,000, and as many as every row of the table needs
    /// to be taken a thousand times.
    @Suite struct StoreWalkTests {
        private static let isLong = ProcessInfo.processInfo.environment["RETURNS_LONG"] == "1"
        private static let sequencesPerEpoch = isLong ? 12_500 : 400
        /// How many of the first lane's walks go by from one kill to the next.
        private static let walksPerKill = isLong ? 60 : 6
        /// How many lanes cut the connections in each of their walks: in the short form enough that a reply is lost each time.
        private static let cuttingLanes = isLong ? 1 : 4
        /// Walks under way at once: enough for a commit to share its fsync with others.
        private static let lanes = isLong ? 32 : 8

        /// Each epoch has a store of its own, so that a killed redis-server has little to load.
        private static let epochsMin = isLong ? 8 : 1
        private static let epochsMax = isLong ? 16 : 1
        private static let rowsMin = isLong ? 1_000 : 0

        @Test(.timeLimit(.minutes(isLong ? 240 : 5))) func theStoreAgreesWithASecondLedger() async throws {
            var totals = Totals()
            let shared = SharedRows()
            var epoch = 0
            while epoch < Self.epochsMin
                || epoch < Self.epochsMax && !totals.rows.rare(below: Self.rowsMin).isEmpty
            {
                try await StoreFixture.with(
                    connections: StoreWalk.writers, arguments: StoreFixture.durable
                ) { fixture in
                    totals.merge(try await Self.epoch(epoch, shared, fixture))
                    let report = try await fixture.store.verifyIndexes(repair: false)
                    #expect(report.problems == 0, "\(report.findings)")
                    #expect(report.cases > 0 && report.entries > report.cases)
                    let money = try await fixture.store.verifiedMoney()
                    #expect(money.findings.map(\.finding) == [])
                    #expect(money.cases == report.cases && money.orders == report.orders)
                    #expect(money.refunds > 0)
                }
                epoch += 1
                print(totals.text)
                #expect(totals.differences == [])
            }
            print(totals.rows.table)
            let rare = totals.rows.rare(below: Self.rowsMin)
            if Self.isLong { print("rows under \(Self.rowsMin): \(rare.joined(separator: ", "))") }
            #expect(totals.rows.forbidden == [])
            #expect(rare == [])
            #expect(totals.accepted.count == epoch * Self.sequencesPerEpoch)
            #expect(totals.median >= 12)
            #expect(totals.conflicts > 0, "the writers never met")
            #expect(totals.replays > 0, "no reply was lost")
        }

        /// What all lanes have taken so far, so that each walk knows which rows are rare.
        private final class SharedRows: Sendable {
            private let rows = Mutex(WalkRows())
            var current: WalkRows { rows.withLock { $0 } }
            func merge(_ more: WalkRows) { rows.withLock { $0.merge(more) } }
        }

        private static func epoch(
            _ epoch: Int, _ shared: SharedRows, _ fixture: StoreFixture
        ) async throws -> Totals {
            try await withThrowingTaskGroup(of: Totals.self) { group in
                for lane in 0..<lanes { group.addTask { try await walk(epoch, lane, shared, fixture) } }
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
            _ epoch: Int, _ lane: Int, _ shared: SharedRows, _ fixture: StoreFixture
        ) async throws -> Totals {
            var totals = Totals()
            let policy = Fixture.policy()
            let executors = fixture.clients.map { LoopTaskExecutor($0.eventLoop) }
            let numbers = (epoch * sequencesPerEpoch)..<((epoch + 1) * sequencesPerEpoch)
            for number in stride(from: numbers.lowerBound + lane, to: numbers.upperBound, by: lanes) {
                let walk = StoreWalk(
                    number: number, seed: UInt64(number), rows: shared.current, policy: policy)
                async let run: Void = walk.run(fixture.stores, on: executors)
                // The first lane kills now and then and the last ones cut, while all lanes write.
                let turn = (number - numbers.lowerBound) / lanes
                if lane == 0, turn % walksPerKill == 0 {
                    totals.kills += 1
                    try killAndRestart(fixture.server)
                }
                if lane >= lanes - cuttingLanes {
                    totals.cuts += 1
                    try await cut(fixture.server)
                }
                try await run
                totals.differences += try await walk.differences(fixture.store).map {
                    "walk \(number): \($0)"
                }
                totals.rows.merge(walk.rows)
                shared.merge(walk.rows)
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
