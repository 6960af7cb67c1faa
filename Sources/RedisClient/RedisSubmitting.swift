import NIOCore

/// What a connection and a client have in common below their public calls.
protocol RedisSubmitting: Sendable {
    var eventLoop: any EventLoop { get }

    /// On the loop: takes one unit of commands; its completion is called exactly once, perhaps before this
    /// returns.
    func submit(
        _ completion: RedisCompletion, deadline: NIODeadline, ticket: RedisTicket?,
        _ write: (inout RedisCommandWriter) -> Void)
}

extension RedisSubmitting {
    /// One command, awaited. A caller on the loop goes through it without a hop; its task's executor does the
    /// resuming.
    nonisolated(nonsending) func awaitOne(
        deadline: NIODeadline, _ write: (inout RedisCommandWriter) -> Void
    ) async throws(RedisError) -> RedisValue {
        try await awaiting { ticket in
            await withUnsafeContinuation { continuation in
                enter(.oneContinuation(continuation), deadline, ticket, write)
            }
        }.get()
    }

    /// Any number of commands as one contiguous unit, awaited.
    nonisolated(nonsending) func awaitSeveral(
        deadline: NIODeadline, _ write: (inout RedisCommandWriter) -> Void
    ) async throws(RedisError) -> [RedisValue] {
        try await awaiting { ticket in
            await withUnsafeContinuation { continuation in
                enter(.severalContinuation(continuation), deadline, ticket, write)
            }
        }.get()
    }

    private nonisolated(nonsending) func awaiting<Outcome>(
        _ body: nonisolated(nonsending) (RedisTicket) async -> Outcome
    ) async -> Outcome {
        let ticket = RedisTicket()
        return await withTaskCancellationHandler {
            await body(ticket)
        } onCancel: {
            eventLoop.execute { ticket.giveUp(Self.cancelled) }
        }
    }

    private func enter(
        _ completion: RedisCompletion, _ deadline: NIODeadline, _ ticket: RedisTicket,
        _ write: (inout RedisCommandWriter) -> Void
    ) {
        if Task.isCancelled { return completion.fail(Self.cancelled) }
        if eventLoop.inEventLoop {
            return submit(completion, deadline: deadline, ticket: ticket, write)
        }
        var writer = RedisCommandWriter()
        write(&writer)
        let count = writer.takeCommandCount()
        let bytes = writer.bytes
        eventLoop.execute {
            if let refusal = ticket.refusal { return completion.fail(refusal) }
            submit(completion, deadline: deadline, ticket: ticket) { writer in
                writer.append(encoded: bytes, commandCount: count)
            }
        }
    }

    private static var cancelled: RedisError {
        RedisError(.cancelled, .notWritten, "The task that awaited the reply was cancelled.")
    }
}
