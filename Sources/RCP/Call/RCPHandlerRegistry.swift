import SwiftProtobuf

/// Where generated service code puts its handlers; the server's router implements it.
public protocol RCPHandlerRegistry {
    /// Adds the handler of one method, for the kind of call that the first label names.
    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        _ method: RCPMethod,
        _ handler: @escaping @Sendable (Request, RCPCallContext) async throws -> RCPReply<Reply>)

    /// Adds the handler of one method, for the kind of call that the first label names.
    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        clientStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (RCPMessageStream<Request>, RCPCallContext) async throws -> RCPReply<Reply>)

    /// Adds the handler of one method, for the kind of call that the first label names.
    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        serverStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (Request, RCPReplyWriter<Reply>, RCPCallContext) async throws -> RCPStreamEnd)

    /// Adds the handler of one method, for the kind of call that the first label names.
    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        bidirectionalStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (RCPMessageStream<Request>, RCPReplyWriter<Reply>, RCPCallContext)
            async throws
            -> RCPStreamEnd)
}
