import RCP

extension RCPStatus {
    /// The caller has none of the roles that the method's .proto names.
    static func roleRequired(for method: RCPMethod) -> RCPStatus {
        let roles = method.roles.joined(separator: ", ")
        let needed = method.roles.count == 1 ? "the role \(roles)" : "one of the roles \(roles)"
        let text = "\(method.name) needs \(needed), which this principal does not have"
        return RCPStatus(
            code: .permissionDenied, outcome: .notApplied, text: text,
            details: [RCPErrorDetail(reason: .roleRequired, text: text)])
    }

    /// Acting for somebody else needs a grant, and this release knows none: deny by default.
    static var grantRequired: RCPStatus {
        let text = "this principal holds no grant to act on behalf of another; call without on-behalf-of"
        return RCPStatus(
            code: .permissionDenied, outcome: .notApplied, text: text,
            details: [
                RCPErrorDetail(field: RCPMetadata.onBehalfOfKey, reason: .grantRequired, text: text)
            ])
    }

    /// The caller's roles or scope were changed while a stream was open.
    static var principalChanged: RCPStatus {
        let text = "what this principal may do was changed; open the stream again"
        return RCPStatus(
            code: .unavailable, outcome: .unknown, text: text,
            details: [RCPErrorDetail(reason: .principalChanged, text: text)])
    }

    /// The call has waited for its handler longer than its client does.
    static var timeoutPassed: RCPStatus {
        RCPStatus(
            code: .deadlineExceeded, outcome: .notApplied,
            text: "the call's timeout passed before the server came to it; give it more time")
    }

    /// The principal begins more calls of this class than its server lets it.
    static func rateLimited(retryAfterMilliseconds: Int32) -> RCPStatus {
        let text = "this principal begins too many calls; wait and send it again, more slowly"
        return RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: retryAfterMilliseconds,
            text: text, details: [RCPErrorDetail(reason: .rateLimited, text: text)])
    }

    static func tooManyStreams(_ limit: RCPStreamLimit, retryAfterMilliseconds: Int32) -> RCPStatus {
        let text =
            switch limit {
            case .principal: "this principal has too many calls open that stream; end some of them"
            case .server: "the server has too many calls open that stream; wait and send it again"
            }
        return RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: retryAfterMilliseconds,
            text: text, details: [RCPErrorDetail(reason: .tooManyStreams, text: text)])
    }

    static func loopBusy(retryAfterMilliseconds: Int32) -> RCPStatus {
        let text = "the server has too many calls in progress; wait and send it again"
        return RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: retryAfterMilliseconds,
            text: text, details: [RCPErrorDetail(reason: .serverBusy, text: text)])
    }

    static func tooManyWaiting(retryAfterMilliseconds: Int32) -> RCPStatus {
        let text = "this principal has too many calls waiting here; let some of them end, then send it again"
        return RCPStatus(
            code: .resourceExhausted, outcome: .notApplied, retryAfterMilliseconds: retryAfterMilliseconds,
            text: text, details: [RCPErrorDetail(reason: .serverBusy, text: text)])
    }

    /// The client has given up the call before its handler was started.
    static var cancelledUnbegun: RCPStatus {
        RCPStatus(
            code: .cancelled, outcome: .notApplied, text: "the call was cancelled before it was begun")
    }

    /// The reply exists, but the client reads too slowly for it to be kept.
    static func replyUnread(
        by limit: RCPByteLimit = .connection, outcome: RCPOutcome, retryAfterMilliseconds: Int32
    ) -> RCPStatus {
        let text =
            switch limit {
            case .connection:
                "the client has left too many replies unread to be sent another; read them, then repeat"
            case .principal:
                "this principal's connections leave too many replies unread; read them, then repeat"
            case .server:
                "the clients of this server leave too many replies unread; wait, then repeat"
            }
        return RCPStatus(
            code: .resourceExhausted, outcome: outcome, retryAfterMilliseconds: retryAfterMilliseconds,
            text: text, details: [RCPErrorDetail(reason: .repliesUnread, text: text)])
    }
}
