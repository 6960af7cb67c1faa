import NIOCore

extension RCPClientConnection {
    // MARK: From the caller

    /// Opens a call and sends its REQUEST, or says why not.
    ///
    /// - Parameter message: nil, and only then, where the client sends a message stream; that begins with `send`.
    public mutating func openCall(
        _ method: RCPMethod, head: RCPRequestHead, message: ByteBuffer?
    ) -> RCPOpenAction {
        precondition(
            (message == nil) == method.kind.streamsRequests, "the message does not fit the call's kind")
        guard case .open(let session) = state, session.mayOpenCalls else {
            return refuse(.unavailable, "this connection takes no new calls", retryAfterMilliseconds: 0)
        }
        if let refusal = refusal(of: method, head, message, session) { return .refused(refusal) }
        guard calls.count < session.streamsMax else {
            return refuse(
                .resourceExhausted, RCPViolation.streamsExhausted.text,
                retryAfterMilliseconds: limits.overloadRetryAfterMilliseconds)
        }
        guard let stream = calls.open(method.kind) else {
            return refuse(
                .unavailable, "this connection has used up its stream ids", retryAfterMilliseconds: 0)
        }
        if method.kind.streamsReplies { inboundStreams.open(stream) }
        guard let message else {
            outbound.append {
                RCPFrameWriter.writeRequest(stream: stream, method: method.id, head: head, into: &$0)
            }
            outbound.open(stream)
            return .opened(stream: stream)
        }
        let encoded = RCPEncodedMessage(message, features: session.features)
        let rest = outbound.append {
            RCPFrameWriter.writeRequest(
                stream: stream, method: method.id, head: head, message: encoded.bytes,
                isCompressed: encoded.isCompressed,
                framePayloadBytesMax: session.framePayloadBytesMax, into: &$0)
        }
        if let rest { outbound.append(rest, stream: stream) }
        return .opened(stream: stream)
    }

