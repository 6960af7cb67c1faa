import NIOCore
public import SwiftProtobuf

/// Where the messages of a stream go, as bytes; a connection's driver provides it.
public protocol RCPMessageSink: AnyObject, Sendable {
    /// Queues the message, and returns when there is room for another one.
    ///
    /// - Throws: `RCPStatus` if the call has failed or the message is too large, `RCPStreamEnded` if it has succeeded,
    ///   `CancellationError` if the call or the writing task was cancelled.
    func send(_ message: ByteBuffer) async throws

    /// No more messages follow those that were sent.
    func endMessages() async

    /// Returns when the call is over, however it ended.
    ///
    /// - Throws: `CancellationError` if the waiting task was cancelled.
    func waitForEnd() async throws
}

/// Thrown to a client that goes on writing: the server has answered the call with OK and reads no more of it.
public struct RCPStreamEnded: Error, Sendable, Hashable {
    public init() {}
}

/// Sends the replies of a call that streams them, in order; returning from the handler ends the stream. The client's
/// credit sets the pace (SPEC.md §5.3).
public struct RCPReplyWriter<Reply: SwiftProtobuf.Message & Sendable>: Sendable {
    @usableFromInline let sink: any RCPMessageSink

    /// - Parameter sink: takes the encoded messages, one at a time.
    @inlinable public init(sink: any RCPMessageSink) { self.sink = sink }

    /// Returns when there is room for another reply, which may be before this one is on its way.
    ///
    /// - Throws: as `RCPMessageSink.send`; let it end the handler.
    @inlinable public func send(_ reply: Reply) async throws {
        try await sink.send(RCPMessageCodec.encode(reply))
    }
}

/// Sends the requests of a call that streams them, in order. The server's credit sets the pace (SPEC.md §5.3).
public struct RCPRequestWriter<Request: SwiftProtobuf.Message & Sendable>: Sendable {
    @usableFromInline let sink: any RCPMessageSink

    /// - Parameter sink: takes the encoded messages, one at a time.
    @inlinable public init(sink: any RCPMessageSink) { self.sink = sink }

    /// Returns when there is room for another request, which may be before this one is on its way.
    ///
    /// - Throws: as `RCPMessageSink.send`; let it end the call's body.
    @inlinable public func send(_ request: Request) async throws {
        try await sink.send(RCPMessageCodec.encode(request))
    }

    /// Tells the server that no more requests follow, as returning from the call's body does. Needed by who waits for
    /// replies that come only then.
    @inlinable public func finish() async { await sink.endMessages() }

    /// Returns when the call is over, which it may be before everything was sent: for who waits for what is to be sent next.
    ///
    /// - Throws: `CancellationError` if the waiting task was cancelled.
    @inlinable public func waitForEnd() async throws { try await sink.waitForEnd() }
}
