import RCP

/// The exit statuses of returnsctl; scripts rely on them.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    case notFound = 3
    case notAllowed = 4
    /// A conflict, or a step that is not allowed now.
    case conflict = 5
    case unavailable = 6
    /// A change may or may not have been made.
    case outcomeUnknown = 7
    case interrupted = 130
}

extension ExitStatus {
    /// What a call's status means for the caller of the program.
    ///
    /// The client states the outcome of a read as "not applied", so an unknown outcome is always that of a change. It weighs
    /// more than the code: whoever reads 5 or 6 may take it that nothing was done.
    init(_ status: RCPStatus) {
        switch (status.code, status.outcome) {
        case (.ok, _): self = .done
        case (_, .unknown): self = .outcomeUnknown
        // Done, and not shown: neither "not there now" nor "not allowed" would be true.
        case (_, .applied): self = .failed
        case (_, .notApplied): self.init(refusal: status)
        }
    }

    /// - Precondition: nothing was changed.
    private init(refusal status: RCPStatus) {
        switch status.code {
        case .ok:
            self = .done
        case .notFound:
            self = .notFound
        case .permissionDenied, .unauthenticated:
            self = .notAllowed
        case .failedPrecondition, .aborted, .alreadyExists, .outOfRange:
            self = .conflict
        case .unavailable, .deadlineExceeded:
            self = .unavailable
        case .resourceExhausted:
            // Minus one says that waiting does not help: the request or its answer is too large.
            self = status.retryAfterMilliseconds < 0 ? .failed : .unavailable
        case .invalidArgument, .unimplemented, .cancelled, .unknown, .internalError, .dataLoss:
            self = .failed
        }
    }
}
