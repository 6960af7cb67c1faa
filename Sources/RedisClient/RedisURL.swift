/// Where Redis is and how to log in: `redis://[user[:password]@]host[:port][/db]` or `unix:///path[?db=n]`.
///
/// `:password@` alone logs in as the default user. The password is never printed.
public struct RedisURL: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public var address: RedisServerAddress
    public var username: String?
    public var password: String?
    public var database: Int

    public init(
        address: RedisServerAddress, username: String? = nil, password: String? = nil, database: Int = 0
    ) {
        self.address = address
        self.username = username
        self.password = password
        self.database = database
    }

    /// - Parameter password: known from elsewhere, so that the address need not hold it; a user name may then stand alone.
    /// - Throws: `invalidConfiguration`, in words for whoever wrote the address.
    public init(_ text: String, password: String? = nil) throws(RedisError) {
        try self.init(parsing: text, takesNameAlone: password != nil)
        guard let password else { return }
        guard self.password == nil else {
            throw Self.invalid(
                "it holds a password, and another one is given beside it; leave one of them out")
        }
        self.password = password
    }

    private init(parsing text: String, takesNameAlone: Bool) throws(RedisError) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw Self.invalid("it has no scheme")
        }
        let scheme = text[..<colon].lowercased()
        let rest = text[text.index(colon, offsetBy: 3)...]
        switch scheme {
        case "redis": try self.init(tcp: rest, takesNameAlone: takesNameAlone)
        case "unix": try self.init(unix: rest)
        case "rediss", "redis+sentinel", "redis+cluster":
            throw RedisError(
                .invalidConfiguration, .notWritten,
                "\(scheme):// comes in a later version. Supported now: \(Self.supported).")
        default:
            throw Self.invalid("its scheme is unknown")
        }
    }

    public var description: String {
        let suffix = database == 0 ? "" : "\(database)"
        switch address {
        case .unix: return "\(address)" + (suffix.isEmpty ? "" : "?db=\(suffix)")
        case .tcp: return "redis://\(redactedCredentials)\(address)" + (suffix.isEmpty ? "" : "/\(suffix)")
        }
    }

    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }

    private var redactedCredentials: String {
        guard password != nil else { return username.map { "\($0)@" } ?? "" }
        return "\(username ?? ""):***@"
    }

    private init(tcp rest: Substring, takesNameAlone: Bool) throws(RedisError) {
        guard !rest.contains("?"), !rest.contains("#") else {
            throw Self.invalid("redis:// takes no ? or #; write them as %3F and %23 in a password")
        }
        let slash = rest.lastIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        let at = authority.lastIndex(of: "@")
        let hostAndPort = at.map { authority[authority.index(after: $0)...] } ?? authority
        self.init(address: try Self.hostAndPort(hostAndPort))
        if let at { try setCredentials(authority[..<at], takesNameAlone: takesNameAlone) }
        let path = rest[slash...].dropFirst()
        if !path.isEmpty { try setDatabase(path) }
    }

    private init(unix rest: Substring) throws(RedisError) {
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        let path = try Self.decoded(rest[..<question])
        guard path.hasPrefix("/"), path.count > 1 else {
            throw Self.invalid("unix:// needs an absolute path, as in unix:///run/redis.sock")
        }
        self.init(address: .unix(path: path))
        guard question < rest.endIndex else { return }
        let query = rest[rest.index(after: question)...]
        guard query.hasPrefix("db=") else { throw Self.invalid("after ? only db=NUMBER is known") }
        try setDatabase(query.dropFirst(3))
    }

    private mutating func setCredentials(_ text: Substring, takesNameAlone: Bool) throws(RedisError) {
        let colon = text.firstIndex(of: ":")
        let name = try Self.decoded(text[..<(colon ?? text.endIndex)])
        username = name.isEmpty ? nil : name
        guard let colon else {
            if takesNameAlone { return }
            throw Self.invalid("it has a user name but no password")
        }
        let secret = try Self.decoded(text[text.index(after: colon)...])
        guard !secret.isEmpty else { throw Self.invalid("its password is empty") }
        password = secret
    }

    private mutating func setDatabase(_ text: Substring) throws(RedisError) {
        guard let number = Self.digits(text), number <= 1_000_000 else {
            throw Self.invalid("its database is not a number")
        }
        database = number
    }

    private static func hostAndPort(_ text: Substring) throws(RedisError) -> RedisServerAddress {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw invalid("its [address] has no ]") }
            host = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw invalid("text follows its [address]") }
            port = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty else { throw invalid("it has no host") }
        guard let port else { return .tcp(host: String(host), port: 6379) }
        guard let number = digits(port), (1...65_535).contains(number) else {
            throw invalid("its port is not between 1 and 65535")
        }
        return .tcp(host: String(host), port: number)
    }

    /// Percent-decoding, so that a password may hold `@`, `:` and `/`.
    private static func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal),
                let low = rest.popFirst().flatMap(hexadecimal)
            else {
                throw invalid("it has a % that is not followed by two hexadecimal digits")
            }
            bytes.append(high << 4 | low)
        }
        guard let result = String(validating: bytes, as: UTF8.self) else {
            throw invalid("it is not UTF-8 once % is decoded")
        }
        return result
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Digits alone: `Int` would also take a plus sign.
    private static func digits(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    private static let supported =
        "redis://[user:password@]host[:port][/db] and unix:///path[?db=n]"

    private static func invalid(_ reason: String) -> RedisError {
        RedisError(
            .invalidConfiguration, .notWritten,
            "The address of Redis is wrong: \(reason). Supported: \(supported).")
    }
}
