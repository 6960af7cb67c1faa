/// Where a server listens: `HOST:PORT` or `rcp://HOST:PORT` for plaintext, `rcps://HOST:PORT` for TLS, `unix:PATH` or
/// `rcp+unix://PATH`. An IPv6 address stands in brackets. Behind a scheme the port may be left out (SPEC.md §2).
public enum RCPAddress: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case tls(host: String, port: Int)
    case unix(path: String)

    /// What servers listen on and clients connect to unless told otherwise (SPEC.md §2).
    public static let standard = RCPAddress.tcp(host: "127.0.0.1", port: portDefault)

    /// The port where an address names none.
    public static let portDefault = 7461

    /// Bytes of a path that `sockaddr_un` holds, its terminator not counted.
    public static let unixPathBytesMax = 107

    /// - Throws: what is wrong with the text, and what to write instead. Port 0 is good for who listens: any free one.
    public init(_ text: String) throws(RCPAddressError) {
        if let path = text.rest(after: "unix:") ?? text.rest(after: "rcp+unix://") {
            self = .unix(path: try Self.checked(path: path))
            return
        }
        let isTLS = text.hasPrefix("rcps://")
        let place = text.rest(after: "rcps://") ?? text.rest(after: "rcp://")
        let (host, port) = try Self.hostAndPort(place.map(Self.withPort) ?? text)
        self = isTLS ? .tls(host: host, port: port) : .tcp(host: host, port: port)
    }

    private static func checked(path: String) throws(RCPAddressError) -> String {
        guard !path.isEmpty else {
            throw RCPAddressError("name the socket's path, as in unix:/run/NAME.sock")
        }
        guard path.utf8.count <= unixPathBytesMax, !path.utf8.contains(0) else {
            throw RCPAddressError(
                "the path of a Unix socket has at most \(unixPathBytesMax) bytes; take a shorter one")
        }
        return path
    }

    private static func withPort(_ place: String) -> String {
        let hasPort = place.hasSuffix("]") ? false : place.contains(":")
        return hasPort ? place : "\(place):\(portDefault)"
    }

    private static func hostAndPort(_ text: String) throws(RCPAddressError) -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), !text.contains("/") else {
            throw RCPAddressError(
                "write HOST:PORT, as in 127.0.0.1:7461, rcps://HOST:PORT for TLS, or unix:PATH")
        }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard let port = UInt16(digits), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw RCPAddressError("the port after the last colon is a number from 0 to 65535")
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            // Without brackets it could end in its own last group instead of a port.
            throw RCPAddressError("write an IPv6 address in brackets, as in [::1]:7461")
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else {
            throw RCPAddressError("name the host before the colon, as in 127.0.0.1:7461")
        }
        return (String(host), Int(port))
    }

    /// Whether only this machine can be meant, so that a token found on its disk may be sent there.
    public var isOnThisMachine: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _), .tls(let host, _):
            host == "localhost" || host == "::1" || Self.isLoopback(host)
        }
    }

    /// Whether what is sent there may cross a network unencrypted, judged by the address as it is written: nothing is asked of a
    /// name service, whose answer may be another one tomorrow, or a stranger's.
    public var isPlaintextBeyondThisMachine: Bool {
        if case .tcp = self { !isOnThisMachine } else { false }
    }

    /// "127.0.0.1", but not "127.example.com", which may be anywhere.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                    && UInt8(part) != nil
            }
    }
}

extension RCPAddress: CustomStringConvertible {
    /// As the command lines take it.
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

/// Why a text is no address, for the person who wrote it.
public struct RCPAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// For who connects.
    public static let portZero = RCPAddressError("nobody listens on port 0; give the server's own")

    init(_ text: String) { description = text }
}

extension String {
    fileprivate func rest(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
