/// Bounds of one connection. Every queue and every reply has one.
public struct RedisLimits: Sendable, Hashable {
    /// The longest bulk string accepted, in bytes. Refused when announced, before it is buffered.
    public var bulkBytesMax = 16 << 20
    /// The longest simple string, error or length line accepted, in bytes.
    public var lineBytesMax = 64 << 10
    /// The largest reply accepted, in bytes on the wire.
    public var replyBytesMax = 64 << 20
    /// The most elements in one reply, over all its nested arrays. Refused when announced.
    public var replyElementsMax = 1_000_000
    /// The most arrays within each other; hiredis 0.14 can do 8 at the most.
    public var nestingDepthMax = 7
    /// The most replies awaited at once, abandoned ones included.
    public var pendingRepliesMax = 65_536
    /// The most bytes of commands held back while Redis does not read.
    public var pendingCommandBytesMax = 64 << 20

    public init() {}
}
