import Cryptography

/// A secret that proves who calls: 32 random bytes, printed as `rtk_` and 64 hexadecimal digits.
///
/// Its description never shows the secret.
public struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
    static let prefix = "rtk_"
    static let randomBytes = 32

    /// What the client sends. Shown once, kept nowhere.
    public let secret: String

    static func random() -> AccessToken {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return AccessToken(secret: prefix + Hexadecimal.text(of: bytes))
    }

    var hash: TokenHash { TokenHash(of: secret.utf8) }

    public var description: String { "token" }
    // Reflection would print the secret where a test or a log dumps a value that contains this one.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// SHA-256 of a token as the client sends it.
///
/// Tokens are looked up in a dictionary by this hash, in time that may depend on the hash. That tells an attacker
/// nothing: whoever varies a guess cannot steer its SHA-256, and knowing every byte of a stored hash would not
/// yield its token, which has 256 bits of its own. A slow password hash would protect nothing either, for the
/// same reason.
struct TokenHash: Sendable, Hashable {
    static let bytes = SHA256.bytes

    let value: [UInt8]

    init(of token: some Sequence<UInt8>) { value = SHA256.hash(token) }

    init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(of: text), bytes.count == Self.bytes else { return nil }
        value = bytes
    }
}

extension TokenHash: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = TokenHash(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "token_sha256 is 64 hexadecimal digits")
        }
        self = hash
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Hexadecimal.text(of: value))
    }
}

enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(of bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func bytes(of text: String) -> [UInt8]? {
        let nibbles = text.utf8.map { byte in digits.firstIndex(of: byte) }
        guard nibbles.count % 2 == 0, !nibbles.contains(nil) else { return nil }
        return stride(from: 0, to: nibbles.count, by: 2).map { UInt8(nibbles[$0]! << 4 | nibbles[$0 + 1]!) }
    }
}
