import NIOCore

extension RCPServerConnection {
    // MARK: From the client

    mutating func requestReceived(
        _ frame: RCPFrame, _ session: RCPServerSession
    ) throws(RCPViolation) -> RCPServerAction? {
        guard frame.stream > calls.highestStream else { throw .streamNotRising }
        if session.peerGoAwayLastStream != nil { throw .requestAfterGoAway }
        // Once drained, the client knows from the second GOAWAY that this stream was not acted on.
        let isDrained = session.isDrained
        calls.requestNamed(frame.stream, isActedOn: !isDrained)
        if isDrained { return nil }
        guard let method = configuration.methods[frame.method] else { throw .methodUnknown }
        guard method.kind == .unary else { throw .methodKind }
        guard calls.count < configuration.limits.streamsMax else { throw .streamsExhausted }

        var payload = frame.payload
        let head = try RCPRequestHead(reading: &payload)
        try check(head, frame.flags, method, payload)
        guard frame.flags.contains(.more) else {
            let heldBytes = payload.readableBytes
            guard heldBytes <= session.messageBytesMax else { throw .messageTooLarge }
            try checkRoom(heldBytes)
            calls.run(method, heldBytes: heldBytes, frame.stream)
            return .startCall(
                RCPInboundCall(stream: frame.stream, method: method, head: head, message: payload))
        }
        let assembly = try RCPAssembly(
            firstFragment: &payload, messageBytesMax: session.messageBytesMax, truncated: .requestTruncated)
        try checkRoom(assembly.totalBytes)
        calls.receive(RCPReceivingCall(method: method, head: head, assembly: assembly), frame.stream)
        return .awaitMessage(stream: frame.stream, timeoutMilliseconds: messageTimeout(head))
    }

    /// From the first fragment to the last: the call's own timeout, unless the message may not take that long.
    private func messageTimeout(_ head: RCPRequestHead) -> UInt32 {
        let limit = configuration.limits.assemblyMillisecondsMax
        return head.timeoutMilliseconds == 0 ? limit : min(limit, head.timeoutMilliseconds)
    }

    private func check(
        _ head: RCPRequestHead, _ flags: RCPFrameFlags, _ method: RCPMethod, _ rest: ByteBuffer
    ) throws(RCPViolation) {
        switch method.idempotency {
        case .readOnly: if !head.requestID.isZero { throw .requestIDUnexpected }
        case .mutation: if head.requestID.isZero { throw .requestIDMissing }
        }
        guard flags.contains(.hasMessage) else {
            throw rest.readableBytes == 0 ? .messageAbsent : .messageUnannounced
        }
        guard flags.contains(.end) || flags.contains(.more) else { throw .messageNotEnded }
    }

    private func checkRoom(_ bytes: Int) throws(RCPViolation) {
        guard calls.heldBytes + bytes <= configuration.limits.heldBytesMax else { throw .heldBytesExhausted }
    }

    mutating func messageReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPServerAction? {
        guard let known = calls[frame.stream] else { return try endedStreamNamed(frame) }
        switch known.phase {
        case .receiving:
            guard let call = try calls.append(frame) else { return nil }
            return .startCall(
                RCPInboundCall(
                    stream: frame.stream, method: call.method, head: call.head,
                    message: call.assembly.message))
        case .running, .replying:
            throw .messageUnexpected
        case .abandoned:
            return nil
        }
    }

    mutating func cancelReceived(_ frame: RCPFrame) throws(RCPViolation) -> RCPServerAction? {
        guard let code = RCPStatusCode(rawValue: frame.payload.firstUInt8), code != .ok
        else { throw .cancelCode }
        guard let call = calls[frame.stream] else { return try endedStreamNamed(frame) }
        switch call.phase {
        case .receiving:
            calls.remove(frame.stream)
            return .dropMessage(stream: frame.stream)
        case .running:
            calls.abandon(frame.stream)
            return .cancelCall(stream: frame.stream)
        case .replying:
            calls.remove(frame.stream)
            outbound.drop(stream: frame.stream)
            return nil
        case .abandoned:
            return nil
        }
    }

    /// A frame that crossed the end of its call is skipped; one for a call that never was is a violation.
    private func endedStreamNamed(_ frame: RCPFrame) throws(RCPViolation) -> RCPServerAction? {
        guard frame.stream <= calls.highestStream else { throw .streamIdle }
        return nil
    }

