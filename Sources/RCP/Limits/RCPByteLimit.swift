/// Whose limit of held bytes a message would pass.
public enum RCPByteLimit: String, Sendable, Hashable, CaseIterable {
    case connection, principal, server

    /// For the caller of the message that is not kept.
    public var text: String {
        switch self {
        case .connection: RCPViolation.heldBytesExhausted.text
        case .principal:
            "this principal's connections hold too many message bytes; send fewer large messages at once"
        case .server:
            "the connections of this server hold too many message bytes; wait and send it again"
        }
    }

    /// Nil where the row of SPEC.md §10 says enough.
    var reason: RCPReason? {
        switch self {
        case .connection: nil
        case .principal: .principalBytes
        case .server: .serverBytes
        }
    }
}

/// One principal's access to a budget of bytes, shared by its connections on all event loops.
public protocol RCPByteShare: AnyObject, Sendable {
    /// - Returns: whose limit forbids it; nil if the bytes are now taken.
    func take(_ bytes: Int) -> RCPByteLimit?
    /// - Precondition: as many are taken.
    func giveBack(_ bytes: Int)
}
