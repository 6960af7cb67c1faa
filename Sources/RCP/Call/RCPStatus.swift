/// One reason within a failed call, precise enough for a program to act on (SPEC.md §7.2).
public struct RCPErrorDetail: Sendable, Hashable {
    /// Path of the field at fault, "lines[2].quantity"; empty when no field is.
    public var field: String
    /// Stable reason, "QUANTITY_EXCEEDED".
    public var reason: String
    /// For people: what is wrong and what to do.
    public var text: String
    /// What would be accepted now: actions, values or states.
    public var allowed: [String]

    public init(field: String = "", reason: String, text: String = "", allowed: [String] = []) {
        self.field = field
        self.reason = reason
        self.text = text
        self.allowed = allowed
    }
}

/// How a call ended: the only error type that callers of RCP see (SPEC.md §7).
public struct RCPStatus: Sendable, Hashable, Error {
    /// What went wrong (SPEC.md §7.1).
    public var code: RCPStatusCode
    /// Whether anything was changed (SPEC.md §7.1).
    public var outcome: RCPOutcome
    /// Milliseconds to wait before a repetition; 0 leaves it to the client's own backoff, −1 says: do not.
    public var retryAfterMilliseconds: Int32
    /// For people. Carries no internal detail and no personal data.
    public var text: String
    /// More reasons, for programs (SPEC.md §7.2).
    public var details: [RCPErrorDetail]

    /// - Parameter retryAfterMilliseconds: nil takes the code's default, 0 for failures that pass by
    ///   themselves and −1 for all others. ABORTED and RESOURCE_EXHAUSTED default to −1: state the wait.
    public init(
        code: RCPStatusCode, outcome: RCPOutcome = .unknown, retryAfterMilliseconds: Int32? = nil,
        text: String = "", details: [RCPErrorDetail] = []
    ) {
        self.code = code
        self.outcome = outcome
        self.retryAfterMilliseconds = retryAfterMilliseconds ?? Self.retryAfterMillisecondsDefault(for: code)
        self.text = text
        self.details = details
    }

    private static func retryAfterMillisecondsDefault(for code: RCPStatusCode) -> Int32 {
        switch code {
        case .cancelled, .unknown, .deadlineExceeded, .internalError, .unavailable: 0
        case .ok, .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .resourceExhausted,
            .failedPrecondition, .aborted, .outOfRange, .unimplemented, .dataLoss, .unauthenticated:
            -1
        }
    }
}

extension RCPStatus: CustomStringConvertible {
    public var description: String {
        var parts = [code.name]
        if outcome != .unknown || code != .ok { parts.append("outcome \(outcome.name)") }
        if retryAfterMilliseconds >= 0 { parts.append("retry after \(retryAfterMilliseconds) ms") }
        if !text.isEmpty { parts.append(text) }
        for detail in details {
            let place = detail.field.isEmpty ? "" : "\(detail.field): "
            parts.append(place + [detail.reason, detail.text].filter { !$0.isEmpty }.joined(separator: " "))
        }
        return parts.joined(separator: "; ")
    }
}
