import NIOCore
import RCP

/// What mutations were answered, so that a repetition is answered again instead of applied again (SPEC.md §7.3).
///
/// For services that keep their state in memory: what is remembered lives and dies with that state. Look up, change
/// and remember in one step, as under one lock, or two repetitions at the same time are both applied. Beyond its limits
/// it forgets the oldest.
public struct RCPRequestMemory<Answer: Sendable>: Sendable {
    private struct Key: Hashable {
        let principal: String
        let id: RCPRequestID
    }

    private struct Entry {
        let method: UInt16
        let message: ByteBuffer
        let answer: Answer
    }

    /// More than these, and the oldest are forgotten.
    public let requestsMax: Int
    /// Of the requests' messages together.
    public let bytesMax: Int
    private var entries: [Key: Entry] = [:]
    /// From the oldest on; those before `first` are forgotten.
    private var order: [Key] = []
    private var first = 0
    private var bytes = 0

    public init(requestsMax: Int = 10_000, bytesMax: Int = 16_777_216) {
        precondition(requestsMax > 0 && bytesMax > 0)
        self.requestsMax = requestsMax
        self.bytesMax = bytesMax
    }

    /// Requests that are remembered.
    public var count: Int { entries.count }

    /// What this very request was answered; nil if it is new, or forgotten.
    ///
    /// - Parameters:
    ///   - id: the call's, or that of an item of its message stream.
    ///   - message: the bytes of the request or item, as they came.
    /// - Throws: REQUEST_ID_REUSED where another request of this principal had the id.
    public func answer(
        to id: RCPRequestID, of context: RCPCallContext, message: ByteBuffer
    ) throws(RCPStatus) -> Answer? {
        guard let entry = entries[Key(principal: context.principal.name, id: id)] else { return nil }
        guard entry.method == context.method.id, entry.message == message else {
            let text = "another request had this id; make a new id for each request"
            throw RCPStatus(
                code: .aborted, outcome: .notApplied, text: text,
                details: [RCPErrorDetail(reason: .requestIDReused, text: text)])
        }
        return entry.answer
    }

    /// - Precondition: `answer` has just returned nil for it.
    public mutating func remember(
        _ answer: Answer, to id: RCPRequestID, of context: RCPCallContext, message: ByteBuffer
    ) {
        let key = Key(principal: context.principal.name, id: id)
        let entry = Entry(method: context.method.id, message: message, answer: answer)
        precondition(entries.updateValue(entry, forKey: key) == nil, "a request is remembered once")
        order.append(key)
        bytes += message.readableBytes
        // The newest one stays, however large it is.
        while first < order.count - 1, entries.count > requestsMax || bytes > bytesMax { forgetOldest() }
    }

    private mutating func forgetOldest() {
        bytes -= entries.removeValue(forKey: order[first])!.message.readableBytes
        first += 1
        if first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }
}
