import NIOCore
import ReturnsWire

/// Decides after each failed attempt of one call whether it is sent again (SPEC.md §7.3).
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
    let backoff: ReturnsBackoff
    let deadline: NIODeadline
    private(set) var attempts = 0
    /// An attempt ended without our knowing whether it was applied.
    private(set) var mayHaveBeenApplied = false

    init(
        method: RCPMethod, requestID: RCPRequestID, attemptsMax: Int, backoff: ReturnsBackoff,
        deadline: NIODeadline
    ) {
        precondition(attemptsMax >= 1, "a call is sent at least once")
        idempotency = method.idempotency
        self.requestID = requestID
        self.attemptsMax = attemptsMax
        self.backoff = backoff
        self.deadline = deadline
    }

    /// - Parameter budgetAllows: whether what was sent may be sent again.
    mutating func attemptFailed(
        _ status: RCPStatus, _ pace: ClientCallPace, budgetAllows: Bool = true, now: NIODeadline,
        using generator: inout some RandomNumberGenerator
    ) -> Decision {
        attempts += 1
        switch idempotency {
        case .readOnly:
            break
        case .mutation:
            if status.outcome == .unknown, !status.code.isDecidedByServer { mayHaveBeenApplied = true }
        }
        guard status.retryRule != .never, attempts < attemptsMax else { return .giveUp(final(status)) }
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

    /// The call's time is over, or the caller gave up, between two attempts.
    func ended(_ code: RCPStatusCode, _ text: String) -> RCPStatus {
        final(RCPStatus(code: code, outcome: .notApplied, text: text))
    }

    /// What the caller gets: the last failure, with what all attempts together know of the outcome.
    private func final(_ status: RCPStatus) -> RCPStatus {
        var status = status
        switch idempotency {
        case .readOnly:
            status.outcome = .notApplied
        case .mutation:
            // The server looks the request id up before it decides: such an answer tells of the earlier attempts too.
            guard mayHaveBeenApplied, !status.code.isDecidedByServer else { break }
            status.outcome = .unknown
            status.details.append(
                RCPErrorDetail(
                    reason: ReturnsClient.outcomeUnknownReason,
                    text:
                        "whether the change was made is not known; the same call under request id \(requestID) "
                        + "makes it if it was not, and changes nothing if it was"))
        }
        if attempts > 1 { status.text += " (tried \(attempts) times)" }
        return status
    }
}

extension RCPStatusCode {
    /// Codes by which the server says what it decided under the request id; an applied call would have been
    /// answered again instead. UNAUTHENTICATED and PERMISSION_DENIED come before the request id is looked up.
    var isDecidedByServer: Bool {
        switch self {
        case .ok, .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .aborted, .outOfRange,
            .unimplemented:
            true
        case .cancelled, .unknown, .deadlineExceeded, .permissionDenied, .resourceExhausted, .internalError,
            .unavailable, .dataLoss, .unauthenticated:
            false
        }
    }
}
