import NIOCore
import RCP

/// Decides after each failed attempt of one call whether it is sent again, and knows what all attempts come to (SPEC.md §7.4).
///
/// A value without clock or randomness: both are arguments. The request id is not part of it, since every attempt of
/// a call carries the same one; that is what makes repeating a mutation safe.
struct ClientRetryPlan: Sendable {
    enum Decision: Equatable, Sendable {
        case retry(afterMilliseconds: Int64)
        case giveUp(RCPStatus)
    }

    let idempotency: RCPIdempotency
    let requestID: RCPRequestID
    let attemptsMax: Int
    let backoff: RCPBackoff
    let deadline: NIODeadline
    private(set) var attempts = 0
    /// What the failed attempts come to. Invariant: it never goes back from APPLIED, nor from UNKNOWN to NOT_APPLIED.
    private(set) var outcome = RCPOutcome.notApplied

    init(
        method: RCPMethod, requestID: RCPRequestID, attemptsMax: Int, backoff: RCPBackoff,
        deadline: NIODeadline
    ) {
        precondition(attemptsMax >= 1, "a call is sent at least once")
        idempotency = method.idempotency
        self.requestID = requestID
        self.attemptsMax = attemptsMax
        self.backoff = backoff
        self.deadline = deadline
    }

    /// With the system's randomness.
    mutating func attemptFailed(
        _ status: RCPStatus, _ pace: ClientCallPace, budgetAllows: Bool, now: NIODeadline
    ) -> Decision {
        var generator = JitterGenerator()
        return attemptFailed(status, pace, budgetAllows: budgetAllows, now: now, using: &generator)
    }

    /// - Parameter budgetAllows: whether what was sent may be sent again.
    mutating func attemptFailed(
        _ status: RCPStatus, _ pace: ClientCallPace, budgetAllows: Bool = true, now: NIODeadline,
        using generator: inout some RandomNumberGenerator
    ) -> Decision {
        attempts += 1
        if idempotency == .mutation { outcome = outcome.joined(with: status.outcome) }
        guard status.mayPass, attempts < attemptsMax else { return .giveUp(final(status)) }
        if pace == .byBackoff, !budgetAllows { return .giveUp(final(status)) }
        var waitMilliseconds: Int64 = 0
        if status.retryAfterMilliseconds > 0 {
            // The server's word is a lower bound; jitter on top keeps the refused from coming back together.
            waitMilliseconds =
                Int64(status.retryAfterMilliseconds)
                + backoff.waitMilliseconds(afterFailures: 1, using: &generator)
        } else if pace == .byBackoff {
            waitMilliseconds = backoff.waitMilliseconds(afterFailures: attempts, using: &generator)
        }
        guard now + .milliseconds(waitMilliseconds) < deadline else { return .giveUp(final(status)) }
        return .retry(afterMilliseconds: waitMilliseconds)
    }

    /// What the call came to whose last attempt has succeeded. A replayed answer tells of the attempts before it too.
    func outcome(of head: RCPResponseHead) -> RCPOutcome {
        switch idempotency {
        case .readOnly: .notApplied
        case .mutation: head.replayed ? head.status.outcome : outcome.joined(with: head.status.outcome)
        }
    }

    /// The caller gave up between two attempts.
    func cancelled() -> RCPStatus { final(.cancelledHere(.notApplied)) }

    /// What the caller gets: the last failure, with what all attempts together know of the outcome.
    private func final(_ status: RCPStatus) -> RCPStatus {
        var status = status
        // Of a read it is NOT_APPLIED from the start.
        status.outcome = outcome
        if outcome == .unknown {
            status.details.append(
                RCPErrorDetail(
                    reason: RCPClient.outcomeUnknownReason,
                    text:
                        "whether the change was made is not known; the same call under request id \(requestID) "
                        + "makes it if it was not, and changes nothing if it was"))
        }
        if attempts > 1 { status.text += " (tried \(attempts) times)" }
        return status
    }
}

extension RCPStatus {
    /// Whether the client sends the call again by itself: the fault may pass, and the server does not advise against it.
    var mayPass: Bool {
        switch code {
        case .unavailable, .resourceExhausted, .aborted:
            retryRule != .never
        case .ok, .cancelled, .unknown, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
            .permissionDenied, .failedPrecondition, .outOfRange, .unimplemented, .internalError, .dataLoss,
            .unauthenticated:
            false
        }
    }
}
