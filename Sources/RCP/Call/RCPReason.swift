/// The reasons of a failed call that are the protocol's own: those of SPEC.md §13, in its order.
///
/// Services have further ones, which their .proto files and texts explain.
public enum RCPReason: String, Sendable, Hashable, CaseIterable {
    case requestIDReused = "REQUEST_ID_REUSED"
    case messageMalformed = "MESSAGE_MALFORMED"
    case fieldUnknown = "FIELD_UNKNOWN"
    case roleRequired = "ROLE_REQUIRED"
    case grantRequired = "GRANT_REQUIRED"
    case principalChanged = "PRINCIPAL_CHANGED"
    case rateLimited = "RATE_LIMITED"
    case serverBusy = "SERVER_BUSY"
    case repliesUnread = "REPLIES_UNREAD"
    case principalBytes = "PRINCIPAL_BYTES"
    case serverBytes = "SERVER_BYTES"
    case tooManyStreams = "TOO_MANY_STREAMS"
    /// Added by a client.
    case outcomeUnknown = "OUTCOME_UNKNOWN"

    /// The status that it comes with; nil for any.
    public var code: RCPStatusCode? {
        switch self {
        case .requestIDReused: .aborted
        case .messageMalformed, .fieldUnknown: .invalidArgument
        case .roleRequired, .grantRequired: .permissionDenied
        case .principalChanged: .unavailable
        case .rateLimited, .serverBusy, .repliesUnread, .principalBytes, .serverBytes, .tooManyStreams:
            .resourceExhausted
        case .outcomeUnknown: nil
        }
    }
}

extension RCPErrorDetail {
    /// A detail with one of the protocol's own reasons.
    public init(field: String = "", reason: RCPReason, text: String = "") {
        self.init(field: field, reason: reason.rawValue, text: text)
    }
}
