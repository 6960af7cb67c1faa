import RCP

/// What failed behind a change: the failure does not undo the change, so the caller is told of both.
public struct RCPFailureAfterChange: Error {
    /// What is known of the change.
    public var outcome: RCPOutcome
    /// What went wrong behind the change.
    public var cause: any Error

    public init(outcome: RCPOutcome, cause: any Error) {
        self.outcome = outcome
        self.cause = cause
    }

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
public func afterChange<Value>(
    _ outcome: RCPOutcome = .applied, _ body: () async throws -> Value
) async throws -> Value {
    do {
        return try await body()
    } catch {
        throw outcome == .notApplied ? error : RCPFailureAfterChange(outcome: outcome, cause: error)
    }
}
