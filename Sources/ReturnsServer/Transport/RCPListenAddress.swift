import NIOCore

/// Where to listen: `HOST:PORT` or `rcp://HOST:PORT` for plaintext, `rcps://HOST:PORT` for TLS, `unix:PATH` or
/// `rcp+unix://PATH`. An IPv6 address stands in brackets.
public enum RCPListenAddress: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case tls(host: String, port: Int)
    case unix(path: String)

    /// Bytes of a path that `sockaddr_un` holds, its terminator not counted.
    static let unixPathBytesMax = 107

    public init(_ text: String) throws(RCPListenError) {
        if let path = text.rest(after: "unix:") ?? text.rest(after: "rcp+unix://") {
            guard !path.isEmpty else {
                throw .invalidAddress(text, "name the socket's path, as in unix:/run/returns/returnsd.sock")
            }
            guard path.utf8.count <= Self.unixPathBytesMax, !path.utf8.contains(0) else {
                throw .invalidAddress(
                    text,
                    "the path of a Unix socket has at most \(Self.unixPathBytesMax) bytes; take a shorter one"
                )
            }
            self = .unix(path: path)
            return
        }
        let isTLS = text.hasPrefix("rcps://")
        let place = text.rest(after: "rcps://") ?? text.rest(after: "rcp://") ?? text
        guard let colon = place.lastIndex(of: ":"), !place.contains("/") else {
            throw .invalidAddress(
                text, "write HOST:PORT, as in 127.0.0.1:7461, rcps://HOST:PORT for TLS, or unix:PATH")
        }
        var host = place[..<colon]
        let digits = place[place.index(after: colon)...]
        guard let port = UInt16(digits), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .invalidAddress(text, "the port after the last colon is a number from 0 to 65535")
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw .invalidAddress(text, "write an IPv6 address in brackets, as in [::1]:7461")
        }
        guard !host.isEmpty else {
            throw .invalidAddress(text, "name the host before the colon, as in 127.0.0.1:7461")
        }
        self = isTLS ? .tls(host: String(host), port: Int(port)) : .tcp(host: String(host), port: Int(port))
    }
}

extension String {
    fileprivate func rest(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

extension RCPListenAddress: CustomStringConvertible {
    /// As the command line takes it.
    public var description: String {
        switch self {
        case .tcp(let host, let port): Self.text(host, port)
        case .tls(let host, let port): "rcps://\(Self.text(host, port))"
        case .unix(let path): "unix:\(path)"
        }
    }

    private static func text(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension SocketAddress {
    /// Whether nothing sent to this address leaves the machine.
    var isLoopback: Bool {
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
