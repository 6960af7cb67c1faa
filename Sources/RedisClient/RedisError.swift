import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why a command has no reply, or that its reply was an error.
///
/// Texts name no key, argument or password; they can be logged.
public struct RedisError: Error, Sendable, CustomStringConvertible {
    /// What happened. New codes may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// Not connected, and the wait for a connection is over (or there was none).
        public static let unavailable = Code(description: "unavailable")
        /// The connection could not be made.
        public static let connectionFailed = Code(description: "connectionFailed")
        /// The connection ended while the command was on it.
        public static let connectionClosed = Code(description: "connectionClosed")
        /// Redis refuses the user name, the password, or that there is none.
        public static let authenticationFailed = Code(description: "authenticationFailed")
        /// Redis is up but still loads its data.
        public static let loading = Code(description: "loading")
        /// Too many replies are awaited on this connection, or too many commands wait for one.
        public static let tooManyPendingReplies = Code(description: "tooManyPendingReplies")
        /// Too many bytes of commands wait for Redis to read them.
        public static let tooManyPendingBytes = Code(description: "tooManyPendingBytes")
        public static let cancelled = Code(description: "cancelled")
        public static let deadlineExceeded = Code(description: "deadlineExceeded")
        /// Redis answered nothing for so long that the connection was given up.
        public static let replyTimeout = Code(description: "replyTimeout")
        /// Redis sent what is not RESP2, or what nobody asked for.
        public static let protocolViolation = Code(description: "protocolViolation")
        /// A reply is larger or deeper than `RedisLimits` allows.
        public static let replyTooLarge = Code(description: "replyTooLarge")
        /// Redis answered the command with an error; see `errorReply`.
        public static let errorReply = Code(description: "errorReply")
        /// The client was shut down.
        public static let shutDown = Code(description: "shutDown")
        /// The address or a setting is wrong; trying again does not help.
        public static let invalidConfiguration = Code(description: "invalidConfiguration")
    }

    /// What is known of the command's effect. Mechanical knowledge: whether a retry is safe is the caller's
    /// to judge.
    public enum CommandState: Sendable, Hashable {
        /// No byte of it went towards Redis: it has had no effect.
        case notWritten
        /// It was written, or may have been, and no reply was seen: it may have been executed, or still be.
        case outcomeUnknown
        /// Redis answered it with an error.
        case replied
    }

    public let code: Code
    public let commandState: CommandState
    /// What happened and what to do about it.
    public let message: String
    /// Redis's own error, when the code is `errorReply` or Redis's error is the reason.
    public let errorReply: RedisErrorReply?
    public let cause: (any Error)?

    public init(
        _ code: Code, _ commandState: CommandState, _ message: String, errorReply: RedisErrorReply? = nil,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.commandState = commandState
        self.message = message
        self.errorReply = errorReply
        self.cause = cause
    }

    public init(_ reply: RedisErrorReply) {
        self.init(.errorReply, .replied, "Redis answered with the error \(reply.prefix).", errorReply: reply)
    }

    public var description: String { "\(code) (\(commandState)): \(message)" }

    /// Whether nobody listens on the Unix socket: it is not there, or the process that made it is gone. A Redis that is
    /// busy, loading or full is there, and fails in other ways.
    public var isNobodyListening: Bool {
        guard code == .connectionFailed, let cause = cause as? IOError else { return false }
        return cause.errnoCode == ENOENT || cause.errnoCode == ECONNREFUSED
    }

    /// Whether trying again does not help: someone has to mend a setting first.
    var isPermanent: Bool { code == .authenticationFailed || code == .invalidConfiguration }

    /// The same failure seen by another command.
    func with(_ commandState: CommandState) -> RedisError {
        RedisError(code, commandState, message, errorReply: errorReply, cause: cause)
    }
}
