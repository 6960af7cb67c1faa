/// gRPC's 17 status codes under gRPC's numbers (SPEC.md §7.1).
public enum RCPStatusCode: UInt8, Sendable, Hashable, CaseIterable {
    case ok = 0
    case cancelled
    case unknown
    case invalidArgument
    case deadlineExceeded
    case notFound
    case alreadyExists
    case permissionDenied
    case resourceExhausted
    case failedPrecondition
    case aborted
    case outOfRange
    case unimplemented
    case internalError
    case unavailable
    case dataLoss
    case unauthenticated

    /// The name used in documents, logs and output: "NOT_FOUND".
    public var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}

/// Whether the call changed anything, as far as the sender of the status knows (SPEC.md §7.1).
public enum RCPOutcome: UInt8, Sendable, Hashable, CaseIterable {
    case unknown = 0
    case applied = 1
    case notApplied = 2

    /// As SPEC.md §7.1 writes it, `NOT_FOUND`.
    public var name: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .applied: "APPLIED"
        case .notApplied: "NOT_APPLIED"
        }
    }

    /// What two attempts of one call, or two steps of one attempt, come to: APPLIED outweighs UNKNOWN, and UNKNOWN outweighs
    /// NOT_APPLIED (SPEC.md §7.4).
    public func joined(with other: RCPOutcome) -> RCPOutcome {
        if self == .applied || other == .applied { return .applied }
        return self == .unknown || other == .unknown ? .unknown : .notApplied
    }
}
