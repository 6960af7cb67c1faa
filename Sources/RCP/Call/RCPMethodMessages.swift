public import SwiftProtobuf

/// A method and the types of its messages, for programs that call methods by name.
public struct RCPMethodMessages: Sendable {
    /// Whose messages these are.
    public let method: RCPMethod
    /// The type of what is sent.
    public let request: any (SwiftProtobuf.Message & Sendable).Type
    /// The type of what comes back.
    public let reply: any (SwiftProtobuf.Message & Sendable).Type

    public init(
        _ method: RCPMethod, request: any (SwiftProtobuf.Message & Sendable).Type,
        reply: any (SwiftProtobuf.Message & Sendable).Type
    ) {
        self.method = method
        self.request = request
        self.reply = reply
    }
}
