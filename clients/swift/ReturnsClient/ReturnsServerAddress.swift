/// Where a returnsd listens: `HOST:PORT` or `rcp://HOST:PORT` for plaintext, `rcps://HOST:PORT` for TLS, `unix:PATH` or
/// `rcp+unix://PATH`. An IPv6 address stands in brackets.
public enum ReturnsServerAddress: Sendable, Hashable {
    case host(String, port: Int)
    case tlsHost(String, port: Int)
    case unixSocket(path: String)

    /// What returnsd listens on unless told otherwise.
    public static let standard = ReturnsServerAddress.host("127.0.0.1", port: 7461)

    /// A socket path longer than this does not fit the system's `sockaddr_un`.
    public static let unixPathBytesMax = 107

    /// Nil when `text` is neither form.
    public init?(_ text: String) {
        if let path = text.rest(after: "unix:") ?? text.rest(after: "rcp+unix://") {
            guard !path.isEmpty, path.utf8.count <= Self.unixPathBytesMax else { return nil }
            self = .unixSocket(path: path)
            return
        }
        let isTLS = text.hasPrefix("rcps://")
        let place = text.rest(after: "rcps://") ?? text.rest(after: "rcp://") ?? text
        guard let colon = place.lastIndex(of: ":"), !place.contains("/") else { return nil }
        let digits = place[place.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        var host = place[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            // An IPv6 address without brackets could end in its own last group instead of a port.
            return nil
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
        self = isTLS ? .tlsHost(String(host), port: port) : .host(String(host), port: port)
    }

    /// The same place without TLS.
    var plaintext: ReturnsServerAddress {
        if case .tlsHost(let host, let port) = self { .host(host, port: port) } else { self }
    }

    /// Whether only this machine can be meant, so that a token found on its disk may be sent there.
    public var isOnThisMachine: Bool {
        switch self {
        case .unixSocket: true
        case .host(let host, _), .tlsHost(let host, _):
            host == "localhost" || host == "::1" || Self.isLoopback(host)
        }
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

extension ReturnsServerAddress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .host(let host, let port): Self.text(host, port)
        case .tlsHost(let host, let port): "rcps://\(Self.text(host, port))"
        case .unixSocket(let path): "unix:\(path)"
        }
    }

    private static func text(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension String {
    fileprivate func rest(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
