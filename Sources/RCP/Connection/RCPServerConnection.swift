import NIOCore

/// The server's end of one connection: bytes and facts in, actions and bytes out; no IO, no clock, no logger.
///
/// Give it bytes with `bytesReceived`, then take actions from `nextAction` until there is none; do the same
/// after every other event but those of handlers. One action is returned at a time, so nothing is allocated per
/// event. What it has to send it keeps: while `hasBytes`, take it with `nextBytes` whenever the transport has room,
/// and then take actions again.
/// In the state `closed` every event is a legal no-op, since handlers and timers may end after the connection.
public struct RCPServerConnection: Sendable {
    /// What a server states and enforces on each connection.
    public struct Configuration: Sendable {
        /// Its own choice of limits, which HELLO_ACK states where they are negotiated.
        public var limits: RCPLimits
        /// What can be called.
        public var methods: RCPMethodTable
        /// SHA-256 of the schema, 32 bytes.
        public var schemaHash: [UInt8]
        /// For the client's log: program and version.
        public var serverName: String

        public init(
            limits: RCPLimits = RCPLimits(), methods: RCPMethodTable,
            schemaHash: [UInt8] = [UInt8](repeating: 0, count: RCPLimits.schemaHashBytes), serverName: String
        ) {
            precondition(limits.isValid, "limits outside SPEC.md §9")
            self.limits = limits
            self.methods = methods
            self.schemaHash = schemaHash
            self.serverName = serverName
        }
    }

    enum State: Sendable {
        case awaitingHello
        case authenticating(RCPHello)
        case open(RCPServerSession)
        case closed
    }

    let configuration: Configuration
    var state: State = .awaitingHello
    var calls = RCPServerCalls()
    private var decoder = RCPFrameDecoder(rules: .beforeHandshake(.server))
    var inbound = RCPInboundBuffer()
    var inboundStreams = RCPInboundStreams()
    var outbound = RCPOutboundBuffer()
    /// Of what the connections of this client, and of all, hold together.
    var lease = RCPByteLease()
    /// Of the frame that is not complete.
    private var frameRoomBytes = 0
    /// Of the last message that was not kept (SPEC.md M43).
    public internal(set) var reachedByteLimit = RCPByteLimit.connection
    // Strikes.
    var cancels = RCPSlidingCount()
    var refusals = RCPSlidingCount()
    var inflater: RCPInflater
    /// Calls whose queued reply has been sent.
    private var endedReplies = CircularBuffer<UInt32>()

    public init(configuration: Configuration) {
        self.configuration = configuration
        inflater = RCPInflater(limits: configuration.limits)
    }

    /// Received bytes that are not yet frames; at most one frame's, once `nextAction` has returned nil.
    public var bufferedBytes: Int { inbound.readableBytes }
    /// Bytes of messages held by open calls; at most `RCPLimits.heldBytesMax`.
    public var heldBytes: Int { calls.held.bytes + inboundStreams.heldBytes }
    /// The room that they take, with that of a frame under way.
    var usedRoomBytes: Int { calls.held.roomBytes + inboundStreams.held.roomBytes + frameRoomBytes }
    /// The highest stream that a REQUEST has named.
    public var highestStream: UInt32 { calls.highestStream }
    /// Calls that count against `RCPLimits.streamsMax`, those included whose reply waits in `unsentBytes`.
    public var openCalls: Int { calls.count }
    /// Bytes that are yet to be sent, those included that wait for credit.
    public var unsentBytes: Int { outbound.readableBytes }
    /// Those of `unsentBytes` that are messages of a stream, and so may wait for the client's credit.
    public var messageStreamBytes: Int { outbound.messageStreamBytes }
    /// Those of `unsentBytes` that wait for nothing but `nextBytes`.
    public var readyBytes: Int { outbound.readyBytes }
    /// Whether messages wait for credit of the connection, and none has come since the last call. A receiver returns it as
    /// messages arrive, so a client that leaves it so does not read.
    public mutating func hasNoConnectionCredit() -> Bool { outbound.hasNoConnectionCredit() }
    /// Whether `nextBytes` may have something to give out.
    public var hasBytes: Bool { outbound.isReady }
    /// Frames received so far, for measurements.
    public var framesDecoded: UInt64 { decoder.framesDecoded }

    /// Whether the machine takes no more events.
    public var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    // MARK: Bytes

