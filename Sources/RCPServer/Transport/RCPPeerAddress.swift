import NIOCore
import RCP

/// Whose connections are counted together, as far as an address tells.
enum RCPPeerAddress: Sendable, Hashable {
    /// A Unix socket's: whoever may open its file.
    case unix
    /// This machine, by TCP.
    case loopback
    case ipv4(UInt32)
    /// The first half alone: the second is the peer's to choose.
    case ipv6(UInt64)

    /// - Parameter address: nil where the peer has gone already.
    init(_ address: SocketAddress?) {
        guard let address else {
            self = .unix
            return
        }
        if case .unixDomainSocket = address {
            self = .unix
            return
        }
        if address.isLoopback {
            self = .loopback
            return
        }
        switch address {
        case .unixDomainSocket: self = .unix
        case .v4(let address): self = .ipv4(UInt32(bigEndian: address.address.sin_addr.s_addr))
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let (high, low) = (Self.integer(bytes[..<8]), Self.integer(bytes[8...]))
            // ::ffff:a.b.c.d, as a socket for both families has IPv4 peers.
            let isMapped = high == 0 && low >> 32 == 0xFFFF
            let ipv4 = UInt32(truncatingIfNeeded: low)
            self = isMapped ? (ipv4 >> 24 == 127 ? .loopback : .ipv4(ipv4)) : .ipv6(high)
        }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// As the log and the handlers of calls name a peer: its IP address, or "unix" on a Unix socket.
    ///
    /// - Parameter remote: nil where the peer has gone already.
    static func name(remote: SocketAddress?, local: SocketAddress?) -> String {
        if let address = remote?.ipAddress { return address }
        if case .unixDomainSocket? = remote ?? local { return "unix" }
        return "unknown"
    }

    /// Whether the peer is on this machine, where a proxy may stand for many.
    var isLocal: Bool { self == .unix || self == .loopback }
}
