/// Whether a failed call may be sent again (SPEC.md §7.3, the table status × outcome × may-retry).
public enum RCPRetryRule: Sendable, Hashable, CaseIterable {
    /// The same call would end the same way; something must change first.
    case never
    /// The call may have been applied: only the same request id is safe. Read-only calls may be repeated.
    case withSameRequestID
    /// Nothing was applied: any repetition is safe, after `retryAfterMilliseconds` where it is stated.
    case freely
}

extension RCPStatus {
    /// What a client may do next.
    ///
    /// A retry-after of −1 forbids a repetition whatever the code. An outcome other than `notApplied` never
    /// allows more than the same request id, under which a call that was applied is answered again.
    public var retryRule: RCPRetryRule {
        if retryAfterMilliseconds < 0 { return .never }
        switch code {
        case .ok, .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition,
            .outOfRange, .unimplemented, .dataLoss, .unauthenticated:
            return .never
        case .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted, .internalError,
            .unavailable:
            return outcome == .notApplied ? .freely : .withSameRequestID
        }
    }
}
