public import SwiftProtobuf

/// A method and the types of its messages, for programs that call methods by name.
public struct RCPMethodMessages: Sendable {
    public let method: RCPMethod
    public let request: any (SwiftProtobuf.Message & Sendable).Type
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
