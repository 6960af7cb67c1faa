public import NIOCore

extension SocketAddress {
    /// Whether nothing sent to this address leaves the machine.
    public var isLoopback: Bool {
        switch self {
        case .v4(let address):
            UInt32(bigEndian: address.address.sin_addr.s_addr) >> 24 == 127
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
            }
        case .unixDomainSocket:
            true
        }
    }
}
