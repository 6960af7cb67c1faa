import NIOCore
import RCP

/// Unary calls that wait until those of their principal leave room (`RCPCallAccount`).
///
/// To the machine they are calls like others, so that CANCEL, deadline and drain find them; they have no handler.
extension RCPServerChannelHandler {
    struct WaitingCall {
        let call: RCPInboundCall
        let receivedAt: UInt64
        let deadline: RCPServerLoop.DeadlineToken?
    }

    func mustWait(_ call: RCPInboundCall) -> Bool {
        call.method.kind == .unary && !(callAccount.isOpen && waitingCalls.isEmpty)
    }

    func wait(_ call: RCPInboundCall, _ receivedAt: UInt64) {
        guard callAccount.waitingCalls < loop.limits.principalWaitingCallsMax else {
            let retryAfter = loop.machine.limits.overloadRetryAfterMilliseconds
            loop.refusals.refused("calls waiting", limit: "principal", principal: principalName)
            return answerWithoutHandler(call, .tooManyWaiting(retryAfterMilliseconds: retryAfter))
        }
        var call = call
        // The read buffer that a small message is a slice of is not to wait with it.
        call.message = ByteBuffer(buffer: call.message)
        let deadline = deadline(of: call, receivedAt).map {
            loop.addDeadline($0, .init(connection: self, kind: .call(stream: call.stream)))
        }
        waitingCalls.append(WaitingCall(call: call, receivedAt: receivedAt, deadline: deadline))
        callAccount.waitingCalls += 1
        loop.callsWait(1)
        standInLine()
    }

    /// A client that does not read what it was sent is not in the line until it does.
    func standInLine() {
        guard !isInLine, !waitingCalls.isEmpty, phase == .open, !isPaused else { return }
        isInLine = true
        callAccount.stand(self)
        loop.callNext(callAccount)
    }

    /// Begins one call if that is what this connection's turn is for; it stands again at the end of the line if more wait.
    func beginWaitingCall() {
        guard isInLine, callAccount.called === self else { return }
        isInLine = false
        callAccount.turnTaken()
        if !isPaused, let stream = waitingCalls.first?.call.stream, let waiting = takeWaiting(stream) {
            let route = loop.router.route(waiting.call.method)
            // What the principal may do may have changed.
            if let refusal = loop.router.refusal(of: waiting.call, route, callerRoles) {
                answerWithoutHandler(waiting.call, refusal)
            } else {
                begin(waiting.call, route, waiting.receivedAt)
            }
        }
        standInLine()
        loop.callNext(callAccount)
    }

    /// - Returns: the call, if it is one that waits; it does no longer.
    func takeWaiting(_ stream: UInt32) -> WaitingCall? {
        guard let index = waitingCalls.firstIndex(where: { $0.call.stream == stream }) else { return nil }
        let waiting = waitingCalls.remove(at: index)
        callAccount.waitingCalls -= 1
        loop.callsWait(-1)
        if let token = waiting.deadline { loop.cancelDeadline(token) }
        return waiting
    }

    /// The connection takes no more calls.
    func dropWaitingCalls() {
        while let stream = waitingCalls.first?.call.stream { _ = takeWaiting(stream) }
        guard isInLine else { return }
        isInLine = false
        callAccount.leave(self)
        loop.callNext(callAccount)
    }
}
