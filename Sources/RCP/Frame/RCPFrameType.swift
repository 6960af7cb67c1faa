/// Frame types with their numbers (SPEC.md §3.2). Types that need a stream are 0x10 and above.
public enum RCPFrameType: UInt8, Sendable, Hashable, CaseIterable {
    case hello = 0x01
    case helloAck = 0x02
    case refused = 0x03
    case ping = 0x04
    case pong = 0x05
    case goAway = 0x06
    case credit = 0x07
    case request = 0x10
    case message = 0x11
    case response = 0x12
    case cancel = 0x13
}

/// Which end of the connection this peer is.
public enum RCPRole: Sendable, Hashable, CaseIterable {
    case server
    case client

    /// Whether a peer in this role may ever receive frames of `type` (SPEC.md §3.2, "Sent by").
    @inlinable
    public func mayReceive(_ type: RCPFrameType) -> Bool {
        switch type {
        case .hello, .request: self == .server
        case .helloAck, .refused, .response: self == .client
        case .ping, .pong, .goAway, .credit, .message, .cancel: true
        }
    }
}
