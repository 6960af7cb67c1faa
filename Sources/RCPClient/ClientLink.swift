import Logging
import NIOCore
import NIOPosix
import RCP

/// The client's way to one server, on one event loop: the connection in use, those that finish their last calls,
/// and the calls that wait. A pool is several of these.
final class ClientLink {
    enum State {
        /// No connection, and nobody who needs one.
        case idle
        /// Connecting, or waiting for the backoff to pass.
        case connecting
        case connected(ClientConnectionHandler)
        case shutDown
    }

    let configuration: RCPClientConfiguration
    private let logger: Logger
    let eventLoop: any EventLoop
    private let status: ClientLinkStatus
    var state = State.idle {
        didSet {
            switch state {
            case .connected, .idle: status.isWoken.store(false, ordering: .relaxed)
            case .connecting, .shutDown: break
            }
            let isConnected = if case .connected = state { true } else { false }
            status.isReady.store(isConnected, ordering: .relaxed)
        }
    }
    /// Which of the addresses is in use, or tried.
    private var addressIndex = 0
    /// The failure that counts of those of the addresses tried since the first one: one that may pass, if there is any.
    private var roundFailure: RCPStatus?
    private var waiting = CircularBuffer<ClientCall>()
    private var waitingBytes = 0
    private var isSending = false
    /// Every connection that has not ended, the one in use included.
    private var connections: [ObjectIdentifier: ClientConnectionHandler] = [:]
    var connectFailures = 0
    /// Why there is no connection, for the calls whose time ends meanwhile.
    var lastFailure: RCPStatus?
    private var deadlineTimer: (fires: NIODeadline, task: Scheduled<Void>)?
    private var shutdownWaiters: [CheckedContinuation<Void, Never>] = []

    /// Deadlines that lie closer together than this are served by one look at the calls.
    static let deadlineSlackMilliseconds: Int64 = 5

    init(
        configuration: RCPClientConfiguration, logger: Logger, eventLoop: any EventLoop,
        status: ClientLinkStatus
    ) {
        self.configuration = configuration
        self.logger = logger
        self.eventLoop = eventLoop
        self.status = status
    }

    /// Wherever the last connection went: a lost server may be back, or a better one.
    func startWithFirstAddress() {
        addressIndex = 0
        roundFailure = nil
    }

    var address: RCPAddress { configuration.addresses[addressIndex] }
    var texts: ClientStatusTexts {
        ClientStatusTexts(
            address: address, credentials: configuration.credentials, server: configuration.serverProgram)
    }

    // MARK: From the callers

    func handle(_ events: [ClientEvent]) {
        for event in events {
            switch event {
            case .submit(let call): submit(call)
            case .cancel(let callID): cancel(callID)
            case .connect: if case .idle = state { connect() }
            case .shutDown(let time, let waiter): shutDown(within: time, waiter)
            }
        }
        sendWaiting()
    }

    private func submit(_ call: ClientCall) {
        if case .shutDown = state { return call.end(.failed(texts.shutDown, .byConnection)) }
        guard waiting.count < configuration.waitingCallsMax,
            waitingBytes + call.messageBytes <= configuration.waitingBytesMax
        else {
            // No connection paces this one, so its own backoff has to.
            return call.end(.failed(texts.tooManyWaiting, .byBackoff))
        }
        waitingBytes += call.messageBytes
        waiting.append(call)
        watch(call.deadline)
    }

    private func cancel(_ callID: UInt64) {
        if let index = waiting.firstIndex(where: { $0.id == callID }) {
            let call = waiting.remove(at: index)
            waitingBytes -= call.messageBytes
            return call.end(.failed(.cancelledHere(.notApplied), .byConnection))
        }
        for connection in connections.values where connection.cancel(callID: callID) { return }
    }

    /// Sends what waits as far as the connection takes it, and sees that there is one.
    private func sendWaiting() {
        guard !waiting.isEmpty else { return }
        switch state {
        case .idle:
            connect()
        case .connecting, .shutDown:
            break
        case .connected(let connection):
            guard sendWaiting(to: connection) else {
                // Its stream ids are used up: finish there, go on with a new connection.
                connection.drain()
                connectionStopsOpening(connection)
                return sendWaiting()
            }
            connection.flush()
        }
    }

    /// - Returns: false if the connection takes no new calls any more.
    private func sendWaiting(to connection: ClientConnectionHandler) -> Bool {
        // What is written here may tell at once that there is room again; this loop sees that by itself.
        if isSending { return true }
        isSending = true
        defer { isSending = false }
        let now = NIODeadline.now()
        while connection.hasRoom, let call = waiting.popFirst() {
            waitingBytes -= call.messageBytes
            if connection.open(call, now: now) { continue }
            waiting.prepend(call)
            waitingBytes += call.messageBytes
            return false
        }
        return true
    }

    // MARK: From the connections

    func connectionOpened(_ connection: ClientConnectionHandler) {
        connections[ObjectIdentifier(connection)] = connection
        if case .shutDown = state { connection.closeNow(text: "the client has shut down") }
    }

