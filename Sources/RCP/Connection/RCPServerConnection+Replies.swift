import NIOCore

/// What handlers take and send, and how their calls end.
extension RCPServerConnection {
    /// The handler has taken the oldest message that was delivered for `stream`: the client may send more.
    public mutating func messageTaken(stream: UInt32) {
        inboundStreams.messageTaken(stream)
        lease.release(to: usedRoomBytes)
        outbound.appendCredit(inboundStreams.credit(stream), stream: stream)
    }

    /// The handler of `stream` sends a message of its message stream.
    ///
    /// - Precondition: the message is not above `messageBytesMax`.
    public mutating func send(stream: UInt32, message: ByteBuffer) -> RCPSendAction {
        guard case .open(let session) = state else { return .ended }
        precondition(message.readableBytes <= session.messageBytesMax, "message above messageBytesMax")
        let hasRoom = outbound.send(
            RCPEncodedMessage(message, features: session.features), stream: stream,
            queueBytesMax: configuration.limits.sendQueueBytesMax,
            messageStreamBytesMax: configuration.limits.outboundBytesMax)
        guard let hasRoom else { return .ended }
        return hasRoom ? .goOn : .wait
    }

    /// Largest message that can be sent on this connection.
    public var messageBytesMax: Int {
        guard case .open(let session) = state else { return configuration.limits.messageBytesMax }
        return session.messageBytesMax
    }

    /// Largest reply of a unary call that can be sent on this connection. A peer that takes no fragments takes one frame.
    public var replyBytesMax: Int {
        guard case .open(let session) = state else { return configuration.limits.messageBytesMax }
        guard !session.features.contains(.fragments) else { return session.messageBytesMax }
        return min(session.messageBytesMax, session.framePayloadBytesMax - RCPResponseHead.bareBytes)
    }

    /// The handler of `stream` has returned: sends RESPONSE, behind what it has sent before, unless the call has ended
    /// meanwhile.
    ///
    /// A reply that cannot be sent as it is becomes a status that can, with the outcome it had.
    ///
    /// - Parameter message: nil where the handler has sent a message stream.
    @discardableResult
    public mutating func reply(
        stream: UInt32, head: RCPResponseHead, message: ByteBuffer?
    ) -> RCPReplyAction {
        guard case .open(let session) = state else { return .dropped }
        guard let call = calls.remove(stream) else {
            preconditionFailure("reply for stream \(stream), which has no handler")
        }
        lease.release(to: usedRoomBytes)
        switch call.phase {
        case .receiving, .replying:
            preconditionFailure("reply for stream \(stream), whose handler does not run")
        case .abandoned:
            return .dropped
        case .running:
            if call.kind.streamsRequests {
                inboundStreams.remove(stream)
                lease.release(to: usedRoomBytes)
            }
            let isQueued = write(head, message, call, stream: stream, session)
            return isQueued ? .queued : .sent
        }
    }

    /// - Returns: whether some of it waits for its turn.
    private mutating func write(
        _ head: RCPResponseHead, _ message: ByteBuffer?, _ call: RCPServerCall, stream: UInt32,
        _ session: RCPServerSession
    ) -> Bool {
        var head = head
        var message = message
        if let status = unsendable(head, message, call.kind, session) {
            head = RCPResponseHead(status: status)
            message = nil
        }
        if call.kind.streamsReplies {
            if outbound.hasMessages(stream) {
                calls.reply(call, stream)
                outbound.end(stream, .response(head))
                return true
            }
            outbound.drop(stream)
        }
        var isCompressed = false
        if session.features.contains(.compression), let plain = message {
            let encoded = RCPEncodedMessage(plain, features: session.features)
            message = encoded.bytes
            isCompressed = encoded.isCompressed
        }
        let rest = outbound.append {
            RCPFrameWriter.writeResponse(
                stream: stream, head: head, message: message, isCompressed: isCompressed,
                framePayloadBytesMax: session.framePayloadBytesMax, into: &$0)
        }
        guard let rest else { return false }
        calls.reply(call, stream)
        outbound.append(rest, stream: stream)
        return true
    }

    private func unsendable(
        _ head: RCPResponseHead, _ message: ByteBuffer?, _ kind: RCPCallKind, _ session: RCPServerSession
    ) -> RCPStatus? {
        let fitsKind = kind.streamsReplies ? message == nil : head.status.code != .ok || message != nil
        // What SPEC.md M45 to M51 forbid, the client would have to fail: it is told the outcome instead.
        if head.trailers.violation != nil || head.status.retryAfterMilliseconds < -1 || !fitsKind {
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
            text:
                "the reply is above the connection's message limit; ask for less at once, or connect with a higher limit"
        )
    }

    /// The call's deadline, or the time for its message, has passed. A call that has ended meanwhile makes this a no-op.
    public mutating func deadlinePassed(stream: UInt32) -> RCPServerAction? {
        defer { lease.release(to: usedRoomBytes) }
        guard let call = calls[stream] else { return nil }
        switch call.phase {
        case .receiving:
            remove(stream)
            let status = deadlineExceeded(.notApplied)
            respond(stream, status)
            return .refuseCall(stream: stream, status, nil)
        case .running:
            abandon(stream)
            // SPEC.md §7.1: a read has nothing to apply, however far its handler has come.
            respond(stream, deadlineExceeded(call.isReadOnly ? .notApplied : .unknown))
            return .cancelCall(stream: stream)
        case .replying:
            remove(stream)
            if call.kind.streamsReplies {
                respond(stream, deadlineExceeded(call.isReadOnly ? .notApplied : .unknown))
            } else {
                // Half of RESPONSE is sent; only CANCEL can end the call otherwise (SPEC.md §6.5).
                outbound.append { RCPFrameWriter.writeCancel(.deadlineExceeded, stream: stream, into: &$0) }
            }
            return nil
        case .abandoned:
            return nil
        }
    }

    private func deadlineExceeded(_ outcome: RCPOutcome) -> RCPStatus {
        RCPStatus(
            code: .deadlineExceeded, outcome: outcome, retryAfterMilliseconds: 0,
            text: "the call did not end within its timeout")
    }
}
