import RCP
import Synchronization

/// Counts the calls that each principal begins at this server, over all event loops.
final class RCPCallRateLimiter: Sendable {
    private struct Key: Hashable {
        let principal: String
        let callClass: RCPCallClass
    }

    /// Buckets that are kept. Beyond, those that are full again are forgotten, which changes nothing for their principals; should that
    /// not be enough, all are, and everybody may begin a burst anew.
    private let bucketsMax: Int

    private let rates: RCPCallRates
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    /// Nil where nothing is limited, so that calls do not ask.
    init?(_ rates: RCPCallRates, principalsMax: Int) {
        if rates.isUnlimited { return nil }
        bucketsMax = RCPCallClass.allCases.count * principalsMax
        self.rates = rates
    }

    /// - Returns: after how many milliseconds the call may be sent again; nil when it may begin now.
    func wait(for method: RCPMethod, of principal: String, nowNanoseconds now: UInt64) -> Int32? {
        let callClass = RCPCallClass(method)
        guard let perSecond = rates.perSecondMax(callClass) else { return nil }
        return buckets.withLock { buckets in
            let key = Key(principal: principal, callClass: callClass)
            if buckets[key] == nil, buckets.count >= bucketsMax {
                buckets = buckets.filter { !$0.value.isFull(nowNanoseconds: now) }
                if buckets.count >= bucketsMax { buckets.removeAll() }
            }
            let burst = perSecond * RCPCallRates.burstSeconds
            return buckets[key, default: TokenBucket(perSecond: perSecond, burst: burst, nowNanoseconds: now)]
                .take(nowNanoseconds: now)
        }
    }
}

/// Tokens that come back at a steady rate, up to a burst.
struct TokenBucket: Sendable, Hashable {
    private let perSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filledAtNanoseconds: UInt64

    init(perSecond: Int, burst: Int, nowNanoseconds: UInt64) {
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
        tokens = Double(burst)
        filledAtNanoseconds = nowNanoseconds
    }

    private func tokens(nowNanoseconds now: UInt64) -> Double {
        let passed = Double(now - min(now, filledAtNanoseconds)) / 1_000_000_000
        return min(burst, tokens + passed * perSecond)
    }

    func isFull(nowNanoseconds now: UInt64) -> Bool { tokens(nowNanoseconds: now) >= burst }

    /// - Returns: milliseconds until there is a token; nil when one was taken.
    mutating func take(nowNanoseconds now: UInt64) -> Int32? {
        tokens = tokens(nowNanoseconds: now)
        filledAtNanoseconds = max(now, filledAtNanoseconds)
        guard tokens >= 1 else {
            return Int32(((1 - tokens) / perSecond * 1_000).rounded(.up))
        }
        tokens -= 1
        return nil
    }
}