    /// Turns a row of SPEC.md §10 into its consequence: the stream's or the connection's.
    mutating func violated(_ violation: RCPViolation, stream: UInt32) -> RCPServerAction {
        guard case .response(let code) = violation.serverConsequence else {
            return connectionViolated(violation)
        }
        calls.remove(stream)
        let waits = violation == .streamsExhausted || violation == .heldBytesExhausted
        let status = RCPStatus(
            code: code, outcome: .notApplied,
            retryAfterMilliseconds: waits ? configuration.limits.overloadRetryAfterMilliseconds : -1,
            text: violation.text)
        respond(stream, status)
        return .refuseCall(stream: stream, status, violation)
    }

    /// Ends a call with a status alone, which fits into every permitted frame.
    private mutating func respond(_ stream: UInt32, _ status: RCPStatus) {
        let rest = outbound.append {
            RCPFrameWriter.writeResponse(
                stream: stream, head: RCPResponseHead(status: status), message: nil,
                framePayloadBytesMax: RCPLimits.framePayloadBytesMaxRange.lowerBound, into: &$0)
        }
        assert(rest == nil)
    }

    // MARK: From the handler

    /// The handler of `stream` has returned: sends RESPONSE unless the call has ended meanwhile.
    ///
    /// A reply that cannot be sent as it is becomes a status that can, with the outcome it had.
    ///
    /// - Returns: false if the call had been cancelled, had run out of time, or lost its connection.
    @discardableResult
    public mutating func reply(stream: UInt32, head: RCPResponseHead, message: ByteBuffer?) -> Bool {
        guard case .open(let session) = state else { return false }
        guard let call = calls.remove(stream) else {
            preconditionFailure("reply for stream \(stream), which has no handler")
        }
        switch call.phase {
        case .receiving, .replying:
            preconditionFailure("reply for stream \(stream), whose handler does not run")
        case .abandoned:
            return false
        case .running:
            write(head, message, stream: stream, session)
            return true
        }
    }

    private mutating func write(
        _ head: RCPResponseHead, _ message: ByteBuffer?, stream: UInt32, _ session: RCPServerSession
    ) {
        if let status = unsendable(head, message, session) { return respond(stream, status) }
        let rest = outbound.append {
            RCPFrameWriter.writeResponse(
                stream: stream, head: head, message: message,
                framePayloadBytesMax: session.framePayloadBytesMax, into: &$0)
        }
        guard let rest else { return }
        calls.reply(stream)
        outbound.append(rest, stream: stream)
    }

    private func unsendable(
        _ head: RCPResponseHead, _ message: ByteBuffer?, _ session: RCPServerSession
    ) -> RCPStatus? {
        if head.trailers.violation != nil || (head.status.code == .ok && message == nil) {
            return RCPStatus(
                code: .internalError, outcome: head.status.outcome, retryAfterMilliseconds: -1,
                text: "the server could not form the reply")
        }
        guard let messageBytes = message?.readableBytes else { return nil }
        let mayFragment = session.features.contains(.fragments)
        let fitsFrame = head.encodedBytesMax + messageBytes <= session.framePayloadBytesMax
        if messageBytes <= session.messageBytesMax, mayFragment || fitsFrame { return nil }
        return RCPStatus(
            code: .resourceExhausted, outcome: head.status.outcome, retryAfterMilliseconds: -1,
            text: "the reply is above the connection's message limit; ask for less at once")
    }

    /// The call's deadline, or the time for its message, has passed. A call that has ended meanwhile makes this a no-op.
    public mutating func deadlinePassed(stream: UInt32) -> RCPServerAction? {
        guard let call = calls[stream] else { return nil }
        switch call.phase {
        case .receiving:
            calls.remove(stream)
            let status = deadlineExceeded(.notApplied)
            respond(stream, status)
            return .refuseCall(stream: stream, status, nil)
        case .running:
            calls.abandon(stream)
            // SPEC.md §7.1: a read has nothing to apply, however far its handler has come.
            respond(stream, deadlineExceeded(call.isReadOnly ? .notApplied : .unknown))
            return .cancelCall(stream: stream)
        case .replying, .abandoned:
            return nil
        }
    }

    private func deadlineExceeded(_ outcome: RCPOutcome) -> RCPStatus {
        RCPStatus(
            code: .deadlineExceeded, outcome: outcome, retryAfterMilliseconds: 0,
            text: "the call did not end within its timeout")
    }
}
