import CLibcrypto

/// HKDF (RFC 5869) over SHA-256: keys for several uses, made of one.
public enum HKDFSHA256 {
    /// What can be derived of one key and use.
    public static let bytesMax = 255 * SHA256.bytes

    /// A key for one use. There is no salt, as for a key that is random itself.
    ///
    /// - Parameter info: The use.
    /// - Parameter bytes: Of the derived key; 1 to `bytesMax`.
    /// - Precondition: `bytes` is in its range.
    public static func key(from key: [UInt8], info: [UInt8], bytes: Int) -> [UInt8] {
        precondition((1...bytesMax).contains(bytes), "HKDF derives 1 to \(bytesMax) bytes, not \(bytes)")
        return [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            Libcrypto.withBytes(of: key) { key, keyBytes in
                Libcrypto.withBytes(of: info) { info, infoBytes in
                    Libcrypto.check(
                        clibcrypto_hkdf_sha256(
                            Libcrypto.hkdf, key, keyBytes, info, infoBytes, buffer.baseAddress, bytes))
                }
            }
            count = bytes
        }
    }
}
