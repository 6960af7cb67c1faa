import SwiftProtobuf

/// Per-call choices of a caller.
public struct RCPCallOptions: Sendable, Hashable {
    /// From the call's start to its end, retries included. nil takes the client's (`RCPClientConfiguration.timeout`); for a
    /// call that streams it means no limit. The wire has milliseconds, rounded up (SPEC.md §6.1).
    public var timeout: Duration?
    /// nil lets the client make one for mutations. State it to repeat an earlier call safely. A call that streams has
    /// none: its messages carry their own.
    public var requestID: RCPRequestID?
    /// Sent with the call, for its handler.
    public var metadata: RCPMetadata
    /// Whether the call waits for a connection as long as its timeout allows; nil takes the client's default.
    public var waitsForReady: Bool?
    /// A read-only unary call that has no answer by then is sent a second time, elsewhere if there is a choice, and the
    /// first answer counts; nil never does.
    public var hedgeAfter: Duration?

    public init(
        timeout: Duration? = nil, requestID: RCPRequestID? = nil, metadata: RCPMetadata = [],
        waitsForReady: Bool? = nil, hedgeAfter: Duration? = nil
    ) {
        self.timeout = timeout
        self.requestID = requestID
        self.metadata = metadata
        self.waitsForReady = waitsForReady
        self.hedgeAfter = hedgeAfter
    }
}

/// What generated client stubs call through; the client's connection or pool implements it.
///
/// Errors are always `RCPStatus`, or what a caller's `body` throws. The call ends with its body: what was not read of
/// the replies by then is given up, and with it the call if the server has not answered. Then the reply's outcome is
/// `unknown`, or `notApplied` for a read-only method. A body runs where its caller does, so it may use what an actor isolates.
public protocol RCPCaller: Sendable {
    /// Sends one message and waits for one.
    func unary<Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable>(
        _ method: RCPMethod, _ request: Request, options: RCPCallOptions
    ) async throws -> RCPReply<Reply>

    /// - Parameter body: sends the requests; the reply is awaited when it has returned.
    nonisolated(nonsending) func clientStreaming<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        _ method: RCPMethod, options: RCPCallOptions,
        _ body: nonisolated(nonsending) (RCPRequestWriter<Request>) async throws -> Void
    ) async throws -> RCPReply<Reply>

    /// - Parameter body: reads the replies.
    nonisolated(nonsending) func serverStreaming<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable, Result: Sendable
    >(
        _ method: RCPMethod, _ request: Request, options: RCPCallOptions,
        _ body: nonisolated(nonsending) (RCPMessageStream<Reply>) async throws -> Result
    ) async throws -> RCPReply<Result>

    /// - Parameter body: sends the requests and reads the replies, one after the other or in tasks of its own.
    nonisolated(nonsending) func bidirectionalStreaming<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable, Result: Sendable
    >(
        _ method: RCPMethod, options: RCPCallOptions,
        _ body:
            nonisolated(nonsending) (RCPRequestWriter<Request>, RCPMessageStream<Reply>) async throws ->
            Result
    ) async throws -> RCPReply<Result>
}
