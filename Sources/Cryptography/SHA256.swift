import CLibcrypto

/// SHA-256 (FIPS 180-4) of bytes that may come in pieces.
public struct SHA256: ~Copyable {
    /// Of a digest.
    public static let bytes = 32

    private let context: OpaquePointer

    /// Of no bytes so far.
    public init() {
        context = Libcrypto.found(EVP_MD_CTX_new())
        Libcrypto.check(EVP_DigestInit_ex2(context, Libcrypto.sha256, nil))
    }

    deinit { EVP_MD_CTX_free(context) }

    /// The digest of all bytes, 32 bytes.
    public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Adds the bytes behind those before.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        Libcrypto.withBytes(of: bytes) { Libcrypto.check(EVP_DigestUpdate(context, $0, $1)) }
    }

    /// The digest of what was added, 32 bytes.
    public consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.bytes) { buffer, count in
            Libcrypto.check(EVP_DigestFinal_ex(context, buffer.baseAddress, nil))
            count = Self.bytes
        }
    }
}
