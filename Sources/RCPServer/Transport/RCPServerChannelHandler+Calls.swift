import NIOCore
import RCP

extension RCPServerChannelHandler {
    func awaitMessage(_ stream: UInt32, _ timeoutMilliseconds: UInt32, _ now: UInt64) {
        let deadline = now + UInt64(timeoutMilliseconds) * 1_000_000
        receivingCalls[stream] = ReceivingCall(
            startedAt: now,
            deadline: loop.addDeadline(deadline, .init(connection: self, kind: .call(stream: stream))))
    }

    /// The message is complete, or will not be.
    ///
    /// - Returns: when its first fragment came; nil if it came in one frame.
    @discardableResult
    func messageEnded(_ stream: UInt32) -> UInt64? {
        guard !receivingCalls.isEmpty, let call = receivingCalls.removeValue(forKey: stream) else {
            return nil
        }
        loop.cancelDeadline(call.deadline)
        return call.startedAt
    }

    /// Starts the handler where it stands: one that does not suspend has answered when this returns.
    ///
    /// - Parameter receivedAt: when the call's first byte was there; its timeout counts from then on (SPEC.md §6.1).
    func start(_ call: RCPInboundCall, _ receivedAt: UInt64) {
        let route = loop.router.route(call.method)
        guard let caller = caller?.principal else { preconditionFailure("call before authentication") }
        if let refusal = loop.router.refusal(of: call, route, callerRoles) {
            return answerWithoutHandler(call, refusal)
        }
        if let rates = loop.rates,
            let milliseconds = rates.wait(
                for: call.method, of: caller.name, nowNanoseconds: NIODeadline.now().uptimeNanoseconds)
        {
            let callClass = RCPCallClass(call.method)
            loop.metrics?.callRateLimited(callClass)
            loop.refusals.refused("call rate", limit: callClass.rawValue, principal: principalName)
            return answerWithoutHandler(call, .rateLimited(retryAfterMilliseconds: milliseconds))
        }
        if mustWait(call) { return wait(call, receivedAt) }
        begin(call, route, receivedAt)
    }

    func deadline(of call: RCPInboundCall, _ receivedAt: UInt64) -> UInt64? {
        let timeout = call.timeoutMilliseconds
        return timeout == 0 ? nil : receivedAt + UInt64(timeout) * 1_000_000
    }

    /// The call may begin, unless its time is over or the loop is full.
    func begin(_ call: RCPInboundCall, _ route: RCPRouter.Route, _ receivedAt: UInt64) {
        guard let caller = caller?.principal else { preconditionFailure("call before authentication") }
        let deadline = deadline(of: call, receivedAt)
        if let deadline, deadline <= NIODeadline.now().uptimeNanoseconds {
            return answerWithoutHandler(call, .timeoutPassed)
        }
        guard loop.callStarted(isAdministrator: isAdministrator) else {
            let retryAfter = loop.machine.limits.overloadRetryAfterMilliseconds
            loop.refusals.refused("calls in progress", limit: "server", principal: principalName)
            return answerWithoutHandler(call, .loopBusy(retryAfterMilliseconds: retryAfter))
        }
        if call.method.kind != .unary, let limit = loop.books.streamOpened(by: caller) {
            loop.callEnded()
            loop.metrics?.streamRefused(limit)
            let retryAfter = loop.machine.limits.overloadRetryAfterMilliseconds
            return answerWithoutHandler(
                call, .tooManyStreams(limit, retryAfterMilliseconds: retryAfter))
        }
        let context = RCPCallContext(
            method: call.method, principal: caller, requestID: call.requestID,
            timeoutMilliseconds: call.timeoutMilliseconds,
            deadlineNanoseconds: deadline, metadata: call.metadata, onBehalfOf: nil,
            connection: connectionNumber, peer: peer, replyBytesMax: machine.replyBytesMax,
            message: call.message)
        let isTimed = loop.observer != nil || loop.metrics != nil
        let startedAt = isTimed ? NIODeadline.now().uptimeNanoseconds : 0
        let stream = call.stream
        if call.method.kind == .unary {
            callAccount.weight.begin(route.index, requestBytes: call.message.readableBytes)
        }
        startingStream = stream
        let exchange = call.method.kind == .unary ? nil : openExchange(call)
        let task: Task<Void, Never>
        if let tracer = loop.tracer {
            let span = RCPServerSpan(call, tracer: tracer)
            task = Task.immediate(executorPreference: loop.executor) {
                let reply = await span.run { await route.respond(context, exchange) }
                span.end(reply.head.status)
                self.handlerReturned(
                    stream, route, context.message.readableBytes, reply, startedAt, deadline)
            }
        } else {
            // Nothing but the call: what this closure holds, each call pays for.
            task = Task.immediate(executorPreference: loop.executor) {
                let reply = await route.respond(context, exchange)
                self.handlerReturned(
                    stream, route, context.message.readableBytes, reply, startedAt, deadline)
            }
        }
        guard startingStream != nil else { return }
        startingStream = nil
        let token = deadline.map {
            loop.addDeadline($0, .init(connection: self, kind: .call(stream: stream)))
        }
        runningCalls[stream] = RunningCall(task: task, deadline: token)
    }

