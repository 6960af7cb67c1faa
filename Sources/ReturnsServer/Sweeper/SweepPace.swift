import NIOCore

/// Leaves room for calls: a sweeper rests in proportion to how long its last batch took.
///
/// The more sweepers and calls there are, the longer a batch takes, and the longer everybody rests; so Redis keeps time for
/// calls whatever the number of sweepers, and nobody has to know how many there are.
enum SweepPace {
    /// A rest is so many times as long as the batch before it, so that few batches of several sweepers meet in Redis. Chosen
    /// by `scripts/bench --deadlines`.
    static let restsPerBatch: Int64 = 6
    /// A batch that took long, since the disk is slow, Redis was away or the process was stopped, is not followed by as long a
    /// rest: what took so long was no work that calls had to wait for.
    static let restMillisecondsMax: Int64 = 15

    /// A batch of a few commits takes longer than this only where Redis waits for a disk.
    static let diskMilliseconds: Int64 = 6

    /// How many cases the next batch takes.
    static func batchCases(after batch: TimeAmount) -> Int {
        batch < .milliseconds(diskMilliseconds) ? Sweeper.batchCasesMin : Sweeper.batchCasesMax
    }

    static func rest(after batch: TimeAmount) async {
        try? await Task.sleep(for: .nanoseconds(length(after: batch).nanoseconds))
    }

    static func length(after batch: TimeAmount) -> TimeAmount {
        let longest = TimeAmount.milliseconds(restMillisecondsMax)
        guard batch < longest else { return longest }
        return min(longest, .nanoseconds(max(0, batch.nanoseconds) * restsPerBatch))
    }
}
