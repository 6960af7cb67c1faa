import RCP
import ReturnsClient
import Synchronization

/// Notices the changes that a command makes, so that a failure afterwards can say so.
final class ChangeWitness: RCPClientInterceptor {
    private let state = Mutex<(own: Bool, others: Bool)>((false, false))
    private let ownRequestID: RCPRequestID

    /// - Parameter ownRequestID: of the command's own change, which it can ask for again.
    init(ownRequestID: RCPRequestID) { self.ownRequestID = ownRequestID }

    /// Whether the command's own change was made.
    var hasMadeOwn: Bool { state.withLock { $0.own } }
    /// Whether changes were made under other ids, as by an import.
    var hasMadeOthers: Bool { state.withLock { $0.others } }

    nonisolated(nonsending) func intercept<Success: Sendable>(
        _ method: RCPMethod, _ options: RCPCallOptions,
        _ next: nonisolated(nonsending) (RCPCallOptions) async throws -> RCPReply<Success>
    ) async throws -> RCPReply<Success> {
        let reply = try await next(options)
        if method.idempotency == .mutation, reply.outcome == .applied {
            let isOwn = options.requestID == ownRequestID
            state.withLock { state in
                if isOwn { state.own = true } else { state.others = true }
            }
        }
        return reply
    }
}
