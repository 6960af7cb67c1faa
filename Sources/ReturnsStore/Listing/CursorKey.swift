import Cryptography

/// Seals where a list goes on, for whoever carries it as a cursor: the place can be behind a case that they may know nothing of.
///
/// The store's own key does it, so what one server has sealed every server of the store opens, also after a restart. What was
/// changed, cut or made up opens nowhere.
public struct CursorKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What a cursor begins with; its first letter is A, and never '-', by which a command line knows a flag.
    private static let version: UInt8 = 1
    private static let bytes = 32
    /// What is sealed is filled up to a multiple of this, so that its length tells nothing.
    private static let blockBytes = 64
    /// Longer cursors are none.
    private static let textBytesMax = 512

    private let contentKey: [UInt8]
    private let nonceKey: [UInt8]

    /// As the store keeps it.
    static func randomText() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    init?(_ text: String) {
        guard let key = Base64URL.decode(text), key.count == Self.bytes else { return nil }
        contentKey = Self.derived(from: key, "content")
        nonceKey = Self.derived(from: key, "nonce")
    }

    public var description: String { "key of cursors" }
    // Reflection would print the key where a test or a log dumps a value that contains this one.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// - Returns: the same text for the same bytes, so that a list asked for again gives the same cursor.
    public func seal(_ bytes: [UInt8]) -> String {
        let fill = Self.blockBytes - bytes.count % Self.blockBytes
        let plain = bytes + [UInt8](repeating: 0, count: fill - 1) + [UInt8(fill)]
        // A nonce of the content is used for one content only.
        let nonce = Array(HMACSHA256.code(of: plain, key: nonceKey).prefix(AES256GCM.nonceBytes))
        guard let sealed = AES256GCM.seal(plain, key: contentKey, nonce: nonce) else {
            preconditionFailure("a key of 32 bytes and a nonce of 12 were refused")
        }
        return Base64URL.encode([Self.version] + sealed)
    }

    /// - Returns: nil for what this key has not sealed, letter by letter.
    public func open(_ text: String) -> [UInt8]? {
        guard text.utf8.count <= Self.textBytesMax, let sealed = Base64URL.decode(text),
            Base64URL.encode(sealed) == text, sealed.first == Self.version,
            let plain = AES256GCM.open(sealed.dropFirst(), key: contentKey), let fill = plain.last
        else { return nil }
        return Array(plain.dropLast(Int(fill)))
    }

    private static func derived(from key: [UInt8], _ use: String) -> [UInt8] {
        HKDFSHA256.key(from: key, info: Array("cursor \(use)".utf8), bytes: AES256GCM.keyBytes)
    }
}

extension ReturnsStore {
    /// What this store's cursors are sealed with.
    public func cursorKey() throws(StoreError) -> CursorKey { try identity.cursorKey() }
}

extension StoreIdentity {
    fileprivate func cursorKey() throws(StoreError) -> CursorKey {
        _ = try run()
        return record!.cursorKey
    }
}
