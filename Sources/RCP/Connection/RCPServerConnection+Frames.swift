import NIOCore

extension RCPServerConnection {
    /// One frame whose header has passed its checks. `nextAction` calls this; so do tests.
    public mutating func frameReceived(_ frame: RCPFrame, nowMilliseconds: UInt64) -> RCPServerAction? {
        do throws(RCPViolation) {
            switch state {
            case .awaitingHello:
                return try firstFrameReceived(frame)
            case .authenticating:
                throw .frameBeforeHelloAck
            case .open(let session):
                inflater.nowMilliseconds = nowMilliseconds
                return try frameReceived(frame, session, nowMilliseconds: nowMilliseconds)
            case .closed:
                return nil
            }
        } catch {
            return violated(error, stream: frame.stream, nowMilliseconds: nowMilliseconds)
        }
    }

    private mutating func firstFrameReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPServerAction {
        guard frame.type == .hello else { throw .firstFrameNotHello }
        let hello = try RCPHello(payload: frame.payload)
        guard inbound.readableBytes == 0 else { throw .frameBeforeHelloAck }
        state = .authenticating(hello)
        return .authenticate(hello)
    }

    private mutating func frameReceived(
        _ frame: RCPFrame, _ session: RCPServerSession, nowMilliseconds: UInt64
    ) throws(RCPViolation) -> RCPServerAction? {
        switch frame.type {
        case .request:
            return try requestReceived(frame, session)
        case .message:
            return try messageReceived(frame, session)
        case .cancel:
            return try cancelReceived(frame, nowMilliseconds: nowMilliseconds)
        case .ping:
            try pingReceived(frame, session, nowMilliseconds: nowMilliseconds)
            return nil
        case .pong:
            pongReceived(frame, session)
            return nil
        case .goAway:
            return try goAwayReceived(frame, session)
        case .credit:
            try creditReceived(frame, session)
            return nil
        case .hello, .helloAck, .refused, .response:
            throw .typeNotForRole
        }
    }

    private mutating func pingReceived(
        _ frame: RCPFrame, _ session: RCPServerSession, nowMilliseconds: UInt64
    ) throws(RCPViolation) {
        var session = session
        try session.pingReceived(
            nowMilliseconds: nowMilliseconds, pingStrikesMax: configuration.limits.pingStrikesMax)
        state = .open(session)
        outbound.append { RCPFrameWriter.writePong(opaque: frame.payload.firstUInt64, into: &$0) }
    }

    private mutating func pongReceived(_ frame: RCPFrame, _ session: RCPServerSession) {
        guard case .announced(let ping, let text) = session.drain, ping == frame.payload.firstUInt64 else {
            return
        }
        var session = session
        session.drain = .confirmed
        state = .open(session)
        let goAway = RCPGoAway.draining(lastStream: calls.lastStream, text)
        outbound.append { RCPFrameWriter.write(goAway, into: &$0) }
    }

    private mutating func goAwayReceived(
        _ frame: RCPFrame, _ session: RCPServerSession
    ) throws(RCPViolation) -> RCPServerAction? {
        let goAway = try RCPGoAway(payload: frame.payload)
        if let last = session.peerGoAwayLastStream, goAway.lastStream > last { throw .goAwayRising }
        guard goAway.code == .noError else { return close(.none) }
        var session = session
        session.peerGoAwayLastStream = goAway.lastStream
        state = .open(session)
        return nil
    }

    /// The end of a drain that has no call left, in either direction.
    mutating func closeIfDrained() -> RCPServerAction? {
        closesNext ? close(.none) : nil
    }
}

extension ByteBuffer {
    /// - Precondition: the header check has made sure of the payload's length.
    var firstUInt64: UInt64 { getInteger(at: readerIndex)! }
    var firstUInt32: UInt32 { getInteger(at: readerIndex)! }
    var firstUInt8: UInt8 { getInteger(at: readerIndex)! }
}
