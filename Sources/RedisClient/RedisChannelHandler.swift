import NIOCore

/// The mechanism of one connection: replies matched to commands by order, commands gathered per loop tick,
/// one coarse timer.
///
/// `@unchecked Sendable`: everything here is confined to the channel's event loop; other threads only pass
/// the reference on to it. Invariant: every completion accepted by `submit` is called exactly once.
final class RedisChannelHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum State {
        case open
        /// Takes no commands; closes once the last reply has come.
        case draining
        case closed(RedisError)
    }

    private(set) var state = State.open
    /// Told once, after every pending command has been failed.
    var onClosed: ((RedisError) -> Void)?
    /// Whoever replaces the connection by a new one when somebody asks for that; nil while nobody does.
    var onRetired: (() -> Void)?

    private let eventLoop: any EventLoop
    private let configuration: RedisConnectionConfiguration
    private let limits: RedisLimits
    private let decoder: RedisReplyDecoder
    private var context: ChannelHandlerContext?

    private var pending = RedisPendingReplies()
    private var writer = RedisCommandWriter()
    /// Units before this one have been handed to the socket.
    private var writtenSequence: UInt64 = 0
    private var isFlushScheduled = false
    /// A large write makes the channel unwritable and writable again before it returns; that must not send it
    /// twice.
    private var isFlushing = false

    private var drainLimit: Scheduled<Void>?
    private var isTicking = false
    private var lastProgress = NIODeadline.distantPast
    private var repliesAtLastProgress: UInt64 = 0

    init(eventLoop: any EventLoop, configuration: RedisConnectionConfiguration) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.limits = configuration.limits
        self.decoder = RedisReplyDecoder(limits: configuration.limits)
    }

    // MARK: Commands

    /// Appends the commands that `write` writes as one unit, contiguous on the connection. Answers the unit's
    /// sequence number, or nil when its completion has been called already.
    func submit(
        _ completion: RedisCompletion, deadline: NIODeadline, _ write: (inout RedisCommandWriter) -> Void
    ) -> UInt64? {
        if let refusal = refusal(deadline: deadline) {
            completion.fail(refusal)
            return nil
        }
        let mark = writer.bytes.writerIndex
        write(&writer)
        let commandCount = writer.takeCommandCount()
        guard commandCount > 0 else {
            completion.succeed([])
            return nil
        }
        guard pending.repliesOwed + commandCount <= limits.pendingRepliesMax else {
            writer.rewind(to: mark)
            completion.fail(tooManyPendingReplies)
            return nil
        }
        guard writer.bytes.readableBytes <= limits.pendingCommandBytesMax else {
            writer.rewind(to: mark)
            completion.fail(tooManyPendingBytes)
            return nil
        }
        let sequence = pending.append(completion, replies: commandCount, deadline: deadline)
        scheduleFlush()
        startTicking()
        return sequence
    }

    func abandon(_ sequence: UInt64, _ error: RedisError) {
        pending.abandon(sequence)?.fail(error)
    }

    private func refusal(deadline: NIODeadline) -> RedisError? {
        switch state {
        case .open: break
        case .draining: return RedisError(.shutDown, .notWritten, "The connection to Redis is being closed.")
        case .closed(let error): return error.with(.notWritten)
        }
        guard pending.repliesOwed < limits.pendingRepliesMax else { return tooManyPendingReplies }
        guard writer.bytes.readableBytes < limits.pendingCommandBytesMax else { return tooManyPendingBytes }
        if deadline != .distantFuture, deadline <= .now() {
            return RedisError(.deadlineExceeded, .notWritten, "The deadline had passed before the command.")
        }
        return nil
    }

    private var tooManyPendingReplies: RedisError {
        RedisError(
            .tooManyPendingReplies, .notWritten,
            "\(limits.pendingRepliesMax) replies of Redis are awaited already; try again later.")
    }

    private var tooManyPendingBytes: RedisError {
        RedisError(
            .tooManyPendingBytes, .notWritten,
            "Redis does not read: more than \(limits.pendingCommandBytesMax) bytes of commands would wait for it."
        )
    }

    // MARK: Writing

    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.execute { self.flush() }
    }

    /// While the socket does not take more, commands stay here: bounded, and known to be unwritten should it
    /// die.
    private func flush() {
        isFlushScheduled = false
        guard !isFlushing, let context, context.channel.isWritable else { return }
        guard writer.bytes.readableBytes > 0 else { return }
        isFlushing = true
        writtenSequence = pending.nextSequence
        context.writeAndFlush(wrapOutboundOut(writer.bytes), promise: nil)
        writer.clear()
        isFlushing = false
    }

    // MARK: Closing

    /// Closes once no reply is owed any more, or after `limit`.
    func drain(within limit: TimeAmount) {
        guard case .open = state else { return }
        state = .draining
        if pending.isEmpty { return closeDrained() }
        drainLimit = eventLoop.scheduleTask(in: limit) {
            self.fail(
                RedisError(.shutDown, .outcomeUnknown, "Redis did not reply before the shutdown's limit."))
        }
    }

    private func closeDrained() {
        fail(RedisError(.shutDown, .notWritten, "The connection to Redis is closed."))
    }

    /// Ends the connection; the first reason is the one that counts.
    func fail(_ error: RedisError) {
        if case .closed = state { return }
        state = .closed(error)
        drainLimit?.cancel()
        let ended = pending.removeAll(writtenSequence: writtenSequence)
        context?.close(promise: nil)
        for unit in ended { unit.completion.fail(error.with(unit.state)) }
        let onClosed = self.onClosed
        self.onClosed = nil
        onRetired = nil
        onClosed?(error)
    }

    // MARK: Timer

    private func startTicking() {
        guard !isTicking else { return }
        isTicking = true
        noteProgress(.now())
        scheduleTick()
    }

    private func scheduleTick() {
        eventLoop.scheduleTask(in: .milliseconds(Int64(configuration.tickMilliseconds))) { self.tick() }
    }

    private func tick() {
        let now = NIODeadline.now()
        for completion in pending.expire(now) {
            completion.fail(
                RedisError(.deadlineExceeded, .outcomeUnknown, "The deadline passed before Redis replied."))
        }
        guard !pending.isEmpty else {
            isTicking = false
            return
        }
        if pending.repliesReceived != repliesAtLastProgress {
            noteProgress(now)
        } else if now - lastProgress >= .milliseconds(Int64(configuration.replyTimeoutMilliseconds)) {
            isTicking = false
            return fail(
                RedisError(
                    .replyTimeout, .outcomeUnknown,
                    "Redis has not replied for \(configuration.replyTimeoutMilliseconds) ms."))
        }
        scheduleTick()
    }

    private func noteProgress(_ now: NIODeadline) {
        lastProgress = now
        repliesAtLastProgress = pending.repliesReceived
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        do throws(RedisDecodingError) {
            try bytes.withUnsafeReadableBytes { (bytes) throws(RedisDecodingError) in
                try decoder.decode(bytes) { value in receive(value) }
            }
        } catch {
            fail(error.asRedisError)
        }
    }

    /// Answers whether to read on.
    private func receive(_ value: RedisValue) -> Bool {
        if case .closed = state { return false }
        // It answers no command: Redis sends it to a new connection, and closes it.
        if let error = value.error, error.saysConnectionsFull {
            fail(
                RedisError(
                    .connectionFailed, .notWritten,
                    "Redis takes no more connections: its limit `maxclients` is reached.", errorReply: error))
            return false
        }
        switch pending.receive(value) {
        case .nothingToDo: break
        case .one(let completion, let value): completion.succeed(value)
        case .several(let completion, let values): completion.succeed(values)
        case .unsolicited:
            fail(
                RedisError(.protocolViolation, .outcomeUnknown, "Redis sent a reply that nobody asked for."))
            return false
        }
        if case .draining = state, pending.isEmpty { closeDrained() }
        return true
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(RedisError(.connectionClosed, .outcomeUnknown, "Redis closed the connection."))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(
            RedisError(
                .connectionClosed, .outcomeUnknown, "The connection to Redis failed.", cause: error))
    }
}
