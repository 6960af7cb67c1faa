import Logging
import NIOCore

/// Keeping a connection up: attempts, backoff, shutdown.
extension RedisClient {
    func connectNow() {
        let ended = eventLoop.makePromise(of: Void.self)
        state = .connecting(ended.futureResult)
        configuration.onStateChange?(.connecting(attempt: attempt))
        RedisConnection.connect(to: configuration.url, configuration: configuration.connection, on: eventLoop)
            .flatMap { self.prepare($0) }
            .whenComplete { result in
                switch result {
                case .success(let connection): self.connected(connection)
                case .failure(let error): self.attemptFailed(error)
                }
                ended.succeed(())
            }
    }

    private func prepare(_ connection: RedisConnection) -> EventLoopFuture<RedisConnection> {
        guard let prepare = configuration.prepare else { return eventLoop.makeSucceededFuture(connection) }
        return eventLoop.makeFutureWithTask {
            do {
                try await prepare(connection)
                return connection
            } catch {
                _ = connection.close()
                throw error
            }
        }
    }

    private func connected(_ connection: RedisConnection) {
        if case .shutDown = state {
            _ = connection.close()
            return
        }
        if case .closed(let error) = connection.handler.state { return attemptFailed(error) }
        state = .connected(connection, since: .now())
        lastError = nil
        connectedFlag.store(true, ordering: .relaxed)
        connection.handler.onClosed = { error in self.connectionEnded(error) }
        connection.handler.onRetired = { self.connectionRetired() }
        logger.info("Connected to Redis", metadata: addressMetadata)
        configuration.onStateChange?(.connected)
        for unit in waiting.takeAll() {
            connection.submit(unit.completion, deadline: unit.deadline, ticket: unit.ticket) { writer in
                writer.append(encoded: unit.bytes, commandCount: unit.commandCount)
            }
        }
    }

    private func connectionEnded(_ error: RedisError) {
        guard case .connected(_, let since) = state else { return }
        connectedFlag.store(false, ordering: .relaxed)
        // A connection that did not last counts as one more failed attempt, or a dying Redis would be
        // hammered.
        let lasting = TimeAmount.milliseconds(Int64(configuration.backoff.maximumMilliseconds))
        attempt = NIODeadline.now() - since >= lasting ? 0 : attempt + 1
        backOff(error)
    }

    /// As if it had ended, so the same pace keeps this from being repeated often.
    private func connectionRetired() {
        guard case .connected(let connection, _) = state else { return }
        connection.handler.onClosed = nil
        connection.handler.onRetired = nil
        _ = connection.close(within: .milliseconds(Int64(configuration.shutdownMilliseconds)))
        connectionEnded(
            RedisError(.connectionClosed, .notWritten, "The address of Redis is asked anew."))
    }

    private func attemptFailed(_ error: any Error) {
        if case .shutDown = state { return }
        let error =
            error as? RedisError
            ?? RedisError(
                .connectionFailed, .notWritten, "The connection to Redis could not be prepared.", cause: error
            )
        attempt += 1
        backOff(error)
        // Waiting longer does not help against a wrong password or a Redis that is too old.
        if error.isPermanent { failWaiting(unavailable) }
    }

    private func backOff(_ error: RedisError) {
        // An outage is said once, not with each attempt.
        let isNews = lastError?.message != error.message
        lastError = error
        var generator = SystemRandomNumberGenerator()
        let delay = configuration.backoff.delayMilliseconds(attempt: attempt, using: &generator)
        state = .backingOff(
            eventLoop.scheduleTask(in: .milliseconds(Int64(delay))) {
                if case .backingOff = self.state { self.connectNow() }
            })
        logger.log(
            level: isNews ? .warning : .debug, "Not connected to Redis",
            metadata: addressMetadata.merging([
                "error": "\(error.code)", "reason": "\(error.message)", "retryMilliseconds": "\(delay)",
            ]) { $1 })
        configuration.onStateChange?(.disconnected(error, retryInMilliseconds: delay))
    }

    func shutdown(_ promise: EventLoopPromise<Void>) {
        if let closing { return promise.completeWith(closing) }
        let before = state
        state = .shutDown
        connectedFlag.store(false, ordering: .relaxed)
        failWaiting(Self.shutDownError)
        switch before {
        case .connected(let connection, _):
            closing = connection.close(within: .milliseconds(Int64(configuration.shutdownMilliseconds)))
        case .backingOff(let retry):
            retry.cancel()
            closing = eventLoop.makeSucceededVoidFuture()
        case .connecting(let ended):
            let limited = eventLoop.makePromise(of: Void.self)
            let limit = TimeAmount.milliseconds(Int64(configuration.shutdownMilliseconds))
            let timer = eventLoop.scheduleTask(in: limit) { limited.succeed(()) }
            ended.whenComplete { _ in
                timer.cancel()
                limited.succeed(())
            }
            closing = limited.futureResult
        case .idle, .shutDown:
            closing = eventLoop.makeSucceededVoidFuture()
        }
        configuration.onStateChange?(.shutDown)
        promise.completeWith(closing ?? eventLoop.makeSucceededVoidFuture())
    }

    private var addressMetadata: Logger.Metadata { ["redis": "\(configuration.url.address)"] }
}
