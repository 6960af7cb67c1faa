import CLibcrypto

/// The algorithms of libcrypto that are used, each fetched once: fetching takes a lock and looks the algorithm up by name.
///
/// They are of a library context of their own. It reads no openssl.cnf, so that what is stored is hashed and sealed alike
/// on every machine; and it stays when the process exits, while libcrypto frees the one that it shares with libcurl under
/// threads that still hash. None is ever changed or freed, so that all threads may use them at once.
enum Libcrypto {
    nonisolated(unsafe) private static let library = found(OSSL_LIB_CTX_new())

    nonisolated(unsafe) static let sha256 = found(EVP_MD_fetch(library, CLIBCRYPTO_SHA256, nil))
    nonisolated(unsafe) static let aes256GCM = found(EVP_CIPHER_fetch(library, "AES-256-GCM", nil))
    nonisolated(unsafe) static let hkdf = found(EVP_KDF_fetch(library, OSSL_KDF_NAME_HKDF, nil))
    /// A context to copy, which spares looking for SHA-256 each time.
    nonisolated(unsafe) static let hmacSHA256 = found(
        clibcrypto_hmac_sha256(found(EVP_MAC_fetch(library, OSSL_MAC_NAME_HMAC, nil))))

    /// What libcrypto always has, unless it is not OpenSSL's or memory is short.
    static func found(_ pointer: OpaquePointer?) -> OpaquePointer {
        guard let pointer else { preconditionFailure("libcrypto gives no algorithm or no memory") }
        return pointer
    }

    /// For steps that have no reason to fail: hashing bytes that are in memory.
    static func check(_ result: Int32) {
        guard result == 1 else { preconditionFailure("libcrypto failed to hash") }
    }

    /// Calls with the bytes in one piece, and never with a null pointer, which libcrypto takes for "as before".
    static func withBytes<Result>(
        of bytes: some Sequence<UInt8>, _ body: (UnsafePointer<UInt8>, Int) -> Result
    ) -> Result {
        func call(_ buffer: UnsafeBufferPointer<UInt8>) -> Result {
            guard let address = buffer.baseAddress else {
                return withUnsafePointer(to: 0) { body($0, 0) }
            }
            return body(address, buffer.count)
        }
        return bytes.withContiguousStorageIfAvailable(call) ?? Array(bytes).withUnsafeBufferPointer(call)
    }
}
