/// How long to wait before the next attempt to connect: exponential, bounded, with full jitter.
///
/// Full jitter (a uniform draw between zero and the bound) spreads the reconnections of many clients that
/// lost the same Redis at the same moment.
public struct RedisBackoff: Sendable, Hashable {
    /// The bound before the first retry; it doubles with each.
    public var initialMilliseconds = 50
    /// The bound never exceeds this.
    public var maximumMilliseconds = 5_000

    public init() {}

    /// The bound before retry number `attempt`, counted from zero.
    public func boundMilliseconds(attempt: Int) -> Int {
        let doublings = min(max(attempt, 0), 30)
        return min(maximumMilliseconds, initialMilliseconds << doublings)
    }

    public func delayMilliseconds(attempt: Int, using generator: inout some RandomNumberGenerator) -> Int {
        Int.random(in: 0...boundMilliseconds(attempt: attempt), using: &generator)
    }
}
