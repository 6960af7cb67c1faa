/// An error that Redis itself answered, such as `WRONGTYPE Operation against a key …`.
///
/// The message can quote arguments, so it is for programs and not for logs: `description` is the prefix
/// alone.
public struct RedisErrorReply: Sendable, Hashable, CustomStringConvertible {
    /// The first word when it is written in capitals, as Redis does for kinds of errors; otherwise `ERR`.
    public let prefix: String
    /// The line as Redis sent it, with the prefix.
    public let message: String

    public init(message: String) {
        self.message = message
        let word = message.prefix { $0 != " " }
        let isKind =
            !word.isEmpty
            && word.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
        self.prefix = isKind ? String(word) : "ERR"
    }

    public var description: String { prefix }

    /// Whether Redis turns a connection away since it has as many as it may have.
    public var saysConnectionsFull: Bool { message.hasPrefix("ERR max number of clients") }
}