    /// Bytes have come from the client; then take actions.
    public mutating func bytesReceived(_ bytes: ByteBuffer) {
        // A peer that was shown the door may go on sending; that must cost nothing.
        if isClosed { return }
        inbound.append(bytes)
    }

    /// The next thing to do, or nil until something else happens.
    ///
    /// - Parameter nowMilliseconds: any monotonic clock, read once per batch of bytes; PINGs are measured by it.
    public mutating func nextAction(nowMilliseconds: UInt64) -> RCPServerAction? {
        while true {
            if let close = closeIfDrained() { return close }
            if isClosed { return nil }
            if let stream = endedReplies.popFirst() { return .endReply(stream: stream) }
            if let stream = outbound.nextRelieved() { return .resumeWriter(stream: stream) }
            do throws(RCPViolation) {
                // Not one byte may come between HELLO and HELLO_ACK, so that it does not matter how the transport cuts them.
                if case .authenticating = state, inbound.readableBytes > 0 { throw .frameBeforeHelloAck }
                guard let frame = try inbound.next(&decoder) else {
                    return frameIncomplete(nowMilliseconds: nowMilliseconds)
                }
                frameRoomBytes = 0
                let action = frameReceived(frame, nowMilliseconds: nowMilliseconds)
                lease.release(to: usedRoomBytes)
                if let action { return action }
            } catch {
                return connectionViolated(error)
            }
        }
    }

    /// Keeps what has come of a frame, or gives it up with its call for want of room.
    private mutating func frameIncomplete(nowMilliseconds: UInt64) -> RCPServerAction? {
        frameRoomBytes = inbound.roomBytes
        if lease.cover(usedRoomBytes) == nil {
            lease.release(to: usedRoomBytes)
            return nil
        }
        inbound.compact()
        frameRoomBytes = inbound.roomBytes
        guard let limit = lease.cover(usedRoomBytes) else { return nil }
        frameRoomBytes = 0
        reachedByteLimit = limit
        let header = inbound.skipFrame(&decoder)
        let action = frameNotKept(header, nowMilliseconds: nowMilliseconds)
        lease.release(to: usedRoomBytes)
        return action
    }

    /// What to send next: some `bytes` if as many are ready, by a frame more or less; nil if nothing can be sent now.
    public mutating func nextBytes(_ bytes: Int) -> ByteBuffer? {
        if case .open(let session) = state {
            while let ended = outbound.writeUntilEnd(
                below: bytes, framePayloadBytesMax: session.framePayloadBytesMax)
            {
                calls.remove(ended)
                endedReplies.append(ended)
            }
        }
        return outbound.take()
    }

    /// Whether `nextAction` will close: the connection drains, and its last call has ended.
    public var closesNext: Bool {
        guard case .open(let session) = state else { return false }
        return session.endsWhenIdle && calls.isEmpty
    }

    /// The client has closed its side, or the transport failed.
    public mutating func peerClosed() -> RCPServerAction? {
        if isClosed { return nil }
        let violation: RCPViolation? = inbound.endsBetweenFrames(decoder) ? nil : .endInsideFrame
        return close(.none, violation: violation)
    }

    // MARK: Handshake

    /// The credentials are good: the answer to `.authenticate`. Sends HELLO_ACK.
    ///
    /// - Parameter share: of what the connections of this client hold together; nil where only each one's own is limited.
    public mutating func authenticated(sharing share: (any RCPByteShare)? = nil) {
        switch state {
        case .awaitingHello, .open:
            preconditionFailure("authenticated() without .authenticate")
        case .authenticating(let hello):
            let ack = RCPHelloAck(
                answering: hello, limits: configuration.limits, schemaHash: configuration.schemaHash,
                serverName: configuration.serverName)
            state = .open(RCPServerSession(ack))
            lease = RCPByteLease(share)
            decoder.rules = RCPHeaderRules(
                role: .server, framePayloadBytesMax: Int(ack.framePayloadBytesMax), features: ack.features)
            if ack.features.contains(.streaming) { outbound.negotiatedStreaming() }
            outbound.append { RCPFrameWriter.write(ack, into: &$0) }
        case .closed:
            break
        }
    }

    /// Sends a PING, if the connection is open.
    public mutating func ping(opaque: UInt64) {
        guard case .open = state else { return }
        outbound.append { RCPFrameWriter.writePing(opaque: opaque, into: &$0) }
    }

