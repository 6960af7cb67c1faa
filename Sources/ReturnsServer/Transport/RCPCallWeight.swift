/// What a principal's unary calls in progress weigh on one event loop, in bytes: their requests, and the replies to be
/// expected by what replies to the same methods have had, together with what was read for them.
///
/// A value without IO. A loop works for a call about as long as its messages are large, and what is read for them: it decodes,
/// maps and encodes it. `bytes` is at all times what `methods` and `requestBytes` come to.
struct RCPCallWeight: Sendable {
    /// A reply to a method that this principal has had no reply to. As many calls as `bytesMax` has room for may turn out
    /// to be heavy, once, so it is more than most replies have.
    static let unknownReplyBytes = 65_536
    /// What each call counts at least, so that no more than `bytesMax` divided by it are in progress.
    static let replyBytesMin = 4_096

    private struct Method {
        var replyBytes = RCPCallWeight.unknownReplyBytes
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
    mutating func end(_ method: Int, requestBytes: Int, replyBytes: Int?) {
        precondition(methods[method].calls > 0, "more calls ended than were begun")
        calls -= 1
        methods[method].calls -= 1
        bytes -= requestBytes + methods[method].replyBytes
        if let replyBytes { learn(method, max(replyBytes, Self.replyBytesMin)) }
    }

    /// Corrects what the calls that are still in progress weigh, too.
    private mutating func learn(_ method: Int, _ seen: Int) {
        let before = methods[method].replyBytes
        let change = seen - before
        if change == 0 && methods[method].isKnown { return }
        // Few large replies are enough to be careful; it takes many small ones to forget them.
        let step = !methods[method].isKnown ? change : change > 0 ? (change + 1) / 2 : change / 32
        methods[method].isKnown = true
        methods[method].replyBytes = before + step
        bytes += step * methods[method].calls
    }
}
