import RCP
import RCPServer
import ReturnsStore

extension RequestRecord {
    /// Answers a request that was carried out before. Whatever keeps it from being shown, the change stays made.
    ///
    /// - Parameter show: Nil where the record is of another kind of request.
    /// - Throws: REQUEST_ID_REUSED, which alone says that the request itself was not applied.
    func answer<Reply>(
        _ request: CommitRequest, _ show: (Outcome) async throws -> Reply?
    ) async throws -> Reply {
        guard fingerprint == request.fingerprint else { throw RCPStatus.requestIDReused() }
        let reply = try await afterChange {
            if outcome == .newer { throw StoreError.newer(.request) }
            return try await show(outcome)
        }
        guard let reply else { throw RCPStatus.requestIDReused() }
        return reply
    }
}
