import CHiredis
import Synchronization

/// Bytes in, replies out, on hiredis's `redisReader`. The only user of CHiredis.
///
/// Owns three allocations outside ARC (the reader, the visitor it reports to, the tape the visitor fills) and
/// frees each in `deinit`; no reference is ever passed to C, so none can be lost there.
final class RedisReplyDecoder {
    /// Decoders alive in this process, for the leak test.
    static let liveCount = Atomic<Int>(0)

    private let reader: UnsafeMutablePointer<redisReader>
    private let visitor: UnsafeMutablePointer<chiredis_visitor>
    private let tape: UnsafeMutablePointer<RedisReplyTape>
    private let limits: RedisLimits
    /// Positions in the stream of bytes, for the bound on a reply's size.
    private var bytesFed = 0
    private var replyStart = 0
    private var failure: RedisDecodingError?

    /// hiredis moves what is left of its buffer to the front after each KiB consumed, so feeding it a large
    /// read whole would move most of it again and again.
    private static let feedBytes = 4096

    init(limits: RedisLimits) {
        self.limits = limits
        tape = .allocate(capacity: 1)
        tape.initialize(to: RedisReplyTape(limits: limits))
        visitor = .allocate(capacity: 1)
        visitor.initialize(to: Self.makeVisitor(tape))
        guard let reader = chiredis_reader_create(visitor) else {
            preconditionFailure("no memory for a redisReader")
        }
        self.reader = reader
        Self.liveCount.add(1, ordering: .relaxed)
    }

    deinit {
        redisReaderFree(reader)
        visitor.deinitialize(count: 1)
        visitor.deallocate()
        tape.pointee.destroy()
        tape.deinitialize(count: 1)
        tape.deallocate()
        Self.liveCount.subtract(1, ordering: .relaxed)
    }

    /// Hands every reply completed by `bytes` to `emit`, in order, until `emit` answers false. After an error
    /// it only throws.
    func decode(
        _ bytes: UnsafeRawBufferPointer, emit: (RedisValue) -> Bool
    ) throws(RedisDecodingError) {
        if let failure { throw failure }
        var rest = bytes[...]
        while !rest.isEmpty {
            let portion = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.feedBytes))
            rest = rest.dropFirst(portion.count)
            let address = portion.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard redisReaderFeed(reader, address, portion.count) == REDIS_OK else { throw fail() }
            bytesFed += portion.count
            guard try drain(emit) else { return }
        }
    }

    private func drain(_ emit: (RedisValue) -> Bool) throws(RedisDecodingError) -> Bool {
        while true {
            var token: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &token) == REDIS_OK else { throw fail() }
            guard token != nil else {
                try checkIncomplete()
                return true
            }
            let position = bytesFed - chiredis_unconsumed_bytes(reader)
            guard position - replyStart <= limits.replyBytesMax else {
                throw fail(.replyTooLong(bytesMax: limits.replyBytesMax))
            }
            replyStart = position
            guard emit(tape.pointee.takeReply()) else { return false }
        }
    }

    /// Bounds what an incomplete reply can make us hold.
    private func checkIncomplete() throws(RedisDecodingError) {
        var bytes = 0
        switch chiredis_waiting(reader, &bytes) {
        case CHIREDIS_WAITING_FOR_BULK:
            guard bytes <= limits.bulkBytesMax else {
                throw fail(.bulkTooLong(bytesMax: limits.bulkBytesMax))
            }
        default:
            guard bytes <= limits.lineBytesMax else {
                throw fail(.lineTooLong(bytesMax: limits.lineBytesMax))
            }
        }
        guard bytesFed - replyStart <= limits.replyBytesMax else {
            throw fail(.replyTooLong(bytesMax: limits.replyBytesMax))
        }
    }

    private func fail(_ limit: RedisDecodingError? = nil) -> RedisDecodingError {
        let error = limit ?? tape.pointee.failure ?? readerError()
        failure = error
        return error
    }

    private func readerError() -> RedisDecodingError {
        guard reader.pointee.err == REDIS_ERR_PROTOCOL else { return .outOfMemory }
        let text = withUnsafeBytes(of: reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .malformed(text)
    }

    private static func makeVisitor(_ tape: UnsafeMutablePointer<RedisReplyTape>) -> chiredis_visitor {
        chiredis_visitor(
            context: UnsafeMutableRawPointer(tape),
            on_string: { context, kind, bytes, count in
                let tapeKind: RedisReplyTape.Kind =
                    switch kind {
                    case CHIREDIS_BULK_STRING: .bulkString
                    case CHIREDIS_SIMPLE_STRING: .simpleString
                    default: .error
                    }
                let string = UnsafeRawBufferPointer(start: bytes, count: count)
                return tapeOf(context).pointee.appendString(tapeKind, string)
            },
            on_array: { context, depth, count in
                tapeOf(context).pointee.appendArray(depth: depth, count: count)
            },
            on_integer: { context, value in tapeOf(context).pointee.appendInteger(value) },
            on_null: { context in tapeOf(context).pointee.appendNull() },
            on_unexpected_type: { context in tapeOf(context).pointee.fail(.unexpectedType) })
    }
}

private func tapeOf(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<RedisReplyTape> {
    guard let context else { preconditionFailure("hiredis lost the visitor's context") }
    return context.assumingMemoryBound(to: RedisReplyTape.self)
}
