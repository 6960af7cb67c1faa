import NIOCore

extension RCPClientConnection {
    /// One frame whose header has passed its checks. `nextAction` calls this; so do tests.
    public mutating func frameReceived(_ frame: RCPFrame) -> RCPClientAction? {
        do throws(RCPViolation) {
            switch state {
            case .initial:
                preconditionFailure("a frame before connected()")
            case .awaitingHelloAck:
                return try firstFrameReceived(frame)
            case .open(let session):
                return try frameReceived(frame, session)
            case .closed:
                return nil
            }
        } catch {
            return violated(error, frame)
        }
    }

    private mutating func firstFrameReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPClientAction {
        switch frame.type {
        case .helloAck:
            let ack = try RCPHelloAck(payload: frame.payload)
            try ack.check(against: hello)
            open(ack)
            return .ready(ack)
        case .refused:
            let refused = try RCPRefused(payload: frame.payload)
            return close(refused: refused, lostText: refused.text)
        case .hello, .ping, .pong, .goAway, .credit, .request, .message, .response, .cancel:
            throw .helloAckMissing
        }
    }

    private mutating func frameReceived(
        _ frame: RCPFrame, _ session: RCPClientSession
    ) throws(RCPViolation) -> RCPClientAction? {
        switch frame.type {
        case .response:
            return try responseReceived(frame, session)
        case .message:
            return try messageReceived(frame, session)
        case .cancel:
            return try cancelReceived(frame)
        case .ping:
            outbound.append { RCPFrameWriter.writePong(opaque: frame.payload.firstUInt64, into: &$0) }
            return nil
        case .pong:
            return .pongReceived(opaque: frame.payload.firstUInt64)
        case .goAway:
            return try goAwayReceived(frame, session)
        case .credit:
            try creditReceived(frame, session)
            return nil
        case .hello, .helloAck, .refused, .request:
            throw .typeNotForRole
        }
    }

    private mutating func goAwayReceived(
        _ frame: RCPFrame, _ session: RCPClientSession
    ) throws(RCPViolation) -> RCPClientAction {
        let goAway = try RCPGoAway(payload: frame.payload)
        if let last = session.peerGoAway?.lastStream, goAway.lastStream > last { throw .goAwayRising }
        guard goAway.code == .noError else {
            return close(goAway: goAway, lostText: "the server ended the connection (\(goAway.code))")
        }
        var session = session
        session.peerGoAway = goAway
        state = .open(session)
        return .stopOpening(goAway, unprocessed: unprocessed(above: goAway.lastStream))
    }

    /// Turns a row of SPEC.md §10 into its consequence: the call's or the connection's.
    private mutating func violated(_ violation: RCPViolation, _ frame: RCPFrame) -> RCPClientAction {
        guard case .callFails(let code) = violation.clientConsequence else {
            return connectionViolated(violation)
        }
        endCall(frame.stream)
        // The server has to be told if it is still answering.
        if !frame.flags.contains(.end) { writeCancel(.cancelled, stream: frame.stream) }
        // The next answer would be like this one.
        let status = RCPStatus(
            code: code, outcome: .unknown, retryAfterMilliseconds: -1, text: violation.text)
        return .failCall(stream: frame.stream, status, violation)
    }
}
