import CLibcrypto

/// AES in Galois/Counter Mode (NIST SP 800-38D) with keys of 256 bits: seals bytes, so that they show nothing but their length
/// and open only with the key and unchanged.
public enum AES256GCM {
    /// Of a key.
    public static let keyBytes = 32
    /// Of a nonce. One may be used for one content only under each key.
    public static let nonceBytes = 12
    /// Of the tag that tells a change.
    public static let tagBytes = 16
    /// What can be sealed at once, since libcrypto counts in 32 bits.
    public static let plainBytesMax = Int(Int32.max)

    /// - Returns: nonce, ciphertext and tag, one behind the other; nil for a key, nonce or content of a length that it takes not.
    public static func seal(_ plain: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8]? {
        guard key.count == keyBytes, nonce.count == nonceBytes, plain.count <= plainBytesMax else {
            return nil
        }
        return withContext { context in
            guard EVP_EncryptInit_ex2(context, Libcrypto.aes256GCM, key, nonce, nil) == 1 else { return nil }
            var isSealed = false
            let sealed = [UInt8](
                unsafeUninitializedCapacity: nonceBytes + plain.count + tagBytes
            ) { buffer, count in
                _ = buffer.update(fromContentsOf: nonce)
                let text = buffer.baseAddress! + nonceBytes
                let tag = text + plain.count
                var written: Int32 = 0
                isSealed =
                    (plain.isEmpty
                        || EVP_EncryptUpdate(context, text, &written, plain, Int32(plain.count)) == 1)
                    && EVP_EncryptFinal_ex(context, tag, &written) == 1
                    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), tag) == 1
                count = isSealed ? buffer.count : 0
            }
            return isSealed ? sealed : nil
        }
    }

    /// - Parameter sealed: As `seal` returns it.
    /// - Returns: nil for what this key has not sealed, byte by byte.
    public static func open(_ sealed: some Collection<UInt8>, key: [UInt8]) -> [UInt8]? {
        let sealed = Array(sealed)
        let count = sealed.count - nonceBytes - tagBytes
        guard key.count == keyBytes, (0...plainBytesMax).contains(count) else { return nil }
        return withContext { context in
            sealed.withUnsafeBufferPointer { sealed in
                let text = sealed.baseAddress! + nonceBytes
                // libcrypto copies the tag, but takes a pointer by which it could change it.
                let tag = UnsafeMutablePointer(mutating: text + count)
                guard
                    EVP_DecryptInit_ex2(context, Libcrypto.aes256GCM, key, sealed.baseAddress, nil) == 1,
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), tag) == 1
                else { return nil }
                var isGenuine = false
                // One byte more, for an address also where nothing was sealed.
                let plain = [UInt8](unsafeUninitializedCapacity: count + 1) { buffer, opened in
                    var written: Int32 = 0
                    isGenuine =
                        (count == 0
                            || EVP_DecryptUpdate(
                                context, buffer.baseAddress, &written, text, Int32(count)) == 1)
                        && EVP_DecryptFinal_ex(context, buffer.baseAddress! + count, &written) == 1
                    opened = isGenuine ? count : 0
                }
                return isGenuine ? plain : nil
            }
        }
    }

    /// A context of its own for each text. What libcrypto notes of a failure is dropped: libcurl would find it on this thread.
    private static func withContext(_ body: (OpaquePointer) -> [UInt8]?) -> [UInt8]? {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        let result = body(context)
        if result == nil { ERR_clear_error() }
        return result
    }
}
