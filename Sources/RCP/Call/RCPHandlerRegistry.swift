import SwiftProtobuf

/// Where generated service code puts its handlers; the server's router implements it.
public protocol RCPHandlerRegistry {
    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        _ method: RCPMethod,
        _ handler: @escaping @Sendable (Request, RCPCallContext) async throws -> RCPReply<Reply>)

    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        clientStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (RCPMessageStream<Request>, RCPCallContext) async throws -> RCPReply<Reply>)

    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        serverStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (Request, RCPReplyWriter<Reply>, RCPCallContext) async throws -> RCPStreamEnd)

    mutating func register<
        Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable
    >(
        bidirectionalStreaming method: RCPMethod,
        _ handler:
            @escaping @Sendable (RCPMessageStream<Request>, RCPReplyWriter<Reply>, RCPCallContext)
            async throws
            -> RCPStreamEnd)
}
