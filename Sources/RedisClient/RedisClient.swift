import Logging
import NIOCore
import Synchronization

/// One Redis for one event loop: keeps a connection up and sends commands on it.
///
/// Without a connection, commands wait for one up to a limit and then fail as `unavailable`, never written.
///
/// `@unchecked Sendable`: mutable state is confined to the event loop, which every entry checks or enters
/// first. What is not private here belongs to `RedisClient+Connecting.swift` alone.
public final class RedisClient: RedisTopology, RedisSubmitting, @unchecked Sendable {
    enum State {
        case idle
        /// The future ends with the attempt, however it goes.
        case connecting(EventLoopFuture<Void>)
        case connected(RedisConnection, since: NIODeadline)
        case backingOff(Scheduled<Void>)
        case shutDown
    }

    public let eventLoop: any EventLoop
    let configuration: RedisClientConfiguration
    let logger: Logger
    let connectedFlag = Atomic<Bool>(false)

    var state = State.idle
    var attempt = 0
    var lastError: RedisError?
    let waiting = RedisWaitingCommands()
    private var isTicking = false
    var closing: EventLoopFuture<Void>?

    public init(configuration: RedisClientConfiguration, on eventLoop: any EventLoop, logger: Logger) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
    }

    /// May be read from any thread; true from the end of the login until the connection ends.
    public var isConnected: Bool { connectedFlag.load(ordering: .relaxed) }

    // MARK: Life

    /// Begins to connect, and keeps a connection up from then on. May be called from any thread, and again.
    public func start() {
        eventLoop.execute {
            if case .idle = self.state { self.connectNow() }
        }
    }

    /// Starts and waits for the first connection. Throws when the deadline passes, or at once when Redis refuses
    /// the login or the preparation; the client goes on trying until it is shut down.
    public nonisolated(nonsending) func connect(deadline: NIODeadline) async throws(RedisError) {
        start()
        // A unit of no commands waits its turn like any other and is answered as soon as there is a
        // connection.
        let arrival = Arrival(client: self, waitUntil: deadline)
        _ = try await arrival.awaitSeveral(deadline: .distantFuture) { _ in }
    }

    /// Takes no more commands, waits for the replies still owed up to the configured limit, and closes for
    /// good.
    public nonisolated(nonsending) func shutdown() async {
        let promise = eventLoop.makePromise(of: Void.self)
        eventLoop.execute { self.shutdown(promise) }
        // The future never fails: a connection's close future only ever succeeds.
        try? await promise.futureResult.get()
    }

    // MARK: Commands

    public func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline = .distantFuture,
        completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        send(key: key, deadline: deadline, writing: { $0.append(command) }, completion: completion)
    }

    /// On the loop: sends the one command that `writing` writes straight into the connection's outgoing
    /// bytes.
    public func send(
        key: String?, deadline: NIODeadline = .distantFuture, writing: (inout RedisCommandWriter) -> Void,
        completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        submit(.one(completion), deadline: deadline, ticket: nil, writing)
    }

    public func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline = .distantFuture,
        completion: @escaping (Result<[RedisValue], RedisError>) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        submit(.several(completion), deadline: deadline, ticket: nil) { writer in
            for command in commands { writer.append(command) }
        }
    }

    public nonisolated(nonsending) func send(
        _ command: RedisCommand, key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> RedisValue {
        try await awaitOne(deadline: deadline) { $0.append(command) }
    }

    public nonisolated(nonsending) func pipeline(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        try await awaitSeveral(deadline: deadline) { writer in
            for command in commands { writer.append(command) }
        }
    }

    public nonisolated(nonsending) func sendToEveryPrimary(
        _ command: RedisCommand, deadline: NIODeadline
    ) async throws(RedisError) -> [RedisValue] {
        [try await send(command, key: nil, deadline: deadline)]
    }

    func submit(
        _ completion: RedisCompletion, deadline: NIODeadline, ticket: RedisTicket?,
        _ write: (inout RedisCommandWriter) -> Void
    ) {
        let wait = Int64(configuration.waitForConnectionMilliseconds)
        if case .connected(let connection, _) = state {
            return connection.submit(completion, deadline: deadline, ticket: ticket, write)
        }
        let waitUntil = wait > 0 ? NIODeadline.now() + .milliseconds(wait) : nil
        submitLater(completion, deadline: deadline, waitUntil: waitUntil, ticket: ticket, write)
    }

    // MARK: Waiting for a connection

    private func submitLater(
        _ completion: RedisCompletion, deadline: NIODeadline, waitUntil: NIODeadline?, ticket: RedisTicket?,
        _ write: (inout RedisCommandWriter) -> Void
    ) {
        if case .shutDown = state { return completion.fail(Self.shutDownError) }
        guard let waitUntil, lastError?.isPermanent != true else {
            return completion.fail(unavailable)
        }
        guard waiting.count < configuration.waitingCommandsMax else {
            return completion.fail(
                RedisError(
                    .tooManyPendingReplies, .notWritten,
                    "\(waiting.count) commands wait for a connection to Redis already; try again later."))
        }
        var writer = RedisCommandWriter()
        write(&writer)
        let commandCount = writer.takeCommandCount()
        guard waiting.bytes + writer.bytes.readableBytes <= configuration.waitingBytesMax else {
            return completion.fail(
                RedisError(
                    .tooManyPendingBytes, .notWritten,
                    "\(waiting.bytes) bytes of commands wait for a connection to Redis already; try again later."
                ))
        }
        waiting.append(
            completion, deadline: deadline, waitUntil: waitUntil, ticket: ticket, bytes: writer.bytes,
            commandCount: commandCount)
        startTicking()
    }

    private func startTicking() {
        guard !isTicking else { return }
        isTicking = true
        let tick = TimeAmount.milliseconds(Int64(configuration.connection.tickMilliseconds))
        eventLoop.scheduleTask(in: tick) {
            self.isTicking = false
            self.waiting.expire(.now(), unavailable: self.unavailable)
            if !self.waiting.isEmpty { self.startTicking() }
        }
    }

    func failWaiting(_ error: RedisError) {
        for unit in waiting.takeAll() { unit.completion.fail(error) }
    }

    var unavailable: RedisError {
        RedisError(
            .unavailable, .notWritten, "Not connected to Redis. \(lastError?.message ?? "")",
            errorReply: lastError?.errorReply, cause: lastError)
    }

    static var shutDownError: RedisError {
        RedisError(.shutDown, .notWritten, "The client of Redis was shut down.")
    }

    /// The connection's arrival as something to await.
    private struct Arrival: RedisSubmitting {
        let client: RedisClient
        let waitUntil: NIODeadline

        var eventLoop: any EventLoop { client.eventLoop }

        func submit(
            _ completion: RedisCompletion, deadline: NIODeadline, ticket: RedisTicket?,
            _ write: (inout RedisCommandWriter) -> Void
        ) {
            if case .connected = client.state { return completion.succeed([]) }
            client.submitLater(completion, deadline: deadline, waitUntil: waitUntil, ticket: ticket, write)
        }
    }
}
