import RCP
import ReturnsAPI

/// A change whose content follows from the case as it is: "all that is awaited".
///
/// The case is read first and the change names the version read, so that nobody's change in between is overlooked.
/// Clocks that fire move the version too, so a conflict is worth a few more tries: it has written nothing, so they go
/// under the same request id.
enum CurrentCase {
    static let attemptsMax = 3

    static func change(
        _ change: Returns_V1_CaseTarget, _ session: Session,
        _ send: (Returns_V1_Case, Returns_V1_CaseTarget) async throws -> RCPReply<Returns_V1_CaseReply>
    ) async throws -> RCPReply<Returns_V1_CaseReply> {
        var attempt = 1
        while true {
            let current = try await session.getCase(change.caseID)
            var target = change
            if target.expectedVersion == 0 { target.expectedVersion = current.version }
            do {
                return try await send(current, target)
            } catch let status as RCPStatus
                where status.code == .aborted && attempt < attemptsMax && change.expectedVersion == 0
                && session.options.requestID == nil
            {
                attempt += 1
            }
        }
    }

    /// Nothing is left to do; under a repeated request id that is what its having been done looks like.
    static func nothingLeft(_ text: String, _ caseID: String, _ session: Session, hints: [String] = [])
        -> CommandFailure
    {
        let isRepetition = session.options.requestID != nil
        let look =
            "it may be done already; look at it with: \(NextLine.returnsctl("case timeline \(caseID)"))"
        return CommandFailure(.conflict, text, hints: isRepetition ? [look] : hints)
    }
}
