import NIOCore

/// The units of commands on one connection whose replies are still to come, in the order written. No IO, no
/// clock.
///
/// Replies match by position alone, so a unit stays here until its last reply has come even when nobody waits
/// any more. Invariant: `repliesOwed` is the sum over all units, abandoned ones included.
struct RedisPendingReplies {
    private struct Unit {
        /// Nil once abandoned: its replies are dropped as they come.
        var completion: RedisCompletion?
        var deadline: NIODeadline
        /// In all.
        let replies: Int
    }

    enum Received {
        /// Nobody asked: the connection cannot be trusted any more.
        case unsolicited
        /// The unit waits for more replies, or is abandoned.
        case nothingToDo
        case one(RedisCompletion, RedisValue)
        case several(RedisCompletion, [RedisValue])
    }

    private var units = CircularBuffer<Unit>(initialCapacity: 64)
    /// What has come for the oldest unit. Not in the unit itself: to change an element of a `CircularBuffer` copies it, and with
    /// it every reply that came before.
    private var received = 0
    private var replies: [RedisValue] = []
    private(set) var repliesOwed = 0
    /// Replies received in all; that it grows is the sign of life of the peer.
    private(set) var repliesReceived: UInt64 = 0
    /// The sequence number of the oldest unit.
    private(set) var firstSequence: UInt64 = 0
    /// No unit's deadline is earlier; may itself be too early, never too late.
    private var earliestDeadline = NIODeadline.distantFuture

    var isEmpty: Bool { units.isEmpty }
    var nextSequence: UInt64 { firstSequence + UInt64(units.count) }

    mutating func append(_ completion: RedisCompletion, replies: Int, deadline: NIODeadline) -> UInt64 {
        let sequence = nextSequence
        units.append(Unit(completion: completion, deadline: deadline, replies: replies))
        repliesOwed += replies
        if deadline < earliestDeadline { earliestDeadline = deadline }
        return sequence
    }

    mutating func receive(_ value: RedisValue) -> Received {
        guard !units.isEmpty else { return .unsolicited }
        repliesOwed -= 1
        repliesReceived += 1
        let head = units[units.startIndex]
        received += 1
        guard received == head.replies else {
            guard head.completion != nil else { return .nothingToDo }
            if replies.isEmpty { replies.reserveCapacity(head.replies) }
            replies.append(value)
            return .nothingToDo
        }
        units.removeFirst()
        firstSequence += 1
        received = 0
        guard let completion = head.completion else { return .nothingToDo }
        switch completion {
        case .one, .oneContinuation:
            return .one(completion, value)
        case .several, .severalContinuation:
            defer { replies = [] }
            replies.append(value)
            return .several(completion, replies)
        }
    }

    /// Gives up waiting for a unit; nil when it has ended already.
    mutating func abandon(_ sequence: UInt64) -> RedisCompletion? {
        guard sequence >= firstSequence, sequence < nextSequence else { return nil }
        return release(units.index(units.startIndex, offsetBy: Int(sequence - firstSequence)))
    }

    /// Gives up waiting for every unit whose deadline has come.
    mutating func expire(_ now: NIODeadline) -> [RedisCompletion] {
        guard now >= earliestDeadline else { return [] }
        var expired: [RedisCompletion] = []
        var earliest = NIODeadline.distantFuture
        for index in units.indices {
            let deadline = units[index].deadline
            if deadline <= now {
                if let completion = release(index) { expired.append(completion) }
            } else if deadline < earliest {
                earliest = deadline
            }
        }
        earliestDeadline = earliest
        return expired
    }

    /// Ends all units. Those from `writtenSequence` on never left this process.
    mutating func removeAll(
        writtenSequence: UInt64
    ) -> [(completion: RedisCompletion, state: RedisError.CommandState)] {
        var ended: [(completion: RedisCompletion, state: RedisError.CommandState)] = []
        for unit in units {
            if let completion = unit.completion {
                ended.append((completion, firstSequence < writtenSequence ? .outcomeUnknown : .notWritten))
            }
            firstSequence += 1
        }
        units.removeAll()
        (received, replies) = (0, [])
        repliesOwed = 0
        earliestDeadline = .distantFuture
        return ended
    }

    private mutating func release(_ index: CircularBuffer<Unit>.Index) -> RedisCompletion? {
        let completion = units[index].completion
        units[index].completion = nil
        units[index].deadline = .distantFuture
        if index == units.startIndex { replies = [] }
        return completion
    }
}
