import Logging
import NIOCore
import ReturnsWire

/// Drives `RCPServerConnection` on one channel: bytes in, actions out, replies gathered and flushed once.
///
/// Bounds: while more than `RCPLimits.outboundBytesMax` waits to be sent it neither reads from the socket nor
/// takes frames from what was read.
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
    var caller: AuthenticatedPrincipal?
    var callerRoles = RCPRoleMask()

    /// A call whose message is not complete.
    struct ReceivingCall {
        let startedAt: UInt64
        let deadline: RCPServerLoop.DeadlineToken
    }

    // Calls.
    var receivingCalls: [UInt32: ReceivingCall] = [:]
    var runningCalls: [UInt32: RunningCall] = [:]
    /// The call being started, as long as its handler has not returned.
    var startingStream: UInt32?

    // Replies.
    var out = ByteBuffer()
    /// What `out` is given room for at first: the last flush was as large.
    private var outBytesExpected = 0
    private var isFlushPending = false
    /// Bytes handed to the channel since it stopped being writable, with those that made it stop.
    private(set) var handedBytes = 0

    // Reading.
    private(set) var isWritable = true
    private var isPumping = false
    private var isReadHeld = false
    private var isInReadLoop = false
    var isInputClosed = false

    // Timers.
    var helloDeadline: RCPServerLoop.DeadlineToken?
    var lingerDeadline: RCPServerLoop.DeadlineToken?
    var hasHeard = false
    var silentSweeps = 0
    var stalledSweeps = 0
    var pingsSent: UInt64 = 0

    init(loop: RCPServerLoop, connectionNumber: UInt64) {
        self.loop = loop
        machine = RCPServerConnection(configuration: loop.machine)
        logger = loop.logger
        logger[metadataKey: "connection"] = "\(connectionNumber)"
    }

    // MARK: From the channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let isWanted = loop.connectionOpened(self)
        logger.debug("connection opened")
        if !isWanted {
            perform(
                machine.refused(.overloaded, text: "the server has too many connections; try again later"))
        } else if loop.isDraining {
            drain()
        } else {
            let deadline = NIODeadline.now() + .milliseconds(Int64(loop.machine.limits.helloMillisecondsMax))
            helloDeadline = loop.addDeadline(
                deadline.uptimeNanoseconds, .init(connection: self, kind: .hello))
        }
        flushNow()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasHeard = true
        guard phase == .open else { return }
        isInReadLoop = true
        machine.bytesReceived(unwrapInboundIn(data))
        pump()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadLoop = false
        // Handlers that were resumed during this read answer with this flush.
        loop.executor.runBatch()
        flushNow()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { isReadHeld = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            stalledSweeps = 0
            handedBytes = 0
            if !isPumping {
                pump()
                flushNow()
            }
            resumeReading()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { inputClosed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isInputClosed = true
        perform(machine.peerClosed())
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset or a broken pipe: the client is gone. The type is enough; a text could quote addresses.
        logger.debug("transport failed", metadata: ["error_type": "\(type(of: error))"])
        context.close(promise: nil)
    }

    // MARK: Actions

    /// Takes the machine's actions until there is none, or until enough waits to be sent.
    func pump() {
        if isPumping { return }
        isPumping = true
        defer { isPumping = false }
        let now = NIODeadline.now().uptimeNanoseconds
        while !isPaused, let action = machine.nextAction(nowMilliseconds: now / 1_000_000) {
            perform(action, now)
            if out.readableBytes >= loop.limits.flushBytes { flushNow() }
        }
    }

    /// An event's own action, and then those that follow from it.
    func perform(_ action: RCPServerAction?) {
        guard let action else { return }
        perform(action, NIODeadline.now().uptimeNanoseconds)
        pump()
    }

    private func perform(_ action: RCPServerAction, _ now: UInt64) {
        switch action {
        case .authenticate(let hello): authenticate(hello)
        case .awaitMessage(let stream, let timeout): awaitMessage(stream, timeout, now)
        case .dropMessage(let stream): messageEnded(stream)
        case .startCall(let call): start(call, messageEnded(call.stream) ?? now)
        case .cancelCall(let stream): cancelCall(stream)
        case .endCall(let stream, _):
            action.write(into: &out)
            cancelCall(stream)
            flushLater()
        case .refuseCall(let stream, _, _):
            messageEnded(stream)
            action.write(into: &out)
            flushLater()
        case .sendHelloAck, .sendPong, .announceDrain, .confirmDrain:
            action.write(into: &out)
            flushLater()
        case .close(let close):
            action.write(into: &out)
            beginClosing(close)
        }
    }

    // MARK: Replies

    /// Room for a reply, at the size the last ones needed.
    func prepareOut() {
        if out.capacity == 0 { out = ByteBufferAllocator().buffer(capacity: outBytesExpected) }
        flushLater()
    }

    /// Unsent bytes beyond `RCPLimits.outboundBytesMax`, or a little more; kept without asking the channel.
    var unsentBytes: Int { out.readableBytes + (isWritable ? 0 : handedBytes) }

    private func flushLater() {
        if isFlushPending || isInReadLoop { return }
        isFlushPending = true
        loop.flushLater(self)
    }

    func flushNow() {
        isFlushPending = false
        let bytes = out.readableBytes
        guard bytes > 0, let context else {
            // Room that was made for a reply which was then dropped.
            if out.capacity > 0 { out = ByteBuffer() }
            return
        }
        outBytesExpected = min(bytes, loop.limits.flushBytes)
        handedBytes = isWritable ? bytes : handedBytes + bytes
        let buffer = out
        // The channel has the bytes now; an idle connection keeps no buffer.
        out = ByteBuffer()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: Reading

    private var isPaused: Bool { !isWritable && phase == .open }

    func resumeReading() {
        guard isReadHeld, !isPaused else { return }
        isReadHeld = false
        context?.read()
    }
}
