import Logging
import NIOCore
import RCP
import Synchronization
import Tracing

/// Everything the connections of one event loop share: router, executor, deadlines, counts.
///
/// `@unchecked Sendable`: touched on its event loop only, but for the constants.
final class RCPServerLoop: @unchecked Sendable {
    /// What a deadline on the wheel belongs to.
    struct Timer {
        enum Kind {
            case call(stream: UInt32)
            case hello
            case linger
        }
        let connection: RCPServerChannelHandler
        let kind: Kind
    }

    let eventLoop: any EventLoop
    let executor: EventLoopTaskExecutor
    let router: RCPRouter
    let machine: RCPServerConnection.Configuration
    let limits: RCPTransportLimits
    let authenticator: any RCPAuthenticator
    let observer: RCPCallObserver?
    /// Nil where nobody reads them.
    let metrics: RCPServerMetrics?
    /// Nil where calls are not traced.
    let tracer: (any Tracer)?
    let logger: Logger
    /// Nil where calls are not limited by rate.
    let rates: RCPCallRateLimiter?
    let refusals: RCPRefusalLog
    let books: RCPServerBooks

    /// Handlers that have not returned.
    private(set) var callsInFlight = 0
    /// The same, for other threads.
    let callsSeen = Atomic<Int>(0)
    /// Calls that have yet to begin, for other threads.
    let waitingSeen = Atomic<Int>(0)
    /// By principal. Kept beyond its last connection, so that nobody is new again by connecting anew.
    private var callAccounts: [String: CallAccount] = [:]
    private(set) var connections: [ObjectIdentifier: RCPServerChannelHandler] = [:]
    private var unflushed: [RCPServerChannelHandler] = []
    /// Connections that have more to do than one turn allows.
    private var awaitingTurn = CircularBuffer<RCPServerChannelHandler>()
    private var isRoundScheduled = false
    private var awaitingSince = NIODeadline.now()
    private var wheel: DeadlineWheel<Timer>
    private var isTicking = false
    private var due: [Timer] = []
    private var sweeper: RepeatedTask?
    private var principalsVersion: UInt64 = 0
    private var drained: EventLoopPromise<Void>?

    init(
        eventLoop: any EventLoop, router: RCPRouter, machine: RCPServerConnection.Configuration,
        limits: RCPTransportLimits, authenticator: any RCPAuthenticator, observer: RCPCallObserver?,
        metrics: RCPServerMetrics?, tracer: (any Tracer)?, logger: Logger, books: RCPServerBooks,
        refusals: RCPRefusalLog, rates: RCPCallRateLimiter? = nil
    ) {
        self.eventLoop = eventLoop
        self.executor = EventLoopTaskExecutor(eventLoop: eventLoop)
        self.router = router
        self.machine = machine
        self.limits = limits
        self.authenticator = authenticator
        self.observer = observer
        self.metrics = metrics
        self.tracer = tracer
        self.logger = logger
        self.books = books
        self.refusals = refusals
        self.rates = rates
        wheel = DeadlineWheel(tickNanoseconds: UInt64(limits.tickMilliseconds) * 1_000_000)
    }

