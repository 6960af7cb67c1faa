import NIOCore

/// How much of a sweep goes to Redis at once, and how long it rests in between, so that calls have room.
///
/// A rest is in proportion to how long Redis took. The more sweepers and calls there are, the longer it takes, and the longer
/// everybody rests; so Redis keeps time for calls whatever the number of sweepers, and nobody has to know how many there are.
struct SweepPace {
    /// A rest is so many times as long as the work before it, so that few commits of several sweepers meet in Redis. Chosen
    /// by `scripts/bench --deadlines`.
    static let restsPerWork: Int64 = 6
    /// Work that took long, since the disk is slow, Redis was away or the process was stopped, is not followed by as long a
    /// rest: what took so long was nothing that calls had to wait for.
    static let restMillisecondsMax: Int64 = 15

    /// Cases that are read together. Redis runs no call while it runs these reads, some 5 µs each.
    static let readCasesMin = 8
    /// A Redis that writes to disk does so once for all commits of a round trip, and calls wait for the disk in any case.
    static let readCasesMax = 16

    /// Without rests a sweep is done as fast as it can be: for a person who waits for it.
    let rests: Bool
    /// Whether a batch's commits go to Redis in one round trip, or one at a time: each keeps calls waiting for some 80 µs.
    let commitsTogether: Bool

    /// - Parameter waitsForDisk: Whether Redis writes commits to disk before it answers.
    init(rests: Bool, waitsForDisk: Bool = false) {
        self.rests = rests
        commitsTogether = !rests || waitsForDisk
    }

    /// How many cases a batch takes.
    var cases: Int { commitsTogether ? Self.readCasesMax : Self.readCasesMin }

    func rest(after work: TimeAmount, on eventLoop: any EventLoop) async {
        guard rests else { return }
        try? await eventLoop.scheduleTask(in: Self.rest(after: work)) {}.futureResult.get()
    }

    static func rest(after work: TimeAmount) -> TimeAmount {
        let longest = TimeAmount.milliseconds(restMillisecondsMax)
        guard work < longest else { return longest }
        return min(longest, .nanoseconds(max(0, work.nanoseconds) * restsPerWork))
    }
}
