import NIOCore
import RedisClient

/// How commands reach Redis. Every one of them goes through here, so that none leaves for a store that must not be used, and every
/// write is a call of a function, which compares the run before it does anything.
extension ReturnsStore {
    /// Sends a read.
    nonisolated(nonsending) func send(
        _ command: RedisCommand, key: String, deadline: NIODeadline
    ) async throws(StoreError) -> RedisValue {
        try await send(.plain(command), key: key, effect: .none, deadline: deadline).reply
    }

    /// Calls a function.
    ///
    /// - Returns: What the function itself answers, also if it is a counted one.
    nonisolated(nonsending) func send(
        _ call: StoreCall, effect: CommandEffect = .none, deadline: NIODeadline
    ) async throws(StoreError) -> RedisValue {
        let (reply, run) = try await send(
            .call(call), key: call.slot.mark, effect: effect, deadline: deadline)
        return try result(of: call, reply, run)
    }

    /// - Returns: The reply, and the run that the command took part in.
    private nonisolated(nonsending) func send(
        _ command: StoreCommand, key: String, effect: CommandEffect, deadline: NIODeadline
    ) async throws(StoreError) -> (reply: RedisValue, run: StoreRun) {
        var attempts = SendAttempts(effect)
        var repairs = Repairs()
        do throws(StoreError) {
            while true {
                let run = try identity.run(for: command.effect)
                let failure: RedisError
                do throws(RedisError) {
                    let reply = try await redis.send(command.command(run: run), key: key, deadline: deadline)
                    return (try reply.checked(), run)
                } catch {
                    failure = error
                }
                attempts.failed(failure)
                if try await repair(RedisRefusal(failure), &repairs, deadline: deadline) { continue }
                guard attempts.mayRepeat(after: failure) else { throw identity.failure(failure) }
            }
        } catch {
            throw attempts.ended(error.met(in: command.slot))
        }
    }

    /// Sends commands that a repetition does not harm together; an error reply to any of them fails all.
    nonisolated(nonsending) func pipeline(
        _ commands: [RedisCommand], key: String? = nil, deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        try await pipeline(commands.map { .plain($0) }, key: key, deadline: deadline)
    }

    nonisolated(nonsending) func pipeline(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        try await pipeline(calls.map { .call($0) }, key: calls.first?.slot.mark, deadline: deadline)
    }

    /// What concerns every partition is sent some at a time, so that others' calls come between.
    nonisolated(nonsending) func pipelineInSlices(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        var results: [RedisValue] = []
        for result in try await readEachInSlices(calls, deadline: deadline) {
            results.append(try result.get())
        }
        return results
    }

    /// The same, where a partition that holds something else than the store has put there fails for itself.
    nonisolated(nonsending) func readEachInSlices(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> [Result<RedisValue, StoreError>] {
        var results: [Result<RedisValue, StoreError>] = []
        results.reserveCapacity(calls.count)
        var rest = calls[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.sliceCallsMax)
            rest = rest.dropFirst(some.count)
            results += try await readEach(Array(some), deadline: deadline)
            if !rest.isEmpty { await Task.yield() }
        }
        return results
    }

    static let sliceCallsMax = 8

    nonisolated(nonsending) func pipeline(
        _ commands: [StoreCommand], key: String? = nil, deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        let (replies, run) = try await repliesToReads(commands, key: key, deadline: deadline)
        for (command, reply) in zip(commands, replies) { _ = try Self.checked(reply, of: command.slot) }
        var results: [RedisValue] = []
        results.reserveCapacity(replies.count)
        for (command, reply) in zip(commands, replies) {
            if case .call(let call) = command {
                results.append(try result(of: call, reply, run))
            } else {
                results.append(reply)
            }
        }
        return results
    }

