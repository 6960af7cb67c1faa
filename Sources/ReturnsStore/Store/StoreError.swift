import RedisClient

/// Why the store could not answer. Its text is for the log and for operators; it holds no keys, values or personal data.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// Redis cannot be reached, is loading, or was lost.
        case unavailable
        /// Too much is under way; try again.
        case overloaded
        case deadlineExceeded
        case cancelled
        /// The store holds something that this version did not write.
        case corrupt
        /// Redis answered with an error: out of memory, read-only, a wrong type.
        case refused
        /// The store does not fit this server: created with other settings, or an eviction policy that loses keys.
        case misconfigured
        /// It needs sale channels that the caller is not bound to.
        case outsideScope
    }

    public var code: Code
    /// A change may have been made although no answer came; never of a read.
    public var isOutcomeUnknown: Bool
    public var description: String

    public init(_ code: Code, isOutcomeUnknown: Bool = false, _ description: String) {
        self.code = code
        self.isOutcomeUnknown = isOutcomeUnknown
        self.description = description
    }

    init(_ error: RedisError, _ effect: CommandEffect = .none) {
        let code: Code
        switch error.code {
        case .tooManyPendingReplies, .tooManyPendingBytes: code = .overloaded
        case .cancelled: code = .cancelled
        case .deadlineExceeded: code = .deadlineExceeded
        case .errorReply: code = .refused
        case .authenticationFailed, .invalidConfiguration: code = .misconfigured
        default: code = .unavailable
        }
        self.init(
            code, isOutcomeUnknown: effect != .none && error.commandState == .outcomeUnknown, "\(error)")
    }

    init(_ error: RecordError, _ what: String) {
        self.init(.corrupt, "\(what): \(error.what)")
    }
}

/// What it means that Redis may have run a command which it did not answer.
enum CommandEffect: Sendable {
    /// Nothing: it reads.
    case none
    /// Something that a second time does not add to: a commit made before is answered as a replay, or as stale to those
    /// without a request id.
    case once
    /// Something that a second time would add to.
    case eachTime
}
