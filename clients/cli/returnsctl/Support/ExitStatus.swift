import ReturnsWire

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
    /// The client states the outcome of a read as "not applied", so an unknown outcome is always that of a change.
    init(_ status: RCPStatus) {
        switch status.code {
        case .ok:
            self = .done
        case .notFound:
            self = .notFound
        case .permissionDenied, .unauthenticated:
            self = status.outcome == .unknown && status.isOutcomeStatedUnknown ? .outcomeUnknown : .notAllowed
        case .failedPrecondition, .aborted, .alreadyExists, .outOfRange:
            self = .conflict
        case .invalidArgument, .unimplemented:
            self = .failed
        case .unavailable, .deadlineExceeded:
            self = status.outcome == .unknown ? .outcomeUnknown : .unavailable
        case .resourceExhausted:
            if status.isOutcomeStatedUnknown {
                self = .outcomeUnknown
            } else {
                // Minus one says that waiting does not help: the request or its answer is too large.
                self = status.retryAfterMilliseconds < 0 ? .failed : .unavailable
            }
        case .cancelled, .unknown, .internalError, .dataLoss:
            self = status.outcome == .unknown ? .outcomeUnknown : .failed
        }
    }
}

extension RCPStatus {
    /// The client has said that an earlier attempt may have been applied.
    fileprivate var isOutcomeStatedUnknown: Bool {
        details.contains { $0.reason == outcomeUnknownReason }
    }
}