    /// Sends a read; an error reply is a value.
    nonisolated(nonsending) func replyToRead(
        _ command: RedisCommand, key: String, deadline: NIODeadline
    ) async throws(StoreError) -> RedisValue {
        var attempts = SendAttempts(.none)
        var repairs = Repairs()
        while true {
            _ = try identity.run()
            let reply: RedisValue
            do throws(RedisError) {
                reply = try await redis.send(command, key: key, deadline: deadline)
            } catch {
                if error.code == .errorReply, let refusal = error.errorReply {
                    reply = .error(refusal)
                } else {
                    attempts.failed(error)
                    guard attempts.mayRepeat(after: error) else { throw identity.failure(error) }
                    continue
                }
            }
            guard case .error = reply, try await repair([reply], &repairs, deadline: deadline) else {
                return reply
            }
        }
    }

    /// Sends reads together; error replies are values.
    nonisolated(nonsending) func repliesToReads(
        _ commands: [RedisCommand], key: String?, deadline: NIODeadline
    ) async throws(StoreError) -> [RedisValue] {
        try await repliesToReads(commands.map { .plain($0) }, key: key, deadline: deadline).replies
    }

    /// Sends reads together, each of which may meet something else than the store has put there and fails for itself then.
    /// Whatever else fails, fails all.
    nonisolated(nonsending) func readEach(
        _ commands: [RedisCommand], deadline: NIODeadline
    ) async throws(StoreError) -> [Result<RedisValue, StoreError>] {
        try Self.local(
            try await repliesToReads(commands, key: nil, deadline: deadline).map { reply in
                Self.result { () throws(StoreError) in try Self.checked(reply) }
            })
    }

