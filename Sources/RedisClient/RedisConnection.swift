import NIOCore
import NIOPosix

/// One pipelined connection to one Redis, bound to one event loop.
///
/// Commands written during one loop tick leave together; replies come in the order of the commands. Giving up
/// one command (by cancelling its task, by its deadline) never disturbs the others: its reply is dropped when
/// it comes.
public final class RedisConnection: RedisSubmitting, Sendable {
    public let eventLoop: any EventLoop
    let handler: RedisChannelHandler
    private let channel: any Channel

    private init(channel: any Channel, handler: RedisChannelHandler) {
        self.eventLoop = channel.eventLoop
        self.channel = channel
        self.handler = handler
    }

    /// Connects, logs in, names the connection, selects the database and sees that Redis is ready; one that still loads its
    /// data fails this as `loading`, unless the configuration accepts it.
    public static func connect(
        to url: RedisURL, configuration: RedisConnectionConfiguration = .init(), on eventLoop: any EventLoop
    ) -> EventLoopFuture<RedisConnection> {
        let handler = RedisChannelHandler(eventLoop: eventLoop, configuration: configuration)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(Int64(configuration.connectTimeoutMilliseconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        let connected =
            switch url.address {
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            }
        return connected.flatMapErrorThrowing { error in
            throw RedisError(
                .connectionFailed, .notWritten, "No connection to Redis at \(url.address).", cause: error)
        }.flatMap { channel in
            RedisConnection(channel: channel, handler: handler).logIn(url, configuration)
        }
    }

    // MARK: On the event loop

    /// Sends one command; `completion` is called once, on the loop. An error reply is a failure.
    public func send(
        _ command: RedisCommand, deadline: NIODeadline = .distantFuture,
        completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        send(deadline: deadline, writing: { $0.append(command) }, completion: completion)
    }

    /// Sends the one command that `writing` writes.
    public func send(
        deadline: NIODeadline = .distantFuture, writing: (inout RedisCommandWriter) -> Void,
        completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        submit(.one(completion), deadline: deadline, ticket: nil, writing)
    }

    /// Sends commands as one contiguous unit. Each reply is a value, error replies too (see
    /// `RedisValue.checked()`).
    public func pipeline(
        _ commands: [RedisCommand], deadline: NIODeadline = .distantFuture,
        completion: @escaping (Result<[RedisValue], RedisError>) -> Void
    ) {
        pipeline(
            deadline: deadline,
            writing: { writer in
                for command in commands { writer.append(command) }
            },
            completion: completion)
    }

    /// Sends the commands that `writing` writes as one contiguous unit.
    public func pipeline(
        deadline: NIODeadline = .distantFuture, writing: (inout RedisCommandWriter) -> Void,
        completion: @escaping (Result<[RedisValue], RedisError>) -> Void
    ) {
        eventLoop.preconditionInEventLoop()
        submit(.several(completion), deadline: deadline, ticket: nil, writing)
    }

    // MARK: Awaiting

    /// Sends one command and awaits its reply; an error reply is thrown. Without a hop when called on the
    /// loop.
    public nonisolated(nonsending) func send(
        _ command: RedisCommand, deadline: NIODeadline = .distantFuture
    ) async throws(RedisError) -> RedisValue {
        try await awaitOne(deadline: deadline) { $0.append(command) }
    }

    /// Sends commands as one contiguous unit and awaits their replies, error replies among them as values.
    public nonisolated(nonsending) func pipeline(
        _ commands: [RedisCommand], deadline: NIODeadline = .distantFuture
    ) async throws(RedisError) -> [RedisValue] {
        try await awaitSeveral(deadline: deadline) { writer in
            for command in commands { writer.append(command) }
        }
    }

    // MARK: Closing

    /// Takes no more commands, waits up to `limit` for the replies still owed, and closes. Never fails.
    public func close(within limit: TimeAmount = .zero) -> EventLoopFuture<Void> {
        eventLoop.execute { [handler] in handler.drain(within: limit) }
        return channel.closeFuture
    }

    /// Lets its client connect anew, since another Redis may stand behind the address by now. Replies that are owed are still
    /// awaited. Nothing happens to a connection that no client has taken over yet.
    public func retire() {
        eventLoop.execute { [handler] in handler.onRetired?() }
    }

    // MARK: Inside

    func submit(
        _ completion: RedisCompletion, deadline: NIODeadline, ticket: RedisTicket?,
        _ write: (inout RedisCommandWriter) -> Void
    ) {
        let sequence = handler.submit(completion, deadline: deadline, write)
        ticket?.moved(to: handler, sequence)
    }
}
