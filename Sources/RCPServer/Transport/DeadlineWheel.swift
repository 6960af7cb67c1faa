/// Many deadlines behind one timer: adding and cancelling are O(1), and a deadline costs no allocation of its own.
///
/// A value without a clock: its owner says what time it is and calls `advance` once per tick while the wheel is
/// not empty. A deadline never fires early and fires at most one tick and the owner's delay late.
/// Times are nanoseconds on any one monotonic scale.
struct DeadlineWheel<Payload> {
    /// Names one added deadline; worthless once that has fired or was cancelled.
    struct Token: Hashable {
        fileprivate let index: Int32
        fileprivate let generation: UInt32
    }

    private struct Entry {
        var tick: UInt64
        var previous: Int32
        var next: Int32
        var generation: UInt32
        /// nil while the entry is on the free list.
        var payload: Payload?
    }

    private static var none: Int32 { -1 }

    let tickNanoseconds: UInt64
    /// Deadlines that have neither fired nor been cancelled.
    private(set) var count = 0

    private let slotMask: UInt64
    private var slots: [Int32]
    private var entries: [Entry] = []
    private var freeHead = Self.none
    /// Every deadline of this tick and of those before has fired.
    private var cursor: UInt64 = 0

    /// - Precondition: `slotCount` is a power of two. Deadlines further away than slotCount ticks are looked at
    ///   once per turn of the wheel, which costs little as long as most are nearer.
    init(tickNanoseconds: UInt64, slotCount: Int = 1_024) {
        precondition(tickNanoseconds > 0 && slotCount > 0 && slotCount & (slotCount - 1) == 0)
        self.tickNanoseconds = tickNanoseconds
        slotMask = UInt64(slotCount - 1)
        slots = [Int32](repeating: Self.none, count: slotCount)
    }

    var isEmpty: Bool { count == 0 }

    mutating func add(deadline: UInt64, now: UInt64, _ payload: Payload) -> Token {
        // An empty wheel stands still, so its cursor may be far behind.
        if isEmpty { cursor = now / tickNanoseconds }
        let whole = deadline / tickNanoseconds
        let tick = deadline % tickNanoseconds == 0 ? whole : whole + 1
        let index = takeEntry()
        let slot = Int(max(tick, cursor + 1) & slotMask)
        let head = slots[slot]
        entries[Int(index)].tick = max(tick, cursor + 1)
        entries[Int(index)].previous = Self.none
        entries[Int(index)].next = head
        entries[Int(index)].payload = payload
        if head != Self.none { entries[Int(head)].previous = index }
        slots[slot] = index
        count += 1
        return Token(index: index, generation: entries[Int(index)].generation)
    }

    /// - Returns: false if the deadline has fired or was cancelled before.
    @discardableResult
    mutating func cancel(_ token: Token) -> Bool {
        guard entries[Int(token.index)].generation == token.generation else { return false }
        remove(token.index)
        return true
    }

    /// Takes out everything due at `now` and appends it to `due`. The owner acts on it afterwards, when it may
    /// add and cancel again.
    mutating func advance(to now: UInt64, due: inout [Payload]) {
        let target = now / tickNanoseconds
        guard target > cursor else { return }
        let turns = min(target - cursor, slotMask + 1)
        // After more than one turn's absence every slot is looked at once, from the oldest on.
        for tick in (target - turns + 1)...target where count > 0 {
            var index = slots[Int(tick & slotMask)]
            while index != Self.none {
                let entry = entries[Int(index)]
                if entry.tick <= target, let payload = entry.payload {
                    due.append(payload)
                    remove(index)
                }
                index = entry.next
            }
        }
        cursor = target
    }

    private mutating func takeEntry() -> Int32 {
        if freeHead != Self.none {
            let index = freeHead
            freeHead = entries[Int(index)].next
            return index
        }
        entries.append(Entry(tick: 0, previous: Self.none, next: Self.none, generation: 0, payload: nil))
        return Int32(entries.count - 1)
    }

    private mutating func remove(_ index: Int32) {
        let entry = entries[Int(index)]
        if entry.previous == Self.none {
            slots[Int(entry.tick & slotMask)] = entry.next
        } else {
            entries[Int(entry.previous)].next = entry.next
        }
        if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
        entries[Int(index)].payload = nil
        // A new generation makes the old token worthless before the entry is used again.
        entries[Int(index)].generation &+= 1
        entries[Int(index)].next = freeHead
        freeHead = index
        count -= 1
    }
}
