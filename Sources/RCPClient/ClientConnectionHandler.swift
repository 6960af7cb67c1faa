import NIOCore
import NIOSSL
import NIOTLS
import RCP

/// One connection at its event loop: drives `RCPClientConnection` and knows which call each stream belongs to.
final class ClientConnectionHandler: ChannelInboundHandler, RCPStreamDriver {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let link: ClientLink
    /// With the address of this connection.
    private let texts: ClientStatusTexts
    private var machine: RCPClientConnection
    private var context: ChannelHandlerContext?
    private var callsByStream: [UInt32: ClientCall] = [:]
    private var streamsMax = 0
    private(set) var isReady = false
    /// Why the connection ended, once it has.
    private var endStatus: RCPStatus?
    private var hasHeard = false
    /// Something has come since the last look at the connection's silence.
    private var heardSinceTick = false
    private var pingIsOut = false
    private var timer: Scheduled<Void>?

    init(link: ClientLink, hello: RCPHello, limits: RCPLimits, texts: ClientStatusTexts) {
        self.link = link
        self.texts = texts
        machine = RCPClientConnection(hello: hello, limits: limits)
    }

    var address: RCPAddress { texts.address }
    var openCalls: Int { callsByStream.count }
    var hasBeenReady: Bool { streamsMax > 0 }
    /// A server that stops reading gets no more calls: they wait at the link, which bounds them.
    var hasRoom: Bool {
        isReady && callsByStream.count < streamsMax && context?.channel.isWritable ?? false
    }

    /// Bytes that are gathered before they are written within a batch, so that `hasRoom` knows what became of them.
    private static let batchBytesMax = 64 * 1_024

    // MARK: From the link

    /// Sends the call. Bytes leave with `flush()`.
    ///
    /// - Returns: false, with the call untouched, if this connection takes no new calls any more.
    func open(_ call: ClientCall, now: NIODeadline) -> Bool {
        guard call.deadline > now else {
            call.end(.failed(.deadlinePassed(outcome: .notApplied), .byConnection))
            return true
        }
        let head = RCPRequestHead(
            timeoutMilliseconds: call.isEndless ? 0 : call.deadline.timeoutMilliseconds(at: now),
            requestID: call.requestID, metadata: call.metadata)
        switch machine.openCall(call.method, head: head, message: call.message) {
        case .opened(let stream):
            var call = call
            if let context { call.opened(stream, eventLoop: context.eventLoop, driver: self) }
            callsByStream[stream] = call
            if machine.readyBytes >= Self.batchBytesMax { flush() }
            return true
        case .refused(let status):
            if status.code == .unavailable { return false }
            call.end(.failed(status, .byConnection))
            return true
        }
    }

    /// - Returns: whether the call was open here.
    func cancel(callID: UInt64) -> Bool {
        guard let stream = callsByStream.first(where: { $0.value.id == callID })?.key else { return false }
        giveUp(stream, .cancelledHere(.unknown))
        flush()
        return true
    }

    /// Ends calls whose time is over, and returns the earliest deadline of the others.
    func endCalls(dueBy now: NIODeadline) -> NIODeadline? {
        var earliest: NIODeadline?
        for (stream, call) in callsByStream {
            if call.deadline <= now {
                giveUp(stream, .deadlinePassed(outcome: .unknown))
            } else {
                earliest = min(earliest ?? call.deadline, call.deadline)
            }
        }
        flush()
        return earliest
    }

    private func giveUp(_ stream: UInt32, _ status: RCPStatus) {
        guard let call = callsByStream.removeValue(forKey: stream) else { return }
        _ = machine.cancelCall(stream: stream, code: status.code)
        call.end(.failed(status, .byBackoff))
        takeActions()
    }

    func drain() {
        isReady = false
        if let action = machine.drainStarted() { act(action) }
        takeActions()
        flush()
    }

    func closeNow(text: String) {
        if let action = machine.closeRequested(text: text) { act(action) }
        flush()
    }