    /// The same of calls that a repetition does not harm.
    nonisolated(nonsending) func readEach(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> [Result<RedisValue, StoreError>] {
        let (replies, run) = try await repliesToReads(
            calls.map { .call($0) }, key: calls.first?.slot.mark, deadline: deadline)
        return try Self.local(
            zip(calls, replies).map { call, reply in
                Self.result { () throws(StoreError) in
                    try result(of: call, try Self.checked(reply, of: call.slot), run)
                }
            })
    }

    /// Sends calls together in the same way. Not sent again when the connection ends under them.
    nonisolated(nonsending) func callEach(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> [Result<RedisValue, StoreError>] {
        try Self.local(try await sendOnce(calls, deadline: deadline))
    }

    private static func local(
        _ replies: [Result<RedisValue, StoreError>]
    ) throws(StoreError) -> [Result<RedisValue, StoreError>] {
        for case .failure(let error) in replies where !error.isLocal { throw error }
        return replies
    }

    private nonisolated(nonsending) func repliesToReads(
        _ commands: [StoreCommand], key: String?, deadline: NIODeadline
    ) async throws(StoreError) -> (replies: [RedisValue], run: StoreRun) {
        var attempts = SendAttempts(.none)
        var repairs = Repairs()
        let effect = commands.map(\.effect).max() ?? .read
        while true {
            let run = try identity.run(for: effect)
            let replies: [RedisValue]
            do throws(RedisError) {
                replies = try await redis.pipeline(
                    commands.map { $0.command(run: run) }, key: key, deadline: deadline)
            } catch {
                attempts.failed(error)
                guard attempts.mayRepeat(after: error) else { throw identity.failure(error) }
                continue
            }
            guard try await repair(replies, &repairs, deadline: deadline) else { return (replies, run) }
        }
    }

    /// Sends calls together, each of which does what it does for itself. Not sent again when the connection ends under them.
    nonisolated(nonsending) func sendOnce(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> [Result<RedisValue, StoreError>] {
        var (replies, run) = try await repliesOnce(calls, deadline: deadline)
        var runs = replies.map { _ in run }
        var repairs = Repairs()
        while try await repair(replies, &repairs, deadline: deadline) {
            let untouched = replies.indices.filter { Repairs.isRepairable(replies[$0]) }
            let again: [RedisValue]
            (again, run) = try await repliesOnce(untouched.map { calls[$0] }, deadline: deadline)
            for (index, reply) in zip(untouched, again) {
                replies[index] = reply
                runs[index] = run
            }
        }
        return calls.indices.map { index in
            Self.result { () throws(StoreError) in
                try result(
                    of: calls[index], try Self.checked(replies[index], of: calls[index].slot), runs[index])
            }
        }
    }

    private nonisolated(nonsending) func repliesOnce(
        _ calls: [StoreCall], deadline: NIODeadline
    ) async throws(StoreError) -> (replies: [RedisValue], run: StoreRun) {
        let run = try identity.run(for: calls.map(\.effect).max() ?? .read)
        do throws(RedisError) {
            let replies = try await redis.pipeline(
                calls.map { $0.command(run: run) }, key: calls.first?.slot.mark, deadline: deadline)
            return (replies, run)
        } catch {
            throw error.commandState == .outcomeUnknown
                ? identity.failure(error).behind(.unknown) : identity.failure(error)
        }
    }

    // MARK: Repairs

    /// A refusal that this server can mend is mended once for each reason: what was refused so has touched nothing.
    private struct Repairs {
        var hasLoaded = false
        var hasLooked = false

        static func isRepairable(_ reply: RedisValue) -> Bool {
            guard case .error(let error) = reply else { return false }
            let refusal = RedisRefusal(error)
            return refusal == .functionMissing || refusal == .otherRun || refusal == .markDamaged
        }
    }

    private nonisolated(nonsending) func repair(
        _ replies: [RedisValue], _ repairs: inout Repairs, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        for reply in replies {
            guard case .error(let error) = reply else { continue }
            if try await repair(RedisRefusal(error), &repairs, deadline: deadline) { return true }
        }
        return false
    }

    /// - Returns: whether to send again what was refused.
    private nonisolated(nonsending) func repair(
        _ refusal: RedisRefusal?, _ repairs: inout Repairs, deadline: NIODeadline
    ) async throws(StoreError) -> Bool {
        switch refusal {
        case .functionMissing where !repairs.hasLoaded:
            repairs.hasLoaded = true
            try await reload(deadline: deadline)
            return true
        // The look says what is damaged, and closes the store.
        case .otherRun where !repairs.hasLooked, .markDamaged where !repairs.hasLooked:
            repairs.hasLooked = true
            try await identity.look(redis, deadline: deadline)
            return true
        case let refusal?:
            identity.refused(refusal)
            return false
        case nil: return false
        }
    }

    /// Loads the functions again. A call that found one missing has written nothing.
    private nonisolated(nonsending) func reload(deadline: NIODeadline) async throws(StoreError) {
        do throws(RedisError) {
            try await FunctionLibrary.loadAll(on: redis, deadline: deadline)
        } catch {
            throw identity.failure(error)
        }
    }

    // MARK: Replies

    /// Takes the counter off a counted function's reply, and remembers it as acknowledged.
    ///
    /// - Parameter run: that the call took part in.
    private func result(
        of call: StoreCall, _ reply: RedisValue, _ run: StoreRun
    ) throws(StoreError) -> RedisValue {
        guard call.isCounted else { return reply }
        guard let parts = reply.array, parts.count == 2, let counter = parts[0].integer else {
            throw StoreError(.corrupt, "a counted function answered something else")
        }
        identity.acknowledge(call.slot, counter: counter, in: run)
        return parts[1]
    }

    static func checked(_ reply: RedisValue, of slot: StoreSlot? = nil) throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try reply.checked()
        } catch {
            throw StoreError(error).met(in: slot)
        }
    }

    static func result<Value>(
        _ body: () throws(StoreError) -> Value
    ) -> Result<Value, StoreError> {
        do throws(StoreError) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }
}

extension RedisRefusal {
    /// Nil when the reason is no answer of Redis.
    init?(_ error: RedisError) {
        guard error.code == .errorReply, let reply = error.errorReply else { return nil }
        self.init(reply)
    }
}
