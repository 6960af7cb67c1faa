import NIOCore
public import RCP
public import SwiftProtobuf

extension RCPClient {
    /// A call whose requests are streamed; sent once.
    ///
    /// - Parameter body: sends the requests; the reply is awaited when it has returned.
    /// - Throws: `RCPStatus`, or what `body` throws.
    nonisolated(nonsending) public func clientStreaming<
        Request: Message & Sendable, Reply: Message & Sendable
    >(
        _ method: RCPMethod, options: RCPCallOptions,
        _ body: nonisolated(nonsending) (RCPRequestWriter<Request>) async throws -> Void
    ) async throws -> RCPReply<Reply> {
        try await intercepted(method, options) { options in
            let call = try await begin(method, nil, options)
            let reply = try await ending(call) { exchange in
                do {
                    try await body(RCPRequestWriter(sink: exchange))
                } catch is RCPStreamEnded {
                    // The server has answered without reading everything: that answer is the call's.
                }
                await exchange.endMessages()
                return try await answer(to: call)
            }
            guard let bytes = reply.message else {
                preconditionFailure(
                    "the machine completed a call with status OK and no message (SPEC.md M51)")
            }
            return RCPReply(
                try decode(bytes, of: method, reply.head), outcome: reply.head.status.outcome,
                trailers: reply.head.trailers)
        }
    }

    /// A call whose replies are streamed; sent once.
    ///
    /// - Parameter body: reads the replies; the call ends with it.
    /// - Throws: `RCPStatus`, or what `body` throws.
    nonisolated(nonsending) public func serverStreaming<
        Request: Message & Sendable, Reply: Message & Sendable, Result: Sendable
    >(
        _ method: RCPMethod, _ request: Request, options: RCPCallOptions,
        _ body: nonisolated(nonsending) (RCPMessageStream<Reply>) async throws -> Result
    ) async throws -> RCPReply<Result> {
        let message = try encode(request)
        return try await intercepted(method, options) { options in
            let call = try await begin(method, message, options)
            return try await ending(call) { exchange in
                let result = try await body(RCPMessageStream(source: exchange))
                return try await reply(to: call, result)
            }
        }
    }

    /// A call that streams both ways; sent once.
    ///
    /// - Parameter body: sends the requests and reads the replies; the call ends with it.
    /// - Throws: `RCPStatus`, or what `body` throws.
    nonisolated(nonsending) public func bidirectionalStreaming<
        Request: Message & Sendable, Reply: Message & Sendable, Result: Sendable
    >(
        _ method: RCPMethod, options: RCPCallOptions,
        _ body:
            nonisolated(nonsending) (RCPRequestWriter<Request>, RCPMessageStream<Reply>) async throws ->
            Result
    ) async throws -> RCPReply<Result> {
        try await intercepted(method, options) { options in
            let call = try await begin(method, nil, options)
            return try await ending(call) { exchange in
                do {
                    let result = try await body(
                        RCPRequestWriter(sink: exchange), RCPMessageStream(source: exchange))
                    await exchange.endMessages()
                    return try await reply(to: call, result)
                } catch is RCPStreamEnded {
                    throw RCPStatus(
                        code: .cancelled, outcome: method.idempotency == .readOnly ? .notApplied : .unknown,
                        retryAfterMilliseconds: -1,
                        text: "the server has ended the call before everything was sent")
                }
            }
        }
    }

    /// A call that has begun.
    private struct Call {
        let id: UInt64
        let member: ClientMailbox
        let method: RCPMethod
        let stream: ClientStream

        func cancel() { member.post(.cancel(callID: id)) }
    }

    private func begin(
        _ method: RCPMethod, _ message: ByteBuffer?, _ options: RCPCallOptions
    ) async throws(RCPStatus) -> Call {
        let isEndless = options.timeout == nil
        let deadline = NIODeadline.after(options.timeout ?? configuration.timeout)
        let (call, _) = try await repeated(method, .zero, deadline: deadline) {
            let (id, member) = (nextCallID(), nextMember())
            let start = await submitted(to: member, id) { id, continuation in
                ClientCall(
                    id: id, method: method, metadata: options.metadata, message: message, deadline: deadline,
                    waitsForReady: waitsForReady(options), isEndless: isEndless, waiter: .stream(continuation)
                )
            }
            switch start {
            case .open(let stream):
                return .succeeded(Call(id: id, member: member, method: method, stream: stream))
            case .failed(let status, let pace): return .failed(status, pace)
            }
        } outcome: { _, _ in
            // The answer is still to come.
            RCPOutcome.unknown
        }
        return call
    }

    /// Sees that nothing is left of the call when `body` is done with it, however that ends.
    nonisolated(nonsending) private func ending<Result>(
        _ call: Call, _ body: nonisolated(nonsending) (RCPStreamExchange) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(call.stream.exchange)
            _ = await call.stream.exchange.stopReading()
            return result
        } catch {
            call.cancel()
            _ = await call.stream.exchange.stopReading()
            throw error
        }
    }

    /// The reply of a call whose messages the body has read as far as it wanted.
    private func reply<Result>(to call: Call, _ result: Result) async throws -> RCPReply<Result> {
        guard await call.stream.exchange.stopReading() else {
            call.cancel()
            return RCPReply(result, outcome: call.method.idempotency == .readOnly ? .notApplied : .unknown)
        }
        let head = try await answer(to: call).head
        return RCPReply(result, outcome: head.status.outcome, trailers: head.trailers)
    }

    private func answer(to call: Call) async throws -> RCPInboundReply {
        let end = try await withTaskCancellationHandler {
            try await call.stream.end.get()
        } onCancel: {
            call.cancel()
        }
        switch end {
        case .answered(let reply) where reply.head.status.code == .ok: return reply
        case .answered(let reply): throw reply.head.status
        case .failed(let status, _): throw status
        }
    }
}