    /// The connection is not wanted: the other answer to `.authenticate`, or before HELLO when overloaded.
    public mutating func refused(_ code: RCPRefusedCode, text: String) -> RCPServerAction? {
        switch state {
        case .awaitingHello, .authenticating:
            return close(.refused(RCPRefused(code: code, text: text)))
        case .open:
            preconditionFailure("refused(_:text:) after HELLO_ACK")
        case .closed:
            return nil
        }
    }

    /// `RCPLimits.helloMillisecondsMax` have passed since the connection was accepted (SPEC.md M23).
    public mutating func helloTimedOut() -> RCPServerAction? {
        switch state {
        case .awaitingHello: connectionViolated(.helloLate)
        case .authenticating, .open, .closed: nil
        }
    }

    /// A frame is under way for longer than `RCPLimits.frameMillisecondsMax` and `frameBytesPerSecondMin` allow (SPEC.md
    /// M65).
    public mutating func frameTimedOut() -> RCPServerAction? {
        switch state {
        case .open: connectionViolated(.frameLate)
        case .awaitingHello, .authenticating, .closed: nil
        }
    }

    // MARK: The end

    /// Begins to drain (SPEC.md §11): sends GOAWAY and PING, or REFUSED to a client that has not said HELLO.
    ///
    /// - Parameters:
    ///   - ping: any number the server has not used on this connection.
    ///   - text: why, for people.
    public mutating func drainStarted(
        ping: UInt64, text: String = "this server is stopping; connect to another"
    ) -> RCPServerAction? {
        switch state {
        case .awaitingHello, .authenticating:
            return refused(.draining, text: text)
        case .open(var session):
            guard case .none = session.drain else { return nil }
            session.drain = .announced(ping: ping, text: text)
            state = .open(session)
            outbound.append {
                RCPFrameWriter.write(.draining(lastStream: .max, text), into: &$0)
                RCPFrameWriter.writePing(opaque: ping, into: &$0)
            }
            return nil
        case .closed:
            return nil
        }
    }

    /// Ends the connection now: grace over, principal revoked, idle too long.
    public mutating func closeRequested(_ code: RCPGoAwayCode, text: String) -> RCPServerAction? {
        switch state {
        case .awaitingHello, .authenticating:
            return refused(code == .unauthenticated ? .unauthenticated : .draining, text: text)
        case .open:
            return close(.goAway(RCPGoAway(lastStream: calls.lastStream, code: code, text: text)))
        case .closed:
            return nil
        }
    }

    mutating func close(
        _ farewell: RCPServerClose.Farewell, violation: RCPViolation? = nil
    ) -> RCPServerAction {
        state = .closed
        inbound.discard()
        inboundStreams.removeAll()
        outbound.dropStreams()
        endedReplies.removeAll()
        outbound.append { farewell.write(into: &$0) }
        let cancelled = calls.removeAll()
        frameRoomBytes = 0
        lease.release(to: 0)
        return .close(
            RCPServerClose(farewell: farewell, cancelledStreams: cancelled, violation: violation))
    }

    /// A connection error (SPEC.md §10), said as the state allows.
    mutating func connectionViolated(_ violation: RCPViolation) -> RCPServerAction {
        guard let consequence = violation.serverConsequence else {
            preconditionFailure("row \(violation.row) cannot occur at a server")
        }
        switch consequence {
        case .httpReply:
            return close(.httpReply, violation: violation)
        case .close:
            return close(.none, violation: violation)
        case .refused(let code):
            return close(.refused(RCPRefused(code: code, text: violation.text)), violation: violation)
        case .goAway(let code):
            let text = "\(violation.row): \(violation.text)"
            switch state {
            case .awaitingHello, .authenticating:
                return close(.refused(RCPRefused(code: .malformed, text: text)), violation: violation)
            case .open, .closed:
                let goAway = RCPGoAway(lastStream: calls.lastStream, code: code, text: text)
                return close(.goAway(goAway), violation: violation)
            }
        case .response, .callFails:
            preconditionFailure("row \(violation.row) is a stream error")
        }
    }
}

extension RCPGoAway {
    static func draining(lastStream: UInt32, _ text: String) -> RCPGoAway {
        RCPGoAway(lastStream: lastStream, code: .noError, text: text)
    }
}
