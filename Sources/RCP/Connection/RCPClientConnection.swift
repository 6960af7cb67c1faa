import NIOCore

/// The client's end of one connection: bytes and facts in, actions and bytes out; no IO, no clock, no logger.
///
/// Begin with `connected`. Give it bytes with `bytesReceived`, then take actions from `nextAction` until there
/// is none; do the same after `cancelCall` and `drainStarted`. What it has to send it keeps: while `hasBytes`, take
/// it with `nextBytes` whenever the transport has room, and then take actions again. In the state `closed` every
/// event is a legal no-op.
public struct RCPClientConnection: Sendable {
    enum State: Sendable {
        case initial
        case awaitingHelloAck
        case open(RCPClientSession)
        case closed
    }

    let hello: RCPHello
    let limits: RCPLimits
    var state: State = .initial
    var calls = RCPClientCalls()
    private var decoder = RCPFrameDecoder(rules: .beforeHandshake(.client))
    private var inbound = RCPInboundBuffer()
    var inboundStreams = RCPInboundStreams()
    var outbound = RCPOutboundBuffer()
    var inflater = RCPInflater()

    /// - Parameter limits: the same as in `hello`; the fields that are not negotiated bind this client alone.
    public init(hello: RCPHello, limits: RCPLimits = RCPLimits()) {
        precondition(limits.isValid, "limits outside SPEC.md §9")
        self.hello = hello
        self.limits = limits
    }

    /// Received bytes that are not yet frames; at most one frame's, once `nextAction` has returned nil.
    public var bufferedBytes: Int { inbound.readableBytes }
    /// Bytes of answers under assembly, and of messages until they are taken; at most `RCPLimits.heldBytesMax`.
    public var heldBytes: Int { calls.heldBytes + inboundStreams.heldBytes }
    /// Calls that have no answer yet.
    public var openCalls: Int { calls.count }
    /// Bytes that are yet to be sent, those included that wait for credit.
    public var unsentBytes: Int { outbound.readableBytes }
    /// Those of `unsentBytes` that wait for nothing but `nextBytes`.
    public var readyBytes: Int { outbound.readyBytes }
    /// Whether `nextBytes` may have something to give out.
    public var hasBytes: Bool { outbound.isReady }
    /// Frames received so far, for measurements.
    public var framesDecoded: UInt64 { decoder.framesDecoded }

    /// Whether the machine takes no more events.
    public var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    // MARK: Bytes

    /// The transport is up: sends preface and HELLO.
    public mutating func connected() {
        guard case .initial = state else { preconditionFailure("connected() twice") }
        state = .awaitingHelloAck
        outbound.append {
            RCPFrameWriter.writePreface(into: &$0)
            RCPFrameWriter.write(hello, into: &$0)
        }
    }

    /// Bytes have come from the server; then take actions.
    public mutating func bytesReceived(_ bytes: ByteBuffer) {
        if isClosed { return }
        inbound.append(bytes)
    }

    /// The next thing to do, or nil until something else happens.
    public mutating func nextAction() -> RCPClientAction? {
        while true {
            if let close = closeIfDrained() { return close }
            if isClosed { return nil }
            if let stream = outbound.nextRelieved() { return .resumeWriter(stream: stream) }
            do throws(RCPViolation) {
                guard let frame = try inbound.next(&decoder) else { return nil }
                if let action = frameReceived(frame) { return action }
            } catch {
                return connectionViolated(error)
            }
        }
    }

    /// What to send next: some `bytes` if as many are ready, by a frame more or less; nil if nothing can be sent now.
    public mutating func nextBytes(_ bytes: Int) -> ByteBuffer? {
        if case .open(let session) = state {
            while outbound.writeUntilEnd(
                below: bytes, framePayloadBytesMax: session.framePayloadBytesMax) != nil
            {}
        }
        return outbound.take()
    }

    /// The server has closed, or the transport failed.
    public mutating func peerClosed() -> RCPClientAction? {
        if isClosed { return nil }
        let violation: RCPViolation? = inbound.endsBetweenFrames(decoder) ? nil : .endInsideFrame
        var lastGoAway: RCPGoAway?
        if case .open(let session) = state { lastGoAway = session.peerGoAway }
        return close(
            goAway: lastGoAway, violation: violation, lostText: "the connection to the server was lost")
    }

    /// Takes what HELLO_ACK grants.
    mutating func open(_ ack: RCPHelloAck) {
        state = .open(RCPClientSession(ack))
        decoder.rules = RCPHeaderRules(
            role: .client, framePayloadBytesMax: Int(ack.framePayloadBytesMax), features: ack.features)
        if ack.features.contains(.streaming) { outbound.negotiatedStreaming() }
    }

    // MARK: The end

    /// This client opens no more calls here: sends GOAWAY, and closes with the last call (SPEC.md §11).
    public mutating func drainStarted() -> RCPClientAction? {
        switch state {
        case .initial, .awaitingHelloAck:
            return close(lostText: "the client is stopping")
        case .open(var session):
            if session.isDraining { return nil }
            session.isDraining = true
            state = .open(session)
            let goAway = RCPGoAway(lastStream: 0, code: .noError, text: "the client is done")
            outbound.append { RCPFrameWriter.write(goAway, into: &$0) }
            return nil
        case .closed:
            return nil
        }
    }

    /// Ends the connection now, as when a PING stays without PONG.
    public mutating func closeRequested(text: String) -> RCPClientAction? {
        if isClosed { return nil }
        return close(lostText: text)
    }

    /// Ends every call: those above `lastStream` were never acted on, the others may have been.
    mutating func close(
        farewell: RCPGoAway? = nil, refused: RCPRefused? = nil, goAway: RCPGoAway? = nil,
        violation: RCPViolation? = nil, lostText: String
    ) -> RCPClientAction {
        state = .closed
        inbound.discard()
        inboundStreams.removeAll()
        outbound.dropStreams()
        if let farewell { outbound.append { RCPFrameWriter.write(farewell, into: &$0) } }
        var failures: [RCPCallFailure] = []
        if let goAway { failures = unprocessed(above: goAway.lastStream) }
        for stream in calls.removeAll(above: 0) {
            let status = RCPStatus(code: .unavailable, outcome: .unknown, text: lostText)
            failures.append(RCPCallFailure(stream: stream, status: status))
        }
        return .close(
            RCPClientClose(
                farewell: farewell, failures: failures, refused: refused, goAway: goAway,
                violation: violation))
    }

    mutating func unprocessed(above lastStream: UInt32) -> [RCPCallFailure] {
        calls.removeAll(above: lastStream).map { stream in
            inboundStreams.remove(stream)
            outbound.drop(stream)
            let text = "the server is stopping and has not acted on this call"
            return RCPCallFailure(
                stream: stream, status: RCPStatus(code: .unavailable, outcome: .notApplied, text: text))
        }
    }

    private mutating func closeIfDrained() -> RCPClientAction? {
        guard case .open(let session) = state, session.endsWhenIdle, calls.isEmpty else { return nil }
        return close(lostText: "")
    }

    /// A connection error (SPEC.md §10), said as the state allows.
    mutating func connectionViolated(_ violation: RCPViolation) -> RCPClientAction {
        let text = "\(violation.row): \(violation.text)"
        guard case .open = state, case .goAway(let code) = violation.clientConsequence else {
            return close(violation: violation, lostText: text)
        }
        let goAway = RCPGoAway(lastStream: 0, code: code, text: text)
        return close(farewell: goAway, violation: violation, lostText: text)
    }
}