    func connectionReady(_ connection: ClientConnectionHandler, _ ack: RCPHelloAck) {
        status.serverAck.withLock { $0 = ack }
        connectFailures = 0
        lastFailure = nil
        if case .shutDown = state { return connection.drain() }
        logger.debug(
            "connected",
            metadata: ["rcp.address": "\(connection.address)", "rcp.server": "\(ack.serverName)"])
        state = .connected(connection)
        sendWaiting()
    }

    func connectionHasRoom() { sendWaiting() }

    /// New calls go elsewhere; those it has finish there.
    func connectionStopsOpening(_ connection: ClientConnectionHandler) {
        guard case .connected(let current) = state, current === connection else { return }
        state = .idle
        // The calls that wait need a new connection, but not from within this one's events.
        if !waiting.isEmpty { eventLoop.assumeIsolated().execute { self.sendWaiting() } }
    }

    func connectionEnded(_ connection: ClientConnectionHandler, _ status: RCPStatus) {
        connections[ObjectIdentifier(connection)] = nil
        if connection.hasBeenReady {
            let reason = if case .shutDown = state { "the client has shut down" } else { status.text }
            logger.debug(
                "a connection has ended",
                metadata: ["rcp.address": "\(connection.address)", "rcp.reason": "\(reason)"])
        }
        switch state {
        case .connecting:
            // Only the connection that has not become ready can end in this state as the current one; an old one
            // that finishes its calls meanwhile has been ready.
            if !connection.hasBeenReady { connectFailed(status) }
        case .connected(let current):
            if current === connection { state = .idle }
        case .idle:
            break
        case .shutDown:
            endShutdownIfDone()
        }
    }

    /// Tries again for the calls that wait, which nothing was written of: only their deadlines end them, unless
    /// trying again cannot help or the caller would rather know at once.
    func connectFailed(_ status: RCPStatus) {
        if roundFailure.map({ $0.retryRule == .never }) ?? true { roundFailure = status }
        let status = roundFailure ?? status
        lastFailure = status
        addressIndex = (addressIndex + 1) % configuration.addresses.count
        if addressIndex > 0, case .connecting = state { return openTransport() }
        // None of them can be reached.
        connectFailures += 1
        logger.debug(
            "no connection",
            metadata: ["rcp.reason": "\(status.text)", "rcp.failures": "\(connectFailures)"])
        if case .connecting = state { state = .idle }
        // Each call decides by its own plan whether it comes back.
        var left = CircularBuffer<ClientCall>()
        for call in waiting {
            if call.waitsForReady && status.retryRule != .never {
                left.append(call)
            } else {
                waitingBytes -= call.messageBytes
                call.end(.failed(status, .byConnection))
            }
        }
        waiting = left
        sendWaiting()
        endShutdownIfDone()
    }

    // MARK: Deadlines

    private func watch(_ deadline: NIODeadline) {
        if let timer = deadlineTimer {
            if timer.fires <= deadline + .milliseconds(Self.deadlineSlackMilliseconds) { return }
            timer.task.cancel()
        }
        let fires = deadline + .milliseconds(Self.deadlineSlackMilliseconds)
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: fires) { self.deadlineTick() }
        deadlineTimer = (fires, task)
    }

    private func deadlineTick() {
        deadlineTimer = nil
        let now = NIODeadline.now()
        var earliest: NIODeadline?
        var left = CircularBuffer<ClientCall>()
        for call in waiting {
            if call.deadline <= now {
                waitingBytes -= call.messageBytes
                call.end(.failed(deadlinePassedWaiting, .byConnection))
            } else {
                earliest = min(earliest ?? call.deadline, call.deadline)
                left.append(call)
            }
        }
        waiting = left
        for connection in connections.values {
            if let due = connection.endCalls(dueBy: now) { earliest = min(earliest ?? due, due) }
        }
        if let earliest { watch(earliest) }
        sendWaiting()
    }

    private var deadlinePassedWaiting: RCPStatus {
        switch state {
        case .connected: texts.deadlinePassedWithoutRoom
        case .idle, .connecting, .shutDown: texts.deadlinePassedWaiting(lastFailure)
        }
    }

    // MARK: The end

    private func shutDown(within time: Duration, _ waiter: CheckedContinuation<Void, Never>?) {
        if let waiter { shutdownWaiters.append(waiter) }
        if case .shutDown = state {} else { stopTaking() }
        endShutdownIfDone()
        if connections.isEmpty { return }
        guard time > .zero else { return closeConnections() }
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { self.closeConnections() }
    }

    private func stopTaking() {
        state = .shutDown
        for call in waiting { call.end(.failed(texts.shutDown, .byConnection)) }
        waiting.removeAll()
        waitingBytes = 0
        for connection in connections.values { connection.drain() }
    }

    private func closeConnections() {
        for connection in connections.values { connection.closeNow(text: "the client has shut down") }
    }

    private func endShutdownIfDone() {
        guard case .shutDown = state, connections.isEmpty else { return }
        deadlineTimer?.task.cancel()
        deadlineTimer = nil
        for waiter in shutdownWaiters { waiter.resume() }
        shutdownWaiters = []
    }
}
