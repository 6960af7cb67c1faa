import NIOCore

extension RCPServerConnection {
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
        guard method.kind == .unary || session.features.contains(.streaming) else { throw .methodKind }
        guard calls.count < configuration.limits.streamsMax else { throw .streamsExhausted }

        var payload = frame.payload
        let head = try RCPRequestHead(reading: &payload)
        let total = try RCPAssembly.total(reading: &payload, flags: frame.flags, truncated: .requestTruncated)
        try check(head, frame.flags, method, payload)
        if method.kind.streamsRequests {
            if !frame.flags.contains(.end) { inboundStreams.open(frame.stream) }
            return start(method, head, message: nil, frame.stream)
        }
        guard let total else {
            guard payload.readableBytes <= session.messageBytesMax else { throw .messageTooLarge }
            guard frame.flags.contains(.compressed) else {
                try checkRoom(payload.readableBytes)
                return start(method, head, message: payload, frame.stream)
            }
            let message = try inflater.inflate(
                payload, messageBytesMax: session.messageBytesMax,
                roomBytes: configuration.limits.heldBytesMax - heldBytes)
            try checkRoom(message.readableBytes)
            return start(method, head, message: message, frame.stream)
        }
        let assembly = try RCPAssembly(
            total: total, firstFragment: payload, flags: frame.flags, messageBytesMax: session.messageBytesMax
        )
        try checkRoom(assembly.totalBytes)
        calls.receive(RCPReceivingCall(method: method, head: head, assembly: assembly), frame.stream)
        if method.kind.streamsReplies { outbound.open(frame.stream) }
        return .awaitMessage(stream: frame.stream, timeoutMilliseconds: messageTimeout(head))
    }

    private mutating func start(
        _ method: RCPMethod, _ head: RCPRequestHead, message: ByteBuffer?, _ stream: UInt32
    ) -> RCPServerAction {
        calls.run(method, heldBytes: message?.readableBytes ?? 0, stream)
        var message = message ?? ByteBuffer()
        if method.kind.streamsReplies {
            outbound.open(stream)
            // Such a call may last for hours; the read buffer that its message is a slice of must not.
            message = ByteBuffer(buffer: message)
        }
        return .startCall(
            RCPInboundCall(
                stream: stream, method: method, head: head, message: message,
                expectsMessages: inboundStreams.contains(stream)))
    }

    /// From the first fragment to the last: the call's own timeout, unless the message may not take that long.
    private func messageTimeout(_ head: RCPRequestHead) -> UInt32 {
        let limit = configuration.limits.assemblyMillisecondsMax
        return head.timeoutMilliseconds == 0 ? limit : min(limit, head.timeoutMilliseconds)
    }

    private func check(
        _ head: RCPRequestHead, _ flags: RCPFrameFlags, _ method: RCPMethod, _ rest: ByteBuffer
    ) throws(RCPViolation) {
        let needsRequestID = method.kind == .unary && method.idempotency == .mutation
        guard head.requestID.isZero != needsRequestID else {
            throw needsRequestID ? .requestIDMissing : .requestIDUnexpected
        }
        if method.kind.streamsRequests {
            if flags.contains(.hasMessage) { throw .messageNotTaken }
            guard rest.readableBytes == 0 else { throw .messageUnannounced }
            return
        }
        guard flags.contains(.hasMessage) else {
            throw rest.readableBytes == 0 ? .messageAbsent : .messageUnannounced
        }
        guard flags.contains(.end) || flags.contains(.more) else { throw .messageNotEnded }
    }

    private mutating func checkRoom(_ bytes: Int) throws(RCPViolation) {
        reachedByteLimit = .connection
        guard heldBytes + bytes <= configuration.limits.heldBytesMax else { throw .heldBytesExhausted }
        try cover(usedRoomBytes + RCPHeldBytes.room(for: bytes))
    }

    private mutating func cover(_ roomBytes: Int) throws(RCPViolation) {
        guard let limit = lease.cover(roomBytes) else { return }
        reachedByteLimit = limit
        throw .heldBytesExhausted
    }

    mutating func messageReceived(
        _ frame: RCPFrame, _ session: RCPServerSession
    ) throws(RCPViolation) -> RCPServerAction? {
        if session.features.contains(.streaming) {
            outbound.appendCredit(try inboundStreams.arrived(cost: frame.messageCost), stream: 0)
        }
        guard let call = calls[frame.stream] else { return try endedStreamNamed(frame) }
        switch call.phase {
        case .receiving:
            reachedByteLimit = .connection
            let call = try calls.append(
                frame, &inflater, messageBytesMax: session.messageBytesMax,
                roomBytes: configuration.limits.heldBytesMax - heldBytes)
            guard let call else { return nil }
            if let limit = lease.cover(usedRoomBytes) {
                // It is larger than it said, now that it is no longer compressed. Its handler has not been started.
                calls.remove(frame.stream)
                reachedByteLimit = limit
                throw .heldBytesExhausted
            }
            return start(call, frame.stream)
        case .running:
            guard inboundStreams.contains(frame.stream) else { throw .messageUnexpected }
            return try streamedMessageReceived(frame, session)
        case .replying:
            // What a client streams on crosses the end of its call.
            if call.kind.streamsRequests { return nil }
            throw .messageUnexpected
        case .abandoned:
            return nil
        }
    }

    /// The only message of a request is complete; it is held already.
    private func start(_ call: RCPReceivingCall, _ stream: UInt32) -> RCPServerAction {
        .startCall(
            RCPInboundCall(
                stream: stream, method: call.method, head: call.head, message: call.assembly.message,
                expectsMessages: false))
    }

    private mutating func streamedMessageReceived(
        _ frame: RCPFrame, _ session: RCPServerSession
    ) throws(RCPViolation) -> RCPServerAction? {
        reachedByteLimit = .connection
        let arrival = try inboundStreams.receive(
            frame, &inflater, messageBytesMax: session.messageBytesMax,
            heldBytesMax: configuration.limits.heldBytesMax - calls.held.bytes)
        try cover(usedRoomBytes)
        outbound.appendCredit(inboundStreams.credit(frame.stream), stream: frame.stream)
        switch arrival {
        case .incomplete: return nil
        case .message(let message, let isLast):
            return .deliver(stream: frame.stream, message, isLast: isLast)
        case .end: return .endMessages(stream: frame.stream)
        }
    }

    mutating func creditReceived(_ frame: RCPFrame, _ session: RCPServerSession) throws(RCPViolation) {
        let bytes = frame.payload.firstUInt32
        guard bytes != 0 else { throw .creditZero }
        guard session.features.contains(.streaming) else { throw .creditNotNegotiated }
        if frame.stream == 0 { return try outbound.addConnectionCredit(bytes) }
        guard let call = calls[frame.stream] else {
            _ = try endedStreamNamed(frame)
            return
        }
        if call.phase == .abandoned { return }
        guard call.kind.streamsReplies else { throw .creditUnexpected }
        try outbound.addCredit(bytes, stream: frame.stream)
    }

    mutating func cancelReceived(
        _ frame: RCPFrame, nowMilliseconds: UInt64
    ) throws(RCPViolation) -> RCPServerAction? {
        guard let code = RCPStatusCode(rawValue: frame.payload.firstUInt8), code != .ok
        else { throw .cancelCode }
        guard frame.stream <= calls.highestStream else { throw .streamIdle }
        let cancels = cancels.add(
            nowMilliseconds: nowMilliseconds,
            windowMilliseconds: UInt64(configuration.limits.strikeMilliseconds))
        if cancels > configuration.limits.cancelsMax { throw .cancelTooOften }
        guard let call = calls[frame.stream] else { return try endedStreamNamed(frame) }
        switch call.phase {
        case .receiving:
            remove(frame.stream)
            return .dropMessage(stream: frame.stream)
        case .running:
            abandon(frame.stream)
            return .cancelCall(stream: frame.stream)
        case .replying:
            remove(frame.stream)
            return .endReply(stream: frame.stream)
        case .abandoned:
            return nil
        }
    }

    /// Ends a call whose handler does not run: nothing more is received or sent for it.
    mutating func remove(_ stream: UInt32) {
        calls.remove(stream)
        outbound.drop(stream)
    }

    /// Ends a call whose handler runs: nothing more is received or sent for it.
    mutating func abandon(_ stream: UInt32) {
        calls.abandon(stream)
        inboundStreams.remove(stream)
        outbound.drop(stream)
    }

    /// There is no room for a frame of which a part has come: its call ends, and the rest of it is skipped.
    mutating func frameNotKept(_ header: RCPFrameHeader, nowMilliseconds: UInt64) -> RCPServerAction? {
        do throws(RCPViolation) {
            guard case .open(let session) = state else { return nil }
            if header.type == .request {
                return try requestNotKept(header.stream, session)
            }
            // Every other type is too short to come in parts that need room.
            return try messageNotKept(header, session)
        } catch {
            return violated(error, stream: header.stream, nowMilliseconds: nowMilliseconds)
        }
    }

    private mutating func requestNotKept(
        _ stream: UInt32, _ session: RCPServerSession
    ) throws(RCPViolation) -> RCPServerAction? {
        guard stream > calls.highestStream else { throw .streamNotRising }
        if session.peerGoAwayLastStream != nil { throw .requestAfterGoAway }
        calls.requestNamed(stream, isActedOn: !session.isDrained)
        if session.isDrained { return nil }
        throw .heldBytesExhausted
    }

    private mutating func messageNotKept(
        _ header: RCPFrameHeader, _ session: RCPServerSession
    ) throws(RCPViolation) -> RCPServerAction? {
        if session.features.contains(.streaming) {
            let cost = RCPFrameHeader.bytes + Int(header.payloadBytes)
            outbound.appendCredit(try inboundStreams.arrived(cost: cost), stream: 0)
        }
        guard let call = calls[header.stream] else {
            guard header.stream <= calls.highestStream else { throw .streamIdle }
            return nil
        }
        switch call.phase {
        case .receiving: throw .heldBytesExhausted
        case .running:
            guard inboundStreams.contains(header.stream) else { throw .messageUnexpected }
            throw .heldBytesExhausted
        case .replying:
            if call.kind.streamsRequests { return nil }
            throw .messageUnexpected
        case .abandoned: return nil
        }
    }

    /// A frame that crossed the end of its call is skipped; one for a call that never was is a violation.
    private func endedStreamNamed(_ frame: RCPFrame) throws(RCPViolation) -> RCPServerAction? {
        guard frame.stream <= calls.highestStream else { throw .streamIdle }
        return nil
    }

    /// Turns a row of SPEC.md §10 into its consequence: the stream's or the connection's.
    mutating func violated(
        _ violation: RCPViolation, stream: UInt32, nowMilliseconds: UInt64
    ) -> RCPServerAction {
        guard case .response(let code) = violation.serverConsequence else {
            return connectionViolated(violation)
        }
        let waits = violation == .streamsExhausted || violation == .heldBytesExhausted
        // A stalled server brings these upon clients that cannot know how many of their handlers still run.
        if !waits, hasRefusedTooOften(nowMilliseconds) { return connectionViolated(.refusedTooOften) }
        var status = RCPStatus(
            code: code, outcome: .notApplied,
            retryAfterMilliseconds: waits ? configuration.limits.overloadRetryAfterMilliseconds : -1,
            text: violation.text)
        if violation == .heldBytesExhausted, let reason = reachedByteLimit.reason {
            status.text = reachedByteLimit.text
            status.details = [RCPErrorDetail(reason: reason, text: status.text)]
        }
        guard let call = calls[stream], call.phase == .running else {
            remove(stream)
            respond(stream, status)
            return .refuseCall(stream: stream, status, violation)
        }
        if !call.isReadOnly { status.outcome = .unknown }
        abandon(stream)
        respond(stream, status)
        return .abortCall(stream: stream, status, violation)
    }

    private mutating func hasRefusedTooOften(_ nowMilliseconds: UInt64) -> Bool {
        let window = UInt64(configuration.limits.strikeMilliseconds)
        return refusals.add(nowMilliseconds: nowMilliseconds, windowMilliseconds: window)
            > configuration.limits.refusalsMax
    }

    /// Ends a call with a status alone.
    mutating func respond(_ stream: UInt32, _ status: RCPStatus) {
        outbound.append {
            RCPFrameWriter.writeResponse(stream: stream, head: RCPResponseHead(status: status), into: &$0)
        }
    }
}
