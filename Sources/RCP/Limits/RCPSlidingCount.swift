/// Counts events, or what they bring, within the last stretch of time, to an eighth of it; no clock, no allocation.
struct RCPSlidingCount: Sendable {
    private static let slots: UInt64 = 8
    private var counts = SIMD8<UInt32>()
    /// The slot of the last event, counted from the clock's zero.
    private var lastSlot: UInt64 = 0

    /// - Parameter amount: of what is counted; an event is 1.
    /// - Returns: how much there was within `windowMilliseconds`, this included.
    mutating func add(_ amount: UInt32 = 1, nowMilliseconds: UInt64, windowMilliseconds: UInt64) -> Int {
        let slot = nowMilliseconds / max(1, windowMilliseconds / Self.slots)
        if slot >= lastSlot + Self.slots {
            counts = SIMD8()
        } else if slot > lastSlot {
            for skipped in (lastSlot + 1)...slot { counts[Int(skipped % Self.slots)] = 0 }
        }
        lastSlot = max(slot, lastSlot)
        counts[Int(lastSlot % Self.slots)] += amount
        return counts.indices.reduce(0) { $0 + Int(counts[$1]) }
    }
}
