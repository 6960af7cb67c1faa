import Foundation
import ReturnsDomain
import ReturnsTestSupport
import Testing

/// Random walks against the second ledger: 2,000 sequences, or with RETURNS_LONG=1 in the environment at least 125,000 and as
/// many as it needs for every row to be taken a thousand times.
@Suite struct RandomWalkTests {
    private static let isLong = ProcessInfo.processInfo.environment["RETURNS_LONG"] == "1"

    @Test func theDomainAgreesWithASecondLedger() async throws {
        let (sequences, roundsMin, roundsMax) = Self.isLong ? (25_000, 5, 30) : (2_000, 1, 1)
        let rowsMin = Self.isLong ? 1_000 : 1
        let workers = 2
        var rounds = 0
        var rows = WalkRows()
        var accepted: [Int] = []
        var closed = 0
        var ended = 0
        var lostRefunds = 0
        while rounds < roundsMin || (rounds < roundsMax && !rows.rare(below: rowsMin).isEmpty) {
            await withTaskGroup(of: (WalkRows, [Int], Int, Int, Int).self) { [rounds] group in
                for worker in 0..<workers {
                    let seed = UInt64(rounds * workers + worker) << 32
                    group.addTask { Self.walk(sequences / workers, seed: seed) }
                }
                for await result in group {
                    rows.merge(result.0)
                    accepted += result.1
                    closed += result.2
                    ended += result.3
                    lostRefunds += result.4
                }
            }
            rounds += 1
        }
        accepted.sort()
        let median = accepted[accepted.count / 2]
        let rare = rows.rare(below: rowsMin)
        print(
            "\(accepted.count) walks, \(accepted.reduce(0, +)) accepted commands, median \(median), \(closed) closings, "
                + "\(ended) open cases brought to their end, \(lostRefunds) refunds whose start was lost"
        )
        print(rows.table)
        print("rows under \(rowsMin): \(rare.joined(separator: ", "))")
        #expect(accepted.count == rounds * sequences)
        #expect(median >= 12)
        #expect(lostRefunds > accepted.count / 20)
        #expect(rare.isEmpty)
        #expect(rows.forbidden == [])
        // Steps that walks come to seldom are seen in the scenarios.
        var observations = try Scenarios.observations()
        observations.merge(rows.observations)
        #expect(observations.differences(from: .shared) == [])
    }

    private static func walk(_ sequences: Int, seed: UInt64) -> (WalkRows, [Int], Int, Int, Int) {
        let policy = Fixture.policy()
        var rows = WalkRows()
        var accepted: [Int] = []
        var closed = 0
        var ended = 0
        var lostRefunds = 0
        for sequence in 0..<sequences {
            var generator = WalkGenerator(seed: seed + UInt64(sequence), rows: rows)
            let outcome = RandomWalk.run(&generator, policy: policy)
            #expect(outcome.differences == [], "seed \(seed + UInt64(sequence))")
            rows = generator.rows
            accepted.append(outcome.accepted)
            closed += outcome.closed
            ended += outcome.ended
            lostRefunds += outcome.lostRefunds
        }
        return (rows, accepted, closed, ended, lostRefunds)
    }
}
