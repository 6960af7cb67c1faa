/// What a principal's unary calls in progress weigh on one event loop, in bytes: their requests, and the replies to be
/// expected by what replies to the same methods, with what was read for them, have come to of late, on average or at most.
///
/// A value without IO. A loop works for a call about as long as its messages are large, and what is read for them: it decodes,
/// maps and encodes it. `bytes` is at all times what `methods` and `requestBytes` come to.
struct RCPCallWeight: Sendable {
    /// A reply to a method that this principal has had no reply to. As many calls as `bytesMax` has room for may turn out
    /// to be heavy, once, so it is more than most replies have.
    static let unknownReplyBytes = 65_536
    /// What each call counts at least, so that no more than `bytesMax` divided by it are in progress.
    static let replyBytesMin = 4_096

    /// After so long the largest reply of a method counts half, however many smaller ones there were meanwhile: they cost a
    /// caller nothing.
    static let largestReplyHalfLifeNanoseconds: UInt64 = 10_000_000_000

    fileprivate struct Method {
        /// To be expected: the larger of the two below.
        var replyBytes = RCPCallWeight.unknownReplyBytes
        var averageBytes = 0
        var largestBytes = 0
        var largestAtNanoseconds: UInt64 = 0
        var isKnown = false
        var calls = 0
    }

    let bytesMax: Int
    private(set) var bytes = 0
    private(set) var calls = 0
    private var methods: [Method]

    /// - Parameter firstBytes: by method, what to expect of one that had no reply yet; `unknownReplyBytes` where it is nil.
    init(bytesMax: Int, methods count: Int, firstBytes: [Int?] = []) {
        self.bytesMax = bytesMax
        methods = [Method](repeating: Method(), count: count)
        for (index, bytes) in firstBytes.enumerated() {
            if let bytes { methods[index].replyBytes = bytes }
        }
    }

    /// Whether the next call has to wait. A call begins as long as there is any room, so the heaviest begins, too.
    var isFull: Bool { bytes >= bytesMax }

    func expectedReplyBytes(_ method: Int) -> Int { methods[method].replyBytes }

    mutating func begin(_ method: Int, requestBytes: Int) {
        calls += 1
        methods[method].calls += 1
        bytes += requestBytes + methods[method].replyBytes
    }

    /// - Parameter replyBytes: nil for a call that failed, which shows nothing of what others will have.
    mutating func end(_ method: Int, requestBytes: Int, replyBytes: Int?, nowNanoseconds now: UInt64) {
        precondition(methods[method].calls > 0, "more calls ended than were begun")
        calls -= 1
        methods[method].calls -= 1
        let before = methods[method].replyBytes
        bytes -= requestBytes + before
        if let replyBytes { methods[method].learn(max(replyBytes, Self.replyBytesMin), now) }
        // Corrects what the calls that are still in progress weigh, too.
        bytes += (methods[method].replyBytes - before) * methods[method].calls
    }
}

extension RCPCallWeight.Method {
    fileprivate mutating func learn(_ seen: Int, _ now: UInt64) {
        guard isKnown else {
            self.isKnown = true
            (averageBytes, largestBytes, largestAtNanoseconds, replyBytes) = (seen, seen, now, seen)
            return
        }
        // Few large replies are enough to be careful; it takes many small ones to forget them.
        let change = seen - averageBytes
        averageBytes += change > 0 ? (change + 1) / 2 : change / 32
        let halvings = (now - min(now, largestAtNanoseconds)) / RCPCallWeight.largestReplyHalfLifeNanoseconds
        if halvings > 0 {
            largestBytes >>= Int(clamping: halvings)
            largestAtNanoseconds += halvings * RCPCallWeight.largestReplyHalfLifeNanoseconds
        }
        if seen >= largestBytes { (largestBytes, largestAtNanoseconds) = (seen, now) }
        replyBytes = max(averageBytes, largestBytes)
    }
}
