/// Exponential backoff with full jitter: each wait is drawn evenly from zero to a bound that doubles.
///
/// Drawing from zero, not from the bound's half, spreads the clients of a restarted server best.
public struct RCPBackoff: Sendable, Hashable {
    /// Bound of the first wait; counted in milliseconds.
    public var base: Duration
    /// Bound that no wait passes; counted in milliseconds.
    public var cap: Duration

    /// - Precondition: `base` is a millisecond or more, and `cap` no less.
    public init(base: Duration = .milliseconds(50), cap: Duration = .seconds(5)) {
        precondition(base >= .milliseconds(1) && cap >= base, "base in 1 ms...cap")
        self.base = base
        self.cap = cap
    }

    /// - Parameter failures: failures in a row so far, from 1.
    func boundMilliseconds(afterFailures failures: Int) -> Int64 {
        precondition(failures >= 1, "a wait follows a failure")
        // 2^20 times the base is above every sensible cap; a larger shift would only overflow.
        let doublings = min(failures - 1, 20)
        return min(cap.wholeMilliseconds, base.wholeMilliseconds << Int64(doublings))
    }

    func waitMilliseconds(afterFailures failures: Int) -> Int64 {
        var generator = JitterGenerator()
        return waitMilliseconds(afterFailures: failures, using: &generator)
    }

    func waitMilliseconds(afterFailures failures: Int, using generator: inout some RandomNumberGenerator)
        -> Int64
    {
        Int64.random(in: 0...boundMilliseconds(afterFailures: failures), using: &generator)
    }
}

/// The system's randomness, in a value that has bytes.
///
/// SystemRandomNumberGenerator has none, and so no address that means anything where it is handed on for changing: ThreadSanitizer,
/// which looks there, ends the process over it.
struct JitterGenerator: RandomNumberGenerator {
    private var drawn: UInt64 = 0

    mutating func next() -> UInt64 {
        drawn = UInt64.random(in: .min ... .max)
        return drawn
    }
}