    /// From the start of the listener on.
    func start() {
        executor.setAfterBatch { [weak self] in self?.flushReplies() }
        let interval = TimeAmount.milliseconds(Int64(limits.sweepMilliseconds))
        sweeper = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [weak self] _ in
            self?.sweep()
        }
    }

    // MARK: Connections

    /// Counts the connection, and turns another away whose place it takes.
    ///
    /// - Returns: milliseconds within which its HELLO has to come; nil if it is to be closed without a word.
    func connectionOpened(
        _ connection: RCPServerChannelHandler, from address: RCPPeerAddress
    ) -> Int? {
        metrics?.connectionsOpened.increment()
        switch books.opened(connection, from: address) {
        case .beyond:
            metrics?.connectionOverloaded("sockets")
            return nil
        case .accepted(let isFull, let displaced):
            connections[ObjectIdentifier(connection)] = connection
            if let (other, limit) = displaced { other.loop.eventLoop.execute { other.turnAway(limit) } }
            let milliseconds = machine.limits.helloMillisecondsMax
            return isFull ? min(milliseconds, limits.fullHelloMillisecondsMax) : milliseconds
        }
    }

    func connectionClosed(_ connection: RCPServerChannelHandler) {
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        books.closed(connection.connectionNumber)
        succeedIfDrained()
    }

    var isDraining: Bool { drained != nil }

    /// Ends every connection as SPEC.md §11 says; the future succeeds when the last has closed.
    func drain() -> EventLoopFuture<Void> {
        if let drained { return drained.futureResult }
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        for connection in Array(connections.values) { connection.drain() }
        succeedIfDrained()
        return promise.futureResult
    }

    /// The grace is over: what still runs is given up.
    func closeAll() {
        for connection in Array(connections.values) {
            connection.end(.noError, text: "the server's time for stopping is over")
        }
    }

    /// What has not closed by itself after `closeAll`.
    func closeHard() {
        for connection in Array(connections.values) { connection.closeHard() }
    }

    func stop() {
        sweeper?.cancel()
        sweeper = nil
    }

    private func succeedIfDrained() {
        if connections.isEmpty { drained?.succeed() }
    }

    private func sweep() {
        let version = authenticator.version
        let principalsChanged = version != principalsVersion
        principalsVersion = version
        for connection in Array(connections.values) {
            connection.sweep(principalsChanged: principalsChanged)
        }
        flushReplies()
    }

    // MARK: Calls

    /// - Returns: false if the loop is full.
    func callStarted(isAdministrator: Bool) -> Bool {
        if callsInFlight >= limits.callsPerLoopMax {
            let kept = isAdministrator ? limits.administratorCallsKept : 0
            if callsInFlight >= limits.callsPerLoopMax + kept { return false }
        }
        callsInFlight += 1
        callsSeen.store(callsInFlight, ordering: .relaxed)
        return true
    }

    func callEnded() {
        callsInFlight -= 1
        callsSeen.store(callsInFlight, ordering: .relaxed)
    }

    typealias CallAccount = RCPCallAccount<RCPServerChannelHandler>

    func callAccount(of principal: String) -> CallAccount {
        if let account = callAccounts[principal] { return account }
        // There may be more only while principals are replaced by others.
        if callAccounts.count >= authenticator.principalsMax {
            callAccounts = callAccounts.filter { !$0.value.isIdle }
        }
        let account = CallAccount(
            bytesMax: limits.principalCallBytesMax, methods: router.methodCount,
            firstBytes: router.firstWeights)
        callAccounts[principal] = account
        return account
    }

    /// Gives a turn to the connection that is the next to begin a call, if there is room for one.
    func callNext(_ account: CallAccount) { account.callNext()?.awaitTurn() }

    func callsWait(_ change: Int) { waitingSeen.add(change, ordering: .relaxed) }

    // MARK: Turns

    /// Queues the connection behind those that have work left, too.
    func takeTurnLater(_ connection: RCPServerChannelHandler) {
        awaitingTurn.append(connection)
        if isRoundScheduled { return }
        isRoundScheduled = true
        awaitingSince = NIODeadline.now()
        eventLoop.execute { self.takeTurns() }
    }

    private func takeTurns() {
        let now = NIODeadline.now()
        // Connections with little to do go first, but take no more of the loop than is left to those that wait here.
        let end = now + max(.microseconds(Int64(limits.turnMicrosecondsMax)), now - awaitingSince)
        while let connection = awaitingTurn.popFirst() {
            connection.takeTurn()
            if NIODeadline.now() >= end { break }
        }
        executor.runBatch()
        flushReplies()
        isRoundScheduled = !awaitingTurn.isEmpty
        guard isRoundScheduled else { return }
        awaitingSince = NIODeadline.now()
        // SwiftNIO looks at its sockets only when no task is due, not even one that a task has just added. So the pause
        // begins behind whatever the turns have left to be done.
        eventLoop.execute {
            self.eventLoop.scheduleTask(in: Self.pause) { self.takeTurns() }
        }
    }

    /// Longer than the loop takes to find that no task is due, as a rule; where it is not, the next pause will do.
    private static let pause = TimeAmount.microseconds(50)

    // MARK: Replies

    /// Has the connection flushed at the end of the current batch or tick.
    func flushLater(_ connection: RCPServerChannelHandler) { unflushed.append(connection) }

    private func flushReplies() {
        while let connection = unflushed.popLast() { connection.flushNow() }
    }

    // MARK: Deadlines

    typealias DeadlineToken = DeadlineWheel<Timer>.Token

    func addDeadline(_ deadline: UInt64, _ timer: Timer) -> DeadlineToken {
        let token = wheel.add(deadline: deadline, now: NIODeadline.now().uptimeNanoseconds, timer)
        tickLater()
        return token
    }

    func cancelDeadline(_ token: DeadlineToken) { wheel.cancel(token) }

    private func tickLater() {
        if isTicking { return }
        isTicking = true
        eventLoop.scheduleTask(in: .milliseconds(Int64(limits.tickMilliseconds))) { self.tick() }
    }

    private func tick() {
        isTicking = false
        wheel.advance(to: NIODeadline.now().uptimeNanoseconds, due: &due)
        let fired = due
        due.removeAll(keepingCapacity: true)
        for timer in fired { timer.connection.deadlinePassed(timer.kind) }
        flushReplies()
        // The wheel stands still while it is empty, so a server without calls has no ticks.
        if !wheel.isEmpty { tickLater() }
    }
}
