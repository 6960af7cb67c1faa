import Foundation
import RCP

/// Tells a server who calls. It is asked on event loops, so it answers at once, from memory.
///
/// Where principals never change while the server runs, `principalsMax` and `authenticate` are enough. Where they do,
/// implement `version` and `refresh`, both.
public protocol RCPAuthenticator: Sendable {
    /// The most principals that there may be: what a server keeps for each of them is bounded by it.
    var principalsMax: Int { get }

    /// Rises with every change; connections look again at their principal when it has.
    var version: UInt64 { get }

    /// Who says HELLO with these credentials.
    ///
    /// - Parameter peer: nil on a connection without TLS.
    func authenticate(_ credentials: RCPCredentials, peer: RCPTLSPeer?) -> RCPAuthentication

    /// The same caller as it is now; nil if what it was recognised by is no longer good.
    func refresh(_ caller: RCPAuthenticated) -> RCPAuthenticated?

    /// By which certificates end: milliseconds since 1970.
    func nowMilliseconds() -> Int64
}

extension RCPAuthenticator {
    /// Nothing ever changes.
    public var version: UInt64 { 0 }

    /// The same caller until its time is over.
    public func refresh(_ caller: RCPAuthenticated) -> RCPAuthenticated? {
        guard let end = caller.expiresAtMilliseconds else { return caller }
        return nowMilliseconds() < end ? caller : nil
    }

    /// The machine's clock.
    public func nowMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}

/// A principal and what it was recognised by.
public struct RCPAuthenticated: Sendable {
    /// Who the client is.
    public let principal: RCPPrincipal
    /// The authenticator's own, for its `refresh`.
    public let proof: (any Sendable)?
    /// When what it was recognised by ends by itself; nil for never, or where the authenticator's `version` tells of it.
    public let expiresAtMilliseconds: Int64?

    public init(principal: RCPPrincipal, proof: (any Sendable)? = nil, expiresAtMilliseconds: Int64? = nil) {
        self.principal = principal
        self.proof = proof
        self.expiresAtMilliseconds = expiresAtMilliseconds
    }
}

/// What an authenticator says of a HELLO.
public enum RCPAuthentication: Sendable {
    case accepted(RCPAuthenticated)
    /// The text says what to do; it does not say what was wrong with a token.
    case refused(String)
}