    /// Hands over as much as the channel has room for; the machine keeps the rest.
    func flush() {
        guard let context else { return }
        while context.channel.isWritable, let bytes = machine.nextBytes(Self.batchBytesMax) {
            context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
        }
        takeActions()
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        // A name for this machine may have been given to another one. Nothing has been sent yet.
        if !link.configuration.allowsPlaintext, case .tcp = texts.address,
            !(context.channel.remoteAddress?.isLoopback ?? false)
        {
            endStatus = texts.plaintextNotAllowed
            return context.close(promise: nil)
        }
        let limit = link.configuration.handshakeTimeout
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            self.endStatus =
                self.endStatus ?? self.texts.handshakeLate(milliseconds: limit.wholeMilliseconds)
            self.closeNow(text: "no HELLO_ACK in time")
        }
        machine.connected()
        link.connectionOpened(self)
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        if !hasHeard {
            hasHeard = true
            // A TLS record, most likely an alert about a preface in plaintext.
            if bytes.getInteger(at: bytes.readerIndex, as: UInt16.self).map({ 0x1403...0x1703 ~= $0 })
                ?? false
            {
                endStatus = endStatus ?? texts.serverSpeaksTLS
            }
        }
        heardSinceTick = true
        machine.bytesReceived(bytes)
        takeActions()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        link.connectionHasRoom()
        flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        flush()
        link.connectionHasRoom()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let action = machine.peerClosed() { act(action) }
        timer?.cancel()
        link.connectionEnded(self, endStatus ?? texts.lost(wasReady: hasBeenReady))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let spoken) = event,
            spoken != RCPClientTLS.applicationProtocol
        {
            endStatus = endStatus ?? texts.notRCPOverTLS
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !hasBeenReady, let status = tlsStatus(error, context) { endStatus = endStatus ?? status }
        // The machine learns of it from channelInactive, which follows; its words are more use than errno's.
        context.close(promise: nil)
    }

    /// What a TLS failure means; nil if it is none.
    private func tlsStatus(_ error: any Error, _ context: ChannelHandlerContext) -> RCPStatus? {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        guard let handler else { return nil }
        return texts.tlsFailed(error, serverCertificate: handler.peerCertificate)
    }

    // MARK: Actions

    private func takeActions() {
        while let action = machine.nextAction() { act(action) }
    }

    private func act(_ action: RCPClientAction) {
        switch action {
        case .ready(let ack):
            isReady = true
            streamsMax = Int(ack.streamsMax)
            timer?.cancel()
            listenForSilence()
            link.connectionReady(self, ack)
        case .completeCall(let reply):
            callsByStream.removeValue(forKey: reply.stream)?.end(.answered(reply))
        case .deliver(let stream, let message):
            callsByStream[stream]?.exchange?.deliver(message)
        case .resumeWriter(let stream):
            callsByStream[stream]?.exchange?.resumeWriters()
        case .failCall(let stream, let status, _):
            callsByStream.removeValue(forKey: stream)?.end(.failed(status, .byBackoff))
        case .pongReceived:
            pingIsOut = false
        case .stopOpening(_, let unprocessed):
            isReady = false
            link.connectionStopsOpening(self)
            fail(unprocessed)
        case .close(let close):
            isReady = false
            endStatus = endStatus ?? texts.status(of: close, wasReady: hasBeenReady)
            link.connectionStopsOpening(self)
            fail(close.failures.map { texts.telling(close.goAway, $0) })
            // The farewell is sent as far as the transport takes it at once.
            while let bytes = machine.nextBytes(.max), let context {
                context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
            }
            context?.close(promise: nil)
        }
    }

    private func fail(_ failures: [RCPCallFailure]) {
        for failure in failures {
            let pace: ClientCallPace = failure.status.outcome == .notApplied ? .byConnection : .byBackoff
            callsByStream.removeValue(forKey: failure.stream)?.end(.failed(failure.status, pace))
        }
    }

    // MARK: Message streams

    func messageTaken(stream: UInt32) { machine.messageTaken(stream: stream) }

    func send(stream: UInt32, message: ByteBuffer) throws(RCPStatus) -> RCPSendAction {
        guard message.readableBytes <= machine.messageBytesMax else {
            throw RCPStatus(
                code: .resourceExhausted, retryAfterMilliseconds: -1,
                text: "the message is above the connection's limit of \(machine.messageBytesMax) bytes")
        }
        return machine.send(stream: stream, message: message)
    }

    func endMessages(stream: UInt32) { machine.endMessages(stream: stream) }

    // MARK: Silence

    /// Notices a server that is gone without a word, be the connection idle or not.
    private func listenForSilence() {
        guard let eventLoop = context?.eventLoop, let keepalive = link.configuration.keepalive else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(keepalive)) { self.silenceTick() }
    }

    private func silenceTick() {
        if heardSinceTick {
            heardSinceTick = false
            pingIsOut = false
        } else if pingIsOut {
            return closeNow(text: "the server has been silent for too long")
        } else {
            let now = NIODeadline.now().uptimeNanoseconds
            pingIsOut = machine.ping(opaque: now, nowMilliseconds: now / 1_000_000)
            flush()
        }
        listenForSilence()
    }
}

extension RCPStatus {
    static func deadlinePassed(outcome: RCPOutcome) -> RCPStatus {
        // The time is over for every attempt of this call; a new one may be made.
        RCPStatus(
            code: .deadlineExceeded, outcome: outcome, text: "the call did not end within its deadline")
    }

    /// The caller has given the call up.
    static func cancelledHere(_ outcome: RCPOutcome) -> RCPStatus {
        RCPStatus(code: .cancelled, outcome: outcome, text: "the call was cancelled")
    }
}
