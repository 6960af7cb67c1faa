/// Exponential backoff with full jitter: each wait is drawn evenly from zero to a bound that doubles.
///
/// Drawing from zero, not from the bound's half, spreads the clients of a restarted server best.
public struct RCPBackoff: Sendable, Hashable {
    /// Bound of the first wait.
    public var baseMilliseconds: Int64
    /// Bound that no wait passes.
    public var capMilliseconds: Int64

    public init(baseMilliseconds: Int64 = 50, capMilliseconds: Int64 = 5_000) {
        precondition(baseMilliseconds > 0 && capMilliseconds >= baseMilliseconds, "base in 1...cap")
        self.baseMilliseconds = baseMilliseconds
        self.capMilliseconds = capMilliseconds
    }

    /// - Parameter failures: failures in a row so far, from 1.
    func boundMilliseconds(afterFailures failures: Int) -> Int64 {
        precondition(failures >= 1, "a wait follows a failure")
        // 2^20 times the base is above every sensible cap; a larger shift would only overflow.
        let doublings = min(failures - 1, 20)
        return min(capMilliseconds, baseMilliseconds << Int64(doublings))
    }

    func waitMilliseconds(afterFailures failures: Int, using generator: inout some RandomNumberGenerator)
        -> Int64
    {
        Int64.random(in: 0...boundMilliseconds(afterFailures: failures), using: &generator)
    }
}
