import CLibcrypto

/// HMAC (RFC 2104) over SHA-256, of bytes that may come in pieces.
public struct HMACSHA256: ~Copyable {
    private let context: OpaquePointer

    /// - Parameter key: Of any length.
    public init(key: [UInt8]) {
        context = Libcrypto.found(EVP_MAC_CTX_dup(Libcrypto.hmacSHA256))
        Libcrypto.withBytes(of: key) { Libcrypto.check(EVP_MAC_init(context, $0, $1, nil)) }
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// The code of all bytes, 32 bytes.
    public static func code(of bytes: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
        var code = HMACSHA256(key: key)
        code.update(bytes)
        return code.finalize()
    }

    /// Adds the bytes behind those before.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        Libcrypto.withBytes(of: bytes) { Libcrypto.check(EVP_MAC_update(context, $0, $1)) }
    }

    /// The code of what was added, 32 bytes.
    public consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256.bytes) { buffer, count in
            Libcrypto.check(EVP_MAC_final(context, buffer.baseAddress, &count, buffer.count))
        }
    }
}
