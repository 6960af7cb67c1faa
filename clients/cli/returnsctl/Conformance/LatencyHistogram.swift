/// Counts times in buckets that grow with the time, so that hours of calls take no more room than a few. A bucket is at
/// most a thirty-second of its times wide.
struct LatencyHistogram: Sendable {
    /// Buckets to each doubling of the time.
    private static let doubling = 32
    private static let doublingBits = 5

    private var buckets: [Int] = []
    private(set) var count = 0

    mutating func add(microseconds: Int64) {
        let bucket = Self.bucket(of: max(0, microseconds))
        grow(to: bucket + 1)
        buckets[bucket] += 1
        count += 1
    }

    mutating func merge(_ other: LatencyHistogram) {
        grow(to: other.buckets.count)
        for (bucket, count) in other.buckets.enumerated() { buckets[bucket] += count }
        count += other.count
    }

    /// Nearest rank, as the highest time of its bucket; 0 where nothing was counted.
    func microseconds(atPercentile percentile: Int) -> Int64 {
        let rank = (count * percentile + 99) / 100
        var seen = 0
        for (bucket, count) in buckets.enumerated() {
            seen += count
            if count > 0, seen >= rank { return Self.upperBound(of: bucket) }
        }
        return 0
    }

    private mutating func grow(to count: Int) {
        if buckets.count < count { buckets += Array(repeating: 0, count: count - buckets.count) }
    }

    /// Times below a doubling's buckets have one each; above, the highest bits choose it.
    private static func bucket(of microseconds: Int64) -> Int {
        guard microseconds >= doubling else { return Int(microseconds) }
        let shift = Int64.bitWidth - 1 - microseconds.leadingZeroBitCount - doublingBits
        return shift * doubling + Int(microseconds >> Int64(shift))
    }

    private static func upperBound(of bucket: Int) -> Int64 {
        guard bucket >= doubling else { return Int64(bucket) }
        let shift = bucket / doubling - 1
        // Of the last bucket the shift overflows to the lowest value, and the subtraction to the highest.
        return (Int64(bucket - shift * doubling + 1) << Int64(shift)) &- 1
    }
}
