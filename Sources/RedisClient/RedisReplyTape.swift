import NIOCore

/// What the reader has seen of the reply under way, flat and in order, until the reply is whole.
///
/// Elements are recorded here instead of being built one by one, so that a reply costs a few allocations
/// however many strings it has, and a connection that dies in mid-reply leaves no half-built tree. Invariant:
/// between replies it is empty.
///
/// Plain memory instead of arrays, since this is the innermost loop of every reply; whoever makes a tape
/// calls `destroy`.
struct RedisReplyTape {
    enum Kind: UInt8 {
        case bulkString, simpleString, error, array, integer, null
    }

    fileprivate struct Entry {
        /// Bytes of a string, elements of an array, or the integer.
        let number: Int64
        let kind: Kind
    }

    /// Why the reader was stopped; told here since hiredis itself would call it "out of memory".
    private(set) var failure: RedisDecodingError?

    private let limits: RedisLimits
    private var entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: 64)
    private var entryCount = 0
    private var text = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
    private var textCount = 0
    private var elementsAnnounced = 0

    /// Room kept between replies; one large reply must not keep its memory for ever.
    private static let textBytesKeptMax = 256 << 10
    private static let entriesKeptMax = 16 << 10

    init(limits: RedisLimits) {
        self.limits = limits
    }

    func destroy() {
        entries.deallocate()
        text.deallocate()
    }

    mutating func appendString(_ kind: Kind, _ bytes: UnsafeRawBufferPointer) -> Bool {
        if kind == .bulkString {
            guard bytes.count <= limits.bulkBytesMax else {
                return fail(.bulkTooLong(bytesMax: limits.bulkBytesMax))
            }
            // hiredis counts the two bytes after a bulk string but does not look at them; they are in its
            // buffer.
            guard let end = bytes.baseAddress?.advanced(by: bytes.count),
                end.load(as: UInt8.self) == UInt8(ascii: "\r"),
                end.load(fromByteOffset: 1, as: UInt8.self) == UInt8(ascii: "\n")
            else {
                return fail(.malformed("a bulk string is longer than its length says"))
            }
        } else if bytes.count > limits.lineBytesMax {
            return fail(.lineTooLong(bytesMax: limits.lineBytesMax))
        }
        append(Entry(number: Int64(bytes.count), kind: kind))
        if textCount + bytes.count > text.count { growText(by: bytes.count) }
        if let source = bytes.baseAddress, let target = text.baseAddress {
            target.advanced(by: textCount).copyMemory(from: source, byteCount: bytes.count)
        }
        textCount += bytes.count
        return true
    }

    mutating func appendArray(depth: Int, count: Int) -> Bool {
        guard depth <= limits.nestingDepthMax else {
            return fail(.nestedTooDeep(depthMax: limits.nestingDepthMax))
        }
        guard count <= limits.replyElementsMax - elementsAnnounced else {
            return fail(.tooManyElements(elementsMax: limits.replyElementsMax))
        }
        elementsAnnounced += count
        append(Entry(number: Int64(count), kind: .array))
        return true
    }

    mutating func appendInteger(_ value: Int64) -> Bool {
        append(Entry(number: value, kind: .integer))
        return true
    }

    mutating func appendNull() -> Bool {
        append(Entry(number: 0, kind: .null))
        return true
    }

    mutating func fail(_ error: RedisDecodingError) -> Bool {
        failure = error
        return false
    }

    /// The whole reply as a value; the tape is empty afterwards.
    mutating func takeReply() -> RedisValue {
        var strings = ByteBuffer()
        if textCount > 0 { strings.writeBytes(UnsafeRawBufferPointer(rebasing: text[..<textCount])) }
        var builder = RedisReplyBuilder(
            entries: UnsafeBufferPointer(rebasing: entries[..<entryCount]), strings)
        let value = builder.next()
        precondition(builder.isAtEnd, "a reply was announced whole while elements are left on the tape")
        clear()
        return value
    }

    private mutating func append(_ entry: Entry) {
        if entryCount == entries.count { growEntries(to: entries.count * 2) }
        entries.initializeElement(at: entryCount, to: entry)
        entryCount += 1
    }

    private mutating func growEntries(to capacity: Int) {
        let larger = UnsafeMutableBufferPointer<Entry>.allocate(capacity: capacity)
        _ = larger.initialize(from: entries[..<entryCount])
        entries.deallocate()
        entries = larger
    }

    private mutating func growText(by count: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(text.count * 2, textCount + count), alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[..<textCount]))
        text.deallocate()
        text = larger
    }

    private mutating func clear() {
        elementsAnnounced = 0
        entryCount = 0
        textCount = 0
        if entries.count > Self.entriesKeptMax {
            entries.deallocate()
            entries = .allocate(capacity: 64)
        }
        if text.count > Self.textBytesKeptMax {
            text.deallocate()
            text = .allocate(byteCount: 4096, alignment: 1)
        }
    }
}

/// Walks a tape once, depth first. Its recursion is bounded by `nestingDepthMax`.
private struct RedisReplyBuilder {
    private let entries: UnsafeBufferPointer<RedisReplyTape.Entry>
    private let strings: ByteBuffer
    private var index = 0
    private var offset = 0

    init(entries: UnsafeBufferPointer<RedisReplyTape.Entry>, _ strings: ByteBuffer) {
        self.entries = entries
        self.strings = strings
    }

    var isAtEnd: Bool { index == entries.count }

    mutating func next() -> RedisValue {
        let entry = entries[index]
        index += 1
        switch entry.kind {
        case .bulkString:
            return .bulkString(slice(Int(entry.number)))
        case .simpleString:
            return .simpleString(String(buffer: slice(Int(entry.number))))
        case .error:
            return .error(RedisErrorReply(message: String(buffer: slice(Int(entry.number)))))
        case .integer:
            return .integer(entry.number)
        case .null:
            return .null
        case .array:
            let count = Int(entry.number)
            return .array(
                [RedisValue](unsafeUninitializedCapacity: count) { elements, initialized in
                    while initialized < count {
                        elements.initializeElement(at: initialized, to: next())
                        initialized += 1
                    }
                })
        }
    }

    private mutating func slice(_ count: Int) -> ByteBuffer {
        guard count > 0 else { return ByteBuffer() }
        guard let slice = strings.getSlice(at: offset, length: count) else {
            preconditionFailure("the tape names \(count) bytes at \(offset) that it does not hold")
        }
        offset += count
        return slice
    }
}
