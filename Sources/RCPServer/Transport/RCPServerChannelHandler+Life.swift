import Logging
import NIOCore
import NIOSSL
import RCP

extension RCPServerChannelHandler {
    // MARK: The beginning

    func authenticate(_ hello: RCPHello) {
        switch loop.authenticator.authenticate(hello.credentials, peer: tlsPeer()) {
        case .accepted(let principal):
            let account: RCPPrincipalAccount
            switch loop.books.admit(connectionNumber, principal.principal) {
            case .success(let given):
                account = given.account
                if let other = given.displaced { other.loop.eventLoop.execute { other.giveUpPlace() } }
            case .failure(let refusal):
                refusedPrincipal = principal.principal.name
                return refuse(refusal.limit)
            }
            unsentLease = RCPByteLease(account.unsent)
            isAdministrator = principal.principal.isAdministrator
            principalName = principal.principal.name
            callAccount = loop.callAccount(of: principalName)
            callAccount.connections += 1
            caller = principal
            callerRoles = loop.router.mask(of: principal.principal)
            if let token = helloDeadline {
                helloDeadline = nil
                loop.cancelDeadline(token)
            }
            logger.debug("connection authenticated")
            machine.authenticated(sharing: account.received)
        case .refused(let text):
            performEvent(machine.refused(.unauthenticated, text: text))
        }
    }

    func refuse(_ limit: RCPConnectionLimit) {
        refusedBy = limit
        loop.metrics?.connectionOverloaded(limit.rawValue)
        performEvent(machine.refused(.overloaded, text: limit.text))
    }

    /// A newer connection of the same administrator has taken this one's place: calls that run may end first.
    func giveUpPlace() {
        loop.metrics?.connectionOverloaded(RCPConnectionLimit.displaced.rawValue)
        loop.refusals.refused(
            "connection", limit: RCPConnectionLimit.displaced.rawValue, principal: principalName)
        guard phase == .open, life.drainRequested(now: NIODeadline.now().uptimeNanoseconds) else { return }
        drain(text: RCPConnectionLimit.displaced.text)
    }

    /// Nil on a connection without TLS.
    private func tlsPeer() -> RCPTLSPeer? {
        guard let context,
            let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        else { return nil }
        return RCPTLSPeer(handler.peerCertificate)
    }

    // MARK: The middle

    /// Once per sweep interval.
    func sweep(principalsChanged: Bool) {
        lookForStalledReader()
        settleUnsent()
        guard phase == .open else { return }
        if principalsChanged || hasExpiredCertificate, !refreshCaller() { return }
        lookForSilence()
        lookForAge()
    }

    private func lookForAge() {
        guard phase == .open, caller != nil else { return }
        let change = life.look(
            now: NIODeadline.now().uptimeNanoseconds, openCalls: machine.openCalls,
            callsBegun: machine.highestStream, frames: machine.framesDecoded,
            frameBytes: hasFramesHeld ? 0 : machine.bufferedBytes)
        switch change {
        case nil: break
        case .drain(let text):
            logger.debug("connection drains", metadata: ["reason": "\(text)"])
            drain(text: text)
        case .end: end(.noError, text: "the time to finish calls on this connection is over")
        case .frameLate:
            performEvent(machine.frameTimedOut())
            flushNow()
        }
    }

    private var hasExpiredCertificate: Bool {
        guard let end = caller?.expiresAtMilliseconds else { return false }
        return loop.authenticator.nowMilliseconds() >= end
    }

    /// - Returns: false if the connection ends because its principal has gone.
    private func refreshCaller() -> Bool {
        guard let caller else { return true }
        guard let current = loop.authenticator.refresh(caller) else {
            end(
                .unauthenticated,
                text: "the principal was revoked, or its token or certificate has ended; log in anew")
            return false
        }
        if !current.principal.hasRights(of: caller.principal) {
            // A stream goes on under what its caller was when it began, and these may be fewer rights.
            for exchange in exchanges.values { exchange.fail(RCPStatus.principalChanged) }
        }
        self.caller = current
        callerRoles = loop.router.mask(of: current.principal)
        isAdministrator = current.principal.isAdministrator
        return true
    }

    /// A client that vanished without closing would otherwise be kept for ever.
    private func lookForSilence() {
        if hasHeard {
            hasHeard = false
            silentSweeps = 0
            return
        }
        guard caller != nil else { return }
        silentSweeps += 1
        let silentMilliseconds = silentSweeps * loop.limits.sweepMilliseconds
        let idle = loop.limits.keepaliveIdleMilliseconds
        if silentMilliseconds >= idle + loop.limits.keepaliveAnswerMillisecondsMax {
            logger.debug("connection silent")
            end(.idle, text: "the client has not answered a PING")
        } else if silentMilliseconds >= idle, silentMilliseconds - loop.limits.sweepMilliseconds < idle {
            machine.ping(opaque: nextPing())
            flushLater()
        }
    }

