import ReturnsStore
import ReturnsWire

/// What failed behind a change: the failure does not undo the change, so the caller is told of both.
struct FailureAfterChange: Error {
    /// What is known of the change.
    var outcome: RCPOutcome
    var cause: any Error

    /// The failure's own status, with the change's outcome.
    func status(of cause: RCPStatus) -> RCPStatus {
        var status = cause
        status.outcome = outcome.joined(with: cause.outcome)
        if status.outcome == .applied, cause.outcome != .applied {
            status.text = "the change was made, but: \(cause.text)"
        }
        return status
    }
}

/// Does what follows a change that was made: reading what to show of it, or steps that another call can take as well.
///
/// - Parameter outcome: `unknown` where a part of the change may have been made, and a repetition makes the rest.
func afterChange<Value>(
    _ outcome: RCPOutcome = .applied, _ body: () async throws -> Value
) async throws -> Value {
    do {
        return try await body()
    } catch {
        throw outcome == .notApplied ? error : FailureAfterChange(outcome: outcome, cause: error)
    }
}

extension RequestRecord {
    /// Answers a request that was carried out before. Whatever keeps it from being shown, the change stays made.
    ///
    /// - Parameter show: Nil where the record is of another kind of request.
    /// - Throws: REQUEST_ID_REUSED, which alone says that the request itself was not applied.
    func answer<Reply>(
        _ request: CommitRequest, _ show: (Outcome) async throws -> Reply?
    ) async throws -> Reply {
        guard fingerprint == request.fingerprint else { throw RCPStatus.requestIDReused() }
        let reply = try await afterChange { try await show(outcome) }
        guard let reply else { throw RCPStatus.requestIDReused() }
        return reply
    }
}
