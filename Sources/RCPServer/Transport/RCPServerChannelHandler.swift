import Logging
import NIOCore
import NIOSSL
import RCP

/// Drives `RCPServerConnection` on one channel: bytes in, actions out, replies gathered and flushed once.
///
/// Bounds: the channel gets no more than it has room for, the machine keeps the rest, and while more than
/// `RCPLimits.outboundBytesMax` waits to be sent nothing is read from the socket nor taken from what was read. What was
/// read is taken in turns (`RCPTransportLimits.actionsPerTurnMax`), and only then more is read.
///
/// `@unchecked Sendable`: touched on the channel's event loop only. A handler's task runs there too, since its
/// executor is that loop.
final class RCPServerChannelHandler: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case open
        /// The machine has closed; the client may still read what was sent, and what it sends is dropped.
        case lingering
        case closed
    }

    /// A handler that did not return at once.
    struct RunningCall {
        let task: Task<Void, Never>
        var deadline: RCPServerLoop.DeadlineToken?
    }

    let loop: RCPServerLoop
    var machine: RCPServerConnection
    var context: ChannelHandlerContext?
    var phase = Phase.open
    var logger: Logger

    // Caller, once known.
    var caller: RCPAuthenticated?
    var callerRoles = RCPRoleMask()
    var isAdministrator = false
    var principalName = ""
    /// Of the caller's principal on this loop.
    var callAccount: RCPCallAccount<RCPServerChannelHandler>!
    /// Why there was no place for this connection.
    var refusedBy: RCPConnectionLimit?
    /// Who has proved itself and found no place all the same.
    var refusedPrincipal: String?

    /// A call whose message is not complete.
    struct ReceivingCall {
        let startedAt: UInt64
        let deadline: RCPServerLoop.DeadlineToken
    }

    // Calls.
    var receivingCalls: [UInt32: ReceivingCall] = [:]
    var runningCalls: [UInt32: RunningCall] = [:]
    /// In the order in which they came; at most `RCPLimits.streamsMax`.
    var waitingCalls = CircularBuffer<WaitingCall>()
    /// Whether the account has this connection in its line, or has called it.
    var isInLine = false
    /// The deadlines of calls whose reply is queued.
    var replyDeadlines: [UInt32: RCPServerLoop.DeadlineToken] = [:]
    /// Of those calls that stream, the streams' other ends.
    var exchanges: [UInt32: RCPStreamExchange] = [:]
    /// The call being started, as long as its handler has not returned.
    var startingStream: UInt32?

    // Sending.
    private var isFlushPending = false
    private var isFlushing = false
    private(set) var isWritable = true
    /// Bytes handed to the channel since it stopped being writable, with those that made it stop.
    private var handedBytes = 0
    /// Of what clients leave unread, of this principal and of all.
    var unsentLease = RCPByteLease()
    /// Others leave so much unread that this one's calls wait until it reads.
    private var isUnsentRefused = false

    // Reading.
    private var isPumping = false
    /// The loop has this connection in its queue, to go on with what was read.
    private var isTurnAwaited = false
    /// When the bytes came that are being taken: uptime in nanoseconds.
    private var receivedAt: UInt64 = 0
    private var isReadHeld = false
    private var isInReadLoop = false
    var isInputClosed = false

    /// As in the log.
    let connectionNumber: UInt64
    /// As in the log: `RCPPeerAddress.name`.
    private(set) var peer = ""

    // Timers.
    var helloDeadline: RCPServerLoop.DeadlineToken?
    var lingerDeadline: RCPServerLoop.DeadlineToken?
    var hasHeard = false
    var silentSweeps = 0
    var stalledSweeps = 0
    var life: ConnectionLife
    var pingsSent: UInt64 = 0

    init(loop: RCPServerLoop, connectionNumber: UInt64) {
        self.loop = loop
        self.connectionNumber = connectionNumber
        machine = RCPServerConnection(configuration: loop.machine)
        life = ConnectionLife(
            limits: loop.limits, frame: loop.machine.limits, now: NIODeadline.now().uptimeNanoseconds)
        logger = loop.logger
        logger[metadataKey: "connection"] = "\(connectionNumber)"
    }

    // MARK: From the channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        peer = RCPPeerAddress.name(remote: context.remoteAddress, local: context.localAddress)
        let milliseconds = loop.connectionOpened(self, from: RCPPeerAddress(context.remoteAddress))
        logger.debug("connection opened")
        guard let milliseconds else { return context.close(promise: nil) }
        if loop.isDraining {
            // With TLS the handshake begins after this event; what is said before is not sent behind it.
            context.eventLoop.assumeIsolated().execute { if self.phase == .open { self.drain() } }
        } else {
            let deadline = NIODeadline.now() + .milliseconds(Int64(milliseconds))
            helloDeadline = loop.addDeadline(
                deadline.uptimeNanoseconds, .init(connection: self, kind: .hello))
        }
        flushNow()
        context.fireChannelActive()
    }

    /// Another connection has taken this one's place among those that have not said HELLO.
    func turnAway(_ limit: RCPConnectionLimit) {
        guard phase == .open, caller == nil else { return }
        refuse(limit)
        flushNow()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasHeard = true
        guard phase == .open else { return }
        isInReadLoop = true
        let bytes = unwrapInboundIn(data)
        loop.metrics?.receivedBytes.increment(by: bytes.readableBytes)
        receivedAt = NIODeadline.now().uptimeNanoseconds
        machine.bytesReceived(bytes)
        pump()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        let hasRead = isInReadLoop
        isInReadLoop = false
        if hasRead {
            // Handlers that were resumed during this read answer with this flush.
            loop.executor.runBatch()
            if isTurnAwaited { flushLater() } else { flushNow() }
        } else {
            // The end of the input comes without bytes (`maxMessagesPerRead` is 1). NIO closes the input behind this
            // event: a write that fails here would close the channel before, which NIO does not expect (an assertion).
            context.eventLoop.assumeIsolated().execute { self.flushNow() }
        }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if hasFramesHeld { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            stalledSweeps = 0
            handedBytes = 0
            isUnsentRefused = false
            flushNow()
        } else {
            isUnsentRefused = phase == .open && unsentLease.cover(unreadBytes) != nil
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { inputClosed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isInputClosed = true
        performEvent(machine.peerClosed())
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed(let reason) = error {
            logEnd("TLS handshake failed", kind: "tls", ["reason": "\(RCPTLSFailure(reason))"])
        } else {
            // A reset or a broken pipe: the client is gone. The type is enough; a text could quote addresses.
            logger.debug("transport failed", metadata: ["error_type": "\(type(of: error))"])
        }
        context.close(promise: nil)
    }

    // MARK: Actions

    /// Takes the machine's actions until there is none, enough waits to be sent, or the other connections are to have
    /// their turn.
    func pump() {
        if isPumping || isTurnAwaited { return flushLater() }
        isPumping = true
        takeActions()
        isPumping = false
        standInLine()
        flushLater()
        settleUnsent()
        if isInputClosed, phase == .open { inputClosed() }
        resumeReading()
    }

    private func takeActions() {
        var left = loop.limits.actionsPerTurnMax
        let end = NIODeadline.now() + .microseconds(Int64(loop.limits.turnMicrosecondsMax))
        while !isPaused, let action = machine.nextAction(nowMilliseconds: receivedAt / 1_000_000) {
            perform(action)
            if machine.readyBytes >= loop.limits.flushBytes { flushNow() }
            left -= 1
            guard left == 0 || NIODeadline.now() >= end else { continue }
            return awaitTurn()
        }
    }

    func awaitTurn() {
        if isTurnAwaited { return }
        isTurnAwaited = true
        loop.takeTurnLater(self)
    }

    /// It is this connection's turn again.
    func takeTurn() {
        guard isTurnAwaited, phase != .closed else { return }
        isTurnAwaited = false
        beginWaitingCall()
        pump()
    }

    /// An event's own action, and then those that follow from it. An event without one may have made something to send.
    func performEvent(_ action: RCPServerAction?) {
        guard let action else { return flushLater() }
        perform(action)
        pump()
    }

    private func perform(_ action: RCPServerAction) {
        switch action {
        case .authenticate(let hello): authenticate(hello)
        case .awaitMessage(let stream, let timeout): awaitMessage(stream, timeout, receivedAt)
        case .dropMessage(let stream): messageEnded(stream)
        case .startCall(let call): start(call, messageEnded(call.stream) ?? receivedAt)
        case .deliver(let stream, let message, let isLast):
            exchanges[stream]?.deliver(message, isLast: isLast)
        case .endMessages(let stream): exchanges[stream]?.endMessages()
        case .resumeWriter(let stream): exchanges[stream]?.resumeWriters()
        case .abortCall(let stream, _, let violation):
            if violation == .heldBytesExhausted { refused(violation) }
            cancelCall(stream)
        case .endReply(let stream): replyEnded(stream)
        case .cancelCall(let stream): cancelCall(stream)
        case .refuseCall(let stream, _, let violation):
            if let violation { refused(violation) }
            messageEnded(stream)
        case .close(let close): beginClosing(close)
        }
    }

    private func refused(_ violation: RCPViolation) {
        loop.metrics?.callMalformed(violation)
        if violation == .heldBytesExhausted {
            loop.metrics?.bytesRefused("received", machine.reachedByteLimit)
            loop.books.bytesRefused("received", machine.reachedByteLimit, of: principalName)
        }
    }

    // MARK: Sending

    /// Counts what the channel has taken without having room for it, too.
    var unsentBytes: Int { machine.unsentBytes + (isWritable ? 0 : handedBytes) }

    /// Those of `unsentBytes` that are replies: a stream whose reader is slow must not cost other calls theirs.
    var unsentReplyBytes: Int { unsentBytes - machine.messageStreamBytes }

    /// What counts against the budget of unsent bytes: what the transport takes with the next flush is as good as gone.
    private var unreadBytes: Int { isSoonSent(0) ? machine.messageStreamBytes : unsentBytes }

    private func isSoonSent(_ more: Int) -> Bool {
        isWritable && unsentReplyBytes + more <= loop.limits.flushBytes
    }

    /// - Returns: whose limit a message of so many bytes more would pass.
    func coverUnsent(_ bytes: Int, isReply: Bool) -> RCPByteLimit? {
        // A message of a call that has lost its connection is dropped.
        if phase != .open || (isReply && isSoonSent(bytes)) { return nil }
        guard let limit = unsentLease.cover(unreadBytes + bytes) else { return nil }
        isUnsentRefused = true
        loop.metrics?.bytesRefused("unsent", limit)
        loop.books.bytesRefused("unsent", limit, of: principalName)
        return limit
    }

    func settleUnsent() {
        if unsentLease.takenBytes > 0 { unsentLease.release(to: phase == .closed ? 0 : unreadBytes) }
    }

    /// A farewell is sent without regard to room.
    private var hasRoom: Bool { isWritable || phase == .lingering }

    /// What the machine has to send leaves at the end of the current read, batch or tick.
    func flushLater() {
        // A channel without room tells when it has some again.
        if isFlushPending || isInReadLoop || !hasRoom || !machine.hasBytes { return }
        isFlushPending = true
        loop.flushLater(self)
    }

    /// Hands over as much as the channel has room for; the farewell in any case.
    func flushNow() {
        isFlushPending = false
        // The channel tells from within a write that it has room again: the loop below sees that by itself.
        guard !isFlushing, let context else { return }
        repeat {
            isFlushing = true
            while hasRoom, let bytes = machine.nextBytes(loop.limits.flushBytes) {
                handedBytes = (isWritable ? 0 : handedBytes) + bytes.readableBytes
                loop.metrics?.sentBytes.increment(by: bytes.readableBytes)
                context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            }
            isFlushing = false
            // This may have ended a draining connection's last call, or made room for more of the client's frames.
            pump()
        } while isWritable && machine.hasBytes
    }

    // MARK: Reading

    var isPaused: Bool { phase == .open && isSendingHeldUp }

    private var isSendingHeldUp: Bool {
        !isWritable && (isUnsentRefused || unsentReplyBytes > loop.machine.limits.outboundBytesMax)
    }

    /// What was read is not to be taken yet, so nothing more is read.
    var hasFramesHeld: Bool { isTurnAwaited || isPaused }

    func resumeReading() {
        guard isReadHeld, !isPumping, !hasFramesHeld else { return }
        isReadHeld = false
        context?.read()
    }
}