    private func lookForStalledReader() {
        // A farewell may be stuck behind less than what makes the channel unwritable.
        let hasNoCredit = machine.hasNoConnectionCredit()
        guard !isWritable || hasNoCredit || phase == .lingering else {
            stalledSweeps = 0
            return
        }
        stalledSweeps += 1
        guard stalledSweeps * loop.limits.sweepMilliseconds >= loop.limits.stalledMillisecondsMax else {
            return
        }
        logEnd("connection stalled: the client reads nothing", kind: "stalled")
        loop.metrics?.connectionEnded(reason: "STALLED")
        // A farewell would only join what is not read.
        context?.close(promise: nil)
    }

    private func nextPing() -> UInt64 {
        pingsSent += 1
        return pingsSent
    }

    // MARK: The end

    func drain(text: String? = nil) {
        let ping = nextPing()
        performEvent(
            text.map { machine.drainStarted(ping: ping, text: $0) } ?? machine.drainStarted(ping: ping))
        flushNow()
    }

    /// A call has asked for it.
    func drainOnRequest() {
        guard phase == .open, life.drainRequested(now: NIODeadline.now().uptimeNanoseconds) else { return }
        drain(text: "this connection was asked to end; go on with a new one")
    }

    func end(_ code: RCPGoAwayCode, text: String) {
        performEvent(machine.closeRequested(code, text: text))
        flushNow()
    }

    /// The client has closed its sending side; SPEC.md §6.6 takes it as gone.
    func inputClosed() {
        isInputClosed = true
        switch phase {
        case .open:
            // What came before comes first.
            if !hasFramesHeld { performEvent(machine.peerClosed()) }
        case .lingering: context?.close(promise: nil)
        case .closed: break
        }
    }

    /// The machine takes no more events: stop the handlers, let the client read what was sent, close.
    func beginClosing(_ close: RCPServerClose) {
        guard phase == .open else { return }
        phase = .lingering
        stalledSweeps = 0
        dropWaitingCalls()
        for call in runningCalls.values { call.task.cancel() }
        for exchange in exchanges.values { exchange.fail(CancellationError()) }
        logEnd(close)
        flushNow()
        guard let context else { return }
        if isInputClosed { return context.close(mode: .all, promise: nil) }
        // Closing at once would reset the connection under bytes on their way, and the reset would overtake
        // what the client has yet to read. So: send our end, drop what comes, wait for the client's end.
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in self.linger() }
        context.close(mode: .output, promise: sent)
        // A farewell before the handshake is short, and one behind a TLS handshake that never ends is never sent.
        if caller == nil { linger() }
        resumeReading()
    }

    /// Everything is sent, or cannot be any more.
    private func linger() {
        guard phase == .lingering, lingerDeadline == nil else { return }
        let deadline = NIODeadline.now() + .milliseconds(Int64(loop.limits.lingerMillisecondsMax))
        lingerDeadline = loop.addDeadline(deadline.uptimeNanoseconds, .init(connection: self, kind: .linger))
    }

    /// No more patience: whatever is unsent is lost.
    func closeHard() { context?.close(promise: nil) }

    private func logEnd(_ close: RCPServerClose) {
        countEnd(close)
        if let violation = close.violation {
            return logEnd(
                "connection ended", kind: violation.row,
                ["row": "\(violation.row)", "reason": "\(violation.text)"])
        }
        switch close.farewell {
        case .none: logger.debug("connection ended")
        case .httpReply: logEnd("connection ended: HTTP", kind: "http")
        case .refused(let refused):
            loop.refusals.connectionRefused(
                connectionNumber, code: "\(refused.code)", peer: peer, limit: refusedBy,
                principal: refusedPrincipal)
        case .goAway(let goAway):
            logEnd("connection ended", kind: "\(goAway.code)", ["code": "\(goAway.code)"], level: .info)
        }
    }

    /// Clients can bring these about as often as they like, so the lines are limited.
    func logEnd(
        _ message: Logger.Message, kind: String, _ facts: Logger.Metadata = [:], level: Logger.Level = .notice
    ) {
        loop.refusals.connectionEnded(
            connectionNumber, message, kind: kind, peer: peer,
            principal: caller == nil ? nil : principalName, facts: facts, level: level)
    }

    private func countEnd(_ close: RCPServerClose) {
        guard let metrics = loop.metrics else { return }
        switch (close.farewell, close.violation) {
        case (.refused(let refused), _): metrics.connectionRefused(refused.code)
        case (.goAway(let goAway), let violation):
            metrics.connectionEnded(reason: violation?.row ?? "\(goAway.code)")
        // The client is gone, or has never said a word of RCP.
        case (_, nil), (_, .endInsideFrame): break
        case (_, .some(let violation)): metrics.connectionEnded(reason: violation.row)
        }
    }

    func closed() {
        guard phase != .closed else { return }
        phase = .closed
        context = nil
        settleUnsent()
        dropWaitingCalls()
        callAccount?.connections -= 1
        for token in [helloDeadline, lingerDeadline] {
            if let token { loop.cancelDeadline(token) }
        }
        for stream in Array(receivingCalls.keys) { messageEnded(stream) }
        for stream in Array(runningCalls.keys) { cancelCall(stream) }
        for stream in Array(replyDeadlines.keys) { replyEnded(stream) }
        loop.connectionClosed(self)
        logger.debug("connection closed")
    }
}