    /// What the server would refuse anyway is refused here, before it costs a round trip.
    private func refusal(
        of method: RCPMethod, _ head: RCPRequestHead, _ message: ByteBuffer?, _ session: RCPClientSession
    ) -> RCPStatus? {
        if method.kind != .unary, !session.features.contains(.streaming) { return refused(.methodKind) }
        let needsRequestID = method.kind == .unary && method.idempotency == .mutation
        if head.requestID.isZero == needsRequestID {
            return refused(needsRequestID ? .requestIDMissing : .requestIDUnexpected)
        }
        if let violation = head.metadata.violation { return refused(violation) }
        let messageBytes = message?.readableBytes ?? 0
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

    /// Of the call nothing more is sent or received.
    ///
    /// - Returns: whether the stream was open.
    @discardableResult
    mutating func endCall(_ stream: UInt32) -> Bool {
        inboundStreams.remove(stream)
        outbound.drop(stream)
        return calls.remove(stream)
    }

    /// Sends a message of the call's message stream.
    ///
    /// - Precondition: the message is not above `messageBytesMax`, and `endMessages` was not called.
    public mutating func send(stream: UInt32, message: ByteBuffer) -> RCPSendAction {
        guard case .open(let session) = state else { return .ended }
        precondition(message.readableBytes <= session.messageBytesMax, "message above messageBytesMax")
        // Not compressed: what a window of compressed messages stands for may be more than a server holds for a client, and
        // then ends the call (M43).
        let hasRoom = outbound.send(
            RCPEncodedMessage(message, features: []), stream: stream,
            queueBytesMax: limits.sendQueueBytesMax,
            messageStreamBytesMax: limits.outboundBytesMax)
        guard let hasRoom else { return .ended }
        return hasRoom ? .goOn : .wait
    }

    /// The call's message stream ends behind what was sent before. Nothing happens if the call has ended meanwhile.
    public mutating func endMessages(stream: UInt32) { outbound.end(stream, .endFlag) }

    /// The oldest message that was delivered for `stream` has been taken: the server may send more.
    public mutating func messageTaken(stream: UInt32) {
        inboundStreams.messageTaken(stream)
        outbound.appendCredit(inboundStreams.credit(stream), stream: stream)
    }

    /// Largest message that can be sent on this connection.
    public var messageBytesMax: Int {
        guard case .open(let session) = state else { return limits.messageBytesMax }
        return session.messageBytesMax
    }

    /// The server has answered, perhaps before it has read everything; what was delivered can still be taken.
    private mutating func completeCall(_ stream: UInt32) {
        inboundStreams.finish(stream)
        outbound.drop(stream)
        calls.remove(stream)
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
        guard case .awaitingResponse = call.phase else { throw .responseRepeated }
        // Part of the stream's state, so it comes before the fields: success cannot come within a message.
        let isSuccess = frame.payload.readableBytesView.first == RCPStatusCode.ok.rawValue
        if isSuccess, inboundStreams.isWithinMessage(frame.stream) { throw .responseRepeated }
        var payload = frame.payload
        let head = try RCPResponseHead(reading: &payload)
        let total = try RCPAssembly.total(
            reading: &payload, flags: frame.flags, truncated: .responseMalformed)
        if call.kind.streamsReplies, frame.flags.contains(.hasMessage) { throw .messageNotTaken }
        guard let total else {
            let message = try wholeMessage(payload, head, frame.flags, call.kind, session)
            completeCall(frame.stream)
            return .completeCall(RCPInboundReply(stream: frame.stream, head: head, message: message))
        }
        let assembly = try RCPAssembly(
            total: total, firstFragment: payload, flags: frame.flags, messageBytesMax: session.messageBytesMax
        )
        guard heldBytes + assembly.totalBytes <= limits.heldBytesMax else { throw .heldBytesExhausted }
        calls.receive(head, assembly, frame.stream)
        // Whatever the client still had to say, the server has answered.
        outbound.drop(frame.stream)
        return nil
    }

    private mutating func wholeMessage(
        _ rest: ByteBuffer, _ head: RCPResponseHead, _ flags: RCPFrameFlags, _ kind: RCPCallKind,
        _ session: RCPClientSession
    ) throws(RCPViolation) -> ByteBuffer? {
        guard flags.contains(.hasMessage) else {
            guard rest.readableBytes == 0 else { throw .messageUnannounced }
            if head.status.code == .ok, !kind.streamsReplies { throw .messageAbsent }
            return nil
        }
        guard rest.readableBytes <= session.messageBytesMax else { throw .messageTooLarge }
        guard flags.contains(.compressed) else { return rest }
        // Handed over at once, so it takes no room.
        return try inflater.inflate(rest, messageBytesMax: session.messageBytesMax, roomBytes: .max)
    }

    mutating func messageReceived(
        _ frame: RCPFrame, _ session: RCPClientSession
    ) throws(RCPViolation) -> RCPClientAction? {
        if session.features.contains(.streaming) {
            outbound.appendCredit(try inboundStreams.arrived(cost: frame.messageCost), stream: 0)
        }
        guard let call = calls[frame.stream] else { return try endedStreamNamed(frame) }
        switch call.phase {
        case .awaitingResponse:
            guard call.kind.streamsReplies, !frame.flags.contains(.end) else { throw .messageUnexpected }
            let arrival = try inboundStreams.receive(
                frame, &inflater, messageBytesMax: session.messageBytesMax,
                heldBytesMax: limits.heldBytesMax - calls.heldBytes)
            outbound.appendCredit(inboundStreams.credit(frame.stream), stream: frame.stream)
            guard case .message(let message, _) = arrival else { return nil }
            return .deliver(stream: frame.stream, message)
        case .receiving:
            let reply = try calls.append(frame, &inflater, messageBytesMax: session.messageBytesMax)
            guard let reply else { return nil }
            completeCall(frame.stream)
            return .completeCall(reply)
        }
    }

    mutating func creditReceived(_ frame: RCPFrame, _ session: RCPClientSession) throws(RCPViolation) {
        let bytes = frame.payload.firstUInt32
        guard bytes != 0 else { throw .creditZero }
        guard session.features.contains(.streaming) else { throw .creditNotNegotiated }
        if frame.stream == 0 { return try outbound.addConnectionCredit(bytes) }
        guard let call = calls[frame.stream] else {
            _ = try endedStreamNamed(frame)
            return
        }
        guard call.kind.streamsRequests else { throw .creditUnexpected }
        try outbound.addCredit(bytes, stream: frame.stream)
    }

    mutating func cancelReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPClientAction? {
        guard let code = RCPStatusCode(rawValue: frame.payload.firstUInt8), code != .ok
        else { throw .cancelCode }
        guard endCall(frame.stream) else { return try endedStreamNamed(frame) }
        let status = RCPStatus(
            code: code, outcome: .unknown, retryAfterMilliseconds: 0, text: "the server gave up the call")
        return .failCall(stream: frame.stream, status, nil)
    }

    /// A frame that crossed the end of its call is skipped; one for a call that never was is a violation.
    private func endedStreamNamed(_ frame: RCPFrame) throws(RCPViolation) -> RCPClientAction? {
        guard frame.stream <= calls.lastStream else { throw .streamIdle }
        return nil
    }
}