    private func handlerReturned(
        _ stream: UInt32, _ route: RCPRouter.Route, _ requestBytes: Int, _ reply: RCPRoutedReply,
        _ startedAt: UInt64, _ deadline: UInt64?
    ) {
        loop.callEnded()
        if route.method.kind == .unary {
            callAccount.weight.end(
                route.index, requestBytes: requestBytes,
                replyBytes: reply.message.map { $0.readableBytes + reply.readBytes },
                nowNanoseconds: NIODeadline.now().uptimeNanoseconds)
            loop.callNext(callAccount)
        }
        closeExchange(stream)
        if startingStream == stream {
            startingStream = nil
        } else if let token = runningCalls.removeValue(forKey: stream)?.deadline {
            loop.cancelDeadline(token)
        }
        if startedAt != 0 {
            let nanoseconds = NIODeadline.now().uptimeNanoseconds - startedAt
            loop.observer?(route.method, reply.head.status.code, nanoseconds)
            loop.metrics?.callEnded(route.method, reply.head.status.code, nanoseconds: nanoseconds)
        }
        // Before the reply, so that a client which has read it opens its next call elsewhere.
        if reply.drainsConnection { drainOnRequest() }
        guard self.reply(stream, reply) == .queued, let deadline else { return }
        // The timeout goes on until the client has been sent everything.
        replyDeadlines[stream] = loop.addDeadline(
            deadline, .init(connection: self, kind: .call(stream: stream)))
    }

    /// The queued reply is sent, or will not be.
    func replyEnded(_ stream: UInt32) {
        if replyDeadlines.isEmpty { return }
        if let token = replyDeadlines.removeValue(forKey: stream) { loop.cancelDeadline(token) }
    }

    func answerWithoutHandler(_ call: RCPInboundCall, _ status: RCPStatus) {
        loop.metrics?.callRefused(call.method, status.code)
        reply(call.stream, RCPRoutedReply(status))
    }

    @discardableResult
    private func reply(_ stream: UInt32, _ reply: RCPRoutedReply) -> RCPReplyAction {
        // Reading has stopped long before; this bounds what the calls then in progress may still add.
        if let message = reply.message, unsentReplyBytes + message.readableBytes > loop.limits.unsentBytesMax
        {
            return self.reply(stream, RCPRoutedReply(replyUnread(outcome: reply.head.status.outcome)))
        }
        if let message = reply.message, let limit = coverUnsent(message.readableBytes, isReply: true) {
            let status = replyUnread(outcome: reply.head.status.outcome, by: limit)
            return self.reply(stream, RCPRoutedReply(status))
        }
        let action = machine.reply(stream: stream, head: reply.head, message: reply.message)
        if machine.closesNext { pump() } else { flushLater() }
        return action
    }

    func replyUnread(outcome: RCPOutcome, by limit: RCPByteLimit = .connection) -> RCPStatus {
        loop.books.bytesRefused("unsent", limit, of: principalName)
        return .replyUnread(
            by: limit, outcome: outcome,
            retryAfterMilliseconds: loop.machine.limits.overloadRetryAfterMilliseconds)
    }

    /// The handler is told to stop; it still returns through `handlerReturned`.
    func cancelCall(_ stream: UInt32) {
        // It has ended on the wire, so this answer is dropped, and only ends the call in the machine.
        if let waiting = takeWaiting(stream) { return answerWithoutHandler(waiting.call, .cancelledUnbegun) }
        exchanges[stream]?.fail(CancellationError())
        guard let token = runningCalls[stream]?.deadline else {
            runningCalls[stream]?.task.cancel()
            return
        }
        runningCalls[stream]?.deadline = nil
        loop.cancelDeadline(token)
        runningCalls[stream]?.task.cancel()
    }

    func deadlinePassed(_ kind: RCPServerLoop.Timer.Kind) {
        switch kind {
        case .call(let stream):
            if let waiting = takeWaiting(stream) { return answerWithoutHandler(waiting.call, .timeoutPassed) }
            runningCalls[stream]?.deadline = nil
            replyDeadlines[stream] = nil
            performEvent(machine.deadlinePassed(stream: stream))
        case .hello:
            helloDeadline = nil
            performEvent(machine.helloTimedOut())
        case .linger:
            lingerDeadline = nil
            context?.close(promise: nil)
        }
    }
}
