import SwiftProtobuf

/// Per-call choices of a caller.
public struct RCPCallOptions: Sendable, Hashable {
    /// 0 takes the client's default.
    public var timeoutMilliseconds: UInt32
    /// nil lets the client make one for mutations. State it to repeat an earlier call safely.
    public var requestID: RCPRequestID?
    public var metadata: RCPMetadata

    public init(
        timeoutMilliseconds: UInt32 = 0, requestID: RCPRequestID? = nil, metadata: RCPMetadata = []
    ) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.requestID = requestID
        self.metadata = metadata
    }
}

/// What generated client stubs call through; the client's connection or pool implements it.
public protocol RCPCaller: Sendable {
    /// Errors are always `RCPStatus`.
    func unary<Request: SwiftProtobuf.Message & Sendable, Reply: SwiftProtobuf.Message & Sendable>(
        _ method: RCPMethod, _ request: Request, options: RCPCallOptions
    ) async throws -> RCPReply<Reply>
}
