import NIOCore

extension RCPClientConnection {
    // MARK: From the caller

    /// Opens a unary call and sends its REQUEST, or says why not.
    public mutating func openCall(
        _ method: RCPMethod, head: RCPRequestHead, message: ByteBuffer
    ) -> RCPOpenAction {
        guard case .open(let session) = state, session.mayOpenCalls else {
            return refuse(.unavailable, "this connection takes no new calls", retryAfterMilliseconds: 0)
        }
        if let refusal = refusal(of: method, head, message, session) { return .refused(refusal) }
        guard calls.count < session.streamsMax else {
            return refuse(
                .resourceExhausted, RCPViolation.streamsExhausted.text,
                retryAfterMilliseconds: limits.overloadRetryAfterMilliseconds)
        }
        guard let stream = calls.open() else {
            return refuse(
                .unavailable, "this connection has used up its stream ids", retryAfterMilliseconds: 0)
        }
        let rest = outbound.append {
            RCPFrameWriter.writeRequest(
                stream: stream, method: method.id, head: head, message: message,
                framePayloadBytesMax: session.framePayloadBytesMax, into: &$0)
        }
        if let rest { outbound.append(rest, stream: stream) }
        return .opened(stream: stream)
    }

    /// What the server would refuse anyway is refused here, before it costs a round trip.
    private func refusal(
        of method: RCPMethod, _ head: RCPRequestHead, _ message: ByteBuffer, _ session: RCPClientSession
    ) -> RCPStatus? {
        if method.kind != .unary { return refused(.methodKind) }
        switch method.idempotency {
        case .readOnly: if !head.requestID.isZero { return refused(.requestIDUnexpected) }
        case .mutation: if head.requestID.isZero { return refused(.requestIDMissing) }
        }
        if let violation = head.metadata.violation { return refused(violation) }
        let messageBytes = message.readableBytes
        if messageBytes > session.messageBytesMax { return refused(.messageTooLarge) }
        let fitsFrame = head.encodedBytes + messageBytes <= session.framePayloadBytesMax
        if !fitsFrame, !session.features.contains(.fragments) { return refused(.messageTooLarge) }
        return nil
    }

    private func refused(_ violation: RCPViolation) -> RCPStatus {
        guard case .response(let code) = violation.serverConsequence else {
            preconditionFailure("row \(violation.row) is no stream error at a server")
        }
        return RCPStatus(code: code, outcome: .notApplied, retryAfterMilliseconds: -1, text: violation.text)
    }

    private func refuse(
        _ code: RCPStatusCode, _ text: String, retryAfterMilliseconds: Int32
    ) -> RCPOpenAction {
        .refused(
            RCPStatus(
                code: code, outcome: .notApplied, retryAfterMilliseconds: retryAfterMilliseconds, text: text))
    }

    /// The caller gives up, or its deadline has passed: sends CANCEL.
    ///
    /// - Returns: false, and sends nothing, if the call has ended meanwhile.
    public mutating func cancelCall(stream: UInt32, code: RCPStatusCode = .cancelled) -> Bool {
        guard endCall(stream) else { return false }
        writeCancel(code, stream: stream)
        return true
    }

    /// Of the call nothing more is sent, be its request complete or not.
    ///
    /// - Returns: whether the stream was open.
    @discardableResult
    mutating func endCall(_ stream: UInt32) -> Bool {
        outbound.drop(stream: stream)
        return calls.remove(stream)
    }

    mutating func writeCancel(_ code: RCPStatusCode, stream: UInt32) {
        outbound.append { RCPFrameWriter.writeCancel(code, stream: stream, into: &$0) }
    }

    /// Sends a PING unless the server has asked for a longer interval or the connection is not open.
    ///
    /// - Returns: whether it is sent.
    public mutating func ping(opaque: UInt64, nowMilliseconds: UInt64) -> Bool {
        guard case .open(var session) = state else { return false }
        if let last = session.lastPingMilliseconds,
            nowMilliseconds < last + session.pingIntervalMillisecondsMin
        {
            return false
        }
        session.lastPingMilliseconds = nowMilliseconds
        state = .open(session)
        outbound.append { RCPFrameWriter.writePing(opaque: opaque, into: &$0) }
        return true
    }

    // MARK: From the server

    mutating func responseReceived(
        _ frame: RCPFrame, _ session: RCPClientSession
    ) throws(RCPViolation) -> RCPClientAction? {
        guard let call = calls[frame.stream] else { return try endedStreamNamed(frame) }
        guard case .awaitingResponse = call else { throw .responseRepeated }
        var payload = frame.payload
        let head = try RCPResponseHead(reading: &payload)
        guard frame.flags.contains(.more) else {
            let message = try wholeMessage(payload, head, frame.flags, session)
            endCall(frame.stream)
            return .completeCall(RCPInboundReply(stream: frame.stream, head: head, message: message))
        }
        let assembly = try RCPAssembly(
            firstFragment: &payload, messageBytesMax: session.messageBytesMax, truncated: .responseMalformed)
        guard calls.heldBytes + assembly.totalBytes <= limits.heldBytesMax else { throw .heldBytesExhausted }
        calls.receive(head, assembly, frame.stream)
        return nil
    }

    private func wholeMessage(
        _ rest: ByteBuffer, _ head: RCPResponseHead, _ flags: RCPFrameFlags, _ session: RCPClientSession
    ) throws(RCPViolation) -> ByteBuffer? {
        guard flags.contains(.hasMessage) else {
            guard rest.readableBytes == 0 else { throw .messageUnannounced }
            if head.status.code == .ok { throw .messageAbsent }
            return nil
        }
        guard rest.readableBytes <= session.messageBytesMax else { throw .messageTooLarge }
        return rest
    }

    mutating func messageReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPClientAction? {
        guard let call = calls[frame.stream] else { return try endedStreamNamed(frame) }
        switch call {
        case .awaitingResponse:
            throw .messageUnexpected
        case .receiving:
            guard let reply = try calls.append(frame) else { return nil }
            // A server may answer what it has not read to the end.
            outbound.drop(stream: frame.stream)
            return .completeCall(reply)
        }
    }

    mutating func cancelReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPClientAction? {
        guard let code = RCPStatusCode(rawValue: frame.payload.firstUInt8), code != .ok
        else { throw .cancelCode }
        guard endCall(frame.stream) else { return try endedStreamNamed(frame) }
        let status = RCPStatus(code: code, outcome: .unknown, text: "the server gave up the call")
        return .failCall(stream: frame.stream, status, nil)
    }

    /// A frame that crossed the end of its call is skipped; one for a call that never was is a violation.
    private func endedStreamNamed(_ frame: RCPFrame) throws(RCPViolation) -> RCPClientAction? {
        guard frame.stream <= calls.lastStream else { throw .streamIdle }
        return nil
    }
}
