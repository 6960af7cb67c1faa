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
        var repliesOwed: Int
        var replies: [RedisValue]
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
        units.append(Unit(completion: completion, deadline: deadline, repliesOwed: replies, replies: []))
        repliesOwed += replies
        if deadline < earliestDeadline { earliestDeadline = deadline }
        return sequence
    }

    mutating func receive(_ value: RedisValue) -> Received {
        guard !units.isEmpty else { return .unsolicited }
        repliesOwed -= 1
        repliesReceived += 1
        let head = units.startIndex
        guard units[head].repliesOwed == 1 else {
            units[head].repliesOwed -= 1
            if units[head].completion != nil { units[head].replies.append(value) }
            return .nothingToDo
        }
        var unit = units.removeFirst()
        firstSequence += 1
        guard let completion = unit.completion else { return .nothingToDo }
        switch completion {
        case .one, .oneContinuation:
            return .one(completion, value)
        case .several, .severalContinuation:
            unit.replies.append(value)
            return .several(completion, unit.replies)
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
        repliesOwed = 0
        earliestDeadline = .distantFuture
        return ended
    }

    private mutating func release(_ index: CircularBuffer<Unit>.Index) -> RedisCompletion? {
        let completion = units[index].completion
        units[index].completion = nil
        units[index].deadline = .distantFuture
        units[index].replies = []
        return completion
    }
}
