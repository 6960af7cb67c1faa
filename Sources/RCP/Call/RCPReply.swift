public import NIOCore
public import SwiftProtobuf

/// What a handler returns, and what a caller gets, when a call succeeds.
public struct RCPReply<Message: Sendable>: Sendable {
    /// What the call came to. Empty where `encoded` stands in its place.
    public var message: Message
    /// At a server: the message's bytes, sent as they are instead of `message`.
    public var encoded: ByteBuffer?
    /// `applied` unless told otherwise. The server's router sends read-only calls as `notApplied` whatever
    /// stands here (SPEC.md §7.1).
    public var outcome: RCPOutcome
    /// The reply of an earlier call under the same request id.
    public var replayed: Bool
    /// What the server sent with the answer (SPEC.md §6.3).
    public var trailers: RCPMetadata
    /// At a server: whether the connection is drained with this reply (SPEC.md §11).
    public var drainsConnection = false
    /// At a server: bytes that were read for it beside its own, about. The principal's further calls are weighed by them too.
    public var readBytes = 0

    public init(
        _ message: Message, outcome: RCPOutcome = .applied, replayed: Bool = false,
        trailers: RCPMetadata = [], readBytes: Int = 0
    ) {
        self.message = message
        self.outcome = outcome
        self.replayed = replayed
        self.trailers = trailers
        self.readBytes = readBytes
    }
}

extension RCPReply where Message: SwiftProtobuf.Message {
    /// A reply whose bytes are there already.
    public init(
        encoded: ByteBuffer, outcome: RCPOutcome = .applied, replayed: Bool = false, readBytes: Int = 0
    ) {
        self.init(Message(), outcome: outcome, replayed: replayed, readBytes: readBytes)
        self.encoded = encoded
    }
}

extension RCPReply: Equatable where Message: Equatable {}

/// What a handler returns, when a call succeeds whose replies it has streamed.
public struct RCPStreamEnd: Sendable, Hashable {
    /// As `RCPReply.outcome`.
    public var outcome: RCPOutcome
    /// What the server sent with the answer (SPEC.md §6.3).
    public var trailers: RCPMetadata

    public init(outcome: RCPOutcome = .applied, trailers: RCPMetadata = []) {
        self.outcome = outcome
        self.trailers = trailers
    }
}
