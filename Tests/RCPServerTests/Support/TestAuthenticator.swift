import RCP
import RCPServer
import Synchronization

/// Knows principals by their tokens, in memory.
final class TestAuthenticator: RCPAuthenticator {
    private struct Proof: Sendable {
        let token: [UInt8]
    }

    private let principals = Mutex<[[UInt8]: RCPPrincipal]>([:])
    private let changes = Atomic<UInt64>(1)

    let principalsMax = 64
    var version: UInt64 { changes.load(ordering: .acquiring) }

    /// - Returns: the token.
    func admit(name: String, roles: Set<String>, isAdministrator: Bool = false) -> String {
        let token = "\(name)-\(RCPRequestID.random())"
        principals.withLock {
            $0[Array(token.utf8)] = RCPPrincipal(name: name, roles: roles, isAdministrator: isAdministrator)
        }
        return token
    }

    func revoke(name: String) {
        principals.withLock { $0 = $0.filter { $0.value.name != name } }
        changes.add(1, ordering: .releasing)
    }

    func authenticate(_ credentials: RCPCredentials, peer: RCPTLSPeer?) -> RCPAuthentication {
        guard case .token(let token) = credentials, let caller = caller(with: token) else {
            return .refused("a good token is needed; ask the test for one")
        }
        return .accepted(caller)
    }

    func refresh(_ caller: RCPAuthenticated) -> RCPAuthenticated? {
        (caller.proof as? Proof).flatMap { self.caller(with: $0.token) }
    }

    private func caller(with token: [UInt8]) -> RCPAuthenticated? {
        principals.withLock { $0[token] }.map { RCPAuthenticated(principal: $0, proof: Proof(token: token)) }
    }
}
